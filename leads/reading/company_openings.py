"""What stands before a company's name: greetings, words that announce one, and words that speak of another company."""

from __future__ import annotations

from functools import cache

from leads.reading.company_cut import listed, phrases_of, quoted
from leads.reading.company_runs import ANNOUNCED, SURE, is_big
from leads.reading.message import words
from leads.reading.name_cut import Phrases, Word
from leads.reading.name_cut import phrases_of as person_phrases

_PAIR = 2


def opened(said: list[Word]) -> int:
    """Behind greetings and the like, unless they are written as a part of the name: "Yes Chef Linens"."""
    at = 0
    for _ in range(6):
        if at >= len(said):
            break
        again = 0 if is_big(said[at]) else restart().at(said, at)
        article = said[at].low in listed("articles_small") and at + 1 < len(said) and not is_big(said[at])
        if (again or article) and at + max(again, 1) < len(said):
            at += max(again, 1)
            continue
        step = max(phrases_of("opens").at(said, at), person_phrases("fillers").at(said, at))
        if phrases_of("others").at(said, at) >= max(step, _PAIR) or phrases_of("denials").at(said, at) > step:
            break
        if not step or phrases_of("cues").at(said, at) > step or phrases_of("prepositions").at(said, at) >= step:
            break
        title = said[at].text[0].isupper() and at + step < len(said) and is_big(said[at + step]) and not said[at + step].stop
        if title and said[at].low in listed("greetings") and not said[at].text.isupper():
            title = False
        if title or (at + step == len(said) and at == 0 and is_big(said[at]) and not person_phrases("fillers").at(said, at)):
            break
        at += step
    return at


def begins(said: list[Word], start: int, before: int) -> int:
    """How strongly the beginning of a segment is announced: by what stood before, by quotation marks, by a correction."""
    if start < len(said) and quoted(said[start]):
        return ANNOUNCED if before >= SURE else max(before, SURE)
    return max(before, SURE if start and restart().at(said, 0) and not is_big(said[start - 1]) else 0)


def only_announces(said: list[Word], at: int, start: int, step: int) -> bool:
    """Whether words that announce something are not the name themselves: "At Home Rentals", "No Fuss Movers"."""
    if not is_big(said[at]):
        return True
    if at > start or said[at].text.isupper():
        return step > 1 and not said[at].text.isupper()
    titled = len(said) > at + 2 and all(is_big(word) or word.low in listed("joints") for word in said[at:])
    return not titled and (step > 1 or said[at].low in listed("begins"))


def announced(said: list[Word], at: int, start: int) -> tuple[int, int, int]:
    """How many words announce a name here and how strongly; how many speak of another company."""
    others = phrases_of("others").at(said, at)
    cue, preposition, sure = (phrases_of(key).at(said, at) for key in ("cues", "prepositions", "sure"))
    if cue == 1 and said[at].low in listed("start_cues") and at > start:
        cue = 0
    longest = max(cue, preposition, sure)
    if others == 1 and said[at].low in ("no", "like") and at + 1 < len(said) and is_big(said[at]) and is_big(said[at + 1]):
        others = 0  # "No Fuss Movers"
    if others and others >= longest and (others > 1 or not is_big(said[at]) or at == start):
        return 0, 0, others
    if cue and cue >= max(preposition, sure):
        loose = said[at].low in listed("when") and not (at + cue < len(said) and is_big(said[at + cue]))
        return cue, 1 if loose else ANNOUNCED, 0
    if sure and sure >= preposition:
        return sure, SURE, 0
    return preposition, 1 if preposition else 0, 0


def ends_announcing(said: list[Word]) -> int:
    """How strongly the end of a segment announces what follows: "Company:", "we go by"."""
    for at in range(max(0, len(said) - 5), len(said)):
        step, strong, others = announced(said, at, 0)
        if step and not others and at + step == len(said):
            return strong
    return 0


def carries(word: Word) -> bool:
    """Whether what was announced before a break comes behind it: a colon, a quotation."""
    return quoted(word) or any(sign in ":=" for sign in word.stop)


def between(said: list[Word], at: int, strength: int) -> int:
    """Behind "just", articles and "company", as long as something follows."""
    while at + 1 < len(said) and not is_big(said[at]):
        step = phrases_of("between").at(said, at)
        if strength >= ANNOUNCED and said[at].low in ("the", "la", "le", "el") and not is_big(said[at + 1]):
            break
        if not step or at + step >= len(said) or said[at + step].stop:
            break
        at += step
    return at


@cache
def restart() -> Phrases:
    """A correction in the midst of a sentence, or "but" and the like."""
    return Phrases([*words("numbers", "correction"), *words("asked_company", "restart")])
