"""Make an environment and install the book into it: `python tools/install.py [FOLDER]
[--mxnet] [--pytorch] [--locked] [--here]`.

Without a folder the environment is .venv; on a hosted notebook, and with --here, the
book goes into the running interpreter. Any Python can read this file, so that an old
one answers with a sentence instead of a SyntaxError; the work is done in
environment.py.
"""

import sys

if sys.version_info < (3, 10):
    sys.exit(
        "The book runs on Python 3.10 to 3.14, and this is %d.%d: start it with a "
        "newer one, such as python3.12 (Windows: py -3.12), or read the rendered book."
        % sys.version_info[:2]
    )

if __name__ == "__main__":
    import environment

    environment.main()
