"""``bot/scoring.yml`` as objects: the rules, the caps and the tiers, checked line by line."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps
from pathlib import Path
from string import Formatter
from typing import Any

from leads.errors import FileProblem
from leads.stages import TIERS
from leads.yamlfile import Node, load, load_data

GROUPS = ("fit", "engagement")
CONDITIONS = ("at_least", "is_one_of", "within_days", "work_email", "known")
SUBJECTS = ("question", "event", "replies")


@dataclass(frozen=True)
class Rule:
    """One line of the file; exactly one of ``question``, ``event`` and ``replies`` is set."""

    name: str
    group: str
    points: int
    sentence: str
    question: str | None = None
    event: str | None = None
    replies: int | None = None
    at_least: int | None = None
    is_one_of: tuple[str, ...] = ()
    within_days: int | None = None
    work_email: bool = False
    page: str | None = None

    @property
    def subject(self) -> str:
        """What the rule looks at; of the rules for one subject the first that fits counts."""
        return f"question:{self.question}" if self.question else f"event:{self.event}:{self.page}" if self.event else "replies"


@dataclass(frozen=True)
class Rules:
    """All rules in order; ``hash`` stands for the content without its layout and comments."""

    rules: tuple[Rule, ...]
    hash: str
    warm: int
    hot: int
    currency: str = "EUR"
    caps: dict[str, int] = field(default_factory=dict)
    mql_tier: str = "warm"
    mql_contact: bool = True

    @classmethod
    def load(cls, path: Path, slots: Container[str] | None = None) -> Rules:
        """Read and check the file; with ``slots`` also that every rule names a question that exists.

        Raises:
            FileProblem: the first thing that is wrong in it.
        """
        rules, problems = _read(path, slots)
        if problems:
            raise problems[0]
        assert rules is not None  # noqa: S101 - there are rules or problems
        return rules

    @staticmethod
    def check(path: Path, slots: Container[str] | None = None) -> list[FileProblem]:
        """Everything that is wrong in the file, top to bottom; empty when it can be used."""
        return _read(path, slots)[1]

    @property
    def thresholds(self) -> dict[str, int]:
        """From which score on a tier begins."""
        return {"cold": 0, "warm": self.warm, "hot": self.hot}

    def tier(self, score: int) -> str:
        """The tier of a score."""
        return "hot" if score >= self.hot else "warm" if score >= self.warm else "cold"


def _read(path: Path, slots: Container[str] | None) -> tuple[Rules | None, list[FileProblem]]:
    problems: list[FileProblem] = []
    try:
        root = load(path)
        top = root.mapping(required={"tiers"}, optional={"currency", "mql", "caps", *GROUPS})
        warm, hot = _tiers(top["tiers"])
        mql = top["mql"].mapping(optional={"tier", "contact"}) if "mql" in top else {}
        settings: dict[str, Any] = {
            "warm": warm,
            "hot": hot,
            "caps": _caps(top["caps"]) if "caps" in top else {},
            "currency": top["currency"].one_of(load_data("leads/data/rates.yml")) if "currency" in top else "EUR",
            "mql_tier": mql["tier"].one_of(TIERS) if "tier" in mql else "warm",
            "mql_contact": mql["contact"].boolean() if "contact" in mql else True,
        }
        nodes = [(group, node) for group in GROUPS if group in top for node in top[group].items_of_list()]
    except FileProblem as problem:
        return None, [problem]
    rules: list[Rule] = []
    for group, node in nodes:
        try:
            rule = _rule(group, node, slots)
            if any(other.name == rule.name for other in rules):
                raise node.problem(f"Two rules are called {rule.name!r}.", "Give each rule its own name.")
            rules.append(rule)
        except FileProblem as problem:
            problems.append(problem)
    if problems:
        return None, problems
    return Rules(tuple(rules), _hash(root), **settings), []


def _tiers(node: Node) -> tuple[int, int]:
    tiers = node.mapping(required={"warm", "hot"})
    warm, hot = tiers["warm"].integer(), tiers["hot"].integer()
    if not 0 < warm < hot:
        raise tiers["hot"].problem(
            f"The tiers are out of order: warm from {warm}, hot from {hot}.", "warm must be above 0 and hot above warm."
        )
    return warm, hot


def _caps(node: Node) -> dict[str, int]:
    caps = {name: item.integer() for name, item in node.mapping(optional=GROUPS).items()}
    for name, item in node.mapping(optional=GROUPS).items():
        if caps[name] < 0:
            raise item.problem(f"The cap of {name} is below 0.", "Write a number of points, such as 70.")
    return caps


def _rule(group: str, node: Node, slots: Container[str] | None) -> Rule:
    fields = node.mapping(required={"rule", "points", "sentence"}, optional={*SUBJECTS, *CONDITIONS, "page"})
    name = fields["rule"].text()
    subjects = [subject for subject in SUBJECTS if subject in fields]
    if len(subjects) != 1:
        raise node.problem(f"Rule {name} must look at exactly one thing.", "Give it one of `question:`, `event:` and `replies:`.")
    if subjects == ["question"]:
        _check_question(name, node, fields, slots)
    elif wrong := [key for key in ("at_least", "is_one_of", "work_email", "known") if key in fields]:
        raise fields[wrong[0]].problem(f"Rule {name}: {wrong[0]} belongs to a question.", f"Remove the line {wrong[0]!r}.")
    if "page" in fields and (subjects != ["event"] or fields["event"].text() != "page"):
        raise fields["page"].problem(f"Rule {name}: page belongs to the event page.", "Write `event: page` beside it.")
    return Rule(
        name=name,
        group=group,
        points=fields["points"].integer(),
        sentence=_sentence(name, fields["sentence"], subjects[0]),
        question=fields["question"].text() if "question" in fields else None,
        event=fields["event"].text() if "event" in fields else None,
        replies=fields["replies"].integer() if "replies" in fields else None,
        at_least=fields["at_least"].integer() if "at_least" in fields else None,
        is_one_of=tuple(item.text() for item in fields["is_one_of"].items_of_list()) if "is_one_of" in fields else (),
        within_days=fields["within_days"].integer() if "within_days" in fields else None,
        work_email=fields["work_email"].boolean() if "work_email" in fields else False,
        page=fields["page"].text() if "page" in fields else None,
    )


def _check_question(name: str, node: Node, fields: dict[str, Node], slots: Container[str] | None) -> None:
    conditions = [condition for condition in CONDITIONS if condition in fields]
    if len(conditions) != 1:
        raise node.problem(f"Rule {name} must have exactly one condition.", f"Give it one of {', '.join(CONDITIONS)}.")
    if slots is not None and fields["question"].text() not in slots:
        raise fields["question"].problem(
            f"Rule {name} looks at {fields['question'].text()!r}, which questions.yml does not have.",
            "Correct the name or remove the rule.",
        )
    for key in ("known", "work_email"):
        if key in fields and not fields[key].boolean():
            raise fields[key].problem(f"Rule {name}: {key} can only be true.", f"Write `{key}: true` or remove the rule.")


def _sentence(name: str, node: Node, subject: str) -> str:
    text = node.text()
    allowed = {"text"} if subject == "question" else set()
    try:
        used = {part[1] for part in Formatter().parse(text) if part[1] is not None}
    except ValueError as error:
        raise node.problem(f"Rule {name}: the sentence has a brace without its partner.", "Write {text}, or leave braces out.") from error
    if wrong := sorted(used - allowed):
        fix = "Only {text} is replaced, and only in rules for a question."
        raise node.problem(f"Rule {name}: the sentence uses {{{wrong[0]}}}, which means nothing here.", fix)
    return text


def _hash(root: Node) -> str:
    return sha256(dumps(root.plain(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()
