"""Attacks as tests: A1 to A28, each with the figures it must show.

How to add one: ``with scenario("A7", what must hold, how it is attacked, pass line) as it: … it.must("scripts run", ran)``. ``must``
figures fail the test above their line; ``tell`` says how much was tried. Quick forms run with every ``make test``; ``make abuse`` runs
all in full (``scale.of(full, quick)``, or the marker ``full`` for what only makes sense in full), keeps a file for each scenario in
``results/``, and makes the table of docs/security.md from them.
"""
