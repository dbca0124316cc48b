"""Who asks for a person by their words, and who only speaks of persons."""

from __future__ import annotations

import pytest

from bot.person import asks_for_person, wants_nobody


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a human",
        "HUMAN!!",
        "agent",
        "representative please",
        "this bot is useless get me a human",
        "120 person consultancy here. also can I speak to someone tomorrow",
        "i wanna talk with somebody",
        "put me through",
        "no bots please",
        "can someone ring me at +44 20 7946 0958",
        "my number is 07700 900123, call me asap",
        "please call me back",
        "call me",
        "someone call me back pls 0171 1234567",
        "get me your boss",
        "ich möchte mit jemandem sprechen",
        "rufen Sie mich an",
        "kann mich jemand anrufen?",
        "je voudrais parler à un conseiller",
        "rappelez-moi",
        "quiero hablar con alguien",
        "llámame por favor",
        "ok n can i just talk 2 sum1",
        "wanna spk to some1",
        "i need a hooman",
    ],
)
def test_a_wish_for_a_person(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "call me Bob",
        "you can call me Anna",
        "llámame Carlos",
        "am I talking to a human",
        "do I talk to a robot or a person",
        "are you human",
        "can your bot hand over to an agent? our customers talk to an agent first",
        "we have 20 agents in support",
        "we are a 3 person agency",
        "our sales team is 8 people",
        "I don't want to talk to sales",
        "no need to talk to a person",
        "I have to talk to my boss first",
        "sales software",
        "just me",
        "a support team of five people",
        "",
    ],
)
def test_no_wish_for_a_person(text: str) -> None:
    assert not asks_for_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "don't call me",
        "please no sales calls",
        "no humans please",
        "I do not want to talk to anybody",
        "I don't need a salesperson",
        "nobody has to ring me",
        "bitte nicht anrufen",
        "ich möchte mit niemandem sprechen",
        "ne m'appelez pas",
        "no me llamen",
        "don't let anyone ring me",
        "niemand muss mich anrufen",
        "pas besoin qu'on me rappelle",
        "no quiero que nadie me llame",
    ],
)
def test_who_wants_nobody(text: str) -> None:
    assert wants_nobody(text)  # this counts before what the same words seem to ask for


@pytest.mark.parametrize(
    "text", ["I don't want to talk to a bot", "why don't you call me?", "can't you call me", "no bots please", "just me, no employees"]
)
def test_who_does_not_refuse_a_person(text: str) -> None:
    assert not wants_nobody(text)


@pytest.mark.parametrize("text", ["i dont want to be called", "I do not want to be called back, thanks"])
def test_who_will_not_be_called_is_not_called(text: str) -> None:
    assert wants_nobody(text)
