"""Leads are scored anew when time or an edit of the rules has made their score an old one; that rings for nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from leads.clock import now
from leads.database import Database
from leads.models import Handoff
from leads.questions import Questions
from leads.rule import Rule
from leads.rules import Rules
from leads.store import LeadStore, NewEvent
from tests.leads.conftest import new_conversation

LOOKED = Rule("looked", "engagement", 40, "looked", event="page", half_life_days=7)
PAGE = NewEvent("page", "p", {"url": "/"})


def store_in(database: Database, questions: Questions, rules: Rules, days: float = 0.0) -> LeadStore:
    """The store as it is so many days from now."""
    return LeadStore(database, questions, rules, clock=lambda: now() + timedelta(days=days))


async def score_of(store: LeadStore, conversation: str) -> int:
    card = await store.card(conversation)
    assert card
    return int(card["score"])


async def test_points_fade_without_a_word_of_the_visitor(database: Database, questions: Questions, rules: Rules, conversation: str) -> None:
    fading = replace(rules, rules=(LOOKED,))
    await store_in(database, questions, fading).record(conversation, source="m", seq=1, read_by="reader", events=[PAGE])
    for days, score in ((0, 40), (7, 20), (14, 10)):
        store = store_in(database, questions, fading, days)
        assert await store.to_refresh(10) == ([conversation] if days else [])
        assert await store.refresh(conversation) == bool(days)
        assert await score_of(store, conversation) == score
        assert await store.to_refresh(10) == []
    old = store_in(database, questions, fading, 3650)
    assert await old.refresh(conversation)
    assert await score_of(old, conversation) == 0
    assert await store_in(database, questions, fading, 9999).to_refresh(10) == []


async def test_those_who_have_waited_longest_come_first(database: Database, questions: Questions, rules: Rules, conversation: str) -> None:
    fading, later = replace(rules, rules=(LOOKED,)), await new_conversation(database)
    for days, one in ((1, later), (0, conversation)):
        await store_in(database, questions, fading, days).record(one, source="m", seq=1, read_by="reader", events=[PAGE])
    store = store_in(database, questions, fading, 5)
    assert await store.to_refresh(10) == [conversation, later]
    assert await store.to_refresh(1) == [conversation]


async def test_edited_rules_score_everybody_anew_and_ring_for_nobody(
    database: Database, questions: Questions, rules: Rules, conversation: str
) -> None:
    before = replace(rules, rules=(replace(LOOKED, half_life_days=None),))
    first = store_in(database, questions, before)
    await first.record(conversation, source="m", seq=1, read_by="reader", events=[PAGE])
    assert await first.expect_rules() == 0
    edited = replace(before, rules=(replace(before.rules[0], points=999),), hash="edited", caps={})
    second = store_in(database, questions, edited)
    assert await second.expect_rules() == 1
    assert await second.to_refresh(10) == [conversation]
    assert await second.refresh(conversation)
    card = await second.card(conversation)
    assert card
    assert (card["tier"], card["score"], card["receipt"]["rules_hash"]) == ("hot", 999, "edited")
    assert await second.expect_rules() == 0
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Handoff)) == 0


async def test_a_fresh_score_that_says_the_same_is_no_news(
    database: Database, questions: Questions, rules: Rules, conversation: str
) -> None:
    store = store_in(database, questions, rules)
    state = await store.record(conversation, source="m", seq=1, read_by="reader", events=["asked_price"])
    page = await store.page(stage=state.stage)
    assert not await store_in(database, questions, rules, 0.1).refresh(conversation)
    assert await store.page(stage=state.stage) == page | {"leads": [{**page["leads"][0]}]}
