"""Visitors who walk at random through the bot: it always answers, never loops, and can always be taken up again."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest

from tests.bot.conftest import Meet
from tests.bot.driver import Visitor

MOVES: Mapping[str, Sequence[str]] = {
    "nonsense": ("grmpf", "hmm let me see", "lorem ipsum dolor", "???", "qwrtz", "7", "…", "blub blub", "xx"),
    "off topic": ("what's the weather like?", "tell me a joke", "play some music", "who won the match?", "wie spät ist es in Rom?"),
    "question": ("what does it cost?", "is my data safe?", "does it work with slack?", "what is Tidelane?", "was kostet das?"),
    "small talk": ("hello", "thanks", "how are you?", "are you a bot?", "ok", "great", "bonjour"),
    "refusal": ("I'd rather not say", "skip", "no", "I don't know", "why do you need that?", "what do you mean?", "das sage ich nicht"),
    "anger": ("you are useless", "idiot", "stop asking me questions"),
    "answer": ("40 people", "20k euros a year", "we're in retail", "next month", "yes", "Jane Doe", "jane@acme.io", "wir sind 12 Leute"),
    "correction": ("no, I meant 30", "sorry, 25 people, not 40", "actually 15k euros a year"),
    "person": ("can I talk to a person", "carry on", "start over", "can I leave my email", "I'd like a demo"),
}
WAYS_OUT = {"Skip this question", "Talk to a person", "Carry on", "Go on without", "Leave my e-mail"}
STEPS = 25
AT_MOST = 2  # times in a row that a question may be put without a way out, when nothing was answered meanwhile
CARRY_ON = {"title": "Carry on", "payload": "/carry_on"}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", range(12))
async def test_a_random_walk_never_loops_and_ends_well(seed: int, meet: Meet) -> None:
    chance = random.Random(seed)
    # some visitors do little else than one thing
    kinds = list(MOVES) if seed % 3 == 0 else chance.sample(list(MOVES), 3)
    visitor = await meet()
    said: list[str] = []
    in_a_row = 0
    for _ in range(STEPS):
        before, slots = visitor.asked, dict(visitor.slots) if visitor.last else {}
        said.append(await _move(visitor, chance, kinds))
        walk = f"seed {seed}: {said}\nanswered with: {visitor.reply}"
        assert visitor.reply, walk
        offered = WAYS_OUT & {button["title"] for line in visitor.last["replies"] for button in line["buttons"]}
        put = visitor.asked is not None and "?" in visitor.last["replies"][-1]["text"]
        repeated = put and visitor.asked == before and _answers(slots) == _answers(visitor.slots) and not _wanted(said[-1])
        in_a_row = 0 if offered else in_a_row + 1 if repeated else 1 if put else in_a_row
        assert in_a_row <= AT_MOST, walk
    await _is_resumable(visitor, said)


async def _move(visitor: Visitor, chance: random.Random, kinds: Sequence[str]) -> str:
    """One message, or now and then a button that is on offer; gives what was said."""
    if visitor.last and visitor.buttons and chance.random() < 0.15:
        title = chance.choice([button["title"] for button in visitor.buttons])
        await visitor.press(title)
        return f"[{title}]"
    text = chance.choice(MOVES[chance.choice(kinds)])
    await visitor.say(text)
    return text


async def _is_resumable(visitor: Visitor, said: Sequence[str]) -> None:
    """Whatever happened, "carry on" brings the open question or says that there is none, and a figure is still stored."""
    status, body = await visitor.turn(choice=CARRY_ON)
    assert status == 200, (said, body)
    assert visitor.reply, said
    await visitor.say("we are 77 people")
    state = await visitor.state()
    assert state is not None, said
    assert state.answers["company_size"].text == "77 people", (said, visitor.reply)


def _answers(slots: Mapping[str, object]) -> set[str]:
    return {f"{name}={value}" for name, value in slots.items() if isinstance(value, dict) and "status" in value}


def _wanted(said: str) -> bool:
    """Whether the visitor asked for the question."""
    return said in ("carry on", "start over", "can I leave my email", "[Carry on]", "[Leave my e-mail]")
