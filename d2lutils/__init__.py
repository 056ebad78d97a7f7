"""The library behind *What Makes Deep Learning Hard?*

Modules are imported one by one (``from d2lutils import plotting``). Importing the
package itself does no work: it prepares for a later import of MXNet on a NumPy newer
than MXNet's, and of d2l without all of torchvision, see ``_compat``.
"""

from d2lutils import _compat

__version__ = "0.1.0"

_compat.prepare()
