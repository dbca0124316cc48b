"""A25 and A26: who was erased does not come back, and nothing is kept without consent. (A27 is in test_logs.py.)"""

from __future__ import annotations

from pathlib import Path

from leads import backup, people
from leads.audit import Who
from leads.database import Database
from leads.erasure import Eraser
from tests.databases import new_file
from tests.faults.results import NewScenario, Scale
from tests.leads.people import add_person, traces
from tests.webhook.clients import new_id
from tests.webhook.hub import RunningHub

MARKED = "I am Marked-Jane, write to jane@marked.example"
WORDS = ("Marked-Jane", "jane@marked.example")


async def test_a25_who_was_erased_does_not_come_back(tmp_path: Path, scenario: NewScenario, scale: Scale) -> None:
    count = scale.of(300, 20)
    with scenario(
        "A25",
        "Who was erased does not come back",
        f"{count} people erased after a backup; the backup restored; a start of the hub's job; every address looked for",
        "0 rows about them, and an export finds nobody",
    ) as it:
        database, folder, file = Database(new_file(tmp_path / "a25.db")), tmp_path / "data", tmp_path / "backup.tgz"
        try:
            ids = [await add_person(database, email=f"p{number}@marked.example") for number in range(count)]
            await add_person(database, email="other@else.io", phone="+442079460111", mark="OTHER")
            await backup.back_up(database, file)
            eraser = Eraser(database, folder)
            for one in ids:
                await eraser.erase([one], Who("command", "person.erase"))
            it.must("traces after the erasure", len(await traces(database, "marked.example")))
            await backup.restore(database, file, force=True)
            assert await traces(database, "marked.example"), "the backup had them"
            gone = await Eraser(database, folder).keep_away()
            it.must("traces after the restore", len(await traces(database, "marked.example")))
            async with database.read() as session:
                found = [await people.find(session, people.sought(f"p{number}@marked.example")) for number in range(count)]
            it.must("people found afterwards", sum(map(len, found)))
            it.must("others who went with them", 1 - len({one for one in await traces(database, "other@else.io") if "entries" in one}))
            it.tell("erased again", sum(len(one.conversations) for one in gone))
        finally:
            await database.close()


async def test_a26_nothing_is_kept_without_consent_or_after_it_was_taken_back(hub: RunningHub, scenario: NewScenario, scale: Scale) -> None:
    chats = scale.of(100, 5)
    with scenario(
        "A26",
        "Without consent no contact details are kept, and none after it was taken back",
        f"{chats} chats with an address in a message, in a form without a yes, and in one with a yes that is taken back at once",
        "0 contact details as answers without consent; 0 traces anywhere after it was taken back (60 s are allowed)",
    ) as it:
        unasked = left = refused = 0
        for _ in range(chats):
            visitor = await hub.visitor()
            await visitor.say(MARKED)
            form = {
                "client_msg_id": new_id(),
                "name": "Marked-Jane",
                "email": "jane@marked.example",
                "message": "",
                "consent": visitor.consent,
            }
            refused += (await visitor.refused("contact", {**form, "consent": False}))["code"] == "invalid"
            unasked += sum(where.startswith(("answers", "leads")) for where in await traces(hub.database, *WORDS))
            await visitor.ok("contact", form)
            await visitor.ok("withdraw", {"purpose": "contact"})
            left += len(await traces(hub.database, *WORDS))
            await visitor.close()
        it.must("forms taken without a yes", chats - refused)
        it.must("kept without consent", unasked)
        it.must("traces after it was taken back", left)
