"""A28: what we are built on is locked with hashes, newer than the holes that were mended, and audited against a list with reasons."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from handraise.up import free_port
from tests.faults.results import NewScenario

ROOT = Path(__file__).resolve().parents[2]

# The version that mended holes we would be reached by; docs/security.md tells of them.
FLOORS = {
    "uv.lock": {
        "aiohttp": (3, 14, 5),
        "python-socketio": (5, 18, 1),
        "python-engineio": (4, 15, 1),
        "redis": (8, 1, 0),
        "sqlalchemy": (1, 4, 54),
        "jinja2": (3, 1, 6),
        "pyyaml": (5, 4),
        "cryptography": (50, 0, 2),
    },
    "bot/uv.lock": {"rasa": (3, 6, 21), "sanic": (21, 12, 2), "pyyaml": (5, 4), "cryptography": (50, 0, 2)},
}
REGISTRY = "https://registry.npmjs.org/"
JS_FLOORS = {"socket.io-parser": (4, 2, 7), "engine.io-client": (6, 6, 4), "socket.io-client": (4, 8, 3)}


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def without_hash(lock: dict[str, Any]) -> list[str]:
    """Packages of a registry with a file that has no SHA-256, and packages of anywhere else."""
    found = []
    for package in lock["package"]:
        if "registry" not in package["source"]:
            found += [] if package["source"] in ({"editable": "."}, {"virtual": "."}) else [package["name"]]
            continue
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        found += [] if all(file.get("hash", "").startswith("sha256:") for file in files) else [package["name"]]
    return found


def test_a28_everything_is_locked_with_hashes(scenario: NewScenario) -> None:
    with scenario(
        "A28",
        "Everything we are built on is locked with hashes, and no older than what mended a hole that reaches us",
        "both uv.lock and package-lock.json read package by package; versions against the floors of tests/abuse/test_supply.py; "
        "`make audit` against advisories is run in CI and not part of this figure",
        "0 without a hash, 0 from elsewhere than the registries, 0 below a floor",
    ) as it:
        packages, bare, low = 0, list[str](), list[str]()
        for name, floors in FLOORS.items():
            lock = tomllib.loads((ROOT / name).read_text())
            packages += len(lock["package"])
            bare += without_hash(lock)
            there = {package["name"]: version(package.get("version", "0")) for package in lock["package"]}
            low += [f"{package} {there[package]}" for package, floor in floors.items() if package in there and there[package] < floor]
        npm = json.loads((ROOT / "widget" / "package-lock.json").read_text())["packages"]
        for path, package in npm.items():
            name = path.rpartition("node_modules/")[2]
            if path.startswith("node_modules/") and not package.get("link"):
                packages += 1
                known = package.get("resolved", REGISTRY).startswith(REGISTRY)
                bare += [] if known and package.get("integrity", "").startswith("sha512-") else [name]
                low += [name] if name in JS_FLOORS and version(package["version"]) < JS_FLOORS[name] else []
        it.tell("packages", packages)
        it.must("without a hash or from elsewhere", len(bare), why=str(bare[:5]))
        it.must("below a floor", len(low), why=str(low[:5]))


@dataclass
class Advisories:
    """OSV and the npm registry, as far as the audit asks them."""

    port: int
    known: dict[str, str] = field(default_factory=dict)  # package → id
    aliases: dict[str, list[str]] = field(default_factory=dict)
    npm: dict[str, Any] = field(default_factory=dict)

    async def batch(self, request: web.Request) -> web.Response:
        names = [query["package"]["name"] for query in (await request.json())["queries"]]
        hits = [{"vulns": [{"id": self.known[name], "modified": "2026-01-01T00:00:00Z"}]} if name in self.known else {} for name in names]
        return web.json_response({"results": hits})

    async def one(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        at = {"modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z"}
        return web.json_response({"id": id, "aliases": self.aliases.get(id, []), "summary": "made up", "affected": [], **at})

    async def bulk(self, _request: web.Request) -> web.Response:
        return web.json_response(self.npm)


@pytest.fixture
async def advisories() -> AsyncIterator[Advisories]:
    made = Advisories(free_port())
    app = web.Application()
    app.add_routes([web.post("/v1/querybatch", made.batch), web.get("/v1/vulns/{id}", made.one)])
    app.add_routes([web.post("/-/npm/v1/security/advisories/bulk", made.bulk)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", made.port).start()
    yield made
    await runner.cleanup()


async def audit(port: int) -> tuple[int, str]:
    """The script against services on this machine."""
    url = f"http://127.0.0.1:{port}"
    words = [sys.executable, "scripts/audit.py", "--osv", url, "--registry", url]
    environment = {**os.environ, "UV_HTTP_RETRIES": "0", "npm_config_fetch_retries": "0"}
    done = await asyncio.to_thread(
        subprocess.run, words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    return done.returncode, done.stdout + done.stderr


async def test_only_accepted_findings_pass(advisories: Advisories) -> None:
    advisories.known = {"skops": "GHSA-made-up1"}
    advisories.aliases = {"GHSA-made-up1": ["CVE-2025-54412"]}
    code, told = await audit(advisories.port)
    assert code == 0, told
    assert "1 findings, 1 of them accepted" in told
    assert "No longer found, can be removed from accepted-findings.toml: aiohttp" in told


@pytest.mark.full
async def test_another_finding_fails_and_is_named(advisories: Advisories) -> None:
    advisories.known = {"aiohttp": "GHSA-made-up2"}
    hole = {
        "id": 1,
        "url": "https://github.com/advisories/GHSA-made-up3",
        "title": "made up",
        "severity": "high",
        "vulnerable_versions": ">=0",
    }
    advisories.npm = {"preact": [hole]}
    code, told = await audit(advisories.port)
    assert code == 1, told
    for line in ("FOUND root: aiohttp", "FOUND bot: aiohttp", "FOUND widget: preact", "GHSA-made-up3"):
        assert line in told


@pytest.mark.full
async def test_a_service_that_does_not_answer_is_no_success() -> None:
    code, told = await audit(free_port())
    assert code == 3, told
    assert [told.count(f"NOT AUDITED: {name}") for name in ("root", "bot", "widget")] == [1, 1, 1]
    assert "Traceback" not in told


def test_every_accepted_finding_has_its_reason() -> None:
    accepted = tomllib.loads((ROOT / "scripts" / "accepted-findings.toml").read_text())["accepted"]
    locked = {package["name"] for package in tomllib.loads((ROOT / "bot" / "uv.lock").read_text())["package"]}
    assert {entry["environment"] for entry in accepted} == {"bot"}, "nothing that faces the internet has one"
    for entry in accepted:
        assert entry["package"] in locked, "what is no longer there needs no exception"
        assert len(entry["reason"]) > 15
        assert entry["ids"]


@pytest.mark.full
def test_the_list_of_what_is_shipped(tmp_path: Path) -> None:
    words = [sys.executable, "scripts/sbom.py", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    for name, package in (("root", "aiohttp"), ("bot", "rasa"), ("widget", "preact")):
        found = json.loads((tmp_path / f"{name}.json").read_text())
        assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.5")
        assert package in {component["name"] for component in found["components"]}
        assert "pytest" not in {component["name"] for component in found["components"]}, "only what is shipped"
