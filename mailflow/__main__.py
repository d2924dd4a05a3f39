"""`python -m mailflow` is the command line."""

from mailflow.cli import main

main()
