"""`python -m tests.abuse.report`: the table of docs/security.md from the figures that `make abuse` measured."""

from __future__ import annotations

from pathlib import Path

from tests.faults.report import table
from tests.faults.results import Result, load, order

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "security.md"
RESULTS = Path(__file__).parent / "results"
BEGIN, END = "<!-- results: made by make abuse -->", "<!-- end of results -->"
SCENARIOS = frozenset({*(f"A{number}" for number in range(1, 29)), "A7a", "A28a", "A29"})


def results() -> list[Result]:
    """Every result of a full run, A1 first."""
    return sorted((one for file in RESULTS.glob("*.json") for one in load(file)), key=lambda one: order(one.id))


def written(document: str, found: list[Result]) -> str:
    """The document with its table made anew; what stands around it is written by people."""
    head, rest = document.split(BEGIN, 1)
    return f"{head}{BEGIN}\n\n{table(found, SCENARIOS)}\n{END}{rest.split(END, 1)[1]}"


def main() -> None:
    """Write the table."""
    DOCUMENT.write_text(written(DOCUMENT.read_text(), results()))


if __name__ == "__main__":
    main()
