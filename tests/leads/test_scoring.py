"""Scores: what the shipped rules say about the scene, and what holds for any rules and any facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.conditions import Condition, yearly
from leads.facts import FactAnswer, FactEvent, Facts
from leads.rule import Disqualifier, Rule, Segment
from leads.rules import Rules
from leads.scoring import Score, score, settled
from leads.stages import next_stage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def known(text: str = "x", **value: Any) -> FactAnswer:
    return FactAnswer("known", value, text, f"said {text}")


SCENE = {
    "budget": known("about 40k EUR a year", min=40000.0, max=40000.0, currency="EUR", period="year"),
    "company_size": known("120 people", min=120, max=120),
    "industry": known("financial technology", label="financial technology", code="K64"),
    "timeline": known("as soon as possible", within_days=14, label="as soon as possible"),
}
SMALLER = {**SCENE, "company_size": known("20 people", min=20, max=20), "timeline": FactAnswer("declined", None, "", "no")}
CONTACT = {"name": known("Jane Doe", name="Jane Doe"), "email": known("jane@acme.com", address="jane@acme.com", free=False)}
TALK = [FactEvent("asked_price", NOW), FactEvent("page", NOW, {"url": "https://acme.com/pricing"})]


def of(rules: Rules, answers: dict[str, FactAnswer], events: list[FactEvent] | None = None, replies: int = 0, now: datetime = NOW) -> Score:
    return score(Facts(answers, events or [], replies), rules, now)


@pytest.mark.parametrize("answers", [SCENE, SMALLER])
@pytest.mark.parametrize(("events", "replies"), [([], 0), (TALK, 6)])
def test_the_scene_is_warm_until_contact_was_given_then_hot(
    answers: dict[str, FactAnswer], events: list[FactEvent], replies: int, rules: Rules
) -> None:
    assert of(rules, answers, events, replies).tier == "warm"
    assert of(rules, {**answers, **CONTACT}, events, replies).tier == "hot"


def test_a_visitor_without_answers_is_cold(rules: Rules) -> None:
    nothing = of(rules, {})
    assert (nothing.score, nothing.tier, nothing.entries) == (0, "cold", ())


def test_the_receipt_says_why(rules: Rules) -> None:
    entries = {entry.rule: entry for entry in of(rules, {**SCENE, **CONTACT}).entries}
    assert entries["budget_mid"].sentence == "budget of about 40k EUR a year"
    assert entries["budget_mid"].said == "said about 40k EUR a year"
    assert entries["work_email"].points > 0


def test_of_the_rules_for_one_question_the_first_that_fits_counts(rules: Rules) -> None:
    large = of(rules, {"budget": known(min=500000.0, max=500000.0, currency="EUR", period="year")})
    assert [entry.rule for entry in large.entries] == ["budget_large"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"min": 40000.0, "max": 40000.0, "currency": "EUR", "period": "year"}, 40000),
        ({"min": 1000.0, "max": 1000.0, "currency": "EUR", "period": "month"}, 12000),
        ({"min": 1000.0, "max": 3000.0, "currency": None, "period": None}, 2000),
        ({"min": None, "max": 10000.0, "currency": "EUR", "period": "once"}, 8000),
        ({"min": 10000.0, "max": None, "currency": "EUR", "period": "year"}, 10000),
        ({"min": 1000.0, "max": 1000.0, "currency": "USD", "period": "quarter"}, 3520),
        ({"min": 0.0, "max": 0.0, "currency": None, "period": None}, 0),
        ({"min": None, "max": None, "currency": None, "period": None}, None),
        ({"min": 5.0, "max": 5.0, "currency": "XXX", "period": None}, None),
    ],
)
def test_money_is_compared_per_year_in_one_currency(value: dict[str, Any], expected: float | None) -> None:
    assert yearly(value, "EUR") == (pytest.approx(expected) if expected is not None else None)


def test_events_fade_when_the_rule_says_so(rules: Rules) -> None:
    assert of(rules, {}, TALK).score == 4
    assert of(rules, {}, TALK, now=NOW + timedelta(days=31)).score == 2


def test_declined_and_unknown_answers_give_no_points(rules: Rules) -> None:
    answers = {slot: FactAnswer(status, None, "", "") for slot, status in (("budget", "declined"), ("email", "unknown"))}
    assert of(rules, answers).entries == ()


@pytest.mark.parametrize(
    ("wanted", "value", "fits"),
    [
        ("K", {"label": "banking", "code": "K64"}, True),
        ("K64", {"label": "banking", "code": "K64"}, True),
        ("banking", {"label": "banking", "code": "K64"}, True),
        ("K65", {"label": "banking", "code": "K64"}, False),
        ("J", {"label": "banking", "code": "K64"}, False),
        ("J", {"label": "jewels", "code": None}, False),
        ("large plan", {"value": "large plan", "title": "Large"}, True),
        ("Large", {"value": "large plan", "title": "Large"}, True),
    ],
)
def test_labels_and_codes(wanted: str, value: dict[str, Any], fits: bool) -> None:
    rule = Rule("r", "fit", 5, "x", question="industry", is_one_of=(wanted,))
    assert of(Rules((rule,), "h", 1, 2), {"industry": known(**value)}).score == (5 if fits else 0)


def test_caps_and_floors_are_lines_of_the_receipt() -> None:
    rules = Rules(
        (
            Rule("a", "fit", 50, "a", question="a"),
            Rule("b", "fit", 50, "b", question="b"),
            Rule("c", "engagement", -5, "c", event="left"),
        ),
        "h",
        10,
        60,
        caps={"fit": 70},
    )
    result = of(rules, {"a": known(), "b": known()}, [FactEvent("left", NOW)])
    assert (result.score, result.fit, result.engagement, result.tier) == (70, 70, 0, "hot")
    assert [(entry.rule, entry.points) for entry in result.entries][-2:] == [("fit_cap", -30), ("engagement_floor", 5)]


ANSWERS = st.dictionaries(
    st.sampled_from(["budget", "company_size", "industry", "timeline", "name", "email", "phone", "other"]),
    st.builds(
        FactAnswer,
        st.sampled_from(["known", "declined", "unknown"]),
        st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {},
                optional={
                    "min": st.one_of(st.none(), st.floats(0, 1e9)),
                    "max": st.one_of(st.none(), st.floats(0, 1e9)),
                    "currency": st.sampled_from(["EUR", "USD", "ZZZ", None]),
                    "period": st.sampled_from(["year", "month", None]),
                    "label": st.sampled_from(["banking", "retail"]),
                    "code": st.sampled_from(["K64", "G47", None]),
                    "within_days": st.one_of(st.none(), st.integers(0, 999)),
                    "address": st.just("a@b.c"),
                    "free": st.booleans(),
                },
            ),
        ),
        st.text(max_size=20),
        st.text(max_size=20),
    ),
)
EVENTS = st.lists(
    st.builds(
        FactEvent,
        st.sampled_from(["asked_price", "asked_demo", "wants_human", "page", "other"]),
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone comes beside it
        st.sampled_from([{}, {"url": "/pricing"}]),
    ),
    max_size=12,
)


@given(ANSWERS, EVENTS, st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_receipt_always_adds_up_in_any_order(rules: Rules, answers: Any, events: Any, replies: int, random: Any) -> None:
    result = of(rules, answers, events, replies)
    assert result.score == sum(entry.points for entry in result.entries) == result.fit + result.engagement
    assert result.tier == rules.tier(result.score)
    assert 0 <= result.fit <= rules.caps["fit"]
    assert 0 <= result.engagement <= rules.caps["engagement"]
    shuffled, order = list(events), list(answers.items())
    random.shuffle(shuffled)
    random.shuffle(order)
    assert of(rules, dict(order), shuffled, replies) == result


STAGES = [
    ("visitor", "cold", False, False, False, "visitor"),
    ("visitor", "cold", True, False, False, "lead"),
    ("visitor", "cold", False, True, False, "lead"),
    ("lead", "warm", True, False, False, "lead"),
    ("lead", "warm", True, True, False, "MQL"),
    ("MQL", "cold", True, True, False, "lead"),
    ("MQL", "hot", True, True, True, "SQL"),
    ("lead", "cold", True, True, True, "lead"),
    ("SQL", "cold", False, False, False, "SQL"),
    ("lost", "hot", True, True, True, "lost"),
]


@pytest.mark.parametrize(("stage", "tier", "anything", "contact", "accepted", "expected"), STAGES)
def test_stages(stage: str, tier: str, anything: bool, contact: bool, accepted: bool, expected: str) -> None:
    facts = {"tier": tier, "known": anything, "contact": contact, "accepted": accepted}
    assert next_stage(stage, **facts, mql_tier="warm", mql_contact=True) == expected  # type: ignore[arg-type]


def only(*made: Rule, **settings: Any) -> Rules:
    return Rules(made, "h", **{"warm": 10, "hot": 60, **settings})


@pytest.mark.parametrize(
    ("condition", "value", "fits"),
    [
        ({"at_least": 10, "at_most": 50}, {"min": 10, "max": 50}, True),
        ({"at_least": 10, "at_most": 50}, {"min": 60, "max": 60}, False),
        ({"at_most": 50}, {"min": 1, "max": 1}, True),
        ({"at_most": 50}, {"min": None, "max": 60}, True),  # up to 60: counts as 48
        ({"at_most": 1000}, {"min": 50, "max": None}, False),  # more than 50 may be anything
        ({"at_most": 100}, {"min": None, "max": None}, False),
        ({"is_none_of": ("K", "retail")}, {"label": "banking", "code": "K64"}, False),
        ({"is_none_of": ("K", "retail")}, {"label": "dentistry", "code": "Q86"}, True),
        ({"is_one_of": ("DE", "AT")}, {"countries": ["AT"]}, True),
        ({"is_one_of": ("Europe",)}, {"region": "Europe"}, True),
        ({"is_one_of": ("yes",)}, {"yes": True}, True),
        ({"is_one_of": ("yes",)}, {"yes": False}, False),
    ],
)
def test_ranges_and_sets(condition: dict[str, Any], value: dict[str, Any], fits: bool) -> None:
    rules = only(Rule("r", "fit", 5, "x", question="q", **condition))
    assert of(rules, {"q": known(**value)}).score == (5 if fits else 0)


def test_a_refusal_can_count() -> None:
    rules = only(Rule("shy", "fit", -3, "would not say", question="q", status="declined"), Rule("big", "fit", 9, "x", question="p"))
    assert of(rules, {"q": FactAnswer("declined", None, "", "no"), "p": known()}).score == 6
    assert of(rules, {"q": known(), "p": known()}).score == 9


def test_points_halve_with_the_half_life_and_the_receipt_says_so() -> None:
    rules = only(
        Rule("saw", "engagement", 8, "looked", event="page", half_life_days=7),
        Rule("said", "fit", 8, "{text}", question="q", half_life_days=7),
    )
    facts = Facts({"q": FactAnswer("known", {}, "soon", "soon", NOW)}, [FactEvent("page", NOW)])
    for days, points in ((0, 8), (7, 4), (14, 2), (21, 1), (100, 0), (-3, 8)):
        entries = score(facts, rules, NOW + timedelta(days=days)).entries
        assert [entry.points for entry in entries] == [points, points]
    assert [entry.sentence for entry in score(facts, rules, NOW + timedelta(days=7)).entries] == [
        "looked (4 of 8 points left)",
        "soon (4 of 8 points left)",
    ]


def test_a_score_is_settled_when_no_time_can_change_it() -> None:
    def done(facts: Facts, rules: Rules, at: datetime) -> bool:
        return settled(score(facts, rules, at), facts, rules)

    fading = Rule("saw", "engagement", 8, "looked", event="page", half_life_days=7)
    seen = Facts({"q": known()}, [FactEvent("page", NOW)])
    for rules in (only(fading), only(replace(fading, half_life_days=None, within_days=30))):
        assert not done(seen, rules, NOW)
        assert done(seen, rules, NOW + timedelta(days=365))
        assert done(Facts({"q": known()}), rules, NOW)
    lately = Condition(event="page", within_days=30)
    assert not done(seen, only(segments=(Segment("here", (lately,)),)), NOW)
    assert not done(seen, only(unqualified=(Disqualifier("busy", (lately,), "was here"),)), NOW)
    assert done(seen, only(replace(fading, half_life_days=None)), NOW)


def test_an_event_can_count_more_than_once_and_only_when_it_happened_often_enough() -> None:
    rules = only(Rule("pages", "engagement", 2, "read the guide", event="page", page="/docs", up_to=3, times=2))
    seen = [FactEvent("page", NOW, {"url": "/docs/a"})] * 5
    assert [of(rules, {}, seen[:number]).score for number in range(6)] == [0, 0, 4, 6, 6, 6]
    assert of(rules, {}, seen).entries[0].sentence == "read the guide, 3 times"


def test_weights_multiply_a_group_before_its_cap() -> None:
    rules = only(
        Rule("a", "fit", 5, "a", question="a"),
        Rule("b", "engagement", 5, "b", event="b"),
        weights={"fit": 1.5, "engagement": 0.5},
        caps={"fit": 7},
    )
    result = of(rules, {"a": known()}, [FactEvent("b", NOW)])
    assert [(entry.rule, entry.points) for entry in result.entries] == [("a", 8), ("b", 3), ("fit_cap", -1)]


def test_the_first_segment_that_fits_and_the_reason_why_nobody_should_call() -> None:
    rules = only(
        segments=(
            Segment("enterprise", (Condition(question="size", at_least=200),)),
            Segment("curious", (Condition(question="size"), Condition(event="page", times=2))),
        ),
        unqualified=(Disqualifier("poor", (Condition(question="budget", at_most=100),), "{text} is less than the smallest plan"),),
    )
    pages = [FactEvent("page", NOW)] * 2
    assert of(rules, {"size": known(min=300, max=300)}, pages).segment == "enterprise"
    assert of(rules, {"size": known(min=3, max=3)}, pages).segment == "curious"
    assert of(rules, {"size": known(min=3, max=3)}).segment is None
    poor = {"budget": known("50 EUR a year", min=50, max=50, currency="EUR", period="year")}
    assert of(rules, poor).unqualified == "50 EUR a year is less than the smallest plan"
    assert of(rules, {"budget": known(min=500, max=500)}).unqualified == ""


def test_an_ideal_customer_of_a_few_lines_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "scoring.yml"
    path.write_text(
        "ideal_customer:\n  budget: {at_least: 20000}\n  company_size: {at_least: 50, at_most: 200}\n"
        "  industry: {is_one_of: [K]}\n  timeline: {within_days: 90}\n"
    )
    rules = Rules.load(path, {"budget", "company_size", "industry", "timeline", "email"})
    ideal = of(rules, {**SCENE, **CONTACT}, TALK, 5)
    assert (ideal.fit, ideal.tier) == (70, "hot")
    near = {**SCENE, "budget": known(min=11000, max=11000, currency="EUR", period="year"), "company_size": known(min=300, max=300)}
    assert of(rules, near).fit == 9 + 9 + 17 + 17
    assert of(rules, {"budget": known(min=1, max=1)}).score == 0
    assert of(rules, {}, [FactEvent("wants_human", NOW)]).engagement > 0
