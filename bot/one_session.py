"""A repair to how Rasa 3.6.21 calls other servers: one HTTP session for each of them, so that connections are used again.

Rasa makes a session for every single call of an action, and with it a connection. The kept session has the same headers, the same
credentials and the same time limit. Applied once by bot/repairs.py; bot/channel.py closes the sessions when the bot ends.
"""

from __future__ import annotations

import asyncio
from typing import Any, Dict, List, Tuple

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import EndpointConfig


class Kept:
    """A session that outlives the ``async with`` it is used in."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self.session

    async def __aexit__(self, *error: Any) -> None:
        return None


_kept: Dict[int, Tuple[EndpointConfig, asyncio.AbstractEventLoop, Kept]] = {}  # by the endpoint, which stays alive with its entry


def repair() -> None:
    """Put the repair in place; a second call changes nothing."""
    EndpointConfig.session = session


def session(self: EndpointConfig) -> Kept:
    """The session of this endpoint; a new one when there is none for this event loop."""
    loop = asyncio.get_running_loop()
    _endpoint, known, kept = _kept.get(id(self), (None, None, None))
    if kept is None or known is not loop or kept.session.closed:
        kept = Kept(_new_session(self))
        _kept[id(self)] = (self, loop, kept)
    return kept


async def close() -> None:
    """Close all sessions."""
    sessions: List[Kept] = [kept for _endpoint, _loop, kept in _kept.values()]
    _kept.clear()
    for kept in sessions:
        await kept.session.close()


def _new_session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    login = endpoint.basic_auth
    return aiohttp.ClientSession(
        headers=endpoint.headers,
        auth=aiohttp.BasicAuth(login["username"], login["password"]) if login else None,
        timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
        connector=aiohttp.TCPConnector(limit=0),  # as many calls at once as before, none waits for another
    )
