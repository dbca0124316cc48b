"""Everything that is shipped, as CycloneDX 1.5, from the lock files: `python scripts/sbom.py FOLDER` writes a file for each part."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def commands(folder: Path) -> dict[str, tuple[list[str], Path]]:
    """The words that print each list, and where to run them; ``folder`` takes a copy of npm's files."""
    own = ROOT / ".tools" / "uv" / "bin" / "uv"
    uv = str(own) if own.exists() else shutil.which("uv") or "uv"
    export = [uv, "export", "--quiet", "--frozen", "--no-dev", "--format", "cyclonedx1.5", "--preview-features", "sbom-export"]
    npm = [shutil.which("npm") or "npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"]
    _copy_with_version(ROOT / "widget", folder)
    return {"root": (export, ROOT), "bot": (export, ROOT / "bot"), "widget": (npm, folder)}


def _copy_with_version(widget: Path, folder: Path) -> None:
    """npm lists only what has a version, which the workspace as a whole has not."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for name in ("package.json", "package-lock.json"):
        content = json.loads((widget / name).read_text())
        for part in (content, content.get("packages", {}).get("", {})):
            part["version"] = version
        (folder / name).write_text(json.dumps(content))
    for manifest in widget.glob("*/package.json"):
        (folder / manifest.parent.name).mkdir()
        shutil.copy(manifest, folder / manifest.parent.name)


def main() -> int:
    """Write all three; gives the exit code."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as copies:
        return _write(folder, commands(Path(copies)))


def _write(folder: Path, lists: dict[str, tuple[list[str], Path]]) -> int:
    for name, (words, where) in lists.items():
        done = subprocess.run(words, cwd=where, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"The list of {name} could not be made: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}", file=sys.stderr)
            return 1
        found = json.loads(done.stdout)
        (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")
        print(f"{folder / name}.json: {len(found['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
