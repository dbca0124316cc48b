"""What the scenarios measured: one JSON file, from which docs/reliability.md is made."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

HERE = Path(__file__).parent
KEPT = HERE / "results.json"


@dataclass
class Figure:
    """One figure: ``line`` is the most it may be; without one it is only told."""

    name: str
    value: float
    unit: str = ""
    line: float | None = None

    @property
    def met(self) -> bool:
        return self.line is None or self.value <= self.line

    def __str__(self) -> str:
        number = f"{self.value:,.0f}" if self.value == int(self.value) or self.value >= 100 else f"{self.value:.3g}"
        return f"{self.name} {number}{' ' + self.unit if self.unit else ''}"


@dataclass
class Result:
    """A scenario's outcome."""

    id: str
    promise: str
    test: str
    pass_line: str
    figures: list[Figure] = field(default_factory=list)
    passed: bool = False
    date: str = ""
    note: str = ""


class Scenario:
    """Use as ``with scenario(…) as it``: collects figures, writes them whatever happens, and fails when a promise was broken.

    ``must`` figures are correctness: above their line the test fails. ``time`` figures are recorded against the pass line and marked
    when they miss it, but do not fail the test: the machine is shared.
    """

    def __init__(self, file: Path, result: Result) -> None:
        self._file = file
        self._result = result
        self._broken: list[str] = []

    def __enter__(self) -> Scenario:
        return self

    def must(self, name: str, value: float, line: float = 0, unit: str = "", why: str = "") -> None:
        """A figure that may not be above ``line``."""
        figure = Figure(name, value, unit, line)
        self._result.figures.append(figure)
        if not figure.met:
            self._broken.append(f"{figure}, at most {line:g} {why}")

    def time(self, name: str, value: float, line: float | None = None, unit: str = "s") -> None:
        """A figure that depends on the machine."""
        self._result.figures.append(Figure(name, value, unit, line))

    def tell(self, name: str, value: float, unit: str = "") -> None:
        """A figure without a pass line, e.g. how much was checked."""
        self._result.figures.append(Figure(name, value, unit))

    def note(self, text: str) -> None:
        """What a reader should know about the figures."""
        self._result.note = text

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        result = self._result
        result.date = datetime.now(UTC).date().isoformat()
        if error is not None:
            result.note = f"broke off: {type(error).__name__}: {str(error)[:200]}"
        result.passed = error is None and all(figure.met for figure in result.figures)
        keep(self._file, result)
        print(f"{'PASS' if result.passed else 'MISS'} {result.id}: " + "; ".join(map(str, result.figures)), result.note)
        if error is None:
            assert not self._broken, f"{result.id}: " + "; ".join(self._broken)


@dataclass(frozen=True)
class Scale:
    """How large the scenarios are: the full figures with ``make faults`` or ``make abuse``, a small version in every run of the tests."""

    full: bool

    def of[T](self, full: T, short: T) -> T:
        return full if self.full else short


NewScenario = Callable[[str, str, str, str], Scenario]


def keep(file: Path, result: Result) -> None:
    """Replace the result of the same id."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)  # several scenarios may end at once
        kept.seek(0)
        known = {one["id"]: one for one in json.loads(kept.read() or "[]")}
        known[result.id] = asdict(result)
        ordered = sorted(known.values(), key=lambda one: order(one["id"]))
        kept.truncate(0)
        kept.write(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


def order(id: str) -> tuple[str, int, str]:
    """Sorts ids as people count: R2 before R13, R13 before R13a."""
    return id[0], int("".join(c for c in id if c.isdigit()) or 0), id


def load(file: Path) -> list[Result]:
    """All results."""
    found = json.loads(file.read_text()) if file.exists() else []
    return [Result(**{**one, "figures": [Figure(**figure) for figure in one["figures"]]}) for one in found]
