"""The shape of a YAML file: checked against a JSON Schema, with the place of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from leads.errors import FileProblem

SCHEMAS = Path(__file__).parent / "schemas"
KINDS = {"object": "names with values", "array": "a list", "string": "text", "null": "nothing"}


def shape_problems(path: Path, tree: Any, schema: str) -> Iterator[FileProblem]:
    """Where a tree is not of the shape that ``schemas/<schema>.json`` tells."""
    for error in _validator(schema).iter_errors(tree):
        node, key = _place(tree, list(error.absolute_path))
        yield problem_at(
            path, node, _words(error), f"Compare with the examples in docs/flows.md, or with {path.name} in the repository.", key
        )


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{schema}.json").read_text()))


def _place(tree: Any, steps: list[str | int]) -> tuple[Any, str | int | None]:
    """The node that holds the last step, and that step."""
    node, key = tree, None
    for index, step in enumerate(steps):
        key = step
        if index < len(steps) - 1:
            node = node[step]
    return node, key


def _words(error: ValidationError) -> str:
    where = ".".join(str(step) for step in error.absolute_path) or "The file"
    if error.validator == "type":
        kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        return f"{where} should be {' or '.join(KINDS.get(str(kind), str(kind)) for kind in kinds)}."
    if error.validator == "required":
        return f"{where}: {error.message.split(' is a ')[0]} is missing."
    if error.validator == "anyOf":
        return "The file has none of the sections nlu:, rules:, stories: or responses:."
    return f"{where}: {error.message}."


def problem_at(path: Path, node: Any, message: str, fix: str, key: str | int | None = None) -> FileProblem:
    """A problem at a node of a file with line numbers, or at one of its keys."""
    line, column = 0, 0
    if isinstance(node, CommentedMap | CommentedSeq):
        line, column = _position(node, key)
    return FileProblem(path, line + 1, column + 1, message, fix)


def _position(node: CommentedMap | CommentedSeq, key: str | int | None) -> tuple[int, int]:
    try:
        if key is not None and isinstance(node, CommentedMap):
            line, column = node.lc.key(key)
            return line, column
        if key is not None:
            line, column = node.lc.item(key)
            return line, column
    except (KeyError, TypeError):
        pass
    return node.lc.line, node.lc.col
