"""Which passwords are refused: short ones, those that many people use, and those made of one's own name or address."""

from __future__ import annotations

import re

MIN_PASSWORD = 10
MAX_PASSWORD = 1024
_LOOKED_AT = 72  # what comes behind only makes it longer to judge
_LETTERS = 5  # besides one's own name
_EASY = 2  # zxcvbn's scores 0 and 1: fewer than a hundred million guesses


def check_password(password: str, *about: str) -> str | None:
    """What is wrong with the password, for people; None when nothing is. ``about`` are words that its owner is known by."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return f"The password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters."
    from zxcvbn import zxcvbn  # its lists take a moment and some memory to load

    words = [word for text in about for word in (text, *re.split(r"[\W_]+", text)) if len(word) > 2]
    found = zxcvbn(password[:_LOOKED_AT], user_inputs=["handraise", *words], max_length=_LOOKED_AT)
    if found["score"] >= _EASY and not _is_about(password, words):
        return None
    return "This password is easy to guess. Take three or four words that do not belong together, not your name or address."


def _is_about(password: str, words: list[str]) -> bool:
    """Whether hardly a letter is left without those words: the scores do not notice them between blanks and years."""
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word.lower(), "")
    return rest != password.lower() and sum(letter.isalpha() for letter in rest) < _LETTERS
