"""Requests of people about their data: finding, erasing, and checking the report afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from handraise.noted import account, by_command, noted
from handraise.opened import opened
from handraise.steps import Failure
from leads import audit, people, person_export
from leads.audit import About
from leads.clock import iso, now
from leads.erasure import Erased, Eraser
from leads.models import Erasure
from leads.people import Found, Sought
from leads.settings import Settings


def read_words(words: str) -> Sought:
    """What somebody is looking for.

    Raises:
        Failure: too little to look for.
    """
    try:
        return people.sought(words)
    except ValueError as error:
        raise Failure("That is too little to look for.", str(error)) from error


async def find(settings: Settings, words: str) -> list[dict[str, Any]]:
    """Where a person stands, for people and programs."""
    wanted = read_words(words)
    async with opened(settings) as database:
        async with database.read() as session:
            found = await people.find(session, wanted)
        await noted(database, "person.find", "person_sought", kind=wanted.kind, conversations=len(found))
    return [_row(one) for one in found]


async def about_to_erase(settings: Settings, words: str) -> list[dict[str, Any]]:
    """What `person erase` and `person export` would take; only for words that can mean one person only.

    Raises:
        Failure: other words, or nobody is found.
    """
    wanted = read_words(words)
    if not wanted.is_exact:
        fix = "handraise person find WORDS lists conversations; give an e-mail address, a phone number or the id of one."
        raise Failure("These words may stand in anybody's chat.", fix)
    async with opened(settings) as database, database.read() as session:
        found = await people.find(session, wanted)
    if not found:
        raise Failure("Nothing was found.", "handraise person find WORDS also looks for parts of a name.")
    return [_row(one) for one in found]


async def erase(settings: Settings, ids: Sequence[str], words: str) -> Erased:
    """Erase conversations and remember how their person is recognised.

    Raises:
        Failure: they are gone already.
    """
    async with opened(settings) as database:
        eraser = Eraser(database, settings.data)
        erased = await eraser.erase(ids, by_command("person.erase"), read_words(words).recognised_by)
    if erased is None:
        raise Failure("These conversations are gone already.", "handraise person find WORDS says what is left.")
    return erased


async def export(settings: Settings, words: str, file: Path) -> dict[str, int]:
    """Write everything about a person to an archive; the number of rows by table.

    Raises:
        Failure: nobody is found, or the file cannot be written.
    """
    ids = [row["conversation_id"] for row in await about_to_erase(settings, words)]
    async with opened(settings) as database:
        async with database.read() as session:
            rows = await person_export.gather(session, ids)
        try:
            person_export.write_zip(file, rows, now())
        except OSError as error:
            raise Failure(f"{file} cannot be written: {error.strerror}", "Give another file with --out.") from error
        async with database.write() as session:
            for one in ids:
                await audit.note(session, by_command("person.export"), "person_exported", About("conversation", one), account=account())
    return {name: len(table) for name, table in rows.items()}


async def report(settings: Settings, reference: str) -> dict[str, Any]:
    """The report of an earlier erasure.

    Raises:
        Failure: there is none.
    """
    async with opened(settings) as database, database.read() as session:
        query = select(Erasure.report).where(Erasure.reference == reference)
        found: dict[str, Any] | None = await session.scalar(query)
    if found is None:
        raise Failure(f"There is no erasure with the reference {reference}.", "It has ten letters and digits, as the visitor was told.")
    return found


async def check(settings: Settings, content: dict[str, Any]) -> bool:
    """Whether a report is as this installation signed it."""
    async with opened(settings) as database:
        return (await Eraser(database, settings.data).key()).signed(content)


def _row(found: Found) -> dict[str, Any]:
    times = {"created_at": iso(found.created_at), "last_at": iso(found.last_at)}
    return {"conversation_id": found.conversation_id, "site": found.site, **times, "messages": found.messages, "where": found.where}
