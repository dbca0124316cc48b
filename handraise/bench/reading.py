"""`handraise bench reading`: our readers and the best library for each kind on the same labelled phrases."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from handraise.bench.judging import TODAY, Value, is_label, judge
from handraise.bench.readers import LIBRARIES
from handraise.read import READ_KINDS, Asked, read
from handraise.steps import Failure
from leads.reading import UNSURE

PHRASES = Path(__file__).parent / "phrases"
WRONG_AIM, ABSTAINED_AIM = 1.0, 5.0  # percent
FORMAT = 'Each line is JSON: {"text": "…", "lang": "en", "country": null, "value": {…} or null}; handraise/bench/phrases/ has many.'


@dataclass(frozen=True)
class Phrase:
    """One labelled line; see :mod:`handraise.bench.judging`."""

    text: str
    lang: str
    country: str | None
    value: Value | None
    loose: bool = False


@dataclass
class Score:
    """What became of the phrases of one kind in one reader."""

    kind: str
    reader: str
    answers: Counter[str] = field(default_factory=Counter)  # phrases that have a value, by outcome
    others: Counter[str] = field(default_factory=Counter)  # phrases that have none
    seconds: float = 0.0
    misses: list[dict[str, Any]] = field(default_factory=list)

    def share(self, outcome: str) -> float:
        """Percent of the phrases that have a value."""
        return 100 * self.answers[outcome] / max(1, self.answers.total())

    @property
    def false_alarms(self) -> float:
        """Percent of the phrases without a value in which one was read."""
        return 100 * self.others["wrong"] / max(1, self.others.total())

    @property
    def milliseconds(self) -> float:
        """For one phrase."""
        return 1000 * self.seconds / max(1, self.answers.total() + self.others.total())

    def json(self) -> dict[str, Any]:
        """For programs."""
        shares = {f"{outcome}_percent": round(self.share(outcome), 2) for outcome in ("right", "wrong", "abstained")}
        counts = {"phrases": self.answers.total(), "no_answers": self.others.total()}
        speed = {"read_where_nothing_is_percent": round(self.false_alarms, 2), "milliseconds": round(self.milliseconds, 3)}
        return {"kind": self.kind, "reader": self.reader, **counts, **shares, **speed, "misses": self.misses}


def phrases(kind: str, folder: Path = PHRASES) -> list[Phrase]:
    """The labelled phrases of a kind.

    Raises:
        Failure: when the file is not there or one of its lines is no phrase.
    """
    path = folder / f"{kind}.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.", "Name a folder with a file KIND.jsonl for each kind.") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{path} is not written in UTF-8.", "Save it as UTF-8.") from error
    return [_phrase(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _phrase(path: Path, number: int, line: str) -> Phrase:
    """A line as a phrase; its label must be one that can be compared."""
    try:
        fields = json.loads(line)
        phrase = Phrase(**fields)
        if not isinstance(fields["text"], str) or not is_label(path.stem, phrase.value):
            raise ValueError(line)
    except (ValueError, TypeError) as error:
        raise Failure(f"{path}, line {number}: this is no labelled phrase: {line[:80]}", FORMAT) from error
    return phrase


def measure(kind: str, reader: str, reads: Callable[[Phrase], Value | None], folder: Path = PHRASES) -> Score:
    """Let one reader read all phrases of a kind."""
    score = Score(kind, reader)
    for phrase in phrases(kind, folder):
        begun = time.perf_counter()
        value = reads(phrase)
        score.seconds += time.perf_counter() - begun
        outcome = judge(kind, phrase.value, phrase.loose, value)
        (score.others if phrase.value is None else score.answers)[outcome] += 1
        if outcome != "right":
            score.misses.append({"text": phrase.text, "lang": phrase.lang, "outcome": outcome, "label": phrase.value, "read": value})
    return score


def ours(kind: str, folder: Path = PHRASES) -> Score:
    """The readers of the product."""

    def reads(phrase: Phrase) -> Value | None:
        reading = read(kind, Asked(phrase.text, phrase.lang, phrase.country), TODAY)
        return reading.value if reading is not None and reading.confidence >= UNSURE else None

    for language in ("en", "de", "fr", "es"):  # the word lists are loaded when they are first needed
        read(kind, Asked("warm", language), TODAY)
    return measure(kind, "Handraise", reads, folder)


def theirs(kind: str, folder: Path = PHRASES) -> Score | None:
    """The best library for the kind, where there is one."""
    if kind not in LIBRARIES:
        return None
    name, library = LIBRARIES[kind]
    return measure(kind, name, lambda phrase: library(phrase.text, phrase.lang, phrase.country), folder)


def bench_reading(kinds: Iterable[str], console: Console, folder: Path = PHRASES) -> list[Score]:
    """Measure and show all of these kinds, on the phrases of ``folder``."""
    scores: list[Score] = []
    for kind in kinds or READ_KINDS:
        with console.status(f"Reading {kind} …"):
            scores += [score for score in (ours(kind, folder), theirs(kind, folder)) if score is not None]
    table = Table(title="Labelled phrases, percent")
    for heading in ("kind", "reader", "phrases", "right", "wrong", "abstained", "no answers", "read where nothing is", "ms each"):
        table.add_column(heading, justify="left" if heading in ("kind", "reader") else "right")
    for score in scores:
        mine = score.reader == "Handraise"
        figures = [
            f"{score.share('right'):.1f}",
            _marked(score.share("wrong"), WRONG_AIM, mine),
            _marked(score.share("abstained"), ABSTAINED_AIM, mine),
        ]
        counts = f"{score.answers.total():,}", f"{score.others.total():,}"
        alarms = _marked(score.false_alarms, WRONG_AIM, mine)
        table.add_row(score.kind, score.reader, counts[0], *figures, counts[1], alarms, f"{score.milliseconds:.2f}")
    console.print(table)
    return scores


def _marked(percent: float, aim: float, mine: bool) -> str:
    colour = "green" if percent < aim else "red"
    return f"[{colour}]{percent:.1f}[/]" if mine else f"{percent:.1f}"
