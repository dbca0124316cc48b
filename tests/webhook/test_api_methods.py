"""The API at its edges: a method that an address does not take, an address that there is not, a program that reads the description."""

from __future__ import annotations

import aiohttp
import pytest

from tests.webhook.hub import RunningHub


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "login", 405, "POST"),
        ("GET", "account/password", 405, "POST"),
        ("PUT", "leads", 405, "GET,HEAD"),
        ("GET", "no-such-address", 404, None),
    ],
)
async def test_what_an_address_does_not_take_is_told_with_what_it_takes(
    hub: RunningHub, method: str, path: str, status: int, allowed: str | None
) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, f"{hub.url}/console/api/{path}", headers={"Origin": hub.url}) as answer,
    ):
        assert (answer.status, answer.headers.get("Allow")) == (status, allowed)
        assert (await answer.json())["error"]["message"]


async def test_a_program_may_read_the_description_with_its_token(hub: RunningHub) -> None:
    answer = await hub.get("/console/api/openapi.json", Authorization="Bearer hr_made_up")
    assert answer.status == 200
    assert (await hub.get("/console/api/leads", Authorization="Bearer hr_made_up")).status == 401


async def test_the_consoles_own_addresses_are_left_to_it(hub: RunningHub) -> None:
    for path in ("/console", "/console/inbox/x/lead", "/console/apiary"):
        answer = await hub.get(path)
        assert answer.content_type == "text/html", path
