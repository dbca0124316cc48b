"""`python -m tests.faults.report`: docs/reliability.md from the figures that `make faults` measured."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tests.faults.results import KEPT, Result, load, order

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"

SCENARIOS = (
    *(f"R{number}" for number in (1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 26, 27, 30)),
    "R13a",
    "R8b",
    "N1",
    "N2",
)

HEAD = """# Reliability

What Handraise promises when something breaks, how each promise is tested, and what was measured. This page is made by `make faults`
(about half an hour); do not edit it. `make test` runs a small version of most scenarios, `make test-all` of all.

The processes in these tests are real: hubs, Rasa, action server, PostgreSQL and Redis are killed, frozen and cut off from outside;
nothing in the product knows that it is being tested. The clients speak the real protocol and behave as the widget and the console
do: they resume by `last_seq`, and send a line again until it is acknowledged. Afterwards a checker compares what every client sent
and saw with what the database holds. It counts seven things, which must all be 0: acknowledged but missing, stored twice, shown
twice, out of order, gaps in `seq`, not shown in the end, answered twice. The checker is tested with damaged logs.

Times depend on the machine. They stand against their pass line and are marked where they miss it; they do not fail the run. What
must not happen (a lost line, a false acknowledgement, two winners) fails it.

"""

WEAKER = """
## What is weaker

- The machine of these figures has two cores, which hubs, bot, databases, a few hundred clients and the checker share, and on which other
  light work ran now and then; larger times
  come from there as much as from the product.
- The loads run for as long as the scenario needs, from ten seconds to a few minutes, not for five minutes each.
- A visitor comes back after a lost connection when the widget would, at random within 0.5 to 1 s, then four times within 2 s,
  then 4, 8, 10 s. If a hub needs several seconds to start, that wait is part of "resumed".
- Power cuts are not tested, only processes that are killed: what the disk itself loses is between the file system and SQLite's
  `synchronous=FULL` or PostgreSQL's `fsync`.
- Webhooks to other systems are not part of this version, so nothing here speaks of them.
"""


def page(results: list[Result]) -> str:
    """The whole document."""
    return HEAD + "\n" + table(results, SCENARIOS) + WEAKER


def table(results: list[Result], scenarios: Collection[str]) -> str:
    """Which promises were met, which were not, which of ``scenarios`` have no figure, and all figures."""
    met = sum(result.passed for result in results)
    lines = [f"{met} of {len(results)} promises met their pass line.\n"]
    missed = [result for result in results if not result.passed]
    if missed:
        lines.append("Missed: " + "; ".join(f"{one.id} ({'; '.join(_missed(one)) or one.note})" for one in missed) + ".\n")
    absent = sorted(set(scenarios) - {result.id for result in results}, key=order)
    if absent:
        lines.append(f"Without a figure from a full run so far: {', '.join(absent)}.\n")
    lines.append("| | promise | how it is tested | figure | pass line | met | date |\n|---|---|---|---|---|---|---|")
    lines += [_row(result) for result in results]
    return "\n".join(lines) + "\n"


def _row(one: Result) -> str:
    figures = "; ".join(f"**{figure}**" if not figure.met else str(figure) for figure in one.figures)
    note = f" ({one.note})" if one.note else ""
    cells = [one.id, one.promise, one.test, _short(figures) + note, one.pass_line, "yes" if one.passed else "**no**", one.date]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _short(figures: str) -> str:
    """The seven zeros of the checker as one figure."""
    zeros = "acked but missing 0; stored twice 0; shown twice 0; out of order 0; gaps 0; not shown 0; answered twice 0"
    return figures.replace(zeros, "0 lost, 0 twice, 0 out of order, 0 gaps")


def _missed(one: Result) -> list[str]:
    return [f"{figure}, at most {figure.line:g}" for figure in one.figures if not figure.met]


def main() -> None:
    """Write the page."""
    DOCUMENT.write_text(page(load(KEPT)))


if __name__ == "__main__":
    main()
