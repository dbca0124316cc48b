"""The ideal customer of ``bot/scoring.yml``: a few lines that stand for a whole set of rules. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import asdict, replace

from leads.conditions import Condition
from leads.rule import Rule
from leads.rules_file import CONDITIONS, read_condition
from leads.yamlfile import Node

WARM, HOT = 30, 70  # the tiers when the file names none: half an ideal customer who can be reached; an ideal one
FIT = 70  # what an ideal customer gets in all
_NEAR = 2.0  # numbers within this factor of the ideal are near it, and near is worth half


def ideal_rules(node: Node, slots: Container[str] | None, points: int = FIT) -> list[Rule]:
    """One rule for each line, and a second one for what is near; ``points`` are shared out evenly.

    Raises:
        FileProblem: a line is no condition for a question.
    """
    items = node.items()
    if not items:
        raise node.problem("ideal_customer is empty.", "Add a line such as `budget: {at_least: 20000}`.")
    rules: list[Rule] = []
    for number, (slot, item) in enumerate(items):
        fields = item.mapping(optional=CONDITIONS - {"question", "event", "replies"})
        named = Node(item.path, slot, item.line, item.column, "the question")
        ideal = read_condition(f"The ideal {slot}", item, {**fields, "question": named}, slots)
        worth = points // len(items) + (1 if number < points % len(items) else 0)
        rules.append(_rule(f"ideal_{slot}", ideal, worth, "{text}: as an ideal customer"))
        near = _nearly(ideal)
        if near != ideal:
            rules.append(_rule(f"near_{slot}", near, worth // 2, "{text}: close to an ideal customer"))
    return rules


def usual_engagement(slots: Container[str] | None) -> list[Rule]:
    """What counts as interest where the file says nothing about it."""
    rules = [
        Rule("wants_human", "engagement", 8, "asked for a person", event="wants_human"),
        Rule("asked_demo", "engagement", 5, "asked for a demo", event="asked_demo"),
        Rule("asked_price", "engagement", 3, "asked for the price", event="asked_price"),
        Rule("talked", "engagement", 2, "stayed in the conversation", replies=4),
    ]
    if slots is None or "email" in slots:
        rules.append(Rule("work_email", "engagement", 15, "gave a work e-mail address", question="email", work_email=True))
        rules.append(Rule("free_email", "engagement", 10, "gave a private e-mail address", question="email"))
    return rules


def _rule(name: str, condition: Condition, points: int, sentence: str) -> Rule:
    return Rule(name, "fit", points, sentence, **asdict(condition))


def _nearly(ideal: Condition) -> Condition:
    return replace(
        ideal,
        at_least=ideal.at_least / _NEAR if ideal.at_least is not None else None,
        at_most=ideal.at_most * _NEAR if ideal.at_most is not None else None,
        within_days=round(ideal.within_days * _NEAR) if ideal.within_days is not None else None,
    )
