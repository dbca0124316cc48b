"""Payloads for hypothesis, made of the schemas of the events themselves: right ones, nearly right ones, and anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

Json = Any

ODD_TEXT = [
    *[
        "",
        " ",
        "\x00",
        "\ud800",
        "a\ud800b",
        "\u202eevil",
        "/restart",
        "{{7*7}}",
        "${HOME}",
        "%s%n",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
    ],
    *[
        "🇩🇪" * 40,
        "x" * 4000,
        "x" * 4001,
        "e\u0301" * 500,
        "\ufeff",
        "NaN",
        "null",
        "-1",
        "1e400",
        "\r\nBcc: x@y.z",
        "../../etc/passwd",
        "__proto__",
    ],
    *[
        "http://a",
        "https://demo.example/x?y#z",
        "javascript:alert(1)",
        "http://[",
        "http://a:99999/",
        "a@b.example",
        "jo@example.com",
        "en",
        "de-DE",
    ],
]
ODD_NUMBERS = [0, 1, 2, 5, -1, 2**31 - 1, 2**31, 2**53, 2**63, 2**64, 10**30, 1.5, 0.0, -0.0, 1e308, True]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=50),
    st.sampled_from(ODD_TEXT),
    st.sampled_from(ODD_NUMBERS),
)
anything = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)), max_leaves=8
)


def payloads(schema: type[BaseModel], known: Sequence[str]) -> st.SearchStrategy[Json]:
    """What a client may send for one event; ``known`` are real ids, so that what lies behind the schema is reached too."""
    fitting = fit(schema.model_json_schema(), known)
    return st.one_of(fitting, fitting, fitting.flatmap(_spoiled), anything)


def fit(schema: dict[str, Any], known: Sequence[str]) -> st.SearchStrategy[Json]:
    """Values of a JSON schema, as far as pydantic writes them."""
    return _of(schema, schema.get("$defs", {}), known)


def _of(schema: dict[str, Any], defs: dict[str, Any], known: Sequence[str]) -> st.SearchStrategy[Json]:
    if "$ref" in schema:
        return _of(defs[schema["$ref"].rsplit("/", 1)[1]], defs, known)
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return st.one_of(*(_of(one, defs, known) for one in schema[word]))
    kind = schema.get("type")
    if kind == "object":
        fields = {name: _of(one, defs, known) for name, one in schema.get("properties", {}).items()}
        return st.fixed_dictionaries(fields)
    if kind == "array":
        return st.lists(
            _of(schema.get("items", {}), defs, known), min_size=schema.get("minItems", 0), max_size=min(schema.get("maxItems", 4), 4)
        )
    if kind == "integer":
        low, high = schema.get("minimum", 0), schema.get("maximum", 2**31 - 1)
        return st.one_of(st.integers(low, min(high, low + 20)), st.integers(low, high))
    if kind == "string":
        return _text(schema, known)
    simple: dict[str | None, st.SearchStrategy[Json]] = {"boolean": st.booleans(), "number": st.floats(0, 1e6), "null": st.none()}
    return simple.get(kind, anything)


def _text(schema: dict[str, Any], known: Sequence[str]) -> st.SearchStrategy[Json]:
    longest = schema.get("maxLength", 64)
    ids = st.sampled_from([one[:longest] for one in known])
    if "pattern" in schema:
        return st.one_of(ids, ids, st.from_regex(schema["pattern"], fullmatch=True))
    texts = st.sampled_from([one for one in ODD_TEXT if len(one) <= longest] or ["x"])
    return st.one_of(ids, texts, st.text(min_size=schema.get("minLength", 0), max_size=min(longest, 60)))


def _spoiled(value: Json) -> st.SearchStrategy[Json]:
    """The same with a field left out, added or of another type."""
    if not isinstance(value, dict) or not value:
        return anything
    name = st.sampled_from(sorted(value))
    without = name.map(lambda gone: {key: one for key, one in value.items() if key != gone})
    added = st.tuples(st.sampled_from(["role", "sid", "room", "sender_id", "author", "metadata", "x"]), anything).map(
        lambda more: {**value, more[0]: more[1]}
    )
    other = st.tuples(name, anything).map(lambda more: {**value, more[0]: more[1]})
    return st.one_of(without, added, other)
