"""The lead store on real SQLite and real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from leads.clock import now
from leads.conditions import Condition
from leads.database import Database
from leads.encryption import read_keys
from leads.errors import UnknownConversation, UnknownQuestion
from leads.models import Answer, Consent, Conversation, Entry, Handoff, Lead, LeadEvent
from leads.questions import Questions
from leads.reading import Reading, read_message
from leads.rule import Disqualifier, Segment
from leads.rules import Rules
from leads.store import LeadState, LeadStore, NewAnswer, NewConsent, NewEvent
from tests.databases import new_file
from tests.examples import examples
from tests.leads.conftest import ROOT, new_conversation
from tests.stored import KEY

FIRST = "Hi, we're a 120-person fintech in Berlin looking for a chat tool, we have about 40k euros a year."


async def say(store: LeadStore, questions: Questions, conversation: str, text: str, source: str, asked: str | None = None) -> LeadState:
    found = read_message(text, questions, asked=asked)
    answers = [NewAnswer(one.slot, one.status, one.said, one.reading) for one in found]
    return await store.record(conversation, source=source, seq=2, read_by="reader", answers=answers)


async def count(database: Database, model: type[Answer | Lead | LeadEvent | Consent | Handoff]) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_the_scene(store: LeadStore, questions: Questions, conversation: str) -> None:
    state = await say(store, questions, conversation, FIRST, "m1")
    assert state.stored == ("budget", "company_size", "industry")
    assert (state.tier, state.stage, state.became_hot) == ("warm", "lead", False)
    state = await say(store, questions, conversation, "sorry, 20 people, not 120", "m2", "timeline")
    assert state.stored == ("company_size",)
    assert state.answers["company_size"].value == {"min": 20, "max": 20}
    state = await say(store, questions, conversation, "I'd rather not say", "m3", "timeline")
    assert state.answers["timeline"].status == "declined"
    assert state.tier == "warm"
    state = await say(store, questions, conversation, "yes, that is fine", "m4", "contact_consent")
    assert state.consents == {"contact": True}
    state = await say(store, questions, conversation, "I'm Jane Doe, jane@acme.com", "m5", "name")
    assert (state.tier, state.stage, state.became_hot, state.handoff_requested) == ("hot", "MQL", True, True)
    again = await say(store, questions, conversation, "thanks, 20 people it is", "m6")
    assert (again.tier, again.became_hot, again.handoff_requested) == ("hot", False, False)


async def test_a_second_run_of_a_message_changes_nothing(
    store: LeadStore, database: Database, questions: Questions, conversation: str
) -> None:
    first = await say(store, questions, conversation, FIRST, "m1")
    second = await say(store, questions, conversation, FIRST, "m1")
    assert second.answers == first.answers
    assert second.stored == ()
    assert await count(database, Answer) == 3
    for _ in range(2):
        await store.record(conversation, source="m2", seq=3, read_by="reader", events=["asked_price", NewEvent("page", "p1", {"url": "/"})])
    assert await count(database, LeadEvent) == 2
    assert await count(database, Lead) == 1


async def test_an_answer_said_again_is_not_news(store: LeadStore, questions: Questions, conversation: str) -> None:
    await say(store, questions, conversation, "120 people", "m1", "company_size")
    assert (await say(store, questions, conversation, "as I said, 120 people", "m2")).stored == ()
    assert (await say(store, questions, conversation, "no, 130 people", "m3")).stored == ("company_size",)


@pytest.mark.parametrize("cipher", [read_keys(""), read_keys(KEY)], ids=["plain", "encrypted"])
async def test_personal_answers_wait_for_consent_and_go_with_it(
    store: LeadStore, database: Database, questions: Questions, conversation: str
) -> None:
    state = await say(store, questions, conversation, "I'm Jane Doe, jane@acme.com, 120 people", "m1")
    assert state.withheld == ("name", "email")
    assert set(state.answers) == {"company_size"}
    async with database.read() as session:
        said = list(await session.scalars(select(Answer.said)))
    assert not any("Jane" in text or "acme" in text for text in said)
    await say(store, questions, conversation, "yes", "m2", "contact_consent")
    state = await say(store, questions, conversation, "jane@acme.com", "m3", "email")
    assert state.answers["email"].text == "jane@acme.com"
    state = await say(store, questions, conversation, "no, please don't", "m4", "contact_consent")
    assert "email" not in state.answers
    assert await count(database, Consent) == 2


async def test_a_consent_given_with_a_form_counts(store: LeadStore, conversation: str) -> None:
    email = NewAnswer(
        "email", "known", "a@b.example", Reading({"address": "a@b.example", "free": False, "hint": None}, "a@b.example", "a", 1)
    )
    consent = NewConsent("contact", True, "May we keep it?")
    state = await store.record(conversation, source="f", seq=1, read_by="form", answers=[email], consents=[consent])
    assert state.answers["email"].read_by == "form"
    assert state.withheld == ()


async def test_what_an_agent_types_is_kept(store: LeadStore, conversation: str) -> None:
    name = NewAnswer("name", "known", "Jane", Reading({"name": "Jane"}, "Jane", "Jane", 1))
    state = await store.record(conversation, source="a", seq=None, read_by="agent", answers=[name])
    assert state.answers["name"].text == "Jane"


async def test_unknown_things_are_refused_and_nothing_is_kept(store: LeadStore, database: Database, conversation: str) -> None:
    with pytest.raises(UnknownConversation):
        await store.record("nobody", source="m", seq=1, read_by="reader")
    with pytest.raises(UnknownQuestion):
        await store.record(conversation, source="m", seq=1, read_by="reader", answers=[NewAnswer("shoe_size", "declined", "no")])
    with pytest.raises(ValueError, match="budget"):
        await store.record(conversation, source="m", seq=1, read_by="reader", answers=[NewAnswer("budget", "known", "no")])
    assert await count(database, Lead) == 0
    assert await store.state(conversation) is None
    assert await store.card(conversation) is None


async def test_a_conversation_is_handed_off_once_at_a_time(store: LeadStore, database: Database, conversation: str) -> None:
    assert await store.request_handoff(conversation, "human")
    assert not await store.request_handoff(conversation, "human")
    async with database.write() as session:
        await session.execute(update(Handoff).values(state="accepted"))
    assert await store.request_handoff(conversation, "human")
    assert (await store.rescore(conversation)).stage == "visitor"  # somebody took the chat; that alone qualifies nobody


async def test_a_lead_that_is_hot_again_does_not_ring_again(
    store: LeadStore, database: Database, questions: Questions, conversation: str
) -> None:
    state = await say(store, questions, conversation, "we're a 5000 people bank with 2m euros a year, we want to start asap", "m1")
    assert state.handoff_requested
    async with database.write() as session:
        await session.execute(update(Handoff).values(state="cancelled"))
    state = await say(store, questions, conversation, "sorry, 2k euros a year", "m2")
    assert state.tier != "hot"
    state = await say(store, questions, conversation, "no, 2m euros a year", "m3")
    assert (state.became_hot, state.handoff_requested) == (True, False)


async def test_many_writers_at_once_lose_nothing(store: LeadStore, database: Database, conversation: str) -> None:
    def size(people: int) -> NewAnswer:
        return NewAnswer("company_size", "known", str(people), Reading({"min": people, "max": people}, f"{people} people", str(people), 1))

    jobs = [store.record(conversation, source=f"m{n}", seq=n, read_by="reader", answers=[size(n)], events=["reply"]) for n in range(1, 13)]
    twice = [store.record(conversation, source="m1", seq=1, read_by="reader", answers=[size(1)]) for _ in range(3)]
    await asyncio.gather(*jobs, *twice, *[store.request_handoff(conversation, "human") for _ in range(5)])
    assert await count(database, Answer) == 12
    assert await count(database, LeadEvent) == 12
    assert await count(database, Lead) == 1
    assert await count(database, Handoff) == 1


WRITER = """
import asyncio, sys
from pathlib import Path
from leads.database import Database
from leads.questions import Questions
from leads.rules import Rules
from leads.store import LeadStore

