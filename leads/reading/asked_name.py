"""The answer to "what is your name?": what is left when greetings and "you can call me" are taken away, or the name inside a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from leads.reading.amounts import correction
from leads.reading.message import Message, alternatives, data, fold, text_lines, words

_BREAK = re.compile(r"[,;:!?\n()\"\u201c\u201d\u201e\u00ab\u00bb|/]|\.{2,}|\.(?<!\b\w\.)(?<!\b[Ss]t\.)(?=\s|$)|\s[-\u2013\u2014]\s")
_TITLE_DOT = re.compile(r"\b(?:prof|dr|dra|mag|ing|dipl|mr|mrs|ms|sr|sra)\.", re.IGNORECASE)
_NOISE = re.compile(r"\S+@\S+|https?://\S+|[\U0001f000-\U0001faff\u2600-\u27bf\u200d\ufe0f]+|@ .*| - |(?<=\s)(?:\w )+\w(?=$|\s*[,.])")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0e7f'\u2019.-])*")
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f]")
_MOST_WORDS = 6


@dataclass(frozen=True)
class Person:
    """A name and where it stands; ``sure`` when one of its words is known to be a given name."""

    name: str
    start: int
    end: int
    sure: bool
    whole: bool

    @property
    def weight(self) -> int:
        """How much speaks for it; two words weigh as much as a known one."""
        return 2 * self.whole + (self.sure or len(self.name.split()) > 1)


def asked_name(message: Message) -> Person | None:
    """The name the message most likely gives, or ``None``."""
    people = list(_people(message))
    if not people:
        return None
    turned = _turned(message, people)
    if turned:
        return turned
    mended = [match.end() for match in correction().finditer(message.low)]
    return max(people, key=lambda one: (sum(one.start >= end for end in mended), one.weight, len(one.name.split()), -one.start))


def _people(message: Message) -> Iterator[Person]:
    text = _TITLE_DOT.sub(lambda match: match[0][:-1] + " ", _NOISE.sub(lambda match: " " * len(match[0]), message.text))
    greeted = "?" in text and re.match(rf"\s*(?:{alternatives(words('asked_name', 'greetings'))})\s+\S+\s*[,!]", fold(text)) is not None
    for start, end in _segments(text):
        if text[end : end + 1] == "?" or (greeted and start == 0):
            continue  # a question; "Hi Sophie, do you …?" greets us
        for begin, stop in _not_denied(text, start, end):
            if not _is_no_name(text, begin, stop):
                person = _person(message, text, *_trimmed(text, begin, stop))
                if person is not None:
                    yield person


def _segments(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


@cache
def _no_name() -> re.Pattern[str]:
    """ "I'm from Berlin", "je suis de Lyon", "I'm with the press"."""
    am, other = alternatives(words("asked_name", "i_am")), alternatives(words("asked_name", "no_name_follows"))
    return re.compile(rf"\s*(?:\S+\s+)?(?:{am})\s+(?:{other})(?![a-z0-9'])|.*(?:{alternatives(words('asked_name', 'others'))})")


def _is_no_name(text: str, start: int, end: int) -> bool:
    return _no_name().match(fold(text), start, end) is not None


@cache
def _denials() -> re.Pattern[str]:
    return re.compile(
        rf"\s+(?:{alternatives(words('asked_name', 'instead'))})\s+|\s+(?:{alternatives(words('asked_name', 'not_that'))})\s+(?=\S+\s*$)"
    )


def _not_denied(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """ "Jon not John" gives Jon, "nicht Jonass sondern Jonas" Jonas."""
    low = fold(text[start:end])
    if match := _denials().search(low):
        if re.fullmatch(rf"\s*(?:{alternatives(words('asked_name', 'instead'))})\s*", match[0]):
            yield start + match.end(), end
        else:
            yield start, start + match.start()
    elif not re.match(rf"\s*(?:{alternatives(words('asked_name', 'not_that'))})\s+\S+\s*$", low):
        yield start, end


@cache
def _opens() -> re.Pattern[str]:
    names = words("asked_name", "opens") | words("people", "name_cues") | words("people", "before_name")
    glued = "|".join(re.escape(word) for word in data("asked_name")["prefixes_together"])
    spoken = rf"(?:\S+\s+){{0,4}}?(?:{alternatives(words('asked_name', 'spoken'))})"
    return re.compile(rf"\s*(?:(?:{alternatives(names)}|(?P<spoken>{spoken}))(?=[\s,:!-]|$)|{glued})[\s,:!-]*")


@cache
def _closes() -> re.Pattern[str]:
    return re.compile(rf"[\s,!-]*(?:{alternatives(words('asked_name', 'closes'))})\s*$")


@cache
def _glued() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(re.escape(word) for word in data('asked_name')['suffixes_together'])})\s*$")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Without what is said before and behind; whether that announces a name."""
    low, cued = fold(text), False
    for _ in range(6):
        if match := _opens().match(low, start, end):
            start, cued = match.end(), cued or _announces(match)
        elif (match := _closes().search(low, start, end)) or (match := _glued().search(text, start, end)):
            end = match.start()
        else:
            break
        if start >= end:
            break
    return start, end, cued


