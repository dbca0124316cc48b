"""A28a: a new hole in what we use fails the audit, an accepted one passes with its reason, and silence is no success."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from handraise.ports import free_port
from tests.abuse.advisories import Advisories, Hole, npm_advisory
from tests.faults.results import NewScenario, Scale

ROOT = Path(__file__).resolve().parents[2]
SEALED = "http://127.0.0.1:9"  # nobody listens: the index of packages is not asked by a test
PARTS = ("root", "bot", "widget")
NEW = "GHSA-made-upxx-0001"

type Audited = tuple[int, str]


def accepted() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "scripts" / "accepted-findings.toml").read_text())["accepted"]
    return found


def locked(file: str) -> dict[str, str]:
    """Versions by package."""
    return {one["name"]: one.get("version", "") for one in tomllib.loads((ROOT / file).read_text())["package"]}


def all_accepted() -> list[Hole]:
    """A record for each id of the list; a CVE is an alias of a record that OSV has under an id of its own."""
    versions = locked("bot/uv.lock")
    found = []
    for entry in accepted():
        for number, id in enumerate(entry["ids"]):
            package, known = entry["package"], id.startswith(("GHSA-", "PYSEC-"))
            own = id if known else f"GHSA-{package[:4]}-made-{number:04}"
            found.append(Hole(own, package, versions[package], () if known else (id,)))
    return found


@pytest.fixture
async def advisories() -> AsyncIterator[Advisories]:
    async with Advisories().serving() as made:
        yield made


async def audit(folder: Path, osv: str, registry: str) -> Audited:
    """The exit code and what was said; nothing is taken from a run before, and no real service is asked."""
    words = [sys.executable, "scripts/audit.py", "--osv", osv, "--registry", registry]
    quick = {"UV_HTTP_RETRIES": "0", "npm_config_fetch_retries": "0", "npm_config_update_notifier": "false"}
    caches = {"UV_CACHE_DIR": str(folder / "uv"), "npm_config_cache": str(folder / "npm")}
    sealed = {"HTTPS_PROXY": SEALED, "https_proxy": SEALED, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = await asyncio.to_thread(
        subprocess.run,
        words,
        cwd=ROOT,
        env={**os.environ, **quick, **caches, **sealed},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


class Runs:
    """Audits of one test, each with caches of its own; ``wrong`` has what each should have said or ended with and did not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.count = 0
        self.wrong: list[str] = []
        self.traces = 0

    async def expect(self, code: int, *said: str, osv: str, registry: str, never: str = "Traceback") -> str:
        """Audit with these services; gives what was said."""
        self.count += 1
        ended, told = await audit(self._folder / str(self.count), osv, registry)
        self.traces += "Traceback" in told
        if ended != code:
            self.wrong.append(f"ended with {ended} instead of {code}: {told[-600:]}")
        self.wrong += [f"did not say {words!r}: {told[-600:]}" for words in said if words not in told]
        self.wrong += [f"said {never!r}: {told[-600:]}"] if never in told else []
        return told


@pytest.mark.timeout(300)
async def test_a28a_an_audit_tells_new_from_accepted_and_silence_from_success(
    advisories: Advisories, tmp_path: Path, scenario: NewScenario, scale: Scale
) -> None:
    with scenario(
        "A28a",
        "A new hole in what we are built on fails the audit, an accepted one passes with its reason, and silence is no success",
        "`make audit` against services on this machine that speak as OSV (batches, pages, records with aliases) and the npm registry do: "
        "all accepted holes; one of them gone; one more of a package that has accepted ones, in each of the three lists; services that "
        "are away, answer 500, know of no hole at all, or answer something else",
        "new ones end with 1, named; accepted ones with 0 and their reason; gone ones are named; silence says NOT AUDITED, ends with 3",
    ) as it:
        runs, both = Runs(tmp_path), {"osv": advisories.url, "registry": advisories.url}
        advisories.holes = all_accepted()
        reasons = [entry["reason"] for entry in accepted()]
        told = await runs.expect(0, *reasons, never="No longer found", **both)
        count = len(advisories.holes)
        assert f"{count} findings, {count} of them accepted" in told
        assert {one for one in locked("bot/uv.lock").items() if one[0] == "rasa"} <= advisories.asked, "every package is asked about"
        assert "preact" in advisories.asked_npm

        gone = accepted()[1]
        advisories.holes = [hole for hole in all_accepted() if hole.package != gone["package"]]
        advisories.holes += [Hole(NEW, "aiohttp", locked("bot/uv.lock")["aiohttp"], ("CVE-2099-0001",))]
        told = await runs.expect(1, f"FOUND bot: aiohttp {locked('bot/uv.lock')['aiohttp']}: CVE-2099-0001, {NEW}", **both)
        assert f"No longer found, can be removed from accepted-findings.toml: {gone['package']}" in told

        away = f"http://127.0.0.1:{free_port()}"
        advisories.holes = []
        await runs.expect(3, "NOT AUDITED: root", "NOT AUDITED: bot", osv=away, registry=advisories.url, never="No longer found")
        if scale.full:
            await the_rest(runs, advisories, away)
        it.tell("audits", runs.count)
        it.must("that ended or spoke otherwise", len(runs.wrong), why="; ".join(runs.wrong[:2]))
        it.must("traces", runs.traces)


async def the_rest(runs: Runs, advisories: Advisories, away: str) -> None:
    """Each list by itself, and each way of a service to be of no use."""
    both = {"osv": advisories.url, "registry": advisories.url}
    advisories.holes = [Hole(NEW, "aiohttp", locked("uv.lock")["aiohttp"])]
    await runs.expect(1, "FOUND root: aiohttp", NEW, never="FOUND bot", **both)
    same = accepted()[0]  # what is accepted in the bot is not accepted in the hub
    advisories.holes = [Hole("GHSA-same-made-0001", "aiohttp", locked("uv.lock")["aiohttp"], (same["ids"][0],))]
    await runs.expect(1, "FOUND root: aiohttp", same["ids"][0], **both)
    known = advisories.npm
    advisories.holes, advisories.npm = [], known | npm_advisory("preact", NEW)
    await runs.expect(1, "FOUND widget: preact", NEW, **both)
    advisories.npm = known
    await runs.expect(3, "NOT AUDITED: widget", osv=advisories.url, registry=away, never="NOT AUDITED: root")
    advisories.npm = {}
    await runs.expect(
        3, "NOT AUDITED: widget: the npm registry has no advisories", "NOT AUDITED: bot: the service has no advisories", **both
    )
    await runs.expect(3, *(f"NOT AUDITED: {part}" for part in PARTS), osv=away, registry=away)
    advisories.holes = [Hole(NEW, "aiohttp", locked("uv.lock")["aiohttp"])]
    await runs.expect(1, "FOUND root: aiohttp", "NOT AUDITED: widget", osv=advisories.url, registry=away)  # a finding counts before silence
    for trouble in ((500, "{}"), (200, "{}"), (200, "<html>Please sign in</html>")):
        advisories.trouble = trouble
        await runs.expect(3, *(f"NOT AUDITED: {part}" for part in PARTS), **both)