async def main(url, conversation, name):
    database = Database(url)
    questions = Questions.load(Path("bot/questions.yml"))
    store = LeadStore(database, questions, Rules.load(Path("bot/scoring.yml"), questions))
    for number in range(15):
        await store.record(conversation, source=f"{name}-{number}", seq=None, read_by="reader", events=["reply"])
        await store.record(conversation, source=f"both-{number}", seq=None, read_by="reader", events=["reply"])
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_share_a_database(url: str, database: Database, conversation: str) -> None:
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, url, conversation, name, cwd=ROOT) for name in "ab"]
    assert await asyncio.gather(*(process.wait() for process in processes)) == [0, 0]
    assert await count(database, LeadEvent) == 45
    assert await count(database, Lead) == 1


async def test_the_card_shows_what_was_said_beside_what_was_understood(store: LeadStore, questions: Questions, conversation: str) -> None:
    await say(store, questions, conversation, FIRST, "m1")
    await store.record(
        conversation, source="p", seq=None, read_by="reader", events=[NewEvent("page", data={"url": "/pricing", "title": "Pricing"})]
    )
    card = await store.card(conversation)
    assert card is not None
    assert [row["slot"] for row in card["answers"]] == list(questions)
    budget = card["answers"][0]
    assert (budget["said"], budget["text"], budget["status"]) == ("about 40k euros a year", "about 40k EUR a year", "known")
    assert card["answers"][3]["status"] == "missing"
    assert card["pages"][0]["url"] == "/pricing"
    assert card["score"] == sum(entry["points"] for entry in card["receipt"]["entries"]) == card["fit"] + card["engagement"]
    assert card["receipt"]["entries"][0]["sentence"] == "budget of about 40k EUR a year"
    assert card["handoff"] is None
    await store.request_handoff(conversation, "human")
    card = await store.card(conversation)
    assert card is not None
    assert card["handoff"]["state"] == "requested"


