"""Text and JSON sealed with an installation's keys and opened again, with Fernet of the library cryptography. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

SETTING = "HANDRAISE_ENCRYPTION_KEYS"
PLAIN = "plain"  # in the setting, in place of the first key: what is new is not encrypted, what is encrypted can be read
INSTEAD = "[deleted]"  # in place of words that were deleted; statements compare with it
STAYS = frozenset({"", INSTEAD})  # is never encrypted
MARK = "\x02"  # what is sealed begins with it, and nothing else: no text that comes in keeps control characters
SEALED = "sealed"  # the key under which JSON holds what is sealed
ID_LENGTH = 8
_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
_PROOF = "handraise"


class KeysProblem(ValueError):
    """The setting cannot be used; the message says why, without any of it."""


class CannotDecrypt(Exception):
    """A stored value that none of the keys opens; the message holds nothing of it."""


class Key:
    """One key of the setting."""

    __slots__ = ("_fernet", "id")

    def __init__(self, word: str) -> None:
        """Take a key as :func:`new_key` makes it.

        Raises:
            KeysProblem: it is none.
        """
        if not _KEY.fullmatch(word):
            raise KeysProblem("one of the keys is none: handraise encryption new-key makes one; several stand with a space between them")
        self._fernet = Fernet(word)
        self.id = sha256(b"handraise encryption key " + word.encode()).hexdigest()[:ID_LENGTH]

    def seal(self, text: str) -> str:
        """What is stored in place of the text."""
        return f"{MARK}{self.id}:{self._fernet.encrypt(text.encode()).decode()}"

    def open(self, token: str) -> str:
        """The text of a token without what stands in front.

        Raises:
            CannotDecrypt: it is damaged, or of another key.
        """
        try:
            return self._fernet.decrypt(token).decode()
        except (InvalidToken, ValueError):
            raise CannotDecrypt(f"What is stored was encrypted with the key {self.id}, but has been damaged since.") from None

    @property
    def proof(self) -> str:
        """Something by which the same key is known again."""
        return self.seal(_PROOF)

    def proves(self, proof: str) -> bool:
        """Whether this key made the proof."""
        try:
            return self.open(proof.partition(":")[2]) == _PROOF
        except CannotDecrypt:
            return False


class Cipher:
    """Seals with the first key and opens with all; without keys everything stays as it is."""

    __slots__ = ("_keys", "first")

    def __init__(self, keys: Sequence[Key] = (), *, seals: bool = True) -> None:
        """``seals`` is false when values are only opened."""
        self._keys = {key.id: key for key in keys}
        self.first: Key | None = keys[0] if keys and seals else None

    @property
    def keys(self) -> dict[str, Key]:
        """Every key by its id; empty when nothing can be encrypted here."""
        return self._keys

    @property
    def first_id(self) -> str:
        """The id of the key that encrypts; empty when none does."""
        return self.first.id if self.first else ""

    @property
    def writes(self) -> str:
        """How what is sealed begins; empty when nothing is."""
        return f"{MARK}{self.first.id}:" if self.first else ""

    def seal(self, text: str) -> str:
        """A text as it is stored."""
        if self.first is None:
            return text.lstrip(MARK) if text[:1] == MARK else text
        return text if text in STAYS else self.first.seal(text)

    def open(self, stored: str) -> str:
        """A text as it was before.

        Raises:
            CannotDecrypt: with a key that is not here, or damaged.
        """
        if stored[:1] != MARK:
            return stored
        key_id, _colon, token = stored[1:].partition(":")
        key = self._keys.get(key_id)
        if key is None:
            raise CannotDecrypt(f"What is stored was encrypted with the key {key_id[:ID_LENGTH]}, which {SETTING} does not have.")
        return key.open(token)

    def seal_json(self, value: Any, readable: Collection[str] = ()) -> Any:
        """JSON as it is stored; copies of ``readable`` keys stand beside what is sealed, for statements. What is empty stays so."""
        if self.first is None:
            return _unmarked(value) if is_sealed(value) else value
        if not value:
            return value
        beside = {name: value[name] for name in readable if name in value} if isinstance(value, dict) else {}
        return {**beside, SEALED: self.first.seal(json.dumps(value))}

    def open_json(self, stored: Any) -> Any:
        """JSON as it was before.

        Raises:
            CannotDecrypt: as in :meth:`open`.
        """
        return json.loads(self.open(stored[SEALED])) if is_sealed(stored) else stored


def is_sealed(value: Any) -> bool:
    """Whether this is JSON as :meth:`Cipher.seal_json` makes it."""
    if not isinstance(value, dict) or SEALED not in value:
        return False
    sealed = value[SEALED]
    return isinstance(sealed, str) and sealed[:1] == MARK


def new_key() -> str:
    """A key for the setting."""
    return Fernet.generate_key().decode()


def read_keys(words: str) -> Cipher:
    """The cipher of a setting: keys with spaces between them, perhaps the word ``plain`` in front.

    Raises:
        KeysProblem: it cannot be used.
    """
    first, *others = words.split() or [PLAIN]
    if PLAIN in others:
        raise KeysProblem(f"the word {PLAIN} stands in front of the keys or not at all")
    keys = [Key(word) for word in ([] if first == PLAIN else [first]) + others]
    return Cipher(keys, seals=first != PLAIN)


def _unmarked(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, SEALED: value[SEALED].lstrip(MARK)}
