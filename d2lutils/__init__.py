"""The library behind *What Makes Deep Learning Hard?*

Modules are imported one by one (``from d2lutils import plotting``); importing the package itself
does no work, except where a NumPy newer than MXNet needs names that MXNet still asks for.
"""

from d2lutils import _compat

__version__ = "0.1.0"

_compat.restore_numpy_names()
