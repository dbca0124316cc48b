"""The answer to "what is your name?": what follows "my name is" and the like, or begins a part of the message like a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from leads.reading.message import Message
from leads.reading.name_cut import Word, cut, listed, phrases_of
from leads.reading.name_labels import family_after, given_after, is_turned, labelled, turned
from leads.reading.name_openings import BUT, announced_behind, blocked_from, opened, places_of_names
from leads.reading.name_rest import ends_well
from leads.reading.name_runs import Run, run_at
from leads.reading.name_shown import named
from leads.reading.name_words import is_family, is_given, is_word

_NOISE = re.compile(
    r"\$?\{+[^{}]*\}+|<[^<>]*>|\S+@\S+|https?://\S+|www\.\S+|\S*\d\S*@\S*|(?<!\w)[:;]-?[)(DPp](?!\w)|\([^()]{0,40}/[^()]{0,40}\)"
)
_NICK = re.compile(r"([A-Z][^\W\d_]+\.?)(\s+[\"\u201c\u201e'\u2018(\u00ab]\s?[^\W\d_]+\s?[\"\u201d\u201c'\u2019)\u00bb])(?=\s[A-Z])")
_GERMAN_ARTICLE = re.compile(r"\bd['\u2019](?=[A-Z\u00c4\u00d6\u00dc])")  # "d'Resi"
_REMARK = 6  # words
_MOST = 400  # words that are looked at
_FEW, _TWO, _SURE = 4, 2, 2


@dataclass(frozen=True)
class Person:
    """A name and where it stands; ``sure`` when it was announced or one of its words is known to be a given name."""

    name: str
    start: int
    end: int
    sure: bool


@dataclass(frozen=True)
class Segment:
    """Words between two breaks; ``stop`` is the sign behind them."""

    said: tuple[Word, ...]
    stop: str
    number: int


@dataclass(frozen=True)
class Found:
    """A run of words that may be the name: ``cue`` 2 when announced, 1 when perhaps; ``turns`` how often something was mended before."""

    run: Run
    cue: int
    whole: bool
    turns: int
    besides: bool
    segment: int

    @property
    def weight(self) -> int:
        """How much speaks for it."""
        return 3 * (self.cue > 1) + self.cue + 2 * self.run.titled + self.run.given + (len(self.run.said) > 1) + self.whole


@dataclass(frozen=True)
class _Asked:
    """A message and what is known of all of it; ``long`` is how many of its segments are more than a remark."""

    text: str
    segments: list[Segment]
    language: str
    shouted: bool
    long: int


def asked_name(message: Message) -> Person | None:
    """The name the message most likely gives, or ``None``."""
    text = _NICK.sub(lambda match: match[1] + " " * len(match[2]), _NOISE.sub(lambda match: ";" * len(match[0]), message.text))
    language = (message.locale or "")[:2].lower()
    said = cut(_GERMAN_ARTICLE.sub("  ", text) if language == "de" else text)[:_MOST]
    if not said:
        return None
    shouted = text.upper() == text and any(sign.isalpha() and sign.islower() != sign.isupper() for sign in text)
    segments = _segments(said, text)
    asked = _Asked(text, segments, language, shouted, sum(len(one.said) > _REMARK for one in segments))
    pair = labelled(said)
    found = [] if pair else list(_found(asked))
    chosen = pair or (turned([(one.run, one.whole) for one in found], text) if len(found) == _TWO else None)
    if chosen is None and found:
        chosen = _whole_name(said, found, language)
    if chosen is None:
        return None
    name = named(text, chosen.said, shouted=shouted)
    sure = chosen.given or any(one.cue > 1 for one in found if one.run == chosen)
    return Person(name, min(word.start for word in chosen.said), max(word.end for word in chosen.said), sure) if name else None


def _whole_name(said: Sequence[Word], found: list[Found], language: str) -> Run:
    """The best of what was found, with a family name that is told apart from it."""
    best = _best(found)
    if len(best.run.said) > 1:
        turns = language == "fr" and best.whole and best.cue == 0 and not best.run.titled and is_turned(best.run.said)
        return replace(best.run, said=best.run.said[::-1]) if turns else best.run
    last = next((one.run for one in found if len(one.run.said) == 1 and is_family(one.run.said[0].low)), None)
    told = given_after(said, last.said) if last is not None else []
    if last is not None and told:
        return replace(last, said=(*told, last.said[0]), given=True)
    given = next((one.run for one in found if len(one.run.said) == 1 and is_given(one.run.said[0].low)), best.run)
    family = family_after(said, given.said) if is_given(given.said[0].low) else []
    return replace(given, said=(given.said[0], *family)) if family else best.run


def _segments(said: Sequence[Word], text: str) -> list[Segment]:
    """A message cut at its breaks and before "but"."""
    rows: list[list[Word]] = []
    for index, word in enumerate(said):
        turns = word.low in listed("but") or (word.low in listed("breaks") and index + 1 < len(said) and not said[index + 1].stop)
        but = turns and index > 0 and not word.stop
        if not rows or word.stop or but:
            rows.append([])
        rows[-1].append(replace(word, stop=BUT) if but else word)
    stops = [*(row[0].stop for row in rows[1:]), re.sub(r"[\w\s]", "", text[said[-1].end :])]
    return [Segment(tuple(row), stop, number) for number, (row, stop) in enumerate(zip(rows, stops, strict=True))]


def _found(asked: _Asked) -> Iterator[Found]:
    carried, turns = False, 0
    for segment in asked.segments:
        if carried and any(sign in ".!?\n" for sign in segment.said[0].stop):
            carried = False
        found, carried, more = _in_segment(asked, segment, carried)
        for one in found:
            yield replace(one, turns=turns + one.turns)
        turns += more


def _in_segment(asked: _Asked, segment: Segment, carried: bool) -> tuple[list[Found], bool, int]:
    """What may be the name in one segment, whether what comes next is still about somebody else, and how often it mends."""
    said = segment.said
    start, cue, denied, greeted = opened(said)
    blocked = blocked_from(said, start, cue)
    mends = [place for place in range(len(said)) if phrases_of("instead").at(said, place)]
    besides = any(phrases_of("besides").at(said, place) for place in range(len(said)))
    if cue:
        carried = False
    elif announced_behind(said, start):
        cue = 3
    greets = greeted and "?" in asked.text and segment.number + 1 < len(asked.segments)
    asks = segment.stop.startswith("?")
    small = asked.shouted or not any(word.text[0].isupper() and word.low not in ("i", "i'm", "i've") for word in said[start:])
    alone = asked.long == (len(said) > _REMARK) or _talks_on(segment, asked.segments)
    first = segment.number == 0 or len(asked.segments) < _FEW
    found: list[Found] = []
    for place, strength in places_of_names(said, start, cue):
        if place >= blocked or (carried and strength < 1) or (denied and place == start):
            continue
        run = run_at(said, place, strength, asked.language, small=small, shouted=asked.shouted)
        joined = ("&" in segment.stop or "&" in said[0].stop) and run is not None and place == start and run.end == len(said)
        if run is None or joined or _is_pair(said, run) or (asks and strength < _SURE and not _asks_on(said, run)):
            continue
        whole = ends_well(said, run, strength, alone=alone, first=first)
        spoken_to = strength == 0 and 0 < start == place and run.end == len(said) and _speaks_to(said, run)
        if spoken_to or whole is None or (greets and strength == 0 and run.end == len(said)):  # "Hi Sophie, do you …?" greets us
            continue
        sorry = (bool(found) or segment.number > 0) and run.end < len(said) and phrases_of("instead").whole(said, run.end)
        found.append(Found(run, strength, whole, sum(at < place for at in mends) + sorry, besides, segment.number))
    return found, carried or blocked < len(said), len(mends)


def _speaks_to(said: Sequence[Word], run: Run) -> bool:
    """ "Thank you Jason", "Hallo Frau Abel": somebody else is spoken to."""
    return phrases_of("spoken_to").at(said, 0) > 0 or (run.titled and phrases_of("greets").at(said, 0) > 0)


def _is_pair(said: Sequence[Word], run: Run) -> bool:
    """ "Anna and Tom": two people."""
    row = run.said
    if len(row) == 3 and row[1].low in ("y", "und", "e", "i") and is_given(row[2].low):
        return True
    joint = run.end + 1 < len(said) and said[run.end].low in ("and", "und", "et", "y", "&")
    if not joint or len(run.said) > 1 or not run.given:
        return False
    after = said[run.end + 1]
    return run_at(said, run.end + 1, 0, "", small=not after.capital, shouted=False) is not None and not is_word(after.low)


def _asks_on(said: Sequence[Word], run: Run) -> bool:
    """ "rob what else do you need?": the question follows the name."""
    if run.end >= len(said):
        return False
    return phrases_of("closes").whole(said, run.end) or (run.given and said[run.end].low in listed("asking"))


def _talks_on(segment: Segment, segments: list[Segment]) -> bool:
    """Whether a first word stands apart from a sentence behind it: "jen. we're comparing …"."""
    if segment.number + 1 >= len(segments) or any(not phrases_of("fillers").whole(one.said, 0) for one in segments[: segment.number]):
        return False
    after = segments[segment.number + 1].said
    return is_word(after[0].low)


def _best(found: list[Found]) -> Found:
    """The last that was mended, else the one for which most speaks; longer when it says the same and more."""
    first = found[0]
    plain = [one for one in found if not (one.besides and one is not first and (one.cue < 2 or len(first.run.said) > 1))]
    best = max(plain, key=lambda one: (one.turns, one.weight, -one.run.said[0].start))
    said = {word.low for word in best.run.said}
    for one in found:
        other = {word.low for word in one.run.said}
        if said < other or (not best.run.said[0].latin and one.run.said[0].low.startswith(best.run.said[0].low)):
            best, said = one, other
    return _mended(best, found)


def _mended(best: Found, found: list[Found]) -> Found:
    """ "Oliver Smith. Sorry, Smythe": one word of a longer name was wrong."""
    if len(best.run.said) > 1 or best.turns == 0:
        return best
    word = best.run.said[0]
    for one in found:
        said = one.run.said
        if one.turns < best.turns and len(said) > 1:
            for place, old in ((len(said) - 1, said[-1]), (0, said[0])):
                if old.low != word.low and old.low[0] == word.low[0] and _alike(old.low, word.low):
                    return replace(one, run=replace(one.run, said=(*said[:place], word, *said[place + 1 :])))
    return best


def _alike(one: str, other: str) -> bool:
    common = len(set(one) & set(other))
    return abs(len(one) - len(other)) <= 2 and common * 2 >= len(set(one) | set(other))
