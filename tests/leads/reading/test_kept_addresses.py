"""Visitors who give no address of one kind: nothing else in the message is refused with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.questions import Questions
from leads.reading import read_message

QUESTIONS = Questions.load(Path("bot/questions.yml"))


def _read(text: str, asked: str | None = "contact_consent") -> dict[str, str]:
    return {one.slot: one.status for one in read_message(text, QUESTIONS, asked=asked)}


@pytest.mark.parametrize(
    "text",
    [
        "no email",
        "ok no email please",
        "no e-mail, thanks",
        "I don't want to give my email",
        "i'd rather not share my e-mail address",
        "keine Mail bitte",
        "keine E-Mail",
        "meine E-Mail möchte ich nicht angeben",
        "pas d'email",
        "je veux pas donner mon mail",
        "sin correo por favor",
        "no quiero dar mi correo electrónico",
    ],
)
@pytest.mark.parametrize("asked", ["contact_consent", "email", "budget", None])
def test_only_the_address_is_refused(text: str, asked: str | None) -> None:
    assert _read(text, asked) == {"email": "declined"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("yes, no email please", {"email": "declined", "contact_consent": "known"}),
        ("yes but no email", {"email": "declined", "contact_consent": "known"}),
        ("no email, call me on +44 20 7946 0018", {"email": "declined", "phone": "known"}),
        ("no phone, jane@acme.io", {"phone": "declined", "email": "known"}),
    ],
)
def test_the_rest_of_the_message_is_read(text: str, found: dict[str, str]) -> None:
    assert _read(text) == found


@pytest.mark.parametrize(
    "text", ["no email arrived", "no email?", "do you send no emails to customers?", "without email marketing we are lost"]
)
def test_talk_of_mail_refuses_nothing(text: str) -> None:
    assert "email" not in _read(text, None)
