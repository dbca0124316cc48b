"""`python -m handraise`: the same as the command `handraise`."""

from handraise.cli import app

app()
