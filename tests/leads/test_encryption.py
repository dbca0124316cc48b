"""The cipher: what goes in comes out, nothing that is typed is taken for ciphertext, and no message shows a key or a value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.encryption import INSTEAD, MARK, SEALED, CannotDecrypt, Cipher, KeysProblem, new_key, read_keys
from tests.stored import KEY, OTHER_KEY

ONE, TWO, OTHER = read_keys(KEY), read_keys(f"{OTHER_KEY} {KEY}"), read_keys(OTHER_KEY)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(TEXTS)
def test_a_text_comes_back_as_it_was_and_is_not_in_what_is_stored(text: str) -> None:
    sealed = ONE.seal(text)
    assert ONE.open(sealed) == TWO.open(sealed) == text
    if text not in ("", INSTEAD):
        assert sealed.startswith(ONE.writes) and sealed != ONE.seal(text)
        assert len(text) < 8 or text not in sealed


@given(st.dictionaries(TEXTS, JSON, max_size=5))
def test_json_comes_back_as_it_was_with_copies_of_what_statements_look_at(value: dict[str, Any]) -> None:
    sealed = ONE.seal_json({**value, "code": "a"}, ("code", "\ud800"))
    assert set(sealed) == {"code", SEALED} and sealed["code"] == "a"
    assert ONE.open_json(sealed) == {**value, "code": "a"}
    assert ONE.open_json(ONE.seal_json(value)) == value


@pytest.mark.parametrize("text", ["", INSTEAD])
def test_what_statements_compare_with_stays_readable(text: str) -> None:
    assert ONE.seal(text) == text


@pytest.mark.parametrize("nothing", [{}, None])
def test_json_without_anything_in_it_stays_as_it_is(nothing: Any) -> None:
    assert ONE.seal_json(nothing) == nothing


@given(TEXTS)
def test_nothing_that_is_typed_is_taken_for_what_was_encrypted(text: str) -> None:
    forged = f"{MARK}{MARK}{ONE.seal(text or 'x')}"
    for cipher in (Cipher(), ONE):
        assert cipher.open(cipher.seal(forged)) in (forged, forged.lstrip(MARK))
        value = cipher.open_json(cipher.seal_json({SEALED: forged, "more": 1}))
        assert value["more"] == 1 and value[SEALED] in (forged, forged.lstrip(MARK))


def test_the_word_plain_in_front_reads_everything_and_encrypts_nothing() -> None:
    reads = read_keys(f"plain {KEY}")
    assert (reads.seal("Jane"), reads.seal_json({"a": 1}), reads.first_id) == ("Jane", {"a": 1}, "")
    assert reads.open(ONE.seal("Jane")) == "Jane" and reads.open_json(ONE.seal_json({"a": 1})) == {"a": 1}


@pytest.mark.parametrize("stored", [OTHER.seal("Jane"), ONE.seal("Jane")[:-6] + "AAAAA=", f"{MARK}no ciphertext at all", MARK])
def test_what_cannot_be_opened_is_refused_without_showing_any_of_it(stored: str) -> None:
    for refused in (lambda: ONE.open(stored), lambda: Cipher().open_json({SEALED: stored})):
        with pytest.raises(CannotDecrypt) as error:
            refused()
        assert not any(part in str(error.value) for part in ("Jane", "ciphertext at all", KEY[:8], OTHER_KEY[:8], stored[12:40] or "-"))


@pytest.mark.parametrize("words", ["secret-but-short", KEY[:-1], f"{KEY} secret", KEY + KEY, f"{KEY} plain", f"{KEY[:-2]}!="])
def test_malformed_keys_are_named_without_being_shown(words: str) -> None:
    with pytest.raises(KeysProblem) as error:
        read_keys(words)
    assert "secret" not in str(error.value) and KEY[:8] not in str(error.value)


def test_keys_are_told_apart_by_ids_that_are_no_part_of_them() -> None:
    keys = [new_key() for _ in range(20)]
    ids = list(read_keys(" ".join(keys)).keys)
    assert len(set(ids)) == 20 and not any(one in key for one in ids for key in keys)


def test_no_keys_leave_everything_as_it_is() -> None:
    for words in ("", "  ", "plain"):
        cipher = read_keys(words)
        assert (cipher.seal("Jane"), cipher.keys, cipher.writes) == ("Jane", {}, "")
