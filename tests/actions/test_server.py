"""The action server: loopback JSON, errors without the tracker, a start that says what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from rasa_sdk import Action

from actions.server import build_app
from tests.actions.conftest import ROOT

CALL = {
    "sender_id": "s",
    "domain": {},
    "tracker": {"sender_id": "s", "slots": {"email": "jane@acme.io"}, "events": []},
    "version": "3.6.21",
}


class Says(Action):
    def name(self) -> str:
        return "action_says"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="hello")
        return [{"event": "followup", "name": "action_listen"}]


class Fails(Action):
    def name(self) -> str:
        return "action_fails"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise RuntimeError(f"about {tracker.slots['email']}")


async def test_runs_an_action() -> None:
    async with TestClient(TestServer(build_app([Says()]))) as client:
        answer = await client.post("/webhook", json={**CALL, "next_action": "action_says"})
        body = await answer.json()
        assert (answer.status, body["responses"][0]["text"], body["events"][0]["name"]) == (200, "hello", "action_listen")
        assert (await (await client.get("/health")).json())["actions"] == ["action_says"]


async def test_the_domain_is_kept_by_its_digest_and_asked_for_when_it_is_not_known() -> None:
    call = {**CALL, "next_action": "action_says", "domain_digest": "one"}
    less = {name: value for name, value in call.items() if name != "domain"}
    async with TestClient(TestServer(build_app([Says()]))) as client:
        assert (await client.post("/webhook", json=less)).status == 449
        with_domain = await client.post("/webhook", json={**call, "domain": {"intents": []}})
        assert (with_domain.status, (await with_domain.json())["domain_digest"]) == (200, "one")
        assert (await client.post("/webhook", json=less)).status == 200
        assert (await client.post("/webhook", json={**less, "domain_digest": "other"})).status == 449


async def test_a_failure_tells_nothing_about_the_visitor(caplog: pytest.LogCaptureFixture) -> None:
    async with TestClient(TestServer(build_app([Fails()]))) as client:
        answer = await client.post("/webhook", json={**CALL, "next_action": "action_fails"})
        assert answer.status == 500
        assert "jane" not in await answer.text()
    assert "action_fails failed: RuntimeError" in caplog.text
    assert "jane" not in caplog.text


@pytest.mark.parametrize(("body", "status"), [("{", 400), ('{"next_action": "action_no", "tracker": {}, "domain": {}}', 404)])
async def test_bad_calls(body: str, status: int) -> None:
    async with TestClient(TestServer(build_app([Says()]))) as client:
        assert (await client.post("/webhook", data=body)).status == status


def test_a_broken_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "questions.yml").write_text("questions:\n  budget:\n    kind: mony\n    label: Budget\n")
    environment = {**os.environ, "HANDRAISE_BOT_FILES": str(tmp_path), "HANDRAISE_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "actions"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "questions.yml:3" in done.stderr
    assert "Traceback" not in done.stderr
