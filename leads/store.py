"""The lead store: every answer kept as it is given, scored in the same transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from leads import cards, lead_rows, rows, statements
from leads.asking import asking
from leads.audit import About, Who, note
from leads.clock import iso, now
from leads.corrections import labelled_examples
from leads.database import Database
from leads.errors import UnknownConversation
from leads.facts import Facts
from leads.models import Conversation, Lead
from leads.questions import Questions
from leads.rules import Rules
from leads.scoring import Score, score, settled
from leads.stages import next_stage
from leads.state import LeadState, NewAnswer, NewConsent, NewEvent, StoredAnswer
from leads.withdrawal import purge

__all__ = ["LeadState", "LeadStore", "NewAnswer", "NewConsent", "NewEvent", "StoredAnswer"]

CONTACT = "contact"  # the purpose of the consent that personal answers need
MARKETING = "marketing"  # to be told of offers, which takes an address: it ends with the one before
REFRESH = timedelta(days=1)  # points fade over days and weeks
TYPED_BY_PEOPLE = frozenset({"agent"})  # what an agent types is kept without the visitor's consent in the chat


class LeadStore:
    """Leads in the database; safe to use from several processes at once."""

    def __init__(self, database: Database, questions: Questions, rules: Rules, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._questions = questions
        self._rules = rules
        self._clock = clock

    async def record(
        self,
        conversation_id: str,
        *,
        source: str,
        seq: int | None,
        read_by: str,
        answers: Sequence[NewAnswer] = (),
        events: Sequence[NewEvent | str] = (),
        consents: Sequence[NewConsent] = (),
        resumes: bool = False,
    ) -> LeadState:
        """Keep what one message said, rescore, and call a person when the lead becomes hot: one transaction.

        Args:
            conversation_id: an existing conversation; the lead is made when it is missing.
            source: id of the message; a second call with the same source changes nothing.
            seq: the message's place in the log, ``None`` when it has none.
            read_by: ``reader``, ``choice``, ``form``, ``agent``, or ``hub`` when the bot could not.
            answers: in any order; personal ones are kept only with consent (see ``LeadState.withheld``).
            events: things the visitor did, by name or with data.
            consents: yes or no to a purpose; an answer to a question of the kind consent is one as well.
            resumes: the visitor takes back an earlier wish for no more questions, see :meth:`set_wish`.

        Raises:
            UnknownConversation, UnknownQuestion: nothing was changed.
            DatabaseUnavailable: nothing was changed.
        """
        rows.check_answers(answers, self._questions)
        async with self._database.write() as session:
            lead, wish = await self._lock(session, conversation_id)
            if wish is not None and resumes:
                await rows.drop_wish(session, conversation_id)
                wish = None
            at = self._clock()
            mark = rows.Mark(lead.id, conversation_id, source, seq, read_by, at)
            agreed = await self._consents(session, mark, answers, consents)
            may_keep = agreed.get(CONTACT, False) or read_by in TYPED_BY_PEOPLE
            keep = [answer for answer in answers if may_keep or not self._questions[answer.slot].personal]
            known, stored = await rows.add_answers(session, mark, keep)
            await rows.add_events(session, mark, events)
            was = lead.tier
            result, facts = await self._rescore(session, lead, known, at)
            hot = lead.tier == "hot" and not lead.stage_reason
            became_hot = hot and was != "hot"
            requested = hot and not await rows.ever_requested(session, conversation_id, "hot")
            requested = requested and await rows.request_handoff(session, conversation_id, "hot", at)
            return LeadState(
                lead_id=lead.id,
                conversation_id=conversation_id,
                answers=known,
                tier=lead.tier,
                score=lead.score,
                stage=lead.stage,
                became_hot=became_hot,
                handoff_requested=requested,
                stored=stored,
                withheld=tuple(answer.slot for answer in answers if answer not in keep),
                consents=agreed,
                asking=asking(facts, self._rules, self._questions, at, result),
                segment=lead.segment,
                unqualified=lead.stage_reason,
                wish=wish,
            )

    async def set_wish(self, conversation_id: str, wish: str) -> None:
        """Keep what the visitor asked for: ``stopped`` (no more questions), ``deletion`` (nor to be kept) or ``erase`` (the hub does it).

        ``not_buying`` (wants to sell or to be hired) and ``support`` (has a problem) are kept in the same place: no questions either.

        Raises:
            UnknownConversation, DatabaseUnavailable: nothing was changed.
        """
        async with self._database.write() as session:
            await self._lock(session, conversation_id)
            mine = update(Conversation).where(Conversation.id == conversation_id)
            if wish == "stopped":  # who wants no more questions still wants the data deleted
                mine = mine.where(Conversation.wish.is_distinct_from("deletion"))
            if wish in ("not_buying", "support"):
                mine = mine.where(Conversation.wish.is_(None))
            await session.execute(mine.values(wish=wish))

    async def request_handoff(self, conversation_id: str, reason: str) -> bool:
        """Call a person (reasons: human, agent_lost, contact); ``False`` when a call is already open.

        Raises:
            UnknownConversation, DatabaseUnavailable: nothing was changed.
        """
        async with self._database.write() as session:
            await self._lock(session, conversation_id)
            return await rows.request_handoff(session, conversation_id, reason, self._clock())

    async def rescore(self, conversation_id: str) -> LeadState:
        """Score again by the present rules and the present time, e.g. after a hand-off was accepted."""
        return await self.record(conversation_id, source="rescore", seq=None, read_by="agent")

    async def expect_rules(self) -> int:
        """Mark every lead that was scored by other rules for :meth:`refresh`; how many there are."""
        other = Lead.receipt["rules_hash"].as_string() != self._rules.hash
        async with self._database.write() as session:
            marked = await session.scalars(update(Lead).where(other).values(rescore_at=self._clock()).returning(Lead.id))
            return len(list(marked))

    async def to_refresh(self, most: int) -> list[str]:
        """The conversations whose lead waits for :meth:`refresh`, those that have waited longest first."""
        due = select(Lead.conversation_id).where(Lead.rescore_at <= self._clock()).order_by(Lead.rescore_at).limit(most)
        async with self._database.read() as session:
            return list(await session.scalars(due))

    async def refresh(self, conversation_id: str) -> bool:
        """Score anew because time has passed or the rules are others; whether that changed anything people see.

        It rings for nobody: a lead that becomes hot without a word of the visitor is not somebody who waits.

        Raises:
            UnknownConversation, DatabaseUnavailable: nothing was changed.
        """
        async with self._database.write() as session:
            lead, _wish = await self._lock(session, conversation_id)
            before = _seen(lead)
            await self._rescore(session, lead, await rows.newest_answers(session, lead.id), self._clock(), is_news=False)
            return _seen(lead) != before

    async def set_stage(self, conversation_id: str, stage: str) -> None:
        """Set a stage that people decide: SQL, won, lost or unqualified."""
        async with self._database.write() as session:
            lead, _wish = await self._lock(session, conversation_id)
            before = lead_rows.values(lead)
            lead.stage, lead.stage_by = stage, "people"
            lead.updated_at = self._clock()
            await lead_rows.keep_changes(session, lead, before)

    async def state(self, conversation_id: str) -> LeadState | None:
        """What is stored, or ``None`` when the conversation has no lead yet."""
        async with self._database.read() as session:
            lead = await lead_rows.of_conversation(session, conversation_id)
            if lead is None:
                return None
            answers = await rows.newest_answers(session, lead.id)
            agreed = await rows.newest_consents(session, conversation_id)
            return LeadState(
                lead_id=lead.id,
                conversation_id=conversation_id,
                answers=answers,
                tier=lead.tier,
                score=lead.score,
                stage=lead.stage,
                consents=agreed,
                segment=lead.segment,
                unqualified=lead.stage_reason,
                wish=await rows.wish(session, conversation_id),
            )

    async def card(self, conversation_id: str) -> dict[str, Any] | None:
        """The lead card of docs/protocol.md, or ``None`` when the conversation has no lead yet."""
        found = await self.cards([conversation_id])
        return found[0] if found else None

    async def cards(self, conversation_ids: Collection[str]) -> list[dict[str, Any]]:
        """The same for many, with a few queries; a conversation without a lead has none."""
        async with self._database.read() as session:
            return await cards.some(session, self._questions, conversation_ids)

    async def last_pages(self, conversation_ids: Collection[str], since: datetime) -> dict[str, dict[str, Any]]:
        """The last page of each that was stored since then (``url``, ``title``, ``at``); no entry where there is none."""
        async with self._database.read_few() as session:
            return await cards.last_pages(session, conversation_ids, since)

    async def page(
        self, *, tier: str | None = None, stage: str | None = None, query: str | None = None, page: int = 1, size: int = 50
    ) -> dict[str, Any]:
        """A page of leads, newest first: ``{leads, total, page, pages}``; cards without receipt.

        Visitors who said nothing about themselves are left out unless ``stage`` is ``visitor``. ``query`` is looked
        for in what was said and understood.
        """
        async with self._database.read() as session:
            return await cards.page(session, self._questions, tier, stage, query, max(page, 1), size)

    async def export(self) -> AsyncIterator[dict[str, Any]]:
        """Every lead, oldest first, with answers as said and as read, score, receipt, tier and stage."""
        after: cards.Place | None = None
        while True:
            async with self._database.read() as session:
                batch, after = await cards.export_batch(session, self._questions, after)
            for row in batch:
                yield row
            if after is None:
                return

    async def corrections(self) -> AsyncIterator[dict[str, Any]]:
        """What agents have corrected, as labelled examples; see :func:`leads.corrections.labelled_examples`."""
        async with self._database.read() as session:
            async for example in labelled_examples(session, self._questions):
                yield example

    async def _lock(self, session: AsyncSession, conversation_id: str) -> tuple[Lead, str | None]:
        """The lead, made when missing, and the visitor's wish; the row lock on its conversation puts writers in a queue."""
        locked = (await session.execute(statements.lock(), {"conversation_id": conversation_id})).one_or_none()
        if locked is None:
            raise UnknownConversation(conversation_id)
        lead = await lead_rows.of_conversation(session, conversation_id)
        return lead or await lead_rows.made_for(session, conversation_id, self._clock()), locked.wish

    async def _consents(
        self, session: AsyncSession, mark: rows.Mark, answers: Sequence[NewAnswer], consents: Sequence[NewConsent]
    ) -> dict[str, bool]:
        """Keep new consents; give what is agreed now. Whoever takes the contact consent back takes personal answers with it."""
        given = [*consents, *await rows.consents_in(session, mark, answers, self._questions)]
        before = await rows.newest_consents(session, mark.conversation_id)
        if not given:
            return before
        was = before.get(CONTACT, False)
        if before.get(MARKETING) and any(one.purpose == CONTACT and not one.given for one in given):
            given.append(NewConsent(MARKETING, False, "Taken back with the consent to be contacted."))
        here = await rows.spoken_in(session, mark.conversation_id)
        complete = [replace(one, lang=one.lang or here.lang, page=one.page or here.page) for one in given]
        await rows.add_consents(session, mark, complete)
        agreed = await rows.newest_consents(session, mark.conversation_id)
        if any(consent.purpose == CONTACT for consent in given) and not agreed.get(CONTACT, False):
            personal = {slot for slot, question in self._questions.items() if question.personal}
            lines = await purge(session, mark.lead_id, mark.conversation_id, personal)
            if was:
                about = About("conversation", mark.conversation_id)
                await note(session, Who("visitor", mark.conversation_id), "consent_withdrawn", about, purpose=CONTACT, lines=lines)
        return agreed

    async def _rescore(
        self, session: AsyncSession, lead: Lead, answers: Mapping[str, StoredAnswer], at: datetime, *, is_news: bool = True
    ) -> tuple[Score, Facts]:
        facts, accepted = await rows.facts(session, lead, answers)
        result = score(facts, self._rules, at)
        contact = any(
            answer.status == "known" and slot in self._questions and self._questions[slot].kind in ("email", "phone")
            for slot, answer in facts.answers.items()
        )
        stage = next_stage(
            lead.stage or "visitor",
            tier=result.tier,
            known=any(answer.status == "known" for answer in facts.answers.values()),
            contact=contact,
            accepted=accepted,
            mql_tier=self._rules.mql_tier,
            mql_contact=self._rules.mql_contact,
            unqualified=bool(result.unqualified),
            by_people=lead.stage_by == "people",
        )
        before = lead_rows.values(lead)
        _apply(lead, result, stage, at)
        lead.rescore_at = None if settled(result, facts, self._rules) else at + REFRESH
        if is_news:
            lead.updated_at = at
        await lead_rows.keep_changes(session, lead, before)
        return result, facts


def _apply(lead: Lead, result: Score, stage: str, at: datetime) -> None:
    receipt = {"entries": [asdict(entry) for entry in result.entries], "score": result.score, "rules_hash": result.rules_hash}
    lead.receipt = {**receipt, "scored_at": iso(at)}
    lead.tier, lead.score, lead.fit, lead.engagement = result.tier, result.score, result.fit, result.engagement
    lead.stage = stage
    lead.stage_reason = result.unqualified if stage == "unqualified" else ""
    lead.segment = result.segment


def _seen(lead: Lead) -> tuple[object, ...]:
    """What people see of a score."""
    return lead.receipt.get("entries"), lead.score, lead.tier, lead.stage, lead.stage_reason, lead.segment
