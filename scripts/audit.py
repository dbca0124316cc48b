"""Known holes in what Handraise is built on: both Python environments (`uv audit`, OSV) and the browser apps (`npm audit`).

    python scripts/audit.py [--osv URL] [--registry URL]

Every finding must be in scripts/accepted-findings.toml with its reason. Ends with 0 when that is so, 1 when there is another finding,
and 3 when a service could not be asked: then nothing is known, which is said and is no success.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / "scripts" / "accepted-findings.toml"
FOUND, UNKNOWN = 1, 3
KNOWN = ("minimist", "0.0.8")  # of 2015, with holes that every list of them has (CVE-2020-7598, CVE-2021-44906)


class NoAnswer(Exception):
    """A service could not be asked, or said something that cannot be read."""


@dataclass(frozen=True)
class Finding:
    """A known hole in a package; ``names`` are all ids it goes by."""

    environment: str
    package: str
    names: frozenset[str]
    summary: str
    fixed: str

    def __str__(self) -> str:
        return (
            f"{self.environment}: {self.package}: {', '.join(sorted(self.names))}: {self.summary} (fixed in {self.fixed or 'no version'})"
        )


def python(environment: str, project: Path, osv: str) -> list[Finding]:
    """Findings of a locked Python environment.

    Raises:
        NoAnswer: OSV could not be asked.
    """
    preview = ["--preview-features", "audit-command,json-output"]
    words = [_uv(), "audit", "--frozen", "--output-format", "json", *preview, "--project", str(project)]
    answer = _json([*words, "--service-url", osv] if osv else words, project)
    if "vulnerabilities" not in answer or not answer.get("summary", {}).get("audited_packages"):
        raise NoAnswer("uv audit answers in another form than this script knows")
    found = [
        Finding(
            environment,
            f"{one['dependency']['name']} {one['dependency']['version']}",
            frozenset({one["id"], one["display_id"], *one["aliases"]}),
            one["summary"] or "",
            ", ".join(one["fix_versions"]),
        )
        for one in answer["vulnerabilities"]
    ]
    held = "yanked, archived or held back"
    return found + [Finding(environment, json.dumps(one), frozenset({"status"}), held, "") for one in answer["adverse_statuses"]]


def npm(registry: str) -> list[Finding]:
    """Findings of the browser apps, build tools included.

    Raises:
        NoAnswer: the registry could not be asked.
    """
    holes = _npm_audit(ROOT / "widget", registry)
    if not holes and not _knows_holes(registry):
        name, version = KNOWN
        raise NoAnswer(f"the npm registry has no advisories, not even for {name} {version}")
    found = []
    for name, one in holes.items():
        for via in one["via"]:
            if isinstance(via, dict):  # a text names another package of this list
                names = frozenset({via["url"].rsplit("/", 1)[1]})
                found.append(Finding("widget", f"{name} {via['range']}", names, via["title"], str(one["fixAvailable"])))
    return found


def _npm_audit(project: Path, registry: str) -> dict[str, Any]:
    words = [shutil.which("npm") or "npm", "audit", "--json", "--package-lock-only"]
    answer = _json([*words, "--registry", registry] if registry else words, project)
    if "vulnerabilities" not in answer:
        raise NoAnswer(str(answer.get("message") or answer.get("error") or "npm audit says nothing"))
    holes: dict[str, Any] = answer["vulnerabilities"]
    return holes


def _knows_holes(registry: str) -> bool:
    """Whether silence means something: mirrors without advisories answer as a registry does that knows of none."""
    name, version = KNOWN
    about = {"name": "known-hole", "version": "1.0.0", "dependencies": {name: version}}
    packages = {"": about, f"node_modules/{name}": {"version": version}}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text(json.dumps(about))
        Path(folder, "package-lock.json").write_text(json.dumps({**about, "lockfileVersion": 3, "requires": True, "packages": packages}))
        return name in _npm_audit(Path(folder), registry)


def main() -> int:
    """Print what was found; gives the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--osv", default="", help="another OSV service than https://api.osv.dev")
    arguments.add_argument("--registry", default="", help="another npm registry")
    chosen = arguments.parse_args()
    accepted = tomllib.loads(ACCEPTED.read_text())["accepted"]
    found: list[Finding] = []
    silent = []
    parts: dict[str, Callable[[], list[Finding]]] = {
        "root": lambda: python("root", ROOT, chosen.osv),
        "bot": lambda: python("bot", ROOT / "bot", chosen.osv),
        "widget": lambda: npm(chosen.registry),
    }
    for name, ask in parts.items():
        try:
            known = ask()
            if not known and any(entry["environment"] == name for entry in accepted):
                raise NoAnswer("the service has no advisories, not even those that are accepted here")
            found += known
        except NoAnswer as problem:
            silent.append(name)
            print(f"NOT AUDITED: {name}: {problem}.")
    unaccepted = [one for one in found if not any(_is_accepted(one, entry) for entry in accepted)]
    for entry in accepted:
        mine = [one for one in found if _is_accepted(one, entry)]
        if mine:
            print(f"Accepted, {len(mine)} of {mine[0].environment}: {mine[0].package}: {entry['reason']}")
        elif not silent:
            print(f"No longer found, can be removed from {ACCEPTED.name}: {entry['package']} {', '.join(entry['ids'])}")
    for one in unaccepted:
        print(f"FOUND {one}")
    print(f"{len(found)} findings, {len(found) - len(unaccepted)} of them accepted with a reason.")
    return FOUND if unaccepted else UNKNOWN if silent else 0


def _is_accepted(finding: Finding, entry: dict[str, Any]) -> bool:
    same = finding.environment == entry["environment"] and finding.package.split(" ")[0] == entry["package"]
    return same and not finding.names.isdisjoint(entry["ids"])


def _uv() -> str:
    own = ROOT / ".tools" / "uv" / "bin" / "uv"
    return str(own) if own.exists() else shutil.which("uv") or "uv"


def _json(words: list[str], folder: Path) -> dict[str, Any]:
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoAnswer(f"{words[0]}: {type(error).__name__}") from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip() and not line.startswith("warning")]
        raise NoAnswer("; ".join([*lines[:2], *lines[-1:]]) or f"{words[0]} ended with {done.returncode}") from None
    return answer


if __name__ == "__main__":
    sys.exit(main())
