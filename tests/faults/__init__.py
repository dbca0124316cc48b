"""Faults from outside against real processes: what docs/reliability.md promises is measured here."""
