"""The bot over HTTP: one turn in, replies out, and every way in which it can fail by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, ValidationError

MAX_ANSWER = 1_000_000


class BotError(Exception):
    """A turn was not served."""

    kind = "failed"

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"{self.kind}: {detail}" if detail else self.kind)


class BotAway(BotError):
    """The bot cannot serve anybody right now; the turn can be tried again when it is back."""

    kind = "away"


class BotUnreachable(BotAway):
    """Nothing answers at its address."""

    kind = "unreachable"


class BotDied(BotUnreachable):
    """The connection broke while it had the turn; perhaps the turn broke it."""

    kind = "died"


class BotNotReady(BotAway):
    """It answers, but its model or the action server is missing, or the token is wrong."""

    kind = "not_ready"


class BotTimeout(BotError):
    """It did not answer in time; the turn may still be running there."""

    kind = "timeout"


class BotBroke(BotError):
    """It answered this turn with an error or with something unreadable."""

    kind = "broke"


class BotRefused(BotError):
    """It will never serve this turn."""

    kind = "refused"


class ReplyButton(BaseModel):
    """A button as the flow wrote it."""

    model_config = ConfigDict(extra="ignore")
    title: str
    payload: str


class BotReply(BaseModel):
    """One line of the bot."""

    model_config = ConfigDict(extra="ignore")
    text: str = ""
    buttons: list[ReplyButton] = []


class Snapshot(BaseModel):
    """What the bot knows after the turn, as far as the hub needs it."""

    model_config = ConfigDict(extra="ignore")
    asked: str | None = None
    active_form: str | None = None


class TurnAnswer(BaseModel):
    """The answer to a turn."""

    model_config = ConfigDict(extra="ignore")
    turn_id: str
    replies: list[BotReply]
    snapshot: Snapshot = Snapshot()


@dataclass(frozen=True)
class BotAddress:
    """Where the bot is and the secret it wants to see."""

    url: str
    token: str = ""

    def headers(self) -> dict[str, str]:
        """Headers of every call."""
        return {"X-Handraise-Token": self.token} if self.token else {}


class BotClient:
    """Calls of the bot over a session that is its own."""

    def __init__(self, session: aiohttp.ClientSession, address: BotAddress, timeout: float) -> None:
        self._session = session
        self._address = address
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._probe_timeout = aiohttp.ClientTimeout(total=2.0)

    async def turn(self, request: dict[str, Any]) -> TurnAnswer:
        """Serve one turn.

        Raises:
            BotError: one of its classes.
        """
        status, body = await self._post("turn", request)
        return _read_answer(status, body, str(request["turn_id"]))

    async def forget(self, sender_ids: Sequence[str]) -> None:
        """Drop what is remembered of these conversations.

        Raises:
            BotError: it may remember them still.
        """
        status, body = await self._post("forget", {"sender_ids": list(sender_ids)})
        if status != 200:
            raise BotBroke(f"status {status} {_error_code(body)}".strip())

    async def _post(self, what: str, content: dict[str, Any]) -> tuple[int, bytes]:
        url = f"{self._address.url.rstrip('/')}/webhooks/handraise/{what}"
        try:
            call = self._session.post(url, json=content, headers=self._address.headers(), timeout=self._timeout, allow_redirects=False)
            async with call as response:
                return response.status, await _whole(response)
        except TimeoutError as error:
            raise BotTimeout from error
        except (aiohttp.ClientConnectionError, RuntimeError) as error:  # RuntimeError: the session was closed
            not_there = self._session.closed or isinstance(error, aiohttp.ClientConnectorError)
            raise (BotUnreachable if not_there else BotDied)(type(error).__name__) from error
        except aiohttp.ClientError as error:
            raise BotBroke(type(error).__name__) from error

    async def close(self) -> None:
        """Break off every call."""
        await self._session.close()

    async def is_ready(self) -> bool:
        """Whether a model is loaded and the channel answers."""
        url = f"{self._address.url.rstrip('/')}/webhooks/handraise/"
        try:
            call = self._session.get(url, headers=self._address.headers(), timeout=self._probe_timeout, allow_redirects=False)
            async with call as response:
                answer = json.loads(await _whole(response))
                return response.status == 200 and isinstance(answer, dict) and answer.get("ok") is True
        except (BotError, aiohttp.ClientError, TimeoutError, OSError, ValueError, RuntimeError):
            return False


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """The body, however many pieces it comes in."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MAX_ANSWER:
            raise BotBroke("the answer is too long")
    return bytes(body)


def _read_answer(status: int, body: bytes, turn_id: str) -> TurnAnswer:
    if status == 200:
        try:
            answer = TurnAnswer.model_validate_json(body)
        except ValidationError as error:
            raise BotBroke("unreadable answer") from error
        if answer.turn_id != turn_id:
            raise BotBroke("answer to another turn")
        return answer
    code = _error_code(body)
    if status == 503 and code in ("actions_unavailable", "model_missing"):
        raise BotNotReady(code)
    if status in (401, 403, 404):
        raise BotNotReady(f"status {status}: check the token and bot/credentials.yml")
    if status == 400:
        raise BotRefused(code)
    raise BotBroke(f"status {status} {code}".strip())


def _error_code(body: bytes) -> str:
    try:
        answer = json.loads(body)
        return str(answer["error"]["code"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
