"""``bot/scoring.yml`` as one object: rules, tiers, caps, weights, segments, and how the bot asks."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any

from leads.datafiles import load_data
from leads.errors import FileProblem
from leads.ideal import FIT, HOT, WARM, ideal_rules, usual_engagement
from leads.rule import GROUPS, Disqualifier, Rule, Segment
from leads.rules_file import CONDITIONS, positive, read_condition, read_conditions, read_numbers, read_sentence
from leads.stages import TIERS
from leads.yamlfile import Node, load

ORDERS = ("best_first", "as_written")


@dataclass(frozen=True)
class Rules:
    """All rules in order; ``hash`` stands for the content without its layout and comments.

    ``weights`` multiply the points of a group, ``caps`` bound its sum. ``order`` says how open questions are put: the one that can
    move the score most first, or as written. With ``stop_early`` questions that can no longer change the tier are not asked.
    """

    rules: tuple[Rule, ...]
    hash: str
    warm: int
    hot: int
    currency: str = "EUR"
    caps: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    mql_tier: str = "warm"
    mql_contact: bool = True
    segments: tuple[Segment, ...] = ()
    unqualified: tuple[Disqualifier, ...] = ()
    order: str = "best_first"
    stop_early: bool = True

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

    @cached_property
    def fading(self) -> frozenset[str]:
        """The questions and events of which time alone can change the score, the segment, or whether a lead is unqualified."""
        others = [*(one.all for one in self.segments), *(one.all for one in self.unqualified)]
        conditions = (*self.rules, *(condition for several in others for condition in several))
        timed = [rule for rule in self.rules if rule.half_life_days] + [one for one in conditions if one.event and one.within_days]
        return frozenset(str(one.question or one.event) for one in timed)

    def tier(self, score: int) -> str:
        """The tier of a score."""
        return "hot" if score >= self.hot else "warm" if score >= self.warm else "cold"


def _read(path: Path, slots: Container[str] | None) -> tuple[Rules | None, list[FileProblem]]:
    try:
        root = load(path)
        top = _top(root)
        made = _settings(top)
        rules = ideal_rules(top["ideal_customer"], slots, made["caps"].get("fit", FIT)) if "ideal_customer" in top else []
        nodes = {name: top[name].items_of_list() if name in top else [] for name in (*GROUPS, "segments", "unqualified")}
    except FileProblem as problem:
        return None, [problem]
    problems: list[FileProblem] = []
    names = {rule.name for rule in rules}
    for group in GROUPS:
        rules += _each(nodes[group], partial(_rule, group, slots), names, problems)
    if "ideal_customer" in top and "engagement" not in top:
        rules += usual_engagement(slots)
    segments = tuple(_each(nodes["segments"], partial(_segment, slots), set(), problems))
    unqualified = tuple(_each(nodes["unqualified"], partial(_disqualifier, slots), set(), problems))
    if problems:
        return None, sorted(problems, key=lambda problem: (problem.line, problem.column))
    return Rules(tuple(rules), _hash(root), segments=segments, unqualified=unqualified, **made), []


def _top(root: Node) -> dict[str, Node]:
    """The names of the file; with an ideal customer the tiers may be missing."""
    ideal = isinstance(root.value, dict) and "ideal_customer" in root.value
    lines = {"currency", "mql", "caps", "weights", "asking", "ideal_customer", "segments", "unqualified", *GROUPS}
    return root.mapping(required=set() if ideal else {"tiers"}, optional={"tiers", *lines})


def _settings(top: Mapping[str, Node]) -> dict[str, Any]:
    warm, hot = _tiers(top["tiers"]) if "tiers" in top else (WARM, HOT)
    mql = top["mql"].mapping(optional={"tier", "contact"}) if "mql" in top else {}
    asking = top["asking"].mapping(optional={"order", "stop_early"}) if "asking" in top else {}
    return {
        "warm": warm,
        "hot": hot,
        "caps": read_numbers(top["caps"], GROUPS, whole=True) if "caps" in top else {},
        "weights": read_numbers(top["weights"], GROUPS, whole=False) if "weights" in top else {},
        "currency": top["currency"].one_of(load_data("leads/data/rates.yml")) if "currency" in top else "EUR",
        "mql_tier": mql["tier"].one_of(TIERS) if "tier" in mql else "warm",
        "mql_contact": mql["contact"].boolean() if "contact" in mql else True,
        "order": asking["order"].one_of(ORDERS) if "order" in asking else ORDERS[0],
        "stop_early": asking["stop_early"].boolean() if "stop_early" in asking else True,
    }


def _tiers(node: Node) -> tuple[int, int]:
    tiers = node.mapping(required={"warm", "hot"})
    warm, hot = tiers["warm"].integer(), tiers["hot"].integer()
    if not 0 < warm < hot:
        raise tiers["hot"].problem(
            f"The tiers are out of order: warm from {warm}, hot from {hot}.", "warm must be above 0 and hot above warm."
        )
    return warm, hot


def _each[T: (Rule, Segment, Disqualifier)](
    nodes: Sequence[Node], read: Callable[[Node], T], names: set[str], problems: list[FileProblem]
) -> list[T]:
    """What can be read of a list; what cannot, and names that stand twice, become problems."""
    found = []
    for node in nodes:
        try:
            one = read(node)
            if one.name in names:
                raise node.problem(f"Two rules are called {one.name!r}.", "Give each rule its own name.")
            names.add(one.name)
            found.append(one)
        except FileProblem as problem:
            problems.append(problem)
    return found


def _rule(group: str, slots: Container[str] | None, node: Node) -> Rule:
    fields = node.mapping(required={"rule", "points", "sentence"}, optional=CONDITIONS | {"half_life_days", "up_to"})
    name = fields["rule"].text()
    condition = read_condition(f"Rule {name}", node, fields, slots)
    if "up_to" in fields and condition.event is None:
        raise fields["up_to"].problem(f"Rule {name}: up_to belongs to an event.", "Remove the line 'up_to'.")
    if "half_life_days" in fields and condition.replies is not None:
        raise fields["half_life_days"].problem(f"Rule {name}: replies do not fade.", "Remove the line 'half_life_days'.")
    return Rule(
        name=name,
        group=group,
        points=fields["points"].integer(),
        sentence=read_sentence(f"Rule {name}", fields["sentence"], text_allowed=condition.question is not None),
        half_life_days=positive("half_life_days", fields),
        up_to=positive("up_to", fields),
        **asdict(condition),
    )


def _segment(slots: Container[str] | None, node: Node) -> Segment:
    fields = node.mapping(required={"segment"}, optional=CONDITIONS | {"all"})
    name = fields["segment"].text()
    return Segment(name, read_conditions(f"Segment {name}", node, fields, slots))


def _disqualifier(slots: Container[str] | None, node: Node) -> Disqualifier:
    fields = node.mapping(required={"rule", "reason"}, optional=CONDITIONS | {"all"})
    what = f"Rule {fields['rule'].text()}"
    conditions = read_conditions(what, node, fields, slots)
    reason = read_sentence(what, fields["reason"], text_allowed=conditions[0].question is not None)
    return Disqualifier(fields["rule"].text(), conditions, reason)


def _hash(root: Node) -> str:
    return sha256(dumps(root.plain(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()
