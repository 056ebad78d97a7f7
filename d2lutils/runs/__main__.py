"""`python -m d2lutils.runs`: the recorded runs from the command line."""

from d2lutils.runs import main

main()