@pytest.mark.parametrize("cipher", [read_keys(""), read_keys(KEY)], ids=["plain", "encrypted"])
async def test_the_list_is_filtered_and_paged(store: LeadStore, database: Database, questions: Questions) -> None:
    ids = [await new_conversation(database) for _ in range(5)]
    for number, one in enumerate(ids[:4]):
        await say(store, questions, one, f"we are a {100 + number}-person bank, 100% sure", "m1")
    await store.record(ids[4], source="p", seq=None, read_by="reader", events=["page"])
    everything = await store.page(size=3)
    assert (len(everything["leads"]), everything["total"], everything["pages"]) == (3, 4, 2)
    assert "receipt" not in everything["leads"][0]
    assert everything["leads"][0]["conversation_id"] == ids[3]
    assert len((await store.page(size=3, page=2))["leads"]) == 1
    assert [lead["conversation_id"] for lead in (await store.page(query="102"))["leads"]] == [ids[2]]
    assert (await store.page(query="BANK 103"))["total"] == 1
    assert (await store.page(query="%"))["total"] == 0
    assert (await store.page(tier="hot"))["total"] == 0
    assert (await store.page(stage="visitor"))["total"] == 1
    assert (await store.page(query="nothing of it"))["leads"] == []


@pytest.mark.parametrize("cipher", [read_keys(""), read_keys(KEY)], ids=["plain", "encrypted"])
async def test_the_export_gives_every_lead_once(store: LeadStore, database: Database, questions: Questions) -> None:
    at = now()
    conversations = [Conversation(site="demo", created_at=at, last_at=at) for _ in range(203)]
    async with database.write() as session:
        session.add_all(conversations)
    ids = [one.id for one in conversations]
    async with database.write() as session:
        session.add_all(
            Lead(conversation_id=one, receipt={}, created_at=at + timedelta(seconds=n // 60), updated_at=at) for n, one in enumerate(ids)
        )
    await say(store, questions, ids[0], FIRST, "m1")
    rows = [row async for row in store.export()]
    assert sorted(row["conversation_id"] for row in rows) == sorted(ids)
    assert rows[0]["created_at"].endswith("Z")


async def test_odd_characters_are_kept_or_dropped_but_never_fatal(store: LeadStore, questions: Questions, conversation: str) -> None:
    reading = Reading({"name": "x"}, "x\x00\ud800", "x", 1)
    answer = NewAnswer("industry", "known", "a\x00b \ud800 😀", reading)
    state = await store.record(conversation, source="m", seq=1, read_by="reader", answers=[answer])
    assert "😀" in state.answers["industry"].said


async def test_replies_are_counted_from_the_log(store: LeadStore, database: Database, conversation: str) -> None:
    async with database.write() as session:
        for seq in range(1, 6):
            session.add(Entry(conversation_id=conversation, seq=seq, kind="message", author="visitor", text="hi", data={}, at=now()))
    await store.rescore(conversation)
    card = await store.card(conversation)
    assert card is not None
    assert [entry["rule"] for entry in card["receipt"]["entries"]] == ["talked"]


async def test_changed_rules_count_from_the_next_score_on(
    database: Database, questions: Questions, rules: Rules, conversation: str
) -> None:
    await say(LeadStore(database, questions, rules), questions, conversation, FIRST, "m1")
    stricter = Rules(rules.rules, "other", warm=98, hot=99)
    state = await LeadStore(database, questions, stricter).rescore(conversation)
    assert state.tier == "cold"


async def test_who_cannot_become_a_customer_is_told_with_the_reason_until_a_correction(
    database: Database, questions: Questions, rules: Rules, conversation: str
) -> None:
    strict = replace(
        rules,
        unqualified=(Disqualifier("small", (Condition(question="company_size", at_most=2),), "{text} is too small"),),
        segments=(Segment("solo", (Condition(question="company_size", at_most=1),)),),
    )
    store = LeadStore(database, questions, strict)
    state = await say(store, questions, conversation, "just me, with 200k euros a year", "m1", "company_size")
    assert (state.stage, state.unqualified, state.segment) == ("unqualified", "1 person is too small", "solo")
    assert state.asking.skip == ("industry", "timeline", "contact_consent", "name", "email")
    await say(store, questions, conversation, "yes", "m2", "contact_consent")
    state = await say(store, questions, conversation, "jane@acme.com, and I am in finance, as soon as possible", "m3", "email")
    assert (state.tier, state.became_hot, state.handoff_requested) == ("hot", False, False)  # nobody is called
    card = await store.card(conversation)
    assert card is not None
    assert (card["stage"], card["stage_reason"], card["segment"]) == ("unqualified", "1 person is too small", "solo")
    state = await say(store, questions, conversation, "sorry, we are 40 people", "m4", "company_size")
    assert (state.stage, state.unqualified, state.segment, state.handoff_requested) == ("MQL", "", None, True)
    await store.set_stage(conversation, "unqualified")
    state = await store.rescore(conversation)
    assert (state.stage, state.unqualified) == ("unqualified", "")  # what people decide stays


async def test_an_agents_correction_rescores_at_once_and_is_kept_as_a_labelled_example(
    store: LeadStore, questions: Questions, conversation: str
) -> None:
    before = await say(store, questions, conversation, FIRST, "m1")
    right = Reading({"min": 12, "max": 12}, "12 people", "12", 1.0)
    after = await store.record(
        conversation, source="a1", seq=None, read_by="agent", answers=[NewAnswer("company_size", "known", "12", right)]
    )
    assert after.score == before.score - 4
    (example,) = [one async for one in store.corrections()]
    assert (example["kind"], example["slot"], example["text"]) == ("headcount", "company_size", before.answers["company_size"].said)
    assert (example["read"], example["value"]) == ({"min": 120, "max": 120}, {"min": 12, "max": 12})


LATER = datetime(2026, 11, 21, tzinfo=UTC)
LINES = [
    (FIRST, None, "reader"),
    ("sorry, 20 people, not 120", "timeline", "reader"),
    ("as soon as possible", "timeline", "reader"),
    ("yes", "contact_consent", "choice"),
    ("jane@acme.com", "email", "reader"),
    ("I'd rather not say", "name", "reader"),
    ("50 people", "company_size", "agent"),
    ("12k a month", "budget", "reader"),
]


MESSAGES = st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from([(), ("asked_price",), ("wants_human", "asked_demo")])), max_size=7)


