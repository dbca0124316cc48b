"""Anything in any order: visitors, agents, the bot and the hub do what they like, and the log stays true after every step.

`HYPOTHESIS_PROFILE=faults` makes it long and different every time; otherwise it is short and always the same.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.webhook.holding import Chat

FULL = os.environ.get("HYPOTHESIS_PROFILE") == "faults"
AGENTS = st.sampled_from(["mara", "otto"])


class Ownership(RuleBasedStateMachine):
    """One chat with two agents and one or two tabs; every run has its own event loop, hubs and database."""

    hubs = 1

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.bot_is_there = True
        self.lines = 0

    @initialize()
    def begin(self) -> None:
        self.chat = self.do(Chat.begin(Path(self.folder.name), self.hubs))

    def do[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        try:
            if hasattr(self, "chat"):
                self.bot_goes_on()
                self.bot_returns()
                self.do(self.chat.until(self.chat.nobody_waits, "somebody waits for ever"))
                self.do(self.chat.check())
        finally:
            if hasattr(self, "chat"):
                self.do(self.chat.end())
            self.runner.close()
            self.folder.cleanup()

    # the visitor

    @rule(twice=st.booleans(), person=st.booleans())
    def visitor_writes(self, twice: bool, person: bool) -> None:
        self.lines += 1
        self.chat.asks_for_person |= person
        self.do(self.chat.say(f"Line {self.lines}", twice=twice))

    @rule()
    def visitor_chooses(self) -> None:
        self.do(self.chat.choose())

    @rule()
    def visitor_reloads(self) -> None:
        self.do(self.chat.tabs.pop().client.close())
        self.do(self.chat.open_tab())

    @precondition(lambda self: len(self.chat.tabs) < 2)
    @rule()
    def second_tab(self) -> None:
        self.do(self.chat.open_tab())

    # agents

    @rule(name=AGENTS)
    def agent_accepts(self, name: str) -> None:
        self._comes(name)
        self.do(self.chat.accept(name))

    @rule()
    def both_accept(self) -> None:
        self._comes("mara")
        self._comes("otto")
        self.do(self.chat.accept("mara", "otto"))

    @rule(name=AGENTS)
    def agent_replies(self, name: str) -> None:
        """Whether the chat is theirs or not."""
        self._comes(name)
        if self.chat.states[name]:
            self.do(self.chat.reply(name))

    @rule(name=AGENTS)
    def agent_replies_under_an_old_epoch(self, name: str) -> None:
        """The words of somebody who gave the chat away and has it again are not meant for now."""
        self.agent_accepts(name)
        if self.chat.states[name]:
            self.do(self.chat.give(name, "hand_back"))
            self.do(self.chat.accept(name))
            self.do(self.chat.reply(name, state=0))

    @rule(name=AGENTS, behind=st.integers(0, 2))
    def agent_replies_without_having_seen_the_newest(self, name: str, behind: int) -> None:
        self.agent_accepts(name)
        self.visitor_writes(twice=False, person=False)
        newest = max(seq for seq, _text in self.chat.said.values())
        if self.chat.states[name]:
            self.do(self.chat.reply(name, seen=newest - behind))

    @rule(name=AGENTS, what=st.sampled_from(["hand_back", "close"]))
    def agent_gives_it_away(self, name: str, what: str) -> None:
        self._comes(name)
        if self.chat.states[name]:
            self.do(self.chat.give(name, what))

    @rule(name=AGENTS, waits=st.booleans(), returns=st.booleans())
    def agent_goes(self, name: str, waits: bool, returns: bool) -> None:
        if name in self.chat.agents:
            self.do(self.chat.close_desk(name))
        if waits:
            self.do(self.chat.until(self.chat.not_held_by_the_absent, "an agent who is gone keeps the chat"))
        if returns:
            self._comes(name)

    def _comes(self, name: str) -> None:
        if name not in self.chat.agents:
            self.do(self.chat.open_desk(name))

    # bot and hub

    @rule()
    def bot_hesitates(self) -> None:
        self.chat.bot.go.clear()

    @rule()
    def bot_goes_on(self) -> None:
        self.chat.bot.go.set()

    @rule()
    def bot_fails_once(self) -> None:
        self.chat.bot.failures.append((500, {}))

    @precondition(lambda self: self.bot_is_there)
    @rule()
    def bot_dies(self) -> None:
        self.bot_is_there = False
        self.do(self.chat.bot.stop())

    @rule()
    def bot_returns(self) -> None:
        if not self.bot_is_there:
            self.bot_is_there = True
            self.do(self.chat.bot.start())

    @rule(number=st.integers(0, 1))
    def hub_restarts(self, number: int) -> None:
        self.do(self.chat.restart(number % self.hubs))

    @precondition(lambda self: self.bot_is_there and self.chat.bot.go.is_set())
    @rule()
    def time_passes(self) -> None:
        self.do(self.chat.until(self.chat.nobody_waits, "somebody waits for ever"))

    @invariant()
    def the_log_is_true(self) -> None:
        if hasattr(self, "chat"):
            self.do(self.chat.check())


class OwnershipAtTwoHubs(Ownership):
    """The same with tabs and agents at two hubs, which know of each other by the database alone."""

    hubs = 2


def _tests(machine: type[Ownership], examples: int) -> Any:
    case: Any = machine.TestCase
    case.settings = settings(
        max_examples=200 if FULL else examples,
        stateful_step_count=60 if FULL else 30,
        derandomize=not FULL,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=FULL,
    )
    case.pytestmark = [pytest.mark.timeout(7200 if FULL else 400)]
    return case


TestOwnership = _tests(Ownership, 6)
TestOwnershipAtTwoHubs = pytest.mark.long(_tests(OwnershipAtTwoHubs, 4))
