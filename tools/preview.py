"""Show the pages while one writes: `python tools/preview.py [--port 8000]`.

A page is built again as soon as its source is saved, with the outputs that its cells
have; then code that is new or changed is executed, and the page is built once more. An
open page in a browser loads itself again. All of it happens in _build/preview: `make
notebooks` makes the notebooks that are committed. It needs no network.
"""

import argparse
import contextlib
import functools
import http.server
import os
import pathlib
import sys
import threading
import time

import notebooks
import yaml
from jupyter_book.sphinx import build_sphinx

WATCHED = (
    "_toc.yml",
    "chapters/*.md",
    "chapters/*.bib",
    "chapters/sources/*.md",
    "chapters/_static/*",
)
ELSEWHERE = ("sources", "solutions", "pytorch")  # what no page is made of
PAUSE = 0.2  # seconds between two looks at the files

RELOAD = """<script>
let seen;
setInterval(async () => {
  const now = await fetch("/version").then((reply) => reply.text()).catch(() => seen);
  if (seen && now !== seen) location.reload();
  seen = now;
}, 300);
</script>"""


def coded(notebook):
    """(key, cell) of the code cells; the key is all code up to there, on which the
    outputs of the cell depend.
    """
    before = ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            before += f"{cell.source}\n%%\n"
            yield before, cell


def put(path, text):
    """Write a file only where that changes it: what is as it was need not be built
    again.
    """
    if not path.exists() or path.read_text(encoding="utf8") != text:
        path.write_text(text, encoding="utf8")


class Copy:
    """A copy of the book whose notebooks follow the sources that are being written."""

    def __init__(self, root=notebooks.ROOT, folder=None):
        self.book = notebooks.Book(root)
        self.root = pathlib.Path(root)
        self.folder = folder or self.root / "_build" / "preview"
        self.html = self.folder / "_build" / "html"
        self.version = 0
        self.outputs = {}  # by the keys of `coded`, and by the code of a cell alone
        for name in self.book.names():
            self.learn(notebooks.page(name, self.book))
        (self.folder / "chapters").mkdir(parents=True, exist_ok=True)
        for path in [self.root / "_toc.yml", *self.book.chapters.iterdir()]:
            link = self.folder / path.relative_to(self.root)
            if path.name not in ELSEWHERE and path.suffix != ".ipynb":
                link.unlink(missing_ok=True)
                link.symlink_to(path)
        for path in (self.folder / "chapters").iterdir():
            if not (self.book.chapters / path.name).exists():
                path.unlink()
        put(self.folder / "_config.yml", self.configuration())
        for name in self.book.names():
            self.write(name)

    def learn(self, executed):
        """Keep the outputs of an executed notebook, or those stored for a page."""
        for key, cell in coded(executed):
            if cell.execution_count:
                self.outputs[key] = self.outputs[cell.source] = cell.outputs

    def configuration(self):
        """The book's, without what only makes pages smaller, which takes longer than a
        page.
        """
        settings = yaml.safe_load(
            (self.root / "_config.yml").read_text(encoding="utf8")
        )
        extensions = settings["sphinx"]["local_extensions"]
        extensions.pop("light_extension", None)
        for name, path in extensions.items():
            extensions[name] = str(self.root / path)
        return yaml.safe_dump(settings, allow_unicode=True)

    def write(self, name):
        """Write the notebook of a source with what its cells showed last; returns
        whether that is what they show now.
        """
        fresh = notebooks.page(name, self.book)
        for key, cell in coded(fresh):
            cell.outputs = self.outputs.get(key, self.outputs.get(cell.source, []))
        put(self.folder / "chapters" / f"{name}.ipynb", notebooks.dumps(fresh))
        return all(key in self.outputs for key, _ in coded(fresh))

    def execute(self, name):
        fresh = notebooks.page(name, self.book)
        self.learn(notebooks.execute(fresh, self.book.chapters))

    def build(self):
        """Build what has changed; what is wrong with it is printed. Returns whether
        there are pages.
        """
        failed = build_sphinx(
            str(self.folder),
            str(self.html),
            path_config=str(self.folder / "_config.yml"),
            confoverrides={"nitpicky": True, "latex_individualpages": False},
            noconfig=True,
            quiet=True,
            keep_going=True,
        )
        self.version += 1
        return not failed

    def seen(self):
        """{path: time of its last change} of the files that people edit."""
        paths = [path for pattern in WATCHED for path in self.root.glob(pattern)]
        return {path: path.stat().st_mtime_ns for path in paths if path.exists()}

    def follow(self, changed):
        """Bring the pages up to the changed files, first without running code, then
        with what it prints.
        """
        start = time.monotonic()
        names = [
            p.stem for p in changed if p.parent == self.book.sources and p.exists()
        ]
        stale = [name for name in names if not self.write(name)]
        self.build()
        print(
            f"{', '.join(p.name for p in changed)}: {time.monotonic() - start:.1f} s",
            flush=True,
        )
        for name in stale:
            print(f"executing {name} ...", flush=True)
            self.execute(name)
            self.write(name)
            self.build()
            print(
                f"{name} with its outputs: {time.monotonic() - start:.1f} s", flush=True
            )


class Pages(http.server.SimpleHTTPRequestHandler):
    """Hands out the pages; each asks for the version and loads itself again when there
    is a newer one.
    """

    def __init__(self, *arguments, copy, **options):
        self.copy = copy
        super().__init__(*arguments, directory=str(copy.html), **options)

    def do_GET(self):
        path = pathlib.Path(self.translate_path(self.path))
        if self.path == "/version":
            self.answer(str(self.copy.version), "text/plain")
        elif path.suffix == ".html" and path.exists():
            self.answer(path.read_text(encoding="utf8") + RELOAD, "text/html")
        else:
            super().do_GET()

    def answer(self, text, kind):
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def serve(copy, port):
    """Hand out the pages on this machine; returns the running server."""
    handler = functools.partial(Pages, copy=copy)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    parser = argparse.ArgumentParser(description="Show the pages while one writes.")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    os.chdir(notebooks.ROOT)
    copy = Copy()
    try:
        server = serve(copy, options.port)
    except OSError as error:
        sys.exit(
            f"Port {options.port} is not free ({error}): name another one, as in "
            "`make preview PORT=8001`."
        )
    copy.build()
    print(
        f"The book is at http://127.0.0.1:{server.server_port}/index.html; write, "
        "save, look. Ctrl-C ends.",
        flush=True,
    )
    seen = copy.seen()
    while True:
        time.sleep(PAUSE)
        before, seen = seen, copy.seen()
        if changed := [
            path for path in seen.keys() | before if seen.get(path) != before.get(path)
        ]:
            try:
                copy.follow(changed)
            except (
                Exception
            ) as error:  # half a word in a cell or in a header; the next save mends it
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
