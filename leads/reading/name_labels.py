"""Names told in parts: "first name Bill, last name Payne", and the family name first: "Doe, Jane"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leads.reading.name_cut import Word, listed, phrases_of
from leads.reading.name_runs import Run
from leads.reading.name_words import is_family, is_given, is_word

_MOST_WORDS = 3


def labelled(said: Sequence[Word]) -> Run | None:
    """The name when both its parts are told with what they are."""
    parts: dict[str, tuple[int, list[Word]]] = {}
    place = 0
    while place < len(said):
        label, step = _label(said, place)
        if not label:
            place += 1
            continue
        value = _value(said, place + step)
        if value and label not in parts:
            parts[label] = (place, value)
        place += step + len(value)
    _before_labels(said, parts)
    first, last = parts.get("first") or parts.get("any"), parts.get("last")
    if first is None or last is None:
        return None
    row = (*first[1], *last[1])
    return Run(row, len(said), True)


def _before_labels(said: Sequence[Word], parts: dict[str, tuple[int, list[Word]]]) -> None:
    """ "Orla is my first name, Quinn my last"."""
    for place in range(1, len(said)):
        label, step = _label(said, place)
        at = place - 1
        while label and at > 0 and said[at].low in listed("label_links") | {"my", "mein", "mon", "mi", "the"} and not said[at + 1].stop:
            at -= 1
        if (
            label
            and label not in parts
            and at < place - 1
            and not said[at + 1].stop
            and _value(said, at, begun=True)
            and (place + step == len(said) or said[place + step].stop)
        ):
            start = at
            while start > 0 and not said[start].stop and at - start < 1 and is_given(said[start - 1].low):
                start -= 1
            parts[label] = (start, list(said[start : at + 1]))


def family_after(said: Sequence[Word], name: Sequence[Word]) -> list[Word]:
    """The family name that is told apart from a given one: "Bryan with a y, last name Cho"."""
    for place in range(len(said)):
        step = phrases_of("last_labels").at(said, place)
        value = _value(said, place + step) if step else []
        if (
            value
            and place > 0
            and not {word.low for word in value} & {word.low for word in name}
            and said[place - 1].low not in ("my", "mein", "mon", "mi")
        ):
            return value
    return []


def given_after(said: Sequence[Word], name: Sequence[Word]) -> list[Word]:
    """The given name that is told apart from a family name: "Stokes, first name Brenda"."""
    for place in range(1, len(said)):
        step = phrases_of("first_labels").at(said, place)
        value = _value(said, place + step) if step else []
        if value and is_given(value[0].low) and not {word.low for word in value} & {word.low for word in name}:
            return value
    return []


def is_turned(row: Sequence[Word]) -> bool:
    """ "Rocher Maëlys": the family name first, as in French lists."""
    return len(row) == 2 and not is_given(row[0].low) and is_given(row[1].low) and not is_family(row[1].low)


def _label(said: Sequence[Word], place: int) -> tuple[str, int]:
    for label in ("first", "last", "any"):
        step = phrases_of(f"{label}_labels").at(said, place)
        if step:
            return label, step
    return "", 0


def _value(said: Sequence[Word], place: int, *, begun: bool = False) -> list[Word]:
    """The words behind a label, up to the next break, label or everyday word."""
    while place < len(said) and said[place].low in listed("label_links"):
        place += 1
    value: list[Word] = []
    for at in range(place, min(len(said), place + _MOST_WORDS)):
        word = said[at]
        if (value and word.stop) or word.number or _label(said, at)[0] or word.low in ("and", "und", "et", "y", "my", "mein", "mon", "mi"):
            break
        if word.stop.strip(":=-") and not value and not begun:
            break
        if is_word(word.low) and not word.capital and not is_given(word.low) and not is_family(word.low):
            break
        if word.low in ("i", "i'd", "i'll", "is", "ist", "est", "es"):
            break
        value.append(word)
    return value


def turned(found: Sequence[tuple[Run, bool]], text: str) -> Run | None:
    """ "Doe, Jane": the family name first, when the second is a given name and the first rather none."""
    (first, whole), (second, other) = found
    if {word.low for word in first.said} <= {word.low for word in second.said}:
        return None
    between = text[first.said[-1].end : second.said[0].start]
    if (
        not (whole and other and re.fullmatch(r"\s*,\s*", between))
        or text[: first.said[0].start].strip()
        or text[second.said[-1].end :].strip(" .!")
    ):
        return None
    given, family = second.said, first.said
    initials = all(len(word.text) == 1 and word.dot for word in given)
    if len(given) > 2 or len(family) > 3 or not (initials or is_given(given[0].low)):
        return None
    rather = initials or not is_given(family[0].low) or is_family(family[0].low)
    return Run((*given, *family), second.end, True) if rather else None
