"""The answer to "what company are you with?": the name in "I handle IT at Arbor Nine" or in "Bloom, a flower shop in Leeds"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from leads.reading.company_cut import cut, listed, phrases_of, without_noise
from leads.reading.company_openings import announced, begins, between, carries, ends_announcing, only_announces, opened, restart
from leads.reading.company_runs import ANNOUNCED, SURE, has_form, is_big, is_person, run_at, small_run
from leads.reading.company_words import elsewhere, is_form, is_land, is_number_of, is_small_name, is_trade, meaningless
from leads.reading.message import Message, words
from leads.reading.name_cut import Word
from leads.reading.name_cut import listed as person_words
from leads.reading.name_cut import phrases_of as person_phrases
from leads.reading.name_words import is_calling, is_common, is_formed, is_word

_MOST = 400  # words that are looked at
_TAGLINE = 3  # words, each a sentence, that are an advertisement rather than a name
_TITLED = 2  # words; more in capitals are a name, whatever they begin with
_REMARK = 4  # words
_SENTENCE = 4  # words behind a single one that make it a sentence's beginning


@dataclass(frozen=True)
class Company:
    """A name and its place; ``weight`` is how much speaks for it."""

    name: str
    start: int
    end: int
    weight: int


@dataclass(frozen=True)
class _Whole:
    """A message: its segments, how many are more than a remark, which is the first that is no greeting."""

    text: str
    segments: list[list[Word]]
    long: int
    first: int


@dataclass(frozen=True)
class _Found:
    row: tuple[Word, ...]
    strength: int
    weight: int
    turns: int
    leads: bool  # at the beginning of a segment, announced by nothing


def asked_company(message: Message) -> Company | None:
    """The company the message most likely names, or ``None``."""
    text = without_noise(message.text)
    segments = _segments(cut(text)[:_MOST])
    if _is_tagline(segments):
        return None
    greeted = sum(1 for _ in takewhile(lambda said: person_phrases("fillers").whole(said, 0), segments))
    whole = _Whole(text, segments, sum(len(said) > _REMARK for said in segments), greeted)
    found: list[_Found] = []
    turns = 0
    for place, said in enumerate(segments):
        for one in () if _asks(text, said, segments, place) else _in_segment(whole, said, place):
            start, end = one.row[0].start, one.row[-1].end
            if one.strength >= ANNOUNCED or one.turns or one.leads or not elsewhere(message, start, end):
                found.append(replace(one, turns=one.turns + turns))
        mends = sum(phrases_of("turns").at(said, at) > 0 for at in range(len(said)))
        turns += mends or (len(said) == 1 and said[0].low in listed("plain_no") and bool(found))
    if not found:
        return None
    best = max(found, key=lambda one: (one.turns, one.weight, -one.row[0].start))
    return Company(_name(text, best.row), best.row[0].start, best.row[-1].end, best.weight)


def _is_tagline(segments: list[list[Word]]) -> bool:
    """ "Streamline. Automate. Grow.": an advertisement."""
    begun = segments[:_TAGLINE]
    return len(begun) == _TAGLINE and all(
        len(said) == 1 and said[0].text.istitle() and said[0].latin and said[0].stop in ("", ".") for said in begun
    )


def _segments(said: Sequence[Word]) -> list[list[Word]]:
    """Words between breaks, and before words that set in anew."""
    rows: list[list[Word]] = []
    partners = _partners(said)
    for index, word in enumerate(said):
        anew = restart().at(said, index) > 0 and index > 0 and index + 1 < len(said) and not is_big(word)
        anew = anew and said[index - 1].low not in ("et", "und", "and", "y", "e")
        if not rows or (word.stop and index not in partners) or anew:
            rows.append([])
        rows[-1].append(replace(word, stop="") if index in partners else word)
    return rows


def _partners(said: Sequence[Word]) -> set[int]:
    """Commas inside "Sandoval, Pike & Orr"."""
    found = set()
    for index in range(1, len(said) - 2):
        one, joint, other = said[index : index + 3]
        joined = one.stop == "," and joint.text in ("&", "and", "und", "et", "y") and not joint.stop and not other.stop
        if joined and all(is_big(word) and word.text[0].isupper() for word in (said[index - 1], one, other)):
            found.add(index)
    return found


def _asks(text: str, said: Sequence[Word], segments: list[list[Word]], place: int) -> bool:
    """Whether a segment is a question; "Kitehill? It's a shop" and "Acorn Brokers btw how long …?" are none."""
    if not text[said[-1].end : said[-1].end + 2].strip().startswith("?"):
        return False
    rest = said[opened(list(said)) :]
    begins = sum(1 for _ in takewhile(lambda word: is_big(word) or word.text in "&+", rest))
    return not ((len(said) == 1 and place == 0 and len(segments) > 1) or (begins > 1 and rest[0].low not in listed("little")))


def _in_segment(whole: _Whole, said: list[Word], place: int) -> Iterator[_Found]:
    """What may be the name in one segment: at its beginning, and behind whatever announces one."""
    before = ends_announcing(whole.segments[place - 1]) if place and carries(said[0]) else 0
    start, alone = opened(said), len(whole.segments) == 1
    none = _is_none(said, 0) or start >= len(said) or _is_none(said, start, alone=alone)
    if (none and before < SURE) or start >= len(said) or is_number_of(whole.text[said[0].start : said[-1].end]):
        return
    closed = next((at for at in range(start + 1, len(said)) if phrases_of("closes").whole(said, at)), len(said))
    described = _described(whole.segments, place)
    titled = len(said) > _TITLED and said[start].low in listed("little") and all(is_big(word) for word in said)
    if phrases_of("denials").at(said, start) and not titled:
        start = next((at for at in range(start + 1, len(said)) if restart().at(said, at)), closed)
    at, blocked, strength = start, False, begins(said, start, before)
    while at < closed:
        step, strong, others = announced(said, at, start)
        row: list[Word] = []
        kind = 0
        if titled:
            others = step = 0
        if not others and not (step and only_announces(said, at, start, step)):
            row, kind = _row(whole, said[:closed], at, strength, start, place)
            if row and not (blocked and kind < ANNOUNCED):
                yield from _judged(said, row, kind, start, at, place, described)
        if row:
            at, strength = at + len(row), 0
        elif others:
            at, blocked, strength = at + others, True, 0
        elif step:
            blocked = blocked and not phrases_of("until").at(said, at) and strong < ANNOUNCED
            at, strength = between(said, at + step, strong), strong
        else:
            at, strength = at + 1, 0


def _row(whole: _Whole, said: list[Word], at: int, strength: int, start: int, place: int) -> tuple[list[Word], int]:
    """What is written like a name at a place, when it may be one there."""
    leads = at == start
    row = run_at(said, at, strength, first=leads)
    if row:
        return (row, strength) if strength or leads or has_form(row) else ([], 0)
    if strength >= SURE:
        small = small_run(said, at, strength, ends=True)
        return (small, strength) if small and not any(is_big(word) for word in small) else ([], 0)
    if not leads or any(is_big(word) and len(word.text) > 1 for word in said[at:]):
        return [], 0
    if place == 0 and (said[at].low in words("asked_company", "nouns") or said[at].low in listed("romance")):
        small = small_run(said, at, SURE, ends=True)
        if len(small) > 1 and not all(is_word(word.low) or is_trade(word.low) for word in small[1:]):
            return small, 0
    alone = whole.long == (len(whole.segments[place]) > _REMARK)
    if len(said) - at > _TITLED and said[-2].low in listed("places") and is_land(said[-1].low):
        said = said[:-2]  # "delmar foods in dallas"
    return (said[at:], 0) if place <= whole.first and _is_whole_small(said[at:], alone) else ([], 0)


def _is_whole_small(said: list[Word], alone: bool) -> bool:
    """Whether a segment typed small is all of an answer."""
    lows = [word.low for word in said]
    if any(sign in word.text for word in said for sign in "@$\u20ac\u00a3%"):
        return False
    if any(phrases_of(key).at(said, at) for at in range(len(said)) for key in ("cues", "others")):
        return False
    if any(low in listed("status") or low in listed("noise") for low in lows[:1]) or phrases_of("status").at(said, 0) == len(said):
        return False
    if len(lows) == 1 and (
        is_word(lows[0]) or _is_given_only(said[0]) or is_calling(lows[0], small=True) or is_calling(lows[0], small=False)
    ):
        return "." in said[0].text[1:-1]
    return is_small_name(lows, alone=alone or len(lows) == 1)


def _judged(said: list[Word], row: list[Word], strength: int, start: int, at: int, place: int, described: bool) -> Iterator[_Found]:
    """A row as what was found, unless it is somebody or the beginning of a sentence."""
    first = said.index(row[0])
    ends = first + len(row)
    rest = said[ends:]
    whole = at == start and (not rest or phrases_of("closes").whole(rest, 0))
    leads = at == start and strength == 0
    form = has_form(row)
    closed = whole and bool(rest) and rest[0].low in ("is", "ist", "es", "est")
    lead = said[first - 1].low if first else ""
    at_work = bool(strength) and lead in listed("at_work")
    trade = described and leads and whole
    if is_person(row) and strength < ANNOUNCED and not (form or at_work or closed or trade):
        return
    single = len(row) == 1 and not form
    if phrases_of("behind_others").at(rest, 0):
        return
    if single and strength < ANNOUNCED and first and lead in listed("articles_small") and (is_common(row[0].low) or is_formed(row[0].low)):
        return
    if (
        single
        and strength == 1
        and (lead in listed("loose") or not lead)
        and (is_common(row[0].low) or (is_formed(row[0].low) and not at_work))
    ):
        return
    if single and strength < ANNOUNCED and not at_work and _is_given_only(row[0]) and not closed:
        return
    if leads and len(row) == 1 and rest and not whole and not form and _begins_sentence(row[0], rest):
        return
    given = 3 if len(row) == 1 and _is_given_only(row[0]) else 0
    before = sum(phrases_of("turns").at(said, k) > 0 for k in range(first))
    big = is_big(row[0]) or form
    aside = "(" in said[0].stop and place > 0
    told = 2 * (strength > 0) + 3 * (strength >= ANNOUNCED) - (lead in listed("loose") and strength == 1)
    weight = (len(row) > 1) + told + 3 * form + 2 * whole + (place == 0) + described + 2 * big + (leads and big) - given - 3 * aside
    yield _Found(tuple(row), strength, weight, before, leads)


def _is_given_only(word: Word) -> bool:
    known = word.low in words("given_names", "names") or word.low in words("given_names", "short")
    return known and not (is_common(word.low) or word.low in person_words("also_words"))


def _begins_sentence(word: Word, rest: Sequence[Word]) -> bool:
    """ "Unlock productivity …": the capital is that of a sentence."""
    if rest[0].low in listed("says") or phrases_of("closes").at(rest, 0) or "." in word.text[1:-1]:
        return False
    return len(rest) > _SENTENCE - 1 or is_common(word.low) or "'" in word.text[:3]


def _described(segments: list[list[Word]], place: int) -> bool:
    """Whether a segment beside tells what the firm does or is: "a flower shop in Leeds", "dog grooming"."""
    beside = [segments[other] for other in (place - 1, place + 1) if 0 <= other < len(segments)]
    before = segments[place - 1] if place else []
    if is_person(before) and all(is_big(word) for word in before):
        return True
    return any(is_trade(" ".join(word.low for word in said[:6])) and not any(is_big(word) for word in said[:1]) for said in beside)


def _is_none(said: list[Word], start: int, *, alone: bool = False) -> bool:
    """Nothing that could hold a name: "self-employed", "10 employees", "not yet"."""
    rest = said[start:]
    if phrases_of("none").at(rest, 0) == len(rest) or phrases_of("status").at(rest, 0) == len(rest):
        return True
    if len(said) == 1 and said[0].low in listed("days"):
        return alone
    number = rest[0].text.isdigit() and len(rest) > 1 and not is_big(rest[1]) and rest[1].text not in "&+"
    return number or (meaningless(" ".join(word.low for word in rest)) and len(rest) <= _REMARK)


def _name(text: str, row: Sequence[Word]) -> str:
    name = re.sub(r"\s+", " ", text[row[0].start : row[-1].end]).strip(" ,!*-")
    last = row[-1]
    if any(sign in name for sign in "\u00ab\u201e\u201c") and text[last.end : last.end + 1] in ("\u00bb", "\u201d", "\u201c"):
        name += text[last.end]
    return name + "." * (last.dot and (is_form(last.low + ".") or "." in last.text) and not name.endswith("."))
