"""Reading a message: what is stored, which slots change, what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.errors import UnknownConversation
from leads.questions import Questions
from tests.actions.conftest import Begin


async def test_stores_before_it_speaks_and_sets_only_what_changed(begin: Begin) -> None:
    chat = await begin()
    assert set(await chat.hear("we're 50 people in retail")) == {"asking", "company_size", "industry", "last_read", "recent"}
    assert chat.responses == ["utter_noted"]
    assert chat.said[0]["noted"] == "50 people, retail"
    state = await chat.store.state(chat.conversation_id or "")
    assert state
    assert {slot: answer.text for slot, answer in state.answers.items()} == {"company_size": "50 people", "industry": "retail"}
    assert set(await chat.hear("that is all")) == {"last_read"}
    assert chat.responses == []


async def test_the_second_run_of_one_turn_does_nothing(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("we're 50 people", turn_id="t1")
    assert await chat.run("action_validate_slot_mappings") == []
    assert chat.responses == []


async def test_a_retry_after_a_lost_reply_says_it_once_more_and_stores_nothing_new(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("we're 50 people", turn_id="t1")
    chat.slots = {}  # the turn failed after the store: Rasa has forgotten it
    await chat.hear("we're 50 people", turn_id="t1")
    assert chat.responses == ["utter_noted"]
    assert chat.text_of("company_size") == "50 people"


async def test_when_the_store_fails_nothing_is_confirmed(begin: Begin) -> None:
    chat = await begin()
    chat.conversation_id = "there-is-none"
    with pytest.raises(UnknownConversation):
        await chat.hear("we're 50 people")
    assert chat.said == []


async def test_a_new_tracker_is_filled_from_the_store_without_a_word(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("we're 50 people with 20k euros a year")
    chat.slots = {}
    await chat.hear("hello", "greet")
    assert (chat.text_of("company_size"), chat.text_of("budget")) == ("50 people", "20k EUR a year")
    assert chat.responses == []


async def test_a_correction_by_an_agent_reaches_the_tracker(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("we're 50 people")
    other = await begin()
    other.conversation_id = chat.conversation_id
    await other.hear("sorry, 60 people")
    await chat.hear("thanks", "thanks")
    assert chat.text_of("company_size") == "60 people"


@pytest.mark.parametrize(("kind", "intent"), [("event", "resume"), ("choice", "ask_price"), ("choice", "human")])
async def test_titles_of_buttons_and_events_are_not_answers(begin: Begin, kind: str, intent: str) -> None:
    chat = await begin()
    chat.ask("company_size")
    assert set(await chat.hear("50 people", intent, kind=kind)) - {"told"} == {"asking", "last_read"}
    assert chat.text_of("company_size") is None


async def test_missing_the_point_is_counted_and_forgotten(begin: Begin) -> None:
    chat = await begin()
    chat.ask("budget")
    await chat.hear("it is complicated")
    await chat.hear("very complicated", "nlu_fallback")
    assert (chat.slots["missed"], chat.slots["misses"]) == (True, 2)
    await chat.hear("what does it cost?", "ask_price")
    assert (chat.slots["missed"], chat.slots["misses"]) == (False, None)
    await chat.hear("hello", "inform", asked=None)
    assert chat.slots["missed"] is True


async def test_what_scores_is_recorded_once(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("how much, and can I see a demo?", "ask_price", beside=["ask_demo"])
    card = await chat.store.card(chat.conversation_id or "")
    assert card
    assert {entry["rule"] for entry in card["receipt"]["entries"]} == {"asked_price", "asked_demo"}


async def test_questions_beside_an_answer_are_answered(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("50 people. is it secure?", "ask_price", beside=["ask_security", "ask_no_such_topic"])
    assert chat.responses == ["utter_noted", "utter_security"]


async def test_personal_answers_wait_for_the_consent(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("my email is jane@acme.io")
    assert chat.responses == ["utter_held"]
    assert chat.text_of("email") is None
    chat.ask("contact_consent", "contact_form")
    await chat.hear("yes", "affirm")
    assert chat.text_of("email") == "jane@acme.io"
    assert chat.slots["held"] is None
    assert chat.responses == ["utter_noted"]


async def test_without_consent_contact_details_count_as_declined_and_are_forgotten(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("my email is jane@acme.io")
    chat.ask("contact_consent", "contact_form")
    await chat.hear("no", "deny")
    assert chat.responses == ["utter_consent_declined"]
    assert (chat.slots["name"], chat.slots["email"]) == ({"status": "declined"}, {"status": "declined"})
    assert chat.slots["held"] is None


@pytest.mark.parametrize(("no_email", "intent"), [("no email", "deny"), ("keine Mail bitte", "decline"), ("pas d'email svp", "inform")])
async def test_no_email_leaves_a_number_and_the_consent_as_they_are(begin: Begin, no_email: str, intent: str) -> None:
    chat = await begin()
    await chat.hear("my phone number is +44 20 7946 0018")
    chat.ask("contact_consent", "contact_form")
    await chat.hear(no_email, intent)
    assert chat.responses == ["utter_declined"]
    assert (chat.slots["email"], chat.slots.get("contact_consent")) == ({"status": "declined"}, None)
    await chat.hear("yes", "affirm")
    assert chat.text_of("phone") == "+44 20 7946 0018"
    assert chat.slots["email"] == {"status": "declined"}


async def test_a_number_in_place_of_an_email_does_not_bring_the_question_for_it_back(begin: Begin) -> None:
    chat = await begin()
    chat.ask("contact_consent", "contact_form")
    await chat.hear("no email", "deny")
    await chat.hear("my phone number is +44 20 7946 0018")
    assert chat.slots["email"] == {"status": "declined"}
    await chat.hear("well then, my email is jane@acme.io")
    await chat.hear("yes", "affirm")
    assert chat.text_of("email") == "jane@acme.io"


async def test_a_question_that_may_not_be_refused_is_explained_once(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "questions.yml"
    path.write_text(
        'questions:\n  budget:\n    kind: money\n    label: Budget\n    why: "It tells us which plan fits."\n    refusable: false\n'
    )
    chat = await begin(Questions.load(path))
    chat.domain = {**chat.domain, "forms": {"qualify_form": {"required_slots": ["budget"]}}}
    chat.ask("budget")
    await chat.hear("I'd rather not say", "decline")
    assert chat.slots.get("budget") is None
    await chat.run("action_decline")
    assert chat.responses == ["utter_needed"]
    assert chat.said[0]["why"] == "It tells us which plan fits."
    assert chat.followup == "action_listen"
    await chat.hear("still no", "decline")
    assert chat.slots["budget"] == {"status": "declined"}
    assert chat.responses == ["utter_declined"]


async def test_a_new_question_needs_no_program(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "questions.yml"
    path.write_text(
        "questions:\n  channel:\n    kind: choice\n    label: Main channel\n    why: It matters.\n    choices:\n"
        "      - {title: E-mail, value: e-mail}\n      - {title: Chat, value: chat}\n"
    )
    chat = await begin(Questions.load(path))
    chat.ask("channel")
    await chat.hear("mostly chat")
    assert chat.text_of("channel") == "Chat"
    assert chat.said[0]["noted"] == "Chat"


async def test_in_the_shell_answers_live_in_the_slots_only(begin: Begin) -> None:
    chat = await begin()
    known, chat.conversation_id = chat.conversation_id, None
    await chat.hear("we're 50 people")
    assert chat.text_of("company_size") == "50 people"
    assert await chat.store.state(known or "") is None


async def test_own_words_are_no_answer_when_something_else_was_meant(begin: Begin) -> None:
    chat = await begin()
    chat.ask("industry")
    await chat.hear("puddle counting", "goodbye")
    assert chat.text_of("industry") is None
    await chat.hear("puddle counting", "inform")
    assert chat.text_of("industry") == "puddle counting"


async def test_the_third_unclear_message_leaves_the_question_open(begin: Begin) -> None:
    chat = await begin()
    chat.ask("budget")
    await chat.hear("hm well", "nlu_fallback")
    await chat.hear("tja nun", "nlu_fallback")
    assert chat.text_of("budget") is None
    await chat.hear("so so", "nlu_fallback")
    assert (chat.text_of("budget"), chat.responses) == ("unknown", ["utter_left_open"])
    chat.ask("contact_consent", "contact_form")
    for _ in range(4):
        await chat.hear("so so", "nlu_fallback")
    assert chat.text_of("contact_consent") is None  # a consent is never settled by silence


async def test_an_answer_that_fits_several_industries_is_not_guessed_but_asked_about(begin: Begin) -> None:
    chat = await begin()
    chat.ask("industry")
    await chat.hear("glass and ceramics, and we deliver")
    assert chat.text_of("industry") is None
    await chat.run("action_unclear")
    assert chat.responses[-1] == "utter_closest"
    assert [button["payload"] for button in chat.said[-1]["buttons"]] == ["C23", "H49"]
    await chat.hear("H49", "answer", kind="choice")
    assert chat.text_of("industry") == "transport"
