"""The file map of ARCHITECTURE.md, made of the first line of each module; `python -m tests.file_map` writes it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "ARCHITECTURE.md"
FOLDERS = ("webhook", "leads", "leads/reading", "actions", "bot", "bot/components", "handraise")
HEADING = "## Map\n"


def file_map() -> str:
    """A table for each folder."""
    tables = []
    for folder in FOLDERS:
        rows = [f"| `{path.name}` | {_headline(path)} |" for path in sorted((ROOT / folder).glob("*.py")) if path.name != "__init__.py"]
        tables.append("\n".join([f"### {folder}/", "", "| file | |", "|---|---|", *rows]))
    return "\n\n".join(tables) + "\n"


def _headline(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()[0].replace("|", "\\|")


def parts(text: str) -> tuple[str, str]:
    """What stands before the first table, and the tables."""
    head, tables = text.split("### webhook/", 1)
    return head, "### webhook/" + tables


if __name__ == "__main__":
    DOCUMENT.write_text(parts(DOCUMENT.read_text())[0] + file_map())
