"""Progress that people can follow: what is being done, how long it took, one clear line when it fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from leads.errors import FileProblem

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Failure(Exception):
    """Something a person has to mend: what happened, and what to do."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


def say(mark: str, text: str) -> None:
    """One line, e.g. ``✓ Widget built  12.3 s``; safe to call from any task."""
    console.print(f"  {mark} {text}", markup=True)


def done(text: str, seconds: float | None = None) -> None:
    """A finished step with the time it took."""
    say("[green]✓[/]", text + (f"  [dim]{seconds:.1f} s[/]" if seconds is not None else ""))


def warn(text: str) -> None:
    """Something went wrong and was dealt with."""
    say("[yellow]![/]", text)


def told(problem: FileProblem) -> Failure:
    """A problem in a file as one line: file, line, what is wrong; then the fix."""
    place = f"{problem.path}, line {problem.line}" if problem.line else str(problem.path)
    return Failure(f"{place}: {problem.message}", problem.fix)


def report(failure: Failure) -> None:
    """Show a failure on standard error: one line, then what to do."""
    errors.print("  [red]✗[/]", escape(failure.what))
    for line in filter(None, failure.fix.splitlines()):
        errors.print(f"    {line}", markup=False)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what begins, and how long it took when it is done."""
    say("[dim]…[/]", f"[dim]{text}[/]")
    start = time.monotonic()
    yield
    done(text, time.monotonic() - start)