@given(MESSAGES)
@examples(8)
def test_a_replay_of_the_log_gives_the_same_receipt_byte_for_byte(questions: Questions, rules: Rules, messages: list[Any]) -> None:
    first, second = asyncio.run(_told_and_replayed(questions, rules, messages))
    assert first == second
    if first:
        found = json.loads(first)
        assert found["score"] == sum(entry["points"] for entry in found["entries"])


async def _told_and_replayed(questions: Questions, rules: Rules, messages: list[Any]) -> tuple[bytes, bytes]:
    """The receipt of a talk (of which some messages come twice, as after a crash), and that of its stored rows told again."""
    with TemporaryDirectory() as folder:
        told, replayed = _database(folder, "told", KEY), _database(folder, "replayed")  # what is encrypted and what is not
        first, second = await new_conversation(told), await new_conversation(replayed)
        for number, ((text, asked, read_by), events) in enumerate(messages):
            found = read_message(text, questions, asked=asked)
            answers = [NewAnswer(one.slot, one.status, one.said, one.reading) for one in found]
            for _ in range(1 + number % 2):
                store = LeadStore(told, questions, rules, clock=lambda number=number: LATER + timedelta(hours=number))  # type: ignore[misc]
                await store.record(first, source=f"m{number}", seq=number, read_by=read_by, answers=answers, events=events)
        for number in range(len(messages)):
            store = LeadStore(replayed, questions, rules, clock=lambda number=number: LATER + timedelta(hours=number))  # type: ignore[misc]
            await _replay(told, store, second, f"m{number}")
        receipts = await _receipt(LeadStore(told, questions, rules), first), await _receipt(LeadStore(replayed, questions, rules), second)
        await told.close()
        await replayed.close()
        return receipts


