"""Runs of words that are written like a company's name, from a place in a message on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from leads.reading.company_cut import listed
from leads.reading.company_words import branches, is_form, is_land, is_number_of, is_trade, meaningless, trade_words
from leads.reading.message import data, words
from leads.reading.name_cut import Word
from leads.reading.name_cut import listed as person_words
from leads.reading.name_words import is_also_word, is_calling, is_common, is_family, is_formed, is_given, is_word

_MOST_WORDS = 8
_MOST_SMALL = 5
_JOINTS = 3
_LONG_FORM = 3  # letters
_NUMBER = 4  # digits of a number that may begin a name
_PERSON = 2
ANNOUNCED, SURE = 3, 2  # how strongly a name is announced
_KEPT = frozenset({"the", "la", "le", "les", "el", "die", "der", "das", "family", "business", "office"})
_LITTLE_FORMS = frozenset({"as", "se", "sa", "ad", "eg", "co"}) - {"co"}
_OFFICES = frozenset({"department", "office", "board", "dept"})
_TITLES = frozenset({"dr", "mr", "mrs", "ms", "prof", "herr", "frau", "m", "mme", "sr", "sra", "don", "monsieur", "madame"})
_PRICE = re.compile(r"[$\u20ac\u00a3\u00a5\u20b9]|\d[\d.,]*(?:%|k|mio|[$\u20ac\u00a3])?(?:/[a-z]+)?$")


def run_at(said: Sequence[Word], place: int, strength: int, *, first: bool) -> list[Word]:
    """The name that begins with the word at ``place``; empty when none does."""
    if place >= len(said):
        return []
    word = said[place]
    if is_big(word) or (strength >= ANNOUNCED and word.text[0].isdigit()):
        row = _big(said, place)
    elif (
        (word.low in listed("romance") or word.low.endswith(("eria", "erie"))) and place + 1 < len(said) and _noun_before_name(said, place)
    ):
        row = [word, *_joints_to(said, place + 1)]
        row += _big(said, place + len(row))
    else:
        return []
    titled = first and place == 0 and len(row) == len(said) > _PERSON and all(map(_is_titled, row))
    row = row if titled and row[0].low in listed("little") else _without_begin(row, strength, first)
    row = _without_place(row)
    return row if row and len(row) <= _MOST_WORDS and _is_name(row, strength, first and len(row) == len(said)) else []


def _is_titled(word: Word) -> bool:
    return word.text[0].isupper() or word.low in listed("joints")


def is_big(word: Word) -> bool:
    """Whether a word is written like a part of a name: capitals, digits, dots inside, or no small letters at all."""
    text = word.text
    if any(sign.isupper() for sign in text[:3]):
        return re.match(r"(?:i|we|you|it|that|j|c)['\u2019]", word.low) is None and word.low not in ("i", "im", "ive")
    if text[0].isdigit():
        return not _PRICE.match(text) or (text.isdigit() and len(text) <= _NUMBER)
    return "." in text[1:-1] or (not text[0].islower() and text[0] not in "&+@/$\u20ac\u00a3")


def has_form(row: Sequence[Word]) -> bool:
    """Whether a legal form is among the words behind the first, or written together with it."""
    together = not row[0].text.isascii() and any(form in row[0].text for form in _written_together())
    return together or any(_is_form(word) for word in row[1:]) or (len(row) > 1 and _is_form(row[0]) and "." in row[0].text)


@cache
def _written_together() -> tuple[str, ...]:
    """Legal forms of scripts without blanks."""
    return tuple(form for form in data("asked_company")["forms"] if not form.isascii() and len(form) > _LONG_FORM)


def _is_form(word: Word) -> bool:
    if len(word.low) <= _PERSON and word.text.islower() and word.low in words("people", "not_names") | _LITTLE_FORMS:
        return False
    return is_form(word.low) and word.low not in listed("joints")


def _big(said: Sequence[Word], place: int) -> list[Word]:
    row: list[Word] = []
    while place < len(said) and len(row) <= _MOST_WORDS:
        word = said[place]
        if row and word.stop:
            break
        if not row or is_big(word) or _is_form(word) or (row and row[-1].low in ("&", "+") and row[-1].text in "&+"):
            row.append(word)
            place += 1
            continue
        formed = _is_form(row[-1]) and word.text not in ("&", "+")
        goes_on = formed and place + 1 < len(said) and is_form(said[place + 1].low) and not said[place + 1].stop
        joints = [] if formed and not (goes_on and word.low in ("de", "und", "et", "y")) else _joints_to(said, place)
        if not joints:
            break
        row += joints
        place += len(joints)
    return row


def _joints_to(said: Sequence[Word], place: int) -> list[Word]:
    """Small words up to the next one that is written like a name; none when there is no such."""
    joints: list[Word] = []
    while (
        place < len(said)
        and len(joints) < _JOINTS
        and not said[place].stop
        and said[place].low in listed("joints")
        and not is_big(said[place])
    ):
        joints.append(said[place])
        place += 1
        sign = joints[-1].text in ("&", "+")
        if place < len(said) and not said[place].stop and (is_big(said[place]) or sign):
            return joints
    return []


def _noun_before_name(said: Sequence[Word], place: int) -> bool:
    """Whether a trade typed small goes on as a name: "clinique des Tilleuls", not "agence à Lyon"."""
    after = said[place + 1]
    if after.stop:
        return False
    joints = _joints_to(said, place + 1)
    at = place + 1 + len(joints)
    if joints and joints[0].low not in ("de", "du", "des", "del", "la", "le", "les", "el", "los", "las", "d'", "y", "et", "&"):
        return False
    row = _big(said, at) if at < len(said) and not said[at].stop and is_big(said[at]) else []
    return (bool(row) and not is_land(" ".join(word.text for word in row))) or (bool(row) and said[place].low in ("mairie", "ayuntamiento"))


def _without_begin(row: list[Word], strength: int, first: bool) -> list[Word]:
    """Without what begins with a capital and is no part of the name: "Inhaber von …", "Firma …", "Chayo de …"."""
    while len(row) > 1:
        one, other = row[0].low, row[1].low
        of = other in ("de", "von", "der", "vom", "of", "at", "del", "du", "bei", "from", "im", "@")
        person = (
            one in words("given_names", "names")
            or one in words("given_names", "short")
            or (is_given(one) and not is_also_word(one) and other in ("von", "vom", "bei", "from", "at", "du"))
            or (is_family(one) and other in ("von", "vom", "from", "at"))
        )
        role = (
            one in listed("roles") or (one in person_words("jobs") and one not in _OFFICES) or (person and other not in ("of", "der", "im"))
        )
        article = one in ("die", "der", "das") and first and strength < ANNOUNCED and not row[0].text.isupper()
        if len(row) > _PERSON + 1 and _is_somebody_of(row):
            row = row[3:]
            continue
        if (one in listed("skipped") and one not in _KEPT) or article:
            row = row[1:]
        elif of and role and len(row) > _PERSON:
            row = row[2:]
        else:
            break
        while row and row[0].low in listed("joints") and not row[0].text[0].isupper():
            row = row[1:]
    return row


def _is_somebody_of(row: Sequence[Word]) -> bool:
    """ "Max Müller von Nordwerk"."""
    if not is_given(row[0].low) or is_trade(row[0].low):
        return False
    return row[2].low in ("von", "vom", "from", "at", "bei", "@") or (row[2].low == "de" and is_family(row[1].low))


def _without_place(row: list[Word]) -> list[Word]:
    """ "Kestrel en Sevilla", "panadería La Ermita de Soria": where it is."""
    for at in range(1, len(row) - 1):
        if row[at].low in ("en", "in", "a", "aus", "from", "im", "de", "of", "of the") and not row[at].text[0].isupper():
            proper = sum(not is_trade(word.low) and word.low not in listed("joints") for word in row[:at])
            rest = " ".join(word.text for word in row[at + 1 :])
            if is_land(rest) and (row[at].low not in ("de", "of") or (proper > 0 and at > 1 and row[0].low in listed("romance"))):
                return row[:at]
    return row


def _is_name(row: list[Word], strength: int, alone: bool) -> bool:
    """Whether it is a name and not a price, a number, a place, a job, a person."""
    name = " ".join(word.text for word in row)
    lows = [word.low for word in row]
    if not any(sign.isalpha() for sign in name) and strength < ANNOUNCED:
        return False
    if _PRICE.match(name) and (len(row) == 1 or "$" in name or "\u20ac" in name):
        return strength >= ANNOUNCED and name.isdigit()
    if has_form(row):
        return not all(_is_form(word) for word in row)
    if all(low in listed("joints") or low in listed("roles") or low in person_words("jobs") or low in listed("noise") for low in lows):
        return strength >= ANNOUNCED and lows[0] not in ("tbd", "tba", "n/a", "none")
    if lows[0] in _TITLES and len(row) <= _PERSON:
        return False
    if len(row) == 1 and strength < SURE and (lows[0].endswith("branche") or lows[0] in branches()):
        return False
    if all(len(word.text) == 1 for word in row) and strength < ANNOUNCED and not (alone and len(row) == 1):
        return False
    if len(row) > 1 and row[0].text.isdigit() and lows[1] in listed("counted"):
        return False
    if len(row) > _PERSON and lows[1] in ("von", "from") and is_common(lows[0]) and lows[0] not in words("asked_company", "nouns"):
        return False  # "the product of …"
    if is_number_of(name) or meaningless(name) or (lows[0] in listed("status") and len(row) == 1 and strength < ANNOUNCED):
        return False
    if (
        len(row) == 1
        and row[0].text.istitle()
        and is_calling(lows[0], small=False)
        and lows[0].endswith(("erin", "frau", "mann", "in", "ung", "ist"))
    ):
        return False
    return strength >= ANNOUNCED or not is_land(name)


def is_person(row: Sequence[Word]) -> bool:
    """Whether it is rather somebody: "Derek Solano"; a noun of a trade or a plural tells a company."""
    if len(row) != _PERSON or not is_given(row[0].low) or is_form(row[1].low):
        return False
    last = row[1].low
    if last in words("asked_company", "nouns") or last.endswith("'s") or is_trade(last) or last in trade_words():
        return False
    return is_family(last) or not (last.endswith("s") or is_word(last) or is_formed(last))


def small_run(said: Sequence[Word], place: int, strength: int, *, ends: bool) -> list[Word]:
    """A name typed small behind words that announce one: up to a break, a preposition or speech."""
    row: list[Word] = []
    for word in said[place : place + _MOST_SMALL + 1]:
        if row and (word.stop or word.low in listed("small_ends") or (strength < ANNOUNCED and word.low in person_words("remarks"))):
            if word.low in listed("small_joints") and not word.stop and _goes_on(said, word):
                row.append(word)
                continue
            break
        row.append(word)
    while row and (row[-1].low in listed("joints") or row[-1].low in listed("closing")):
        row.pop()
    if not row or len(row) > _MOST_SMALL:
        return []
    lows = [word.low for word in row]
    if is_number_of(" ".join(lows)) or meaningless(" ".join(lows)) or lows[0] in listed("status"):
        return []
    if len(lows) == 1 and lows[0] in listed("noise"):
        return []
    if strength >= ANNOUNCED:
        return row if lows[0] not in listed("little") else []
    if any(low in listed("little") for low in lows) or is_land(" ".join(lows)):
        return []
    if len(row) == 1:
        return row if not _is_speech(lows[0]) else []
    if (
        any(map(is_form, lows[1:]))
        or lows[-1] in words("asked_company", "nouns")
        or lows[0] in words("asked_company", "nouns")
        or "&" in lows
    ):
        return row if len(lows) > _PERSON or not all(map(is_trade, lows)) or any(map(is_form, lows[1:])) else []
    return row if ends and sum(not _is_speech(low) for low in lows) * 2 >= len(lows) else []


def _goes_on(said: Sequence[Word], word: Word) -> bool:
    at = next(index for index, other in enumerate(said) if other is word) + 1
    return at < len(said) and not said[at].stop and said[at].low not in listed("little")


def _is_speech(low: str) -> bool:
    """Whether a word typed small is speech or a trade rather than a name."""
    return is_word(low) or is_common(low) or is_trade(low) or is_calling(low, small=True) or low in person_words("jobs") or low.isdigit()
