"""Make an environment and install the book into it: `python tools/install.py FOLDER
[--extra NAME ...] [--locked]`.

Any Python can read this file, so that an old one answers with a sentence instead of a
SyntaxError; the work is done in environment.py. Without a folder the book goes into the
running interpreter, which is what a hosted notebook wants.
"""

import sys

if sys.version_info < (3, 10):
    sys.exit(
        "The book runs on Python 3.10 to 3.13, and this is %d.%d: use `make "
        "PYTHON=python3.11`, or the rendered book." % sys.version_info[:2]
    )

if __name__ == "__main__":
    import environment

    environment.main()
