"""Bot and action server: nothing without the secret, nothing too large, nothing echoed, and slots that only our readers fill."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
from ruamel.yaml import YAML

from leads.settings import Settings, SettingsError
from tests.bot.processes import ROOT, TOKEN
from tests.bot.running import Running
from tests.faults.results import NewScenario

pytestmark = pytest.mark.timeout(400)  # the first test of the session trains and starts

MARK = "canary-7f3a"
PATHS = [
    "/",
    "/version",
    "/status",
    "/domain",
    "/model",
    "/model/train",
    "/model/parse",
    "/conversations/x/tracker",
    "/webhooks/rest/webhook",
]
PATHS += [
    "/webhooks/handraise/turn",
    "/webhooks/handraise/../../",
    "/webhooks/handraise//turn",
    "/webhook",
    "/actions",
    "/socket.io/",
    "/x",
]
METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]
BODIES: list[Any] = [
    b"",
    b"{",
    b"[" * 100_000,
    b"\xff\xfe",
    b'"' + MARK.encode() + b'"',
    b"null",
    b"[]",
    b"1e999",
    b'{"next_action": ["x"]}',
]
BODIES += [json.dumps({"next_action": MARK, "tracker": {"sender_id": MARK, "slots": {"email": MARK}}}).encode()]
BODIES += [
    json.dumps({"turn_id": MARK, "sender_id": MARK, **more}).encode()
    for more in ({"event": MARK}, {"text": 5}, {"choice": {"title": MARK, "payload": "/canary"}})
]
BODIES += [json.dumps({"turn_id": MARK * 99, "sender_id": MARK, "text": MARK}).encode()]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_inside_is_shut(running: Running, http: aiohttp.ClientSession, scenario: NewScenario) -> None:
    with scenario(
        "A23a",
        "Bot and action server answer nobody without the secret, take nothing large and send nothing back that they were sent",
        f"{len(PATHS)} paths with {len(METHODS)} methods and wrong secrets at the real bot and action server, {len(BODIES)} broken bodies "
        "and others larger than any, with and without the secret; their environment and what they listen on",
        "401 everywhere but for `ok`; 4xx for what is broken; 0 echoes, 0 traces; loopback only; no secret in the bot's environment",
    ) as it:
        answered = echoes = crashes = large = 0
        for base, turn in ((running.bot.url, "/webhooks/handraise/turn"), (running.actions.url, "/webhook")):
            for path in PATHS:
                for method in METHODS:
                    for headers in ({}, {"X-Handraise-Token": TOKEN[:-1]}, {"X-Handraise-Token": f"{TOKEN} "[::-1]}):
                        async with http.request(method, f"{base}{path}?{MARK}", headers=headers, json={"sender": MARK}) as answer:
                            text = await answer.text()
                            health = path in ("/webhooks/handraise/../../",) and answer.status == 404
                            answered += answer.status != 401 and not health
                            echoes += MARK in text
            for headers in ({}, {"X-Handraise-Token": TOKEN}):
                for body in BODIES:
                    async with http.post(base + turn, data=body, headers={"Content-Type": "application/json", **headers}) as answer:
                        text = await answer.text()
                        crashes += not 400 <= answer.status < 500 or "Traceback" in text
                        echoes += MARK in text
            for status in [await sent(base + turn, size, chunked) for size in (20_000_000,) for chunked in (False, True)]:
                large += status not in (401, 413, 0)
        it.must("answered without the secret", answered)
        it.must("echoes", echoes)
        it.must("crashes", crashes)
        it.must("large bodies taken", large)
        listening = [
            one.laddr.ip
            for part in (running.bot, running.actions)
            for one in psutil.Process(part.process.pid).net_connections()
            if one.status == psutil.CONN_LISTEN
        ]
        assert listening
        it.must("listening beyond loopback", sum(one not in ("127.0.0.1", "::1") for one in listening))
        it.must("variables of the bot that are none of its own", len(set(psutil.Process(running.bot.process.pid).environ()) - ITS_OWN))


ITS_OWN = {"PATH", "HOME", "LANG", "PYTHONPATH", "PYTHONUNBUFFERED", "RASA_TELEMETRY_ENABLED", "RASA_CACHE_DIRECTORY", "MPLCONFIGDIR"}
ITS_OWN |= {"TF_CPP_MIN_LOG_LEVEL", "SQLALCHEMY_SILENCE_UBER_WARNING", "HANDRAISE_MODEL_KEY"}  # the public half of a key
ITS_OWN |= {"SANIC_WORKERS", "TF_FORCE_GPU_ALLOW_GROWTH", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK"}  # set by what it loads


async def sent(url: str, size: int, chunked: bool) -> int:
    """The status for a large body; 0 when the connection was cut."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(size // 65_536):
            yield b"x" * 65_536

    try:
        body = pieces() if chunked else io.BytesIO(b"x" * size)
        async with aiohttp.ClientSession(headers={"X-Handraise-Token": TOKEN}) as session, session.post(url, data=body) as answer:
            return answer.status
    except (aiohttp.ClientError, ConnectionError):
        return 0


def test_slots_are_filled_by_our_readers_only() -> None:
    """A mapping of any other kind would let an entity or an intent in a message fill what scores, consents or routes."""
    slots = YAML(typ="safe").load(ROOT / "domain.yml")["slots"]
    assert len(slots) > 15
    assert {name: slot["mappings"] for name, slot in slots.items() if slot["mappings"] != [{"type": "custom"}]} == {}


def test_without_a_secret_there_is_loopback_only(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        Settings(data=tmp_path).check_secret(host)
    for host in ("0.0.0.0", "::", "10.0.0.5", "actions"):
        Settings(data=tmp_path, bot_token="x").check_secret(host)
        with pytest.raises(SettingsError, match="HANDRAISE_BOT_TOKEN is empty"):
            Settings(data=tmp_path).check_secret(host)


def test_the_action_server_does_not_start_open_to_everybody(tmp_path: Path) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HANDRAISE_")}
    environment = {**clean, "HANDRAISE_ACTIONS_HOST": "0.0.0.0", "HANDRAISE_DATA": str(tmp_path)}
    words = [sys.executable, "-m", "actions"]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "HANDRAISE_BOT_TOKEN is empty" in done.stderr
    assert "Traceback" not in done.stderr
