"""`handraise bench intents`: which pipeline understands visitors best: cross-validation, unseen phrasing, text from elsewhere."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from handraise.model import bot_environment
from handraise.prepare import BOT_PYTHON
from handraise.steps import Failure
from leads import yamlfile

HELD_OUT = Path(__file__).parent / "heldout"
WORKER = Path(__file__).with_name("intent_worker.py")
BEYOND = ("out_of_scope", "nlu_fallback")
SECONDS = 3600.0
_HEADING = re.compile(r"\[(\w+) (\w+)\]")

_DIET: list[dict[str, Any]] = [  # what `rasa init` writes, but for the parts that look for entities
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 42},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
_RASA_LIGHT: list[dict[str, Any]] = [*_DIET[:5], {"name": "LogisticRegressionClassifier"}, _DIET[-1]]


@dataclass(frozen=True)
class Line:
    """A labelled text."""

    text: str
    intent: str
    lang: str = ""


@dataclass(frozen=True)
class Contestant:
    """``pipeline``: components of Rasa; without, ``kind`` names a function of the worker and the thresholds say when it abstains."""

    name: str
    kind: str
    pipeline: Sequence[Mapping[str, Any]] | None = None
    threshold: float = 0.22
    ambiguity: float = 0.02
    python: Path | None = None

    def intent(self, guess: Sequence[Any]) -> str:
        """What the bot would act on."""
        name, first, second = guess
        unsure = self.pipeline is None and (first < self.threshold or first - second < self.ambiguity)
        return "nlu_fallback" if unsure else str(name)


@dataclass
class Tally:
    """How one contestant did on one set."""

    right: int = 0
    lines: int = 0
    by_lang: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)  # wanted, got

    def add(self, line: Line, got: str) -> None:
        """Count one; to abstain is right for what is beyond the bot, and wrong for everything else."""
        got = "out_of_scope" if got in BEYOND and line.intent == "out_of_scope" else got
        self.lines += 1
        self.right += got == line.intent
        self.by_lang[line.lang][got == line.intent] += 1
        self.pairs[line.intent, got] += 1

    @property
    def accuracy(self) -> float:
        """Percent."""
        return 100 * self.right / max(1, self.lines)

    @property
    def macro_f1(self) -> float:
        """The mean over the intents of the harmonic mean of precision and recall, in percent."""
        scores = []
        for name in sorted({wanted for wanted, _ in self.pairs}):
            wanted = sum(number for (want, _), number in self.pairs.items() if want == name)
            given = sum(number for (_, got), number in self.pairs.items() if got == name)
            scores.append(200 * self.pairs[name, name] / (wanted + given))
        return sum(scores) / max(1, len(scores))

    @property
    def beyond_recall(self) -> float:
        """Percent of the out-of-scope lines that are recognised."""
        total = sum(number for (want, _), number in self.pairs.items() if want == "out_of_scope")
        return 100 * self.pairs["out_of_scope", "out_of_scope"] / max(1, total)

    @property
    def false_alarms(self) -> float:
        """Percent of all other lines that are taken for out of scope, or not understood."""
        others = {pair: number for pair, number in self.pairs.items() if pair[0] != "out_of_scope"}
        return 100 * sum(number for (_, got), number in others.items() if got in BEYOND) / max(1, sum(others.values()))


@dataclass
class Result:
    """Everything about one contestant."""

    name: str
    crossed: Tally = field(default_factory=Tally)
    unseen: Tally = field(default_factory=Tally)
    elsewhere: Tally = field(default_factory=Tally)
    train_seconds: float = 0.0
    ms: float = 0.0
    mb: float = 0.0

    def json(self) -> dict[str, Any]:
        """For ``--json``."""
        sets = {"cross_validation": self.crossed, "unseen": self.unseen, "elsewhere": self.elsewhere}
        figures = {
            name: {"lines": one.lines, "accuracy": one.accuracy, "macro_f1": one.macro_f1, "false_alarms": one.false_alarms}
            for name, one in sets.items()
        }
        return {"name": self.name, **figures, "train_seconds": self.train_seconds, "ms": self.ms, "mb": self.mb}


def training_lines(bot_files: Path) -> list[Line]:
    """Every example of the bot."""
    found: list[Line] = []
    for path in sorted((bot_files / "bot" / "data" / "nlu").glob("*.yml")):
        for block in yamlfile.load(path).value["nlu"]:
            found += [Line(text[2:].strip(), str(block["intent"])) for text in str(block["examples"]).splitlines() if text.strip()]
    return found


def held_out_lines(path: Path) -> list[Line]:
    """The lines of a file of phrases under headings ``[intent language]``.

    Raises:
        Failure: a phrase stands before the first heading.
    """
    found: list[Line] = []
    heading: tuple[str, str] | None = None
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if match := _HEADING.fullmatch(text.strip()):
            heading = (match[1], match[2])
        elif text.strip() and not text.startswith("#"):
            if heading is None:
                raise Failure(f"{path}:{number}: the phrase {text!r} stands under no heading.", "Write one above it, such as [greet en].")
            found.append(Line(text.strip(), *heading))
    return found


def contestants(bot_files: Path, embeddings: Path | None) -> list[Contestant]:
    """All that can run here; ``embeddings``: the interpreter of an environment with WordLlama and scikit-learn."""
    shipped = [dict(part) for part in yamlfile.load(bot_files / "config.yml").value["pipeline"]]
    found = [
        Contestant("Handraise", "rasa", shipped),
        Contestant("stock DIET", "rasa", _DIET),
        Contestant("Rasa's logistic regression", "rasa", _RASA_LIGHT),
        Contestant("letters, logistic regression", "letters"),
        Contestant("words and letters, linear SVM", "svm"),
    ]
    return [*found, Contestant("WordLlama embeddings", "embeddings", python=embeddings)] if embeddings else found


def folds_of(lines: Sequence[Line], folds: int, seed: int = 7) -> list[list[int]]:
    """Places of the lines in parts that have every intent in like measure."""
    chance = random.Random(seed)  # noqa: S311  no secret
    parts: list[list[int]] = [[] for _ in range(folds)]
    by_intent: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        by_intent[line.intent].append(place)
    for _, places in sorted(by_intent.items()):
        chance.shuffle(places)
        for number, place in enumerate(places):
            parts[number % folds].append(place)
    return parts


def measure(one: Contestant, lines: Sequence[Line], sets: Sequence[Sequence[Line]], folds: int, ask: Callable[..., Any]) -> Result:
    """Train on everything for the held-out sets, then once for each fold."""
    result = Result(one.name)
    unseen, elsewhere = sets
    found = ask(one, lines, [*unseen, *elsewhere])
    result.train_seconds, result.ms, result.mb = found["train_seconds"], found["ms"], found["mb"]
    for number, (line, guess) in enumerate(zip([*unseen, *elsewhere], found["guesses"], strict=True)):
        (result.unseen if number < len(unseen) else result.elsewhere).add(line, one.intent(guess))
    for part in folds_of(lines, folds) if folds > 1 else ():
        left_out = set(part)
        rest = [line for place, line in enumerate(lines) if place not in left_out]
        found = ask(one, rest, [lines[place] for place in part])
        for place, guess in zip(part, found["guesses"], strict=True):
            result.crossed.add(lines[place], one.intent(guess))
    return result


def asker(bot_files: Path, data: Path) -> Callable[[Contestant, Iterable[Line], Iterable[Line]], dict[str, Any]]:
    """A function that lets a contestant learn and answer in a process of its own.

    Raises:
        Failure: (when called) the process did not end well.
    """

    def ask(one: Contestant, train: Iterable[Line], test: Iterable[Line]) -> dict[str, Any]:
        config = {"recipe": "default.v1", "language": "en", "assistant_id": "bench", "pipeline": one.pipeline} if one.pipeline else None
        job = {"kind": one.kind, "config": config, "train": [(line.text, line.intent) for line in train], "test": [t.text for t in test]}
        environment = {**bot_environment(data, bot_files), "PYTHONPATH": str(bot_files)}
        done = subprocess.run(  # noqa: S603
            [str(one.python or BOT_PYTHON), "-W", "ignore", str(WORKER)],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            cwd=bot_files,
            env=environment,
            timeout=SECONDS,
            check=False,
        )
        if "RESULT" not in done.stdout:
            raise Failure(f"{one.name} did not get to its end: {done.stderr.strip()[-600:]}", "Is its environment prepared?")
        found: dict[str, Any] = json.loads(done.stdout.rpartition("RESULT")[2])
        return found

    return ask


def bench_intents(bot_files: Path, data: Path, folds: int, only: str, embeddings: Path | None, console: Console) -> list[Result]:
    """Measure and print; contestants whose name has ``only`` in it.

    Raises:
        Failure: a contestant cannot run, or none has such a name.
    """
    lines = training_lines(bot_files)
    sets = (held_out_lines(HELD_OUT / "unseen.txt"), held_out_lines(HELD_OUT / "elsewhere.txt"))
    chosen = [one for one in contestants(bot_files, embeddings) if only.lower() in one.name.lower()]
    if not chosen:
        raise Failure(f"There is no contestant {only!r}.", "Leave --only out to see them all.")
    results = []
    for one in chosen:
        print(f"{one.name} …", file=sys.stderr)
        results.append(measure(one, lines, sets, folds, asker(bot_files, data)))
    console.print(table(results, len(lines), folds))
    console.print(languages(results))
    return results


def table(results: Sequence[Result], examples: int, folds: int) -> Table:
    """The figures beside each other."""
    shown = Table(
        title=f"{examples} examples, {folds} folds; unseen: {results[0].unseen.lines}, elsewhere: {results[0].elsewhere.lines} lines"
    )
    for name in ("", "crossed", "F1", "unseen", "F1", "beyond", "elsewhere", "false alarms", "ms", "train s", "MB"):
        shown.add_column(name, justify="left" if not name else "right")
    for one in results:
        shares = (one.crossed.accuracy, one.crossed.macro_f1, one.unseen.accuracy, one.unseen.macro_f1)
        beyond = (one.unseen.beyond_recall, one.elsewhere.beyond_recall, one.unseen.false_alarms)
        shown.add_row(one.name, *(f"{x:.1f}" for x in (*shares, *beyond)), f"{one.ms:.2f}", f"{one.train_seconds:.0f}", f"{one.mb:.0f}")
    return shown


def languages(results: Sequence[Result]) -> Table:
    """How much of the unseen phrasing is understood in each language."""
    names = sorted({lang for one in results for lang in one.unseen.by_lang})
    shown = Table(title="unseen, percent right by language")
    for name in ("", *names):
        shown.add_column(name, justify="right" if name else "left")
    for one in results:
        counts = [one.unseen.by_lang[name] for name in names]
        shown.add_row(one.name, *(f"{100 * count[True] / max(1, count.total()):.0f}" for count in counts))
    return shown