def _announces(match: re.Match[str]) -> bool:
    said = match[0].strip(" ,:!-")
    return match["spoken"] is not None or said in words("people", "name_cues") or said in words("people", "i_am")


def _person(message: Message, text: str, start: int, end: int, cued: bool) -> Person | None:
    said = [(match[0], match.start(), match.end()) for match in re.finditer(r"\S+", text[start:end])] if start < end else []
    tokens = [(word.strip("'\u2019-*"), start + begin, start + stop) for word, begin, stop in said]
    tokens = [token for token in tokens if token[0] and fold(token[0]).rstrip(".") not in _titles()]
    if not tokens:
        return None
    if any(fold(word).rstrip(".") in _legal() for word, _, _ in tokens[len(tokens) > 1 :]):
        return None  # a company
    alone = not text[:start].strip(" \n,.!") and not text[end:].strip(" \n,.!")
    if cued and len(tokens) == 1 and _is_other(tokens[0][0]) and fold(tokens[0][0]) not in ("may", "will"):
        return None  # "I'm German"
    if _is_whole(tokens, message, alone):
        return _made(tokens, any(_is_given(word) for word, _, _ in tokens), whole=True)
    run = _run(tokens, cued)
    return _made(run, True, whole=False) if run else None


def _is_whole(tokens: list[tuple[str, int, int]], message: Message, alone: bool) -> bool:
    """Whether all of it is a name: every word may be, and where capitals are used they are used throughout."""
    said = [word for word, _, _ in tokens]
    begun = not _is_other(said[0]) and len(said) > 2 and all(word[0].isupper() for word in said)  # "Nguyễn Văn An"
    if len(said) > _MOST_WORDS or not all(_may_be(word, len(said)) or begun for word in said) or not all(map(_WORD.fullmatch, said)):
        return False
    latin = [word for word in said if _LATIN.match(word) and not _is_particle(word)]
    if all(_is_capital(word) for word in latin):
        return True
    typed_small = message.text == message.text.lower() or all(not _is_capital(word) for word in latin)
    known = any(_is_given(word) for word in said)
    return typed_small and len(said) <= (4 if known else 2) and (known or alone) and not any(_is_word(word) for word in latin[1:])


def _made(tokens: list[tuple[str, int, int]], sure: bool, *, whole: bool) -> Person | None:
    name = shown(" ".join(word for word, _, _ in tokens))
    if not any(len(word) > 1 or not _LATIN.match(word) for word, _, _ in tokens):
        return None
    return Person(name, tokens[0][1], tokens[-1][2], sure, whole)


