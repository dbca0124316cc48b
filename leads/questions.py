"""What the bot asks: ``bot/questions.yml`` as objects, generic over the kinds of answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leads.errors import FileProblem
from leads.reading.kinds import KINDS
from leads.wording import Wording, read_wording
from leads.yamlfile import Node, load

__all__ = ["KINDS", "Choice", "Question", "Questions"]

_FIELDS = {"kind", "label", "why", "ask", "refusable", "personal", "choices", "words"}
_SLOT_FORM = "a lower-case name of letters, digits and underscores, such as company_size"


@dataclass(frozen=True)
class Choice:
    """A button: ``title`` is shown, ``value`` is the text that is read as if the visitor had typed it."""

    title: str
    value: str


@dataclass(frozen=True)
class Question:
    """One question; ``options`` holds what only its kind understands (e.g. ``text`` of a consent).

    ``ask`` is false for an answer that is read when volunteered but never asked for. ``words`` tell a volunteered value
    of this question from one of another question of the same kind. ``always``: asked although no answer can change the tier.
    """

    slot: str
    kind: str
    label: str
    why: str = ""
    refusable: bool = True
    personal: bool = False
    choices: tuple[Choice, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    ask: bool = True
    words: tuple[str, ...] = ()
    always: bool = False

    @property
    def wording(self) -> Wording:
        """What somebody agrees to who answers a question of the kind consent."""
        return Wording(self.options.get("text") or {"": self.label}, str(self.options.get("version") or ""))


class Questions(Mapping[str, Question]):
    """All questions by slot, in the order of the file."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._by_slot = {question.slot: question for question in questions}

    def __getitem__(self, slot: str) -> Question:
        return self._by_slot[slot]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_slot)

    def __len__(self) -> int:
        return len(self._by_slot)

    @classmethod
    def load(cls, path: Path) -> Questions:
        """Read and check the file.

        Raises:
            FileProblem: the first thing that is wrong in it.
        """
        questions, problems = _read(path)
        if problems:
            raise problems[0]
        return cls(questions)

    @staticmethod
    def check(path: Path) -> list[FileProblem]:
        """Everything that is wrong in the file, top to bottom; empty when it can be used."""
        return _read(path)[1]


def _read(path: Path) -> tuple[list[Question], list[FileProblem]]:
    questions: list[Question] = []
    problems: list[FileProblem] = []
    try:
        items = load(path).mapping(required={"questions"})["questions"].items()
    except FileProblem as problem:
        return [], [problem]
    for slot, node in items:
        try:
            questions.append(_question(slot, node))
        except FileProblem as problem:
            problems.append(problem)
    return questions, problems


def _question(slot: str, node: Node) -> Question:
    if not slot.isidentifier() or slot != slot.lower():
        raise node.problem(f"{slot!r} cannot be the name of a question.", f"Use {_SLOT_FORM}.")
    kind_node = node.mapping(any_key=True).get("kind")
    if kind_node is None:
        raise node.problem(f"{slot} has no kind.", f"Add a line `kind: …` with one of {', '.join(KINDS)}.")
    kind = kind_node.one_of(KINDS)
    fields = node.mapping(required={"kind", "label"}, optional=_FIELDS | set(KINDS[kind].options))
    always = "ask" in fields and fields["ask"].value == "always"
    choices = tuple(_choice(item) for item in fields["choices"].items_of_list()) if "choices" in fields else ()
    if kind == "choice" and len(choices) < 2:
        raise node.problem(f"{slot} is a choice without choices.", "Add `choices:` with at least two entries, each with title and value.")
    return Question(
        slot=slot,
        kind=kind,
        label=fields["label"].text(),
        why=fields["why"].text() if "why" in fields else "",
        refusable=fields["refusable"].boolean() if "refusable" in fields else True,
        personal=fields["personal"].boolean() if "personal" in fields else KINDS[kind].personal,
        choices=choices,
        options={name: _option(name, fields[name]) for name in KINDS[kind].options if name in fields},
        ask=always or "ask" not in fields or fields["ask"].boolean(),
        words=tuple(word.text().lower() for word in fields["words"].items_of_list()) if "words" in fields else (),
        always=always,
    )


def _option(name: str, node: Node) -> Any:
    """``text`` may have a line for each language; the others are plain."""
    return read_wording(node) if name == "text" else node.text()


def _choice(node: Node) -> Choice:
    fields = node.mapping(required={"title"}, optional={"value"})
    title = fields["title"].text()
    return Choice(title, fields["value"].text() if "value" in fields else title)
