"""A28: what we are built on is locked with hashes, newer than the holes that were mended, and audited against a list with reasons."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

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
        "what `make audit` does is A28a",
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
