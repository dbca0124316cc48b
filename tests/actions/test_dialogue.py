"""The actions after reading: going on, unclear, why, a person, stop, the closing words."""

from __future__ import annotations

import pytest

from tests.actions.conftest import Begin

EVERYTHING = "we're a bank with 300 people, 50k euros a year, starting as soon as possible"


async def test_goes_on_with_the_first_open_question(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("hi", "greet")
    await chat.run("action_go_on")
    assert chat.followup == "qualify_form"
    assert chat.slots["again"] is False
    await chat.hear(EVERYTHING)
    await chat.run("action_go_on")
    assert chat.followup == "contact_form"


async def test_a_question_that_comes_again_is_short(begin: Begin) -> None:
    chat = await begin()
    chat.ask("budget")
    await chat.hear("what does it cost?", "ask_price")
    await chat.run("action_go_on")
    assert chat.slots["again"] is True
    await chat.hear("20k euros a year")
    assert chat.slots["again"] is False


async def test_says_something_when_there_is_nothing_to_ask(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("no", "deny")
    await chat.run("action_go_on")
    assert (chat.responses, chat.followup) == (["utter_at_hand"], "action_listen")


async def test_the_closing_words_hold_only_what_is_stored(begin: Begin) -> None:
    chat = await begin()
    await chat.hear(EVERYTHING)
    chat.ask("contact_consent", "contact_form")
    await chat.hear("no", "deny")
    chat.loop = None
    await chat.run("action_go_on")
    assert chat.followup == "action_submit"
    chat.slots["budget"] = {"status": "known", "text": "never stored", "value": {}}
    await chat.run("action_submit")
    assert chat.responses == ["utter_submitted_declined"]
    assert chat.said[0]["summary"] == " I have noted: 50k EUR a year, 300 people, banking, as soon as possible."
    await chat.run("action_go_on")
    assert chat.followup == "action_listen"


async def test_the_closing_words_of_a_hot_lead_tell_of_the_colleague(begin: Begin) -> None:
    chat = await begin()
    await chat.hear(EVERYTHING)
    chat.ask("contact_consent", "contact_form")
    await chat.hear("yes", "affirm")
    chat.ask("name", "contact_form")
    await chat.hear("Jane")
    chat.ask("email", "contact_form")
    await chat.hear("jane@acme.io")
    state = await chat.store.state(chat.conversation_id or "")
    assert state
    assert state.tier == "hot"
    await chat.run("action_submit")
    assert (chat.responses, chat.said[0]["name_part"]) == (["utter_submitted_hot"], ", Jane")


async def test_a_person_is_called_once(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("a person please", "human")
    await chat.run("action_handoff")
    assert chat.responses == ["utter_handoff", "utter_handoff_contact"]
    assert chat.followup == "contact_form"
    await chat.hear("a person please", "human")
    await chat.run("action_handoff")
    assert chat.responses[0] == "utter_handoff_open"


async def test_nobody_came(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("", "handoff_missed", kind="event")
    await chat.run("action_contact")
    assert (chat.responses, chat.followup) == ([], "contact_form")
    chat.slots.update(contact_consent={"status": "known"}, name={"status": "declined"}, email={"status": "declined"})
    await chat.run("action_contact")
    assert (chat.responses, chat.followup) == ([], "action_listen")


async def test_nobody_came_but_we_have_an_address(begin: Begin) -> None:
    chat = await begin()
    chat.slots.update(contact_consent={"status": "known"}, email={"status": "known", "text": "a@b.de", "value": {}})
    await chat.hear("", "handoff_missed", kind="event")
    await chat.run("action_contact")
    assert (chat.responses, chat.followup) == ([], "action_listen")


async def test_why_gives_the_reason_of_the_open_question(begin: Begin) -> None:
    chat = await begin()
    chat.ask("company_size")
    await chat.hear("why?", "why")
    await chat.run("action_why")
    assert chat.responses[0].startswith("The number of people decides")


async def test_stop_ends_the_questions_until_the_visitor_carries_on(begin: Begin) -> None:
    chat = await begin()
    chat.ask("budget")
    await chat.hear("stop", "stop")
    await chat.run("action_stop")
    assert chat.loop is None
    await chat.hear("what does it cost?", "ask_price")
    await chat.run("action_go_on")
    assert chat.followup == "action_listen"
    await chat.hear("carry on", "carry_on")
    await chat.run("action_go_on")
    assert (chat.followup, chat.slots["stopped"]) == ("qualify_form", None)


@pytest.mark.parametrize(
    ("said", "action", "wish"), [("stop", "action_stop", "stopped"), ("delete my data", "action_delete_data", "deletion")]
)
async def test_a_wish_outlives_the_tracker_until_it_is_taken_back(begin: Begin, said: str, action: str, wish: str) -> None:
    chat = await begin()
    await chat.hear(said, action.removeprefix("action_"))
    await chat.run(action)
    chat.slots, chat.loop = {}, None  # a bot that was started anew
    await chat.hear("", "welcome_back", kind="event")
    assert chat.slots["stopped"] == wish
    await chat.run("action_welcome_back")
    assert chat.responses == ["utter_welcome_back_quiet"]
    chat.slots = {}
    await chat.hear("carry on", "carry_on")
    await chat.run("action_go_on")
    assert (chat.followup, chat.slots.get("stopped")) == ("qualify_form", None)
    state = await chat.store.state(str(chat.conversation_id))
    assert state is not None and state.wish is None


async def test_no_more_questions_does_not_take_back_the_wish_for_deletion(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("delete my data", "delete_data")
    await chat.run("action_delete_data")
    await chat.hear("stop", "stop")
    await chat.run("action_stop")
    state = await chat.store.state(str(chat.conversation_id))
    assert state is not None and state.wish == "deletion"


async def test_the_button_asks_the_hub_to_delete_everything(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("delete my data", "delete_data")
    await chat.run("action_delete_data")
    await chat.hear("Delete everything", "erase_data", kind="choice")
    await chat.run("action_erase_data")
    state = await chat.store.state(str(chat.conversation_id))
    assert (chat.responses, state and state.wish) == (["utter_erase_data"], "erase")


async def test_unclear_has_two_steps(begin: Begin) -> None:
    chat = await begin()
    chat.ask("budget")
    await chat.hear("hm", "nlu_fallback")
    await chat.run("action_unclear")
    assert (chat.responses, chat.followup) == (["utter_unclear_budget"], None)
    await chat.hear("hm hm", "nlu_fallback")
    await chat.run("action_unclear")
    assert (chat.responses, chat.followup) == (["utter_unclear_again"], "action_listen")


async def test_who_wants_the_data_deleted_is_asked_nothing_more(begin: Begin) -> None:
    chat = await begin()
    chat.ask("budget")
    await chat.hear("jane@acme.io")
    assert chat.slots["held"]
    await chat.hear("delete my data", "delete_data")
    await chat.run("action_delete_data")
    assert (chat.responses, chat.followup, chat.loop) == (["utter_delete_data"], "action_listen", None)
    assert chat.slots["held"] is None
    await chat.hear("", "handoff_missed", kind="event")
    await chat.run("action_contact")
    assert (chat.responses, chat.followup) == ([], "action_listen")


async def test_what_is_meant_is_told_for_the_open_question(begin: Begin) -> None:
    chat = await begin()
    await chat.hear("what do you mean", "explain")
    await chat.run("action_explain")
    assert chat.responses == ["utter_help"]
    chat.ask("budget")
    await chat.run("action_explain")
    assert chat.responses == ["utter_explain_budget"]


async def test_an_ok_to_something_else_is_no_mistake(begin: Begin) -> None:
    chat = await begin()
    chat.ask("budget")
    await chat.hear("ok cool", "affirm")
    await chat.run("action_unclear")
    assert chat.responses == []
