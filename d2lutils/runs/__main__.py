"""`python -m d2lutils.runs`: the recorded runs from the command line."""

import sys

from d2lutils.runs import main

sys.exit(main())
