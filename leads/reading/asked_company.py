"""The answer to "what company are you with?": the name in "I handle IT at Arbor Nine" or in "Bloom, a flower shop in Leeds"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from leads.reading.amounts import correction
from leads.reading.asked_name import given_names
from leads.reading.message import Message, alternatives, data, fold, words

_NOISE = re.compile(r"\S+@\S+|https?://\S+|(?<=\s)(?:\w ){3,}\w(?=$|\s*[,.])")
_BREAK = re.compile(r"[,;:!?\n()=\u201c\u201d\u201e]+|(?<!\w)\"|\"(?!\w)|\.{2,}|\.(?=\s|$)|\s[-\u2013\u2014/]\s|->")
_ENDS_SHORT = re.compile(
    r"\b(?:inc|pvt|lda|gebr|ca|ltd|ltda|co|corp|pte|pty|st|dr|bros|e|k|z|s|a|l|r|c|v|p|d|o|n|b|sp|de c|\u03b1|\u03b5)$"
)
_MOST_WORDS = 7


@dataclass(frozen=True)
class Company:
    """A name and its place; ``weight`` is how much speaks for it."""

    name: str
    start: int
    end: int
    weight: int


def asked_company(message: Message) -> Company | None:
    """The company the message most likely names, or ``None``."""
    found = list(_companies(message))
    if not found:
        return None
    mended = [match.end() for match in correction().finditer(message.low)]
    return max(found, key=lambda one: (sum(one.start >= end for end in mended), one.weight, -one.start))


def _companies(message: Message) -> Iterator[Company]:
    text = _NOISE.sub(lambda match: " " * len(match[0]), message.text)
    segments = [(start, end) for start, end in _segments(text) if text[start:end].strip()]
    for place, (start, end) in enumerate(segments):
        if text[end : end + 1] == "?" or _is_none(text[start:end].strip()):
            continue
        begin, stop = _trimmed(text, *_without_denied(text, start, end))
        if begin < stop:
            yield from _in_segment(text, begin, stop, first=place == 0, alone=len(segments) == 1)


@cache
def _forms() -> str:
    return "|".join(
        sorted((re.escape(fold(form)).replace(r"\ ", r"\s?") for form in data("asked_company")["forms"]), key=len, reverse=True)
    )


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """Parts between stops; a legal form belongs to what stands before its comma or bracket, and its dots end nothing."""
    start, low = 0, fold(text)
    for match in _BREAK.finditer(text):
        if match[0] == "." and _ENDS_SHORT.search(low, max(start, match.start() - 6), match.start()):
            continue
        if match[0][0] in ",(" and re.compile(rf"\s?(?:{_forms()})(?![a-z])").match(low, match.end() if match[0] == "," else match.start()):
            continue
        if match[0] == ")" and low[: match.start()].endswith("haftungsbeschrankt"):
            continue
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


@cache
def _nones() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives(words('asked_company', 'none'))})$")


def _is_none(said: str) -> bool:
    """Nothing that could hold a name: "self-employed", "10 employees"."""
    return re.match(r"\d+ [a-z]", said) is not None or _nones().match(fold(said)) is not None


@cache
def _kind() -> re.Pattern[str]:
    """ "A bakery in Leeds", "my own business": kinds, in which only what is announced is a name."""
    return re.compile(rf"\s*(?:(?:we're|i'm|it's|we are|just)\s+)?(?:{alternatives(words('asked_company', 'articles'))})\s+[a-z]")


def _without_denied(text: str, start: int, end: int) -> tuple[int, int]:
    """ "Lantern not Lanterns" is Lantern, "not Bright Oak" nothing."""
    low = fold(text[start:end])
    if re.match(r"\s*(?:not|nicht|pas)\s|.*(?:used to|formerly|avant c'etait|antes |fruher|you have us|provider)", low):
        return start, start
    match = re.search(r"\s+(?:not|nicht|pas)\s+\S+\s*$", low)
    return (start, start + match.start()) if match else (start, end)


@cache
def _opens() -> re.Pattern[str]:
    """Greetings and the like; with a capital behind them they may be the name: "Yes Chef Linens"."""
    names = alternatives(words("asked_name", "opens") | words("people", "before_name") | {"moin", "company"})
    return re.compile(rf"\s*(?:{names})(?:[,:!-]+\s*|\s+(?=[^\W\d_])|$)")


@cache
def _closes() -> re.Pattern[str]:
    return re.compile(rf"[\s,!*-]*(?:{alternatives(words('asked_company', 'closes'))})\s*$")


def _is_title(text: str, match: re.Match[str]) -> bool:
    """Whether the greeting is written as a part of the name."""
    begun = text[match.start() : match.end()].strip()[:1].isupper() and text[match.end() : match.end() + 1].isupper()
    return begun and re.search(r"[,:!-]\s*$", match[0]) is None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    low = fold(text)
    for _ in range(4):
        match = _opens().match(low, start, end)
        if match and not _is_title(text, match):
            start = match.end()
        elif match := _closes().search(low, start, end):
            end = match.start()
        else:
            break
    for glued in data("asked_company")["glued"]:
        end -= len(glued) * text[start:end].rstrip().endswith(glued)
    for announced in data("asked_company")["announced"]:
        start += len(announced) * text[start:end].lstrip().startswith(announced)
    return start, end


@cache
def _lead() -> re.Pattern[str]:
    articles = r"(?:(?:the|la|le|les|l'|der|die|das|dem|el|du|letter)\s+)*"
    return re.compile(rf"(?:^|(?<=\s))(?:{alternatives(words('asked_company', 'leads'))})\s+{articles}$")


@cache
def _called() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives(words('asked_company', 'called'))})\s+$")


def _in_segment(text: str, start: int, end: int, *, first: bool, alone: bool) -> Iterator[Company]:
    found = ((match[0].strip("!*'"), start + match.start(), start + match.end()) for match in re.finditer(r"\S+", text[start:end]))
    tokens = [token for token in found if token[0]]
    if not tokens:
        return
    runs, kind = list(_runs(tokens)), _kind().match(fold(text[start:end])) is not None
    for run in runs:
        begins = run[0][1]
        announced = _lead().search(fold(text[start:begins])) is not None
        leads = begins == tokens[0][1] and not kind
        if (announced or leads or _has_form(run)) and not (_is_person(run) and not announced) and not _is_place(run):
            whole = leads and run[-1][2] == tokens[-1][2]
            strong = _called().search(fold(text[start:begins])) is not None
            person = 3 if len(run) == 1 and fold(run[0][0]) in given_names() else 0
            weight = 2 * announced + strong + 3 * _has_form(run) + 2 * whole + first - person
            yield Company(_name(text, run), begins, run[-1][2], weight)
    if not runs and first and not kind and _may_be_small(tokens, alone):
        yield Company(_name(text, tokens), tokens[0][1], tokens[-1][2], 1)


def _is_place(run: list[tuple[str, int, int]]) -> bool:
    return len(run) == 1 and fold(run[0][0]) in words("people", "not_companies")


def _runs(tokens: list[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    """Rows of words with capitals or digits, with small words inside and a legal form behind."""
    run: list[tuple[str, int, int]] = []
    for token in tokens:
        if _is_big(token[0]) or (run and (_is_inside(token[0]) or _is_form(token[0]))):
            run.append(token)
        elif run:
            yield from _ended(run)
            run = []
    if run:
        yield from _ended(run)


def _ended(run: list[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    while run and _is_inside(run[-1][0]) and not _is_form(run[-1][0]):
        run = run[:-1]
    while len(run) > 1 and _is_before(run):
        run = run[1:]
        while run and _is_inside(run[0][0]):
            run = run[1:]
    if run and len(run) <= _MOST_WORDS and any(any(sign.isalpha() for sign in word) for word, _, _ in run) and not _is_role(run):
        yield run


def _is_before(run: list[tuple[str, int, int]]) -> bool:
    """What begins with a capital and is no part of the name: "Inhaber von …", "Chayo de …"."""
    first, second = fold(run[0][0]), fold(run[1][0])
    of = second in ("de", "von", "der", "of", "at", "del", "du")
    return first in words("asked_company", "skipped") or (of and (first in words("asked_company", "roles") or first in given_names()))


def _is_big(word: str) -> bool:
    if any(sign.isupper() for sign in word[:3]) or word[0].isdigit() or "." in word[1:-1]:
        return True
    return not word[0].islower() and word[0] not in "&+-@/"


def _is_inside(word: str) -> bool:
    return fold(word) in words("asked_company", "inside")


@cache
def _form_words() -> frozenset[str]:
    return frozenset(part for form in data("asked_company")["forms"] for part in fold(form).split())


def _is_form(word: str) -> bool:
    return fold(word) in _form_words() or fold(word).rstrip(".") in _form_words()


def _has_form(run: list[tuple[str, int, int]]) -> bool:
    joined = any(form in run[0][0] for form in data("asked_company")["forms"] if not form.isascii() and len(form) > 3)
    return joined or (len(run) > 1 and any(_is_form(word) and not _is_inside(word) for word, _, _ in run[1:]))


def _is_role(run: list[tuple[str, int, int]]) -> bool:
    """ "CTO", "VP Sales", "IT", "I": no names."""
    return all(fold(word) in words("asked_company", "roles") or _is_inside(word) for word, _, _ in run)


def _is_person(run: list[tuple[str, int, int]]) -> bool:
    said = [fold(word) for word, _, _ in run]
    if len(said) != 2 or said[0] not in given_names():
        return False
    return said[1] not in words("asked_company", "nouns") and not said[1].endswith("s") and not _is_form(said[1])


def _may_be_small(tokens: list[tuple[str, int, int]], alone: bool) -> bool:
    """A name typed in small letters, when that is all, and no trade."""
    said = [fold(word) for word, _, _ in tokens]
    if any(word in words("people", "not_names") or word in words("people", "not_companies") for word in said):
        return False
    if len(said) > 1 and (said[-1] in words("asked_company", "nouns") or any(map(_is_form, said[1:]))):
        return len(said) <= _MOST_WORDS
    return not any(word in _trades() for word in said) and (len(said) == 1 or (alone and len(said) <= 3))


@cache
def _trades() -> frozenset[str]:
    """Words for what people do, from the list of industries."""
    names = (name for industry in data("industries")["industries"] for key in ("strong", "weak") for name in industry[key])
    return frozenset(word for name in names for word in fold(str(name)).split())


def _name(text: str, run: list[tuple[str, int, int]]) -> str:
    name = re.sub(r"\s+", " ", text[run[0][1] : run[-1][2]]).strip(" ,!'*-")
    name = re.sub(r"^(?:[ld]['\u2019])(?=[A-Z\u00c0-\u00de])", "", name)
    dot = text[run[-1][2] : run[-1][2] + 1] == "." and _is_form(run[-1][0] + ".") and not name.endswith(".")
    return name + "." * dot
