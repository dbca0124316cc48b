"""``bot/scoring.yml``, checked line by line: what is wrong, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from difflib import get_close_matches
from string import Formatter
from typing import Any

from leads.conditions import Condition
from leads.yamlfile import Node

GROUPS = ("fit", "engagement")
SUBJECTS = ("question", "event", "replies")
RANGE = ("at_least", "at_most")
OF_QUESTIONS = (*RANGE, "is_one_of", "is_none_of", "within_days", "work_email", "known", "declined")
OF_EVENTS = ("page", "within_days", "times")
CONDITIONS = frozenset({*SUBJECTS, *OF_QUESTIONS, *OF_EVENTS})

type Fields = Mapping[str, Node]


def read_condition(what: str, node: Node, fields: Fields, slots: Container[str] | None) -> Condition:
    """The condition in these lines; ``what`` names the rule in messages.

    Raises:
        FileProblem: it looks at nothing or at two things, or a line does not belong to what it looks at.
    """
    subjects = [subject for subject in SUBJECTS if subject in fields]
    if len(subjects) != 1:
        raise node.problem(f"{what} must look at exactly one thing.", "Give it one of `question:`, `event:` and `replies:`.")
    subject = subjects[0]
    if subject == "question":
        _check_question(what, node, fields, slots)
    _check_belongs(what, subject, fields)
    return Condition(
        question=fields["question"].text() if subject == "question" else None,
        event=fields["event"].text() if subject == "event" else None,
        replies=positive("replies", fields),
        at_least=fields["at_least"].number() if "at_least" in fields else None,
        at_most=fields["at_most"].number() if "at_most" in fields else None,
        is_one_of=_texts("is_one_of", fields),
        is_none_of=_texts("is_none_of", fields),
        within_days=positive("within_days", fields),
        work_email="work_email" in fields,
        status="declined" if "declined" in fields else "known",
        page=fields["page"].text() if "page" in fields else None,
        times=positive("times", fields) or 1,
    )


def read_conditions(what: str, node: Node, fields: Fields, slots: Container[str] | None) -> tuple[Condition, ...]:
    """One condition, or all those under ``all:``.

    Raises:
        FileProblem: as for :func:`read_condition`, or there are both or neither.
    """
    if "all" not in fields:
        return (read_condition(what, node, fields, slots),)
    if beside := sorted(CONDITIONS & fields.keys()):
        raise fields[beside[0]].problem(f"{what} has conditions beside `all:`.", "Put this one under `all:` as well.")
    found = [read_condition(what, item, item.mapping(optional=CONDITIONS), slots) for item in fields["all"].items_of_list()]
    if not found:
        raise fields["all"].problem(f"{what} has no condition.", "Put at least one under `all:`.")
    return tuple(found)


def read_sentence(what: str, node: Node, *, text_allowed: bool) -> str:
    """Words in which only ``{text}`` is replaced, and only where a question was answered.

    Raises:
        FileProblem: braces that mean nothing.
    """
    text = node.text()
    try:
        used = {part[1] for part in Formatter().parse(text) if part[1] is not None}
    except ValueError as error:
        raise node.problem(f"{what}: the sentence has a brace without its partner.", "Write {text}, or leave braces out.") from error
    if wrong := sorted(used - ({"text"} if text_allowed else set())):
        fix = "Only {text} is replaced, and only in rules for a question."
        raise node.problem(f"{what}: the sentence uses {{{wrong[0]}}}, which means nothing here.", fix)
    return text


def read_numbers(node: Node, names: Collection[str], *, whole: bool) -> dict[str, Any]:
    """Numbers by name, none below 0.

    Raises:
        FileProblem: an unknown name, no number, or one below 0.
    """
    found = {}
    for name, item in node.mapping(optional=names).items():
        found[name] = item.integer() if whole else item.number()
        if found[name] < 0:
            raise item.problem(f"{node.name} of {name} is below 0.", "Write 0 or more.")
    return found


def positive(key: str, fields: Fields) -> int | None:
    """A whole number of 1 or more, ``None`` where the line is missing.

    Raises:
        FileProblem: it is something else.
    """
    if key not in fields:
        return None
    number = fields[key].integer()
    if number < 1:
        raise fields[key].problem(f"{key} must be at least 1.", "Write 1 or more.")
    return number


def _check_question(what: str, node: Node, fields: Fields, slots: Container[str] | None) -> None:
    conditions = {"at_least or at_most" if name in RANGE else name for name in OF_QUESTIONS if name in fields}
    if len(conditions) != 1:
        raise node.problem(f"{what} must have exactly one condition.", f"Give it one of {', '.join(OF_QUESTIONS)}.")
    if slots is not None and fields["question"].text() not in slots:
        raise fields["question"].problem(
            f"{what} looks at {fields['question'].text()!r}, which questions.yml does not have.",
            f"Correct the name or remove the rule.{_nearest(fields['question'].text(), slots)}",
        )
    for key in ("known", "declined", "work_email"):
        if key in fields and not fields[key].boolean():
            raise fields[key].problem(f"{what}: {key} can only be true.", f"Write `{key}: true` or remove the rule.")
    low, high = (fields[key].number() if key in fields else None for key in RANGE)
    if low is not None and high is not None and low > high:
        raise fields["at_most"].problem(f"{what}: at_most is below at_least, so nothing fits.", "Exchange the two numbers.")


def _check_belongs(what: str, subject: str, fields: Fields) -> None:
    allowed = {"question": OF_QUESTIONS, "event": OF_EVENTS, "replies": ()}[subject]
    if "page" in fields and (subject != "event" or fields["event"].text() != "page"):
        raise fields["page"].problem(f"{what}: page belongs to the event page.", "Write `event: page` beside it.")
    for key in (*OF_QUESTIONS, *OF_EVENTS):
        if key in fields and key not in allowed:
            owner = "a question" if key in OF_QUESTIONS else "an event"
            raise fields[key].problem(f"{what}: {key} belongs to {owner}.", f"Remove the line {key!r}.")


def _nearest(name: str, slots: Container[str]) -> str:
    near = get_close_matches(name, [str(slot) for slot in slots], 1) if isinstance(slots, Collection) else []
    return f" Did you mean {near[0]}?" if near else ""


def _texts(key: str, fields: Fields) -> tuple[str, ...]:
    return tuple(item.text() for item in fields[key].items_of_list()) if key in fields else ()
