"""Keeps what visitors say about themselves when the bot cannot: the contact form, and lines it will never be asked to answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256

from leads.clock import now
from leads.errors import LeadsError
from leads.questions import Question, Questions
from leads.reading import Reading, read_answer, read_message
from leads.store import LeadState, LeadStore, NewAnswer, NewConsent, NewEvent
from webhook.schemas import Contact
from webhook.turn_rows import Job

log = logging.getLogger(__name__)

VISIT = timedelta(minutes=30)  # after so long without a sign, web analytics count a new visit; so do we


class LeadReader:
    """Reads without the bot, into the same store."""

    def __init__(self, leads: LeadStore, questions: Callable[[], Questions]) -> None:
        self._leads = leads
        self._questions = questions
        self._one_at_a_time = asyncio.Lock()  # several threads that compute would leave the event loop a fraction of the processor

    async def read(self, job: Job) -> None:
        """Keep the answers in a line that the bot will not see."""
        text = str(job.payload.get("text") or job.payload.get("choice", {}).get("payload", ""))
        if job.is_event or not text or text.startswith("/"):
            return
        answers = await self._answers(text, job.asked, job.lang)
        if not answers:
            return
        try:
            await self._leads.record(job.conversation_id, source=job.turn_id, seq=job.seq, read_by="hub", answers=answers)
        except LeadsError as error:
            log.warning("turn %s was not read: %s", job.turn_id, type(error).__name__)

    async def contact(self, conversation_id: str, form: Contact, seq: int, consents: Sequence[NewConsent]) -> LeadState:
        """Keep name and address of a contact form with its consents, and what its message says."""
        answers = {answer.slot: answer for answer in await self._answers(form.message, None, None)}
        for kind, said in (("name", form.name), ("email", form.email)):
            question = self._of_kind(kind)
            if question and said:
                async with self._one_at_a_time:
                    found = await asyncio.to_thread(read_answer, said, question)
                reading = found or Reading(value={kind: said}, text=said, said=said, confidence=1.0)
                answers[question.slot] = NewAnswer(question.slot, "known", said, reading)
        return await self._leads.record(
            conversation_id,
            source=form.client_msg_id,
            seq=seq,
            read_by="form",
            answers=list(answers.values()),
            consents=consents,
        )

    async def last_pages(self, conversation_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """The page on which each of them was last, where that is not long ago."""
        return await self._leads.last_pages(conversation_ids, now() - VISIT)

    async def pages(self, conversation_id: str, pages: list[dict[str, str]]) -> None:
        """Keep page views; each counts once per address and minute."""
        events = [NewEvent("page", source=_page_source(page), data=page) for page in pages]
        if events:
            await self._leads.record(conversation_id, source="page", seq=None, read_by="reader", events=events)

    async def email(self, conversation_id: str) -> str | None:
        """The visitor's address, if it is known."""
        question = self._of_kind("email")
        lead = await self._leads.state(conversation_id)
        answer = lead.answers.get(question.slot) if lead and question else None
        return answer.text if answer and answer.status == "known" else None

    async def _answers(self, text: str, asked: str | None, lang: str | None) -> list[NewAnswer]:
        """In a thread: the first reading loads word lists for a second or two, and nobody shall wait for that."""
        if not text:
            return []
        async with self._one_at_a_time:
            found = await asyncio.to_thread(read_message, text, self._questions(), asked=asked, locale=lang)
        return [NewAnswer(one.slot, one.status, one.said, one.reading) for one in found]

    def _of_kind(self, kind: str) -> Question | None:
        return next((question for question in self._questions().values() if question.kind == kind), None)


def _page_source(page: dict[str, str]) -> str:
    return "page " + sha256(f"{page['at'][:16]} {page['url']}".encode()).hexdigest()[:32]
