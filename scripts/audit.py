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
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / "scripts" / "accepted-findings.toml"
FOUND, UNKNOWN = 1, 3


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
    words = [shutil.which("npm") or "npm", "audit", "--json", "--package-lock-only"]
    answer = _json([*words, "--registry", registry] if registry else words, ROOT / "widget")
    if "vulnerabilities" not in answer:
        raise NoAnswer(str(answer.get("message") or answer.get("error") or "npm audit says nothing"))
    found = []
    for name, one in answer["vulnerabilities"].items():
        for via in one["via"]:
            if isinstance(via, dict):  # a text names another package of this list
                names = frozenset({via["url"].rsplit("/", 1)[1]})
                found.append(Finding("widget", f"{name} {via['range']}", names, via["title"], str(one["fixAvailable"])))
    return found


def main() -> int:
    """Print what was found; gives the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--osv", default="", help="another OSV service than https://api.osv.dev")
    arguments.add_argument("--registry", default="", help="another npm registry")
    chosen = arguments.parse_args()
    accepted = tomllib.loads(ACCEPTED.read_text())["accepted"]
    found: list[Finding] = []
    silent = []
    for name, ask in (
        ("root", lambda: python("root", ROOT, chosen.osv)),
        ("bot", lambda: python("bot", ROOT / "bot", chosen.osv)),
        ("widget", lambda: npm(chosen.registry)),
    ):
        try:
            found += ask()
        except NoAnswer as problem:
            silent.append(name)
            print(f"NOT AUDITED: {name}: {problem}.")
    unaccepted = [one for one in found if not any(_is_accepted(one, entry) for entry in accepted)]
    for one in unaccepted:
        print(f"FOUND {one}")
    if not silent:
        for entry in accepted:
            if not any(_is_accepted(one, entry) for one in found):
                print(f"No longer found, can be removed from {ACCEPTED.name}: {entry['package']} {', '.join(entry['ids'])}")
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