def _run(tokens: list[tuple[str, int, int]], cued: bool) -> list[tuple[str, int, int]]:
    """A given name at the beginning, as far as the words go on like a name: "Theo is fine", "Lea von Berg from sales"."""
    word = tokens[0][0]
    if cued and _LATIN.match(word) and word[0].isupper() and not _is_other(word):
        pass  # "my name is Rosamund …", whoever knows that name
    elif not _is_given(word) or (_is_word(word) and not (len(tokens) > 1 and _is_capital(word) and _is_capital(tokens[1][0]))):
        return []
    run = [tokens[0]]
    for token in tokens[1:_MOST_WORDS]:
        goes_on = _is_capital(token[0]) if _is_capital(word) else not (_is_word(token[0]) or _is_other(token[0]))
        if not (goes_on or _is_particle(token[0])) or (_is_other(token[0]) and not _is_capital(token[0])):
            break
        run.append(token)
        if not _is_capital(word) and len(run) == 2:
            break
    while len(run) > 1 and _is_particle(run[-1][0]):
        run.pop()
    return run


@cache
def given_names() -> frozenset[str]:
    """Folded given names of many countries."""
    return frozenset(text_lines("given_names")) | words("given_names", "names")


@cache
def _also_words() -> frozenset[str]:
    return frozenset(text_lines("given_words"))


def _is_given(word: str) -> bool:
    folded = fold(word)
    known = folded in given_names() or ("-" in folded and folded.split("-")[0] in given_names())
    return known and not (_is_other(word) and not word[0].isupper())


def _is_word(word: str) -> bool:
    """Whether it is an ordinary word too, in small letters or as a name."""
    folded = fold(word)
    return folded in _also_words() or folded in words("asked_name", "function_words") or folded in words("people", "not_names")


def _is_particle(word: str) -> bool:
    return fold(word) in words("people", "particles")


def _is_capital(word: str) -> bool:
    """Also ``al-Jabiri`` and ``d'Acosta``, and whatever has no small letters."""
    return word[0].isupper() or not word[0].islower() or re.match(r"(?:al|el|d|l|o|de|da)[-'\u2019][^\W\d_a-z]", word) is not None


def _is_other(word: str) -> bool:
    folded = fold(word).rstrip(".")
    return folded in words("people", "not_names") or folded in words("asked_name", "roles") or "n't" in folded


def _may_be(word: str, count: int) -> bool:
    """Whether a word may be a part of a name when the whole segment is one."""
    if not _WORD.fullmatch(word):
        return False
    if _is_particle(word) and count > 1:
        return True
    return not _is_other(word) or (word[0].isupper() and fold(word) in given_names())


@cache
def _titles() -> frozenset[str]:
    return frozenset(word.rstrip(".") for word in words("people", "titles"))


@cache
def _legal() -> frozenset[str]:
    short = {"se", "as", "ab", "ag", "sa", "sl", "bv", "nv", "co", "lp", "spa", "ev", "group", "holding"}
    return frozenset(word.rstrip(".") for word in words("people", "legal_forms")) - short


def _turned(message: Message, people: list[Person]) -> Person | None:
    """ "Doe, Jane": the family name first."""
    if len(people) != 2 or not all(one.whole for one in people):
        return None
    first, second = people
    comma = re.fullmatch(r"\s*,\s*", message.text[first.end : second.start]) is not None
    ends = not message.text[second.end :].strip(" .!")
    if comma and ends and second.sure and not first.sure and len(second.name.split()) <= 2 and not message.text[: first.start].strip():
        return Person(f"{second.name} {first.name}", first.start, second.end, True, True)
    return None


def shown(name: str) -> str:
    """Names typed in one case get capitals: ``jane doe`` and ``JANE DOE`` are ``Jane Doe``, ``mcdonald`` is ``McDonald``."""
    if not (name.islower() or (name.isupper() and len(name) > 3)):
        return name
    spelled = re.sub(
        r"[^\W\d_]+",
        lambda match: match[0] if fold(match[0]) in words("people", "particles") and match.start() > 0 else match[0].capitalize(),
        name.lower(),
    )
    return re.sub(r"\bMc([a-z])(?=[a-z]{2})", lambda match: "Mc" + match[1].upper(), spelled)
