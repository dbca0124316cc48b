"""The HTTP API as its own description tells it, by a tool that reads nothing else: schemathesis against a real hub."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from leads.audit import Who
from leads.reading import read_answer
from leads.store import NewAnswer
from tests.faults.results import NewScenario, Scale
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.app import HUB

# How a caller of the API shows who it is; signing out would end the run's own session, so it is left to the one who has none.
CALLERS = ("nobody", "agent", "admin", "program")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"


async def callers(hub: RunningHub) -> dict[str, list[str]]:
    """The headers of each."""
    found: dict[str, list[str]] = {"nobody": [f"Origin: {hub.url}"]}
    for role in ("agent", "admin"):
        cookie = await hub.session(f"{role}@example.com", role)
        me = await (await hub.get("/console/api/me", cookie=cookie)).json()
        found[role] = [f"Origin: {hub.url}", f"Cookie: handraise_session={cookie}", f"X-CSRF-Token: {me['csrf']}"]
    assert hub.runner.app is not None
    scopes = ("leads:read", "leads:export", "conversations:read")
    token, _row = await hub.runner.app[HUB].door.tokens.make("schemathesis", scopes, None, "-", Who("command", "test"))
    found["program"] = [f"Authorization: Bearer {token}"]
    return found


async def attack(hub: RunningHub, folder: Path, who: str, headers: Sequence[str], phases: str, examples: int) -> dict[str, Any]:
    """Everything that the description says, and what it does not allow; gives the tool's report."""
    report = folder / f"{who}.json"
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(_config(folder)), "run", f"{hub.url}/console/api/openapi.json"),
        *("--phases", phases, "--max-examples", str(examples), "--checks", CHECKS, "--continue-on-failure"),
        *("--no-shrink", "--generation-deterministic", "--suppress-health-check", "all"),
        *("--report", "json", "--report-json-path", str(report), "--warnings", "off", "--no-color"),
        *(part for header in headers for part in ("--header", header)),
        *(() if who == "nobody" else ("--exclude-path", "/console/api/logout")),
    ]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=folder)
    said, _ = await process.communicate()
    assert report.is_file(), said.decode()[-2000:]
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def _config(folder: Path) -> Path:
    file = folder / "schemathesis.toml"
    file.write_text("")
    return file


@pytest.mark.timeout(1800)
async def test_the_api_keeps_what_its_description_says(new_hub: StartHub, scenario: NewScenario, scale: Scale, tmp_path: Path) -> None:
    hub = await new_hub(tuning=quick(login_free_tries=10**6))
    visitor = await hub.visitor()
    await visitor.say("We are 120 people and have 40k a year")
    await visitor.hears("You said: We are 120 people and have 40k a year")
    answers = [NewAnswer("budget", "known", "40k EUR a year", read_answer("40k EUR a year", hub.questions["budget"]))]
    await hub.leads.record(visitor.conversation_id, source="s", seq=2, read_by="reader", answers=answers)
    who = CALLERS if scale.full else ("admin",)
    phases, examples = scale.of(("coverage,fuzzing", 100), ("fuzzing", 2))
    with scenario(
        "F3",
        "The HTTP API does what its description says, whoever asks and whatever comes",
        f"schemathesis reads the hub's OpenAPI description and makes up to {examples} right and wrong requests per operation "
        f"besides its own list of odd ones, as {', '.join(who)}",
        "0 answers that the description does not have, 0 of 500 or more, 0 in another shape",
    ) as it:
        headers, tried, failed = await callers(hub), 0, []
        for one in who:
            report = await attack(hub, tmp_path, one, headers[one], phases, examples)
            tried += report["test_cases"]["generated"]
            failed += failures(report, one)
        it.must("answers that are not as described", len(failed), why="; ".join(failed[:5]))
        it.must("callers that reached nothing", 0 if tried > 25 * len(who) else 1, why=f"{tried} requests")
        it.tell("requests", tried)


def failures(report: dict[str, Any], who: str) -> list[str]:
    """What was not as described, in words, and what the tool could not try."""
    found = [f"{who}: {one['title']} ({one['count']}) at {', '.join(one['operations'])}" for one in report["failures"]]
    return found + [f"{who}: {one}" for one in report["errors"]] + ([] if report["complete"] else [f"{who}: ended too early"])
