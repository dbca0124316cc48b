"""What no YAML file of ours may hold, whatever it is about: variables of the server, objects, references that swell, or more than 1 MB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from leads.errors import FileProblem

MAX_BYTES = 1_000_000
MAX_VALUES = 200_000  # with every reference written out

_VARIABLE = re.compile(r"\$\{[^}\n]*\}")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_UNUSUAL = re.compile(r"(?:^|[\s\[{,])[&*!%]\S", re.MULTILINE)  # where an anchor, a reference, a tag or a directive may begin
_PLAIN_TAGS = ("!", *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq")))


def check_text(path: Path, text: str) -> None:
    """Look at the text of a file before anything is made of it; a file that is no YAML is left to the parser's own words.

    Raises:
        FileProblem: the first thing that is not allowed, with its line.
        YAMLError: it is not YAML.
    """
    for number, line in enumerate(text.splitlines(), 1):
        variable = _VARIABLE.search(line) if "${" in line else None
        if variable and not any(comment.start() < variable.start() for comment in _COMMENT.finditer(line)):
            what = f"{variable[0][:40]} stands for a variable of the server, which nothing here may show."
            raise FileProblem(path, number, variable.start() + 1, what, "Write the value itself.")
    if _UNUSUAL.search(text):
        _check_events(path, YAML(typ="safe", pure=True).parse(text))


def _check_events(path: Path, events: Iterator[Event]) -> None:
    """Tags, and how many values there are when each reference is written out; sizes are counted without writing anything out."""
    total = 0
    sizes: dict[str, int] = {}  # anchor → values in it
    open_nodes: list[tuple[str | None, int]] = []  # anchor, and how many values there were before it
    for event in events:
        if isinstance(event, AliasEvent):
            total += sizes.get(event.anchor, 1)
        elif isinstance(event, NodeEvent):
            _check_tag(path, event)
            total += 1
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                open_nodes.append((event.anchor, total))
            elif event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before + 1
        if total > MAX_VALUES:
            what = "The references (*name) in this file make it larger than anything can read."
            raise FileProblem(
                path, event.start_mark.line + 1, event.start_mark.column + 1, what, "Write the lines out where they are needed."
            )


def _check_tag(path: Path, event: NodeEvent) -> None:
    tag = str(getattr(event, "tag", None) or "") if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent) else ""
    if tag and tag not in _PLAIN_TAGS:
        what = f"{tag[:60]} asks for an object, which no file here may make."
        raise FileProblem(path, event.start_mark.line + 1, event.start_mark.column + 1, what, "Remove it, or put the text into quotes.")
