"""Packets of plain events, read and written without the libraries' general parsers; what is unusual is left to these. Pure."""

from __future__ import annotations

import struct
from typing import Any

import orjson

_MAX_ID_DIGITS = 15
_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def text_frame(payload: bytes) -> bytes:
    """An unmasked WebSocket text frame: RFC 6455, section 5.2."""
    size = len(payload)
    if size < 126:
        return b"\x81" + bytes((size,)) + payload
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


def parse_event(text: str) -> tuple[str, int | None, list[Any]] | None:
    """Namespace, acknowledgement id and arguments of a plain event; None for what the library must look at."""
    start = text.find("[")
    if text[:1] != "2" or start < 0:
        return None
    namespace, comma, digits = text[1:start].rpartition(",")
    if comma and (namespace[:1] != "/" or "," in namespace or "?" in namespace):
        return None
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_ID_DIGITS):
        return None
    try:
        arguments = orjson.loads(text[start:] if start else text)
    except ValueError:
        return None  # perhaps what json knows and orjson does not: half characters, NaN, deep nesting
    if not arguments:
        return None
    return namespace or "/", int(digits) if digits else None, arguments


def encode(kind: str, namespace: str, ack_id: int | None, data: list[Any]) -> bytes | None:
    """An event or acknowledgement with its Engine.IO type; None for what the library must encode, such as binary."""
    head = f"4{kind}{'' if namespace == '/' else namespace + ','}{'' if ack_id is None else ack_id}"
    try:
        return head.encode() + orjson.dumps(data, option=_OPTIONS)
    except TypeError:
        return None


def once(value: Any) -> Any:
    """What several packets hold, encoded once for all of them; as it is when the library must encode it."""
    try:
        return orjson.Fragment(orjson.dumps(value, option=_OPTIONS))
    except TypeError:
        return value


def binary_frame(payload: bytes) -> bytes:
    """The same for bytes."""
    return b"\x82" + text_frame(payload)[1:]