def _database(folder: str, name: str, keys: str = "") -> Database:
    return Database(new_file(Path(folder) / f"{name}.db"), cipher=read_keys(keys))


async def _replay(source_of: Database, store: LeadStore, conversation: str, source: str) -> None:
    """Tell one message again from what was kept of it."""
    async with source_of.read() as session:
        kept = list(await session.scalars(select(Answer).where(Answer.source == source).order_by(Answer.id)))
        events = list(await session.scalars(select(LeadEvent.name).where(LeadEvent.source == source).order_by(LeadEvent.id)))
        consents = list(await session.scalars(select(Consent).where(Consent.source == source).order_by(Consent.id)))
    answers = [
        NewAnswer(row.slot, row.status, row.said, Reading(row.value, row.text, row.said, row.confidence) if row.value is not None else None)
        for row in kept
    ]
    await store.record(
        conversation,
        source=source,
        seq=kept[0].seq if kept else None,
        read_by=kept[0].read_by if kept else "reader",
        answers=answers,
        events=events,
        consents=[NewConsent(row.purpose, row.given, row.text) for row in consents],
    )


async def _receipt(store: LeadStore, conversation: str) -> bytes:
    card = await store.card(conversation)
    return json.dumps(card["receipt"], ensure_ascii=False).encode() if card else b""
