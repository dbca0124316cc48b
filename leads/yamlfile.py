"""YAML that people edit: every value knows its file, line and column, and refuses in plain words."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from leads.errors import FileProblem
from leads.yaml_limits import MAX_BYTES, check_text

_SYNTAX_FIX = "Check the indentation, the colon after each name and that quotes are closed."


class Node:
    """A value with its place in the file; lines and columns count from 1."""

    def __init__(self, path: Path, value: Any, line: int, column: int, name: str) -> None:
        self.path = path
        self.value = value
        self.line = line
        self.column = column
        self.name = name

    def problem(self, message: str, fix: str) -> FileProblem:
        """A problem at this place."""
        return FileProblem(self.path, self.line, self.column, message, fix)

    def mapping(self, required: Collection[str] = (), optional: Collection[str] = (), *, any_key: bool = False) -> dict[str, Node]:
        """The entries by name; unknown and missing names are refused unless ``any_key``."""
        if not isinstance(self.value, CommentedMap):
            raise self.problem(f"{self.name} must be a list of `name: value` lines.", "Indent its lines below it, two spaces each.")
        allowed = {*required, *optional}
        nodes = {str(key): self._entry(key) for key in self.value}
        if not any_key:
            for key, node in nodes.items():
                if key not in allowed:
                    near = get_close_matches(key, sorted(allowed), 1)
                    meant = f"Did you mean {near[0]!r}? " if near else ""
                    fix = f"{meant}Use one of {', '.join(sorted(allowed))}, or remove it."
                    raise node.problem(f"{self.name} has an unknown line {key!r}.", fix)
        for key in sorted(required):
            if key not in nodes:
                raise self.problem(f"{self.name} lacks the line {key!r}.", f"Add `{key}: …`.")
        return nodes

    def items(self) -> list[tuple[str, Node]]:
        """The entries of a mapping with free names, in order."""
        return list(self.mapping(any_key=True).items())

    def items_of_list(self) -> list[Node]:
        """The entries of a list."""
        if not isinstance(self.value, CommentedSeq):
            raise self.problem(f"{self.name} must be a list.", "Put each entry on its own line, beginning with a dash.")
        places = [self.value.lc.item(index) for index in range(len(self.value))]
        return [
            Node(self.path, value, place[0] + 1, place[1] + 1, f"entry {index + 1} of {self.name}")
            for index, (value, place) in enumerate(zip(self.value, places, strict=True))
        ]

    def text(self) -> str:
        """A text that is not empty; a number is taken as it was typed."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            raise self.problem(f"{self.name} must be a text.", 'Write it after the colon, in "quotes" when it holds special signs.')
        text = str(self.value).strip()
        if not text:
            raise self.problem(f"{self.name} is empty.", "Write something after the colon or remove the line.")
        return text

    def one_of(self, values: Collection[str]) -> str:
        """A text out of ``values``."""
        text = self.text()
        if text not in values:
            raise self.problem(f"{self.name} is {text!r}.", f"Use one of {', '.join(values)}.")
        return text

    def boolean(self) -> bool:
        """``true`` or ``false``."""
        if not isinstance(self.value, bool):
            raise self.problem(f"{self.name} must be true or false.", "Write true or false without quotes.")
        return self.value

    def integer(self) -> int:
        """A whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.problem(f"{self.name} must be a whole number.", "Write digits only, without quotes.")
        return int(self.value)

    def number(self) -> int | float:
        """A number, whole or with a decimal point."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not isfinite(self.value):
            raise self.problem(f"{self.name} must be a number.", "Write digits only, such as 20000 or 0.5, without quotes and currency.")
        return int(self.value) if isinstance(self.value, int) else float(self.value)

    def plain(self) -> Any:
        """The value as ordinary lists, dicts and scalars."""
        return _plain(self.value)

    def _entry(self, key: Any) -> Node:
        line, column = self.value.lc.key(key)
        return Node(self.path, self.value[key], line + 1, column + 1, str(key))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def load(path: Path) -> Node:
    """The document in ``path``.

    Raises:
        FileProblem: it cannot be read, is not YAML, says a name twice, or holds what leads/yaml_limits.py refuses.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode()
    except OSError as error:
        raise FileProblem(path, 0, 0, f"The file cannot be read: {error.strerror}.", "Check that it exists and may be read.") from error
    except UnicodeDecodeError as error:
        raise FileProblem(path, 0, 0, "The file is not UTF-8 text.", "Save it again as UTF-8.") from error
    if len(content) > MAX_BYTES:
        raise FileProblem(path, 0, 0, "The file is larger than 1 MB, which no file here has to be.", "Cut it into several files.")
    try:
        check_text(path, text)
        value = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        what = (str(error.problem) if error.problem else "not valid YAML").splitlines()[0]
        raise FileProblem(path, line, column, f"This is not valid YAML: {what}.", _SYNTAX_FIX) from error
    except (YAMLError, ValueError, ArithmeticError, RecursionError) as error:  # such as the date 2026-99-99, or nesting without end
        what = str(error).splitlines()[0] if isinstance(error, ValueError) else "it cannot be read to its end"
        raise FileProblem(path, 0, 0, f"This is not valid YAML: {what}.", _SYNTAX_FIX) from error
    return Node(path, value, 1, 1, path.name)
