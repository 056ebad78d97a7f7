"""Progress bars of long work."""


def bar(progress, **settings):
    """A tqdm bar that goes away when done. progress: whether it is shown; None: unless `engines.quiet`."""
    from tqdm import tqdm

    from d2lutils import engines

    shown = not engines.quiet() if progress is None else progress
    return tqdm(disable=not shown, leave=False, **settings)
