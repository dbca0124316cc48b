"""The bots as the hub sees them: a conversation goes to the same one as long as that is there, then to the next in its order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b

from webhook.bot import Bot, BotClosed
from webhook.bot_client import BotClient
from webhook.tuning import Tuning


def preference(addresses: Iterable[str], sender_id: str) -> list[str]:
    """The addresses in the order in which this conversation wants them.

    Rendezvous hashing (Thaler and Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996): every pair has a weight and
    the heaviest wins, so losing a bot moves only the conversations it had, and adding one takes an equal share from each.
    """
    return sorted(addresses, key=lambda address: (_weight(address, sender_id), address), reverse=True)


def _weight(address: str, sender_id: str) -> bytes:
    return blake2b(f"{address} {sender_id}".encode(), digest_size=8).digest()


class Bots:
    """Serves turns by any of several bots. ``online`` is what visitors are told; ``on_change`` is called when it changes."""

    def __init__(self, clients: Mapping[str, BotClient], tuning: Tuning) -> None:
        self._changed = asyncio.Condition()
        self._bots = {address: Bot(client, tuning, self._changed, self._has_another) for address, client in clients.items()}
        self._closed = False
        self._was_online = False
        self.on_change: Callable[[bool], None] = lambda online: None
        for bot in self._bots.values():
            bot.on_change = self._one_changed

    @property
    def online(self) -> bool:
        """Whether any bot is there."""
        return any(bot.online for bot in self._bots.values())

    @property
    def count_online(self) -> tuple[int, int]:
        """How many are there, of how many."""
        return sum(bot.online for bot in self._bots.values()), len(self._bots)

    @property
    def away_for(self) -> float:
        """Seconds since the last of them was there; 0.0 while one is."""
        return min((bot.away_for for bot in self._bots.values()), default=0.0)

    @asynccontextmanager
    async def turn_slot(self, sender_id: str) -> AsyncIterator[Bot]:
        """Wait until a bot of this conversation is there and has room for one more turn.

        Raises:
            BotClosed: the hub is stopping.
        """
        order = [self._bots[address] for address in preference(self._bots, sender_id)]
        for bot in order:
            bot.wanted(True)
        try:
            async with self._changed:
                chosen = await self._changed.wait_for(lambda: _first_with_room(order) if not self._closed else BotClosed)
            if not isinstance(chosen, Bot):
                raise BotClosed
            async with chosen.turn():
                yield chosen
        finally:
            for bot in order:
                bot.wanted(False)

    async def watch(self) -> None:
        """Look for every bot that is away, for ever."""
        async with asyncio.TaskGroup() as group:
            for bot in self._bots.values():
                group.create_task(bot.watch())

    async def close(self) -> None:
        """No more turns: calls are broken off, whoever waits is told."""
        self._closed = True
        for bot in self._bots.values():
            await bot.close()
        async with self._changed:
            self._changed.notify_all()

    async def forget(self, sender_ids: Sequence[str]) -> bool:
        """Let every bot drop its memory of these conversations; False when one could not be asked and has to be asked again."""
        return all([await bot.forget(sender_ids) for bot in self._bots.values()])

    def _has_another(self, but: Bot) -> bool:
        return any(bot.is_sound for bot in self._bots.values() if bot is not but)

    def _one_changed(self, _online: bool) -> None:
        if self.online != self._was_online:
            self._was_online = self.online
            self.on_change(self._was_online)


def _first_with_room(order: Sequence[Bot]) -> Bot | None:
    """The first that may be tried; when it is full it is waited for, as the next one does not know the conversation."""
    for bot in order:
        if bot.may_try(another=any(other.is_sound for other in order if other is not bot)):
            return bot if bot.take() else None
    return None
