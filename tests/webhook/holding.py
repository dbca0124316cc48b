"""One chat with everybody in it, and what must be true of its log at any moment: who holds it, and that all see the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from pathlib import Path

from sqlalchemy import select

from leads.models import Conversation, Entry, Handoff, Turn
from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer, Json, answer
from tests.webhook.clients import AgentClient, Visitor, new_id
from tests.webhook.hub import RunningHub, quick, start_hub

TUNING = quick(nobody_seconds=0.4, agent_silent_seconds=1.0, stale_seconds=600)
FROM = {
    "human": {"bot"},
    "missed": {"queue"},
    "accepted": {"bot", "queue"},
    "agent_lost": {"agent"},
    "handed_back": {"agent"},
    "closed": {"agent"},
    "reopened": {"closed"},
}


@dataclass
class Screen:
    """What one browser shows: what it was given, and every entry that follows; a gap is asked for."""

    client: Visitor | AgentClient
    hub: RunningHub
    conversation_id: str
    entries: dict[int, Json] = field(default_factory=dict)
    read: int = 0

    def given(self, entries: list[Json]) -> None:
        self.entries.update({entry["seq"]: entry for entry in entries})

    def look(self) -> int:
        """The last entry without a gap before it."""
        for data in self.client.got("entry")[self.read :]:
            self.read += 1
            if data.get("conversation_id", self.conversation_id) == self.conversation_id:
                self.entries.setdefault(data["entry"]["seq"], data["entry"])
        return next(seq for seq in range(len(self.entries) + 1) if seq + 1 not in self.entries)

    async def fill(self) -> None:
        """Ask for what is missing."""
        last = self.look()
        if isinstance(self.client, Visitor):
            self.given((await self.client.ok("sync", {"last_seq": last}))["entries"])
        else:
            self.given((await self.client.open(self.conversation_id, last))["entries"])


@dataclass(frozen=True)
class Replied:
    """A reply of an agent that was acknowledged."""

    agent: str
    seq: int
    epoch: int
    seen_seq: int


class Chat:
    """Hubs on one database, bot, tabs and agents around one conversation; who comes or comes back is sent to each hub in turn."""

    def __init__(self, hubs: list[RunningHub], bot: BotServer) -> None:
        self.hubs = hubs
        self.hub = hubs[0]
        self.up = cycle(hubs)
        self.bot = bot
        self.tabs: list[Screen] = []
        self.agents: dict[str, Screen] = {}
        self.states: dict[str, list[Json]] = {"mara": [], "otto": []}  # what acknowledgements said, the newest last
        self.said: dict[str, tuple[int, str]] = {}  # acknowledged: id → seq and text
        self.replied: list[Replied] = []
        self.accepted: list[tuple[int, str]] = []  # epoch and agent
        self.asks_for_person = False
        self.token: str | None = None
        self.conversation_id = ""

    @classmethod
    async def begin(cls, folder: Path, count: int = 1) -> Chat:
        bot = await BotServer().start()
        settings: Json = {"bot_url": bot.url, "ring_seconds": 0.6, "agent_grace": 0.4}
        chat = cls([await start_hub(folder, hub_name=f"hub{number}", tuning=TUNING, **settings) for number in range(count)], bot)
        bot.before, bot.script = chat._before, _script
        await chat.open_tab()
        for name in chat.states:
            await chat.open_desk(name)
        await chat.say("Hello")
        return chat

    async def end(self) -> None:
        for hub in self.hubs:
            await hub.close()
        await self.bot.stop()

    # visitors

    async def open_tab(self) -> None:
        hub = next(self.up)
        tab = await hub.visitor(join=False)
        joined = await tab.join(self.token)
        self.token, self.conversation_id = tab.token, tab.conversation_id
        screen = Screen(tab, hub, self.conversation_id)
        screen.given(joined["entries"])
        self.tabs.append(screen)

    async def say(self, text: str, *, twice: bool = False) -> None:
        client_msg_id = new_id()
        acks = await asyncio.gather(*(self.tabs[-1].client.call("message", _line(client_msg_id, text)) for _ in range(1 + twice)))
        assert acks[0] == acks[-1] and acks[0]["ok"], acks
        self.said[client_msg_id] = acks[0]["seq"], text

    async def choose(self) -> int:
        """Press the newest button in every tab at once; gives how many were taken."""
        await self.settle()
        offered = [entry["choices"][0] for _seq, entry in sorted(self.tabs[0].entries.items()) if entry["choices"]]
        if not offered:
            return 0
        presses = [tab.client.call("choose", {"client_msg_id": new_id(), "choice_id": offered[-1]["id"]}) for tab in self.tabs]
        acks = await asyncio.gather(*presses)
        taken = [ack for ack in acks if ack["ok"]]
        assert len(taken) <= 1 and all(ack["ok"] or ack["error"]["code"] == "choice_spent" for ack in acks), acks
        return len(taken)

    # agents

    async def open_desk(self, name: str) -> None:
        hub = next(self.up)
        agent = await hub.agent(f"{name}@example.com")
        self.agents[name] = Screen(agent, hub, self.conversation_id)

    async def close_desk(self, name: str) -> None:
        await self.agents.pop(name).client.close()

    async def accept(self, *names: str) -> None:
        """All of them at the same moment."""
        call = {"conversation_id": self.conversation_id}
        acks = await asyncio.gather(*(self.agents[name].client.call("accept", call) for name in names))
        for name, ack in zip(names, acks, strict=True):
            if not ack["ok"]:
                assert ack["error"]["code"] in ("taken", "closed"), ack
                continue
            self.states[name].append(ack["state"])
            self.accepted.append((ack["state"]["epoch"], name.title()))
        assert sum(ack["ok"] for ack in acks) <= 1, "two won the same chat"

    async def reply(self, name: str, *, state: int = -1, seen: int | None = None) -> None:
        agent, text = self.agents[name], f"{name} {new_id()}"
        await agent.fill()
        known, seen_seq, client_msg_id = self.states[name][state], agent.look() if seen is None else seen, new_id()
        assert isinstance(agent.client, AgentClient)
        ack = await agent.client.reply(known, text, seen_seq, client_msg_id)
        if ack["ok"]:
            self.said[client_msg_id] = ack["seq"], text
            self.replied.append(Replied(name.title(), ack["seq"], known["epoch"], seen_seq))
        else:
            assert ack["error"]["code"] in ("not_holder", "newer_lines"), ack

    async def give(self, name: str, what: str) -> None:
        """`hand_back` or `close`."""
        call = {"conversation_id": self.conversation_id, "epoch": self.states[name][-1]["epoch"]}
        ack = await self.agents[name].client.call(what, call)
        assert ack["ok"] or ack["error"]["code"] == "not_holder", ack

    # machines

    async def restart(self, number: int = 0) -> None:
        """Everybody who was at this hub comes back: to the others at once, or to the same when it is the only one."""
        hub = self.hubs[number]
        tabs, desks = [tab for tab in self.tabs if tab.hub is hub], [name for name, desk in self.agents.items() if desk.hub is hub]
        self.tabs = [tab for tab in self.tabs if tab.hub is not hub]
        await hub.stop_serving()
        others = [one for one in self.hubs if one is not hub]
        if others:
            self.up = cycle(others)
            await self._come_back(len(tabs), desks)
        await hub.start_serving()
        self.up = cycle(self.hubs)
        if not others:
            await self._come_back(len(tabs), desks)

    async def _come_back(self, tabs: int, desks: list[str]) -> None:
        for _ in range(tabs):
            await self.open_tab()
        for name in desks:
            await self.open_desk(name)

    async def until(self, holds: Callable[[], Awaitable[bool]], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not await holds():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{what}: {[vars(entry) for entry in await self.log()]}") from None

    async def nobody_waits(self) -> bool:
        """No turn that must be served and no call that must be answered is left."""
        async with self.hub.database.read() as session:
            turns = await session.scalar(select(Turn.id).where(Turn.state == "pending").limit(1))
            calls = await session.scalar(select(Handoff.id).where(Handoff.state.in_(("requested", "ringing"))).limit(1))
        return turns is None and calls is None

    async def not_held_by_the_absent(self) -> bool:
        """Nobody who has left holds the chat."""
        held_by = (await self.conversation()).agent_id
        here = {desk.client.joined["me"]["id"] for desk in self.agents.values() if isinstance(desk.client, AgentClient)}
        return held_by is None or held_by in here

    async def conversation(self) -> Conversation:
        async with self.hub.database.read() as session:
            found = await session.get(Conversation, self.conversation_id)
        assert found is not None
        return found

    async def log(self) -> list[Entry]:
        async with self.hub.database.read() as session:
            entries = select(Entry).where(Entry.conversation_id == self.conversation_id).order_by(Entry.seq)
            return list(await session.scalars(entries))

    async def settle(self) -> None:
        """Every screen has got as far as the log was when this began."""
        last = (await self.conversation()).last_seq

        async def shown() -> bool:
            return all(tab.look() >= last for tab in self.tabs)

        await self.until(shown, f"a tab does not show entry {last}")

    # what must be true

    async def check(self) -> None:
        await self.settle()
        for desk in self.agents.values():
            await desk.fill()
        async with self.hub.database.read() as session:
            conversation = await session.get(Conversation, self.conversation_id)
            entries = select(Entry).where(Entry.conversation_id == self.conversation_id).order_by(Entry.seq)
            log = list(await session.scalars(entries))
            calls = list(await session.scalars(select(Handoff.state)))
        assert conversation is not None
        log = [entry for entry in log if entry.seq <= conversation.last_seq]
        self._check_numbers(conversation, log)
        self._check_holders(conversation, log, calls)
        self._check_words(log)
        for screen in (*self.tabs, *self.agents.values()):
            for entry in log:
                shown = screen.entries.get(entry.seq)
                assert shown is None or (shown["text"], shown["author"]) == (entry.text, entry.author), (entry.seq, shown)

    def _check_numbers(self, conversation: Conversation, log: list[Entry]) -> None:
        assert [entry.seq for entry in log] == list(range(1, conversation.last_seq + 1))
        by_id = {entry.client_msg_id: entry for entry in log}
        for client_msg_id, (seq, text) in self.said.items():
            assert (by_id[client_msg_id].seq, by_id[client_msg_id].text) == (seq, text), "acknowledged, but not so in the log"
        ids = Counter(entry.client_msg_id for entry in log if entry.client_msg_id)
        assert all(count == 1 for count in ids.values()), "twice in the log"

    def _check_holders(self, conversation: Conversation, log: list[Entry], calls: list[str]) -> None:
        moves = [entry.data for entry in log if entry.kind == "holder"]
        assert [move["epoch"] for move in moves] == list(range(1, conversation.epoch + 1))
        for before, move in pairwise([{"holder": "bot"}, *moves]):
            assert before["holder"] in FROM[move["reason"]], f"{move} after {before}"
        assert conversation.holder == (moves[-1]["holder"] if moves else "bot")
        assert (conversation.holder == "agent") == (conversation.agent_id is not None)
        assert conversation.holder != "queue" or {"requested", "ringing"} & set(calls), "waits for a call that is none"
        won = {move["epoch"]: move["agent"]["name"] for move in moves if move["reason"] == "accepted"}
        assert all(won.get(epoch) == agent for epoch, agent in self.accepted), (won, self.accepted)

    def _check_words(self, log: list[Entry]) -> None:
        """Only who holds the chat speaks in it, and nothing is answered late or twice."""
        holder: Json = {"holder": "bot", "epoch": 0, "agent": None}
        taken_at = 0  # when somebody who is not the bot had it last
        replies = {one.seq: one for one in self.replied}
        answered: Counter[str] = Counter()
        for entry in log:
            if entry.kind == "holder":
                the_bots = {holder["holder"], entry.data["holder"]} <= {"bot", "queue"}
                holder, taken_at = entry.data, taken_at if the_bots else entry.seq
            elif entry.author == "agent":
                assert holder["holder"] == "agent" and holder["agent"]["name"] == entry.name, (entry.seq, holder)
                reply = replies.get(entry.seq)
                unseen = [one for one in log if reply and one.author == "visitor" and reply.seen_seq < one.seq < entry.seq]
                assert reply is None or (reply.epoch == holder["epoch"] and not unseen), (entry.seq, holder)
            elif entry.author == "bot" and entry.text.startswith("Answer to "):
                answered[entry.text] += 1
                assert holder["holder"] in ("bot", "queue"), f"the bot spoke at {entry.seq} though {holder} held the chat"
                assert int(entry.text.split()[2]) >= taken_at, f"an answer from before {taken_at} at {entry.seq}"
        assert all(count == 1 for count in answered.values()), answered

    async def _before(self, turn: Json) -> None:
        if self.asks_for_person and "event" not in turn:
            self.asks_for_person = False
            await self.hub.leads.request_handoff(turn["conversation_id"], "human")


def _script(turn: Json) -> Json:
    return answer(turn, [{"text": f"Answer to {turn['seq']} {turn['turn_id']}", "buttons": [{"title": "More", "payload": "/more"}]}])


def _line(client_msg_id: str, text: str) -> Json:
    return {"client_msg_id": client_msg_id, "text": text}
