"""The answer to "what company are you with?": the name in "I handle IT at Arbor Nine" or in "Bloom, a flower shop in Leeds"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from leads.reading.amounts import correction
from leads.reading.company_words import common, elsewhere, is_form, is_land, is_number_of, is_small_name, is_trade, legal_forms, meaningless
from leads.reading.message import Message, alternatives, data, fold, words
from leads.reading.name_words import given_names

_NOISE = re.compile(
    r"\S+@\S+|https?://\S+|(?<=\s)(?:\w ){3,}\w(?=$|\s*[,.])"
    r"|[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0f]+|(?<=\w) (?:x+|xo+|:\)|;\)|<3|haha\w*|jaja\w*|lol|mdr)\s*$"
)
_BREAK = re.compile(r"[,;:!?\n()=\u201c\u201d\u201e]+|(?<!\w)\"|\"(?!\w)|\.{2,}|\.(?=\s|$)|\s[-\u2013\u2014/]\s|->")
_ENDS_SHORT = re.compile(
    r"\b(?:inc|pvt|lda|gebr|ca|ltd|ltda|co|corp|pte|pty|st|dr|bros|e|k|z|s|a|l|r|c|v|p|d|o|n|b|sp|de c|\u03b1|\u03b5)$"
)
_PARTNERS = re.compile(r"[A-Z]\w+, (?:[A-Z]\w+, )?[A-Z]\w+,? (?:&|and|und|et|y) [A-Z]")  # "Sandoval, Pike & Orr"
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
    found = [one for one in _companies(message) if not elsewhere(message, one.start, one.end)]
    if not found:
        return None
    mended = [match.end() for match in correction().finditer(message.low)]
    return max(found, key=lambda one: (sum(one.start >= end for end in mended), one.weight, -one.start))


def _companies(message: Message) -> Iterator[Company]:
    text = _NOISE.sub(lambda match: " " * len(match[0]), message.text)
    yield from _quoted(message, text)
    segments = [(start, end) for start, end in _segments(text) if text[start:end].strip()]
    for place, (start, end) in enumerate(segments):
        asks = re.match(r"\W?\?", text[end : end + 2]) is not None
        if asks or _is_none(text[start:end].strip()) or is_number_of(text[start:end]):
            continue
        begin, stop = _trimmed(text, *_without_denied(text, start, end))
        if begin < stop:
            called = len(text[stop:end].split()) > _SAID  # "… is the law firm"
            described = called or any(is_trade(fold(text[one:other])) for one, other in segments[place + 1 : place + 2])
            yield from _in_segment(text, begin, stop, first=place == 0, alone=_is_alone(text, segments, place), described=described)


def _is_alone(text: str, segments: list[tuple[int, int]], place: int) -> bool:
    """Whether nothing or only a short remark stands beside a segment."""
    return all(len(text[start:end].split()) <= _REMARK for number, (start, end) in enumerate(segments) if number != place)


_SAID = 2  # words, of "over here"
_REMARK = 4  # words
_QUOTED = re.compile(r"[\"\u201c\u201e\u00ab]\s?([^\"\u201c\u201d\u201e\u00ab\u00bb\n]{2,50}?)\s?[\"\u201c\u201d\u00bb]")


def _quoted(message: Message, text: str) -> Iterator[Company]:
    """A name in quotes, when words announce it or it is all that is said."""
    for match in _QUOTED.finditer(text):
        before = fold(text[: match.start()])
        if not before.strip() or _lead().search(before.rstrip() + " "):
            yield Company(match[1].strip(" .,"), match.start(1), match.end(1), 6)


@cache
def _restart() -> re.Pattern[str]:
    """A correction in the midst of a sentence begins another segment."""
    names = alternatives(words("numbers", "correction") | words("asked_company", "restart"))
    return re.compile(rf"(?<=\s)(?:{names})(?=[\s,:])[\s,:]*")


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """Parts between stops; a legal form belongs to what stands before its comma or bracket, and its dots end nothing."""
    start, low = 0, fold(text)
    breaks = sorted([*_BREAK.finditer(text), *_restart().finditer(low)], key=lambda match: match.start())
    for match in breaks:
        if match.start() < start:
            continue
        if match[0] == "." and (
            _ENDS_SHORT.search(low, max(start, match.start() - 6), match.start()) or re.search(r"\b[A-Z]$", text[start : match.start()])
        ):
            continue
        if match[0][0] in ",(" and _form_follows(text, low, match):
            continue
        if match[0] == "," and _PARTNERS.match(text, max(start, text.rfind(" ", start, match.start()) + 1)):
            continue
        if match[0] == ")" and low[: match.start()].endswith(("haftungsbeschrankt", "(pty")):
            continue
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _form_follows(text: str, low: str, stop: re.Match[str]) -> bool:
    """ "Acme, Inc." and "Acme (Pty) Ltd"; not "Lemma, as in …"."""
    form = re.compile(rf"\s?(?:{legal_forms()})(?![a-z])").match(low, stop.end() if stop[0] == "," else stop.start())
    return form is not None and (stop[0] != "," or any(sign.isupper() or sign == "." for sign in text[form.start() : form.end()]))


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
    names = alternatives(words("asked_company", "opens") | words("people", "before_name") | {"moin", "company"})
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


def _in_segment(text: str, start: int, end: int, *, first: bool, alone: bool, described: bool) -> Iterator[Company]:
    found = ((match[0].strip("!*'"), start + match.start(), start + match.end()) for match in re.finditer(r"\S+", text[start:end]))
    tokens = [token for token in found if token[0]]
    if not tokens:
        return
    runs, kind = list(_runs(tokens)), _kind().match(fold(text[start:end])) is not None
    for run in runs:
        begins = run[0][1]
        said = fold(text[start:begins])
        announced = _lead().search(said) is not None or (len(run) > 1 and said.endswith(" en "))
        leads = (begins == tokens[0][1] or _only_articles(text[start:begins])) and not kind
        person = _is_person(run) and not announced and not (described and leads and run[-1][2] == tokens[-1][2])
        if (announced or leads or _has_form(run)) and not (
            person or _is_place(run) or _is_sentence(text, run, tokens) or meaningless(_name(text, run))
        ):
            whole = leads and run[-1][2] == tokens[-1][2]
            strong = _called().search(fold(text[start:begins])) is not None
            given = 3 if len(run) == 1 and fold(run[0][0]) in given_names() else 0
            weight = (len(run) > 1) + 2 * announced + strong + 3 * _has_form(run) + 2 * whole + first - given
            yield Company(_name(text, run), begins, run[-1][2], weight)
    if not runs:
        yield from _small(text, start, tokens, first=first and not kind, alone=alone)


def _small(text: str, start: int, tokens: list[tuple[str, int, int]], *, first: bool, alone: bool) -> Iterator[Company]:
    """A name in small letters: all of an answer, or what words like "we are" announce."""
    if first and is_small_name([fold(word) for word, _, _ in tokens], alone=alone):
        yield Company(_name(text, tokens), tokens[0][1], tokens[-1][2], 1)
        return
    for index in range(1, len(tokens)):
        rest = tokens[index : index + 4]
        if _sure_lead().search(fold(text[start : rest[0][1]])):
            while len(rest) > 1 and not is_small_name([fold(word) for word, _, _ in rest], alone=True):
                rest = rest[:-1]
            if is_small_name([fold(word) for word, _, _ in rest], alone=len(rest) == len(tokens) - index):
                yield Company(_name(text, rest), rest[0][1], rest[-1][2], 3)
                return


@cache
def _sure_lead() -> re.Pattern[str]:
    articles = r"(?:(?:the|la|le|les|der|die|das|el|los|las)\s+)*"
    return re.compile(rf"(?:^|(?<=\s))(?:{alternatives(words('asked_company', 'sure_leads'))})\s+{articles}$")


def _only_articles(before: str) -> bool:
    """ "La Taquería Don Chuy" and "hier ist Studio Käfer": no more than that stands before the name."""
    names = alternatives(words("asked_company", "no_more_than"))
    return re.fullmatch(rf"\s*(?:(?:{names})[\s,:!]+)*", fold(before)) is not None


def _is_sentence(text: str, run: list[tuple[str, int, int]], tokens: list[tuple[str, int, int]]) -> bool:
    """Whether the capital is that of a sentence: "Unlock productivity …", "On utilise …"."""
    if run[-1][2] == tokens[-1][2] and run[0][1] != tokens[0][1]:  # "… daher die Anforderungen"
        article = re.search(r"\b(?:der|die|das|la|le|el)\s+$", fold(text[: run[0][1]])) is not None
        return len(run) == 1 and article and len(tokens) > 1 and (fold(run[0][0]) in common() or len(tokens) < 4)
    if run[0][1] != tokens[0][1] or run[-1][2] == tokens[-1][2] or _has_form(run):
        return False
    word = fold(run[0][0])
    return len(run) == 1 and (len(tokens) > 4 or "'" in word or not is_small_name([word], alone=True))


def _is_place(run: list[tuple[str, int, int]]) -> bool:
    return is_land(" ".join(word for word, _, _ in run))


def _runs(tokens: list[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    """Rows of words with capitals or digits, with small words inside and a legal form behind."""
    run: list[tuple[str, int, int]] = []
    for token in tokens:
        if _is_big(token[0]) or (run and (_is_inside(token[0]) or is_form(token[0]))):
            run.append(token)
        elif run:
            yield from _ended(run)
            run = []
    if run:
        yield from _ended(run)


def _ended(run: list[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    while run and _is_inside(run[-1][0]) and not is_form(run[-1][0]) and not run[-1][0].isupper():
        run = run[:-1]
    while len(run) > 1 and _is_before(run):
        run = run[1:]
        while run and _is_inside(run[0][0]) and not run[0][0][0].isupper():
            run = run[1:]
    for index in range(1, len(run) - 1):
        if fold(run[index][0]) in ("en", "in") and is_land(" ".join(word for word, _, _ in run[index + 1 :])):
            run = run[:index]
            break
    spelled = len(run) > 2 and all(len(word) == 1 for word, _, _ in run)
    if (
        run
        and not spelled
        and len(run) <= _MOST_WORDS
        and any(any(sign.isalpha() for sign in word) for word, _, _ in run)
        and not _is_role(run)
    ):
        yield run


_ARTICLES = frozenset({"the", "die", "der", "das", "la", "le", "les", "el", "los", "las"})


def _is_before(run: list[tuple[str, int, int]]) -> bool:
    """What begins with a capital and is no part of the name: "Inhaber von …", "Chayo de …"."""
    first, second = fold(run[0][0]), fold(run[1][0])
    if first in _ARTICLES:
        return not run[1][0][0].isupper()
    of = second in ("de", "von", "der", "of", "at", "del", "du")
    return first in words("asked_company", "skipped") or (of and (first in words("asked_company", "roles") or first in given_names()))


def _is_big(word: str) -> bool:
    if any(sign.isupper() for sign in word[:3]) or word[0].isdigit() or "." in word[1:-1]:
        return True
    return not word[0].islower() and word[0] not in "&+-@/"


def _is_inside(word: str) -> bool:
    return fold(word) in words("asked_company", "inside")


def _has_form(run: list[tuple[str, int, int]]) -> bool:
    joined = any(form in run[0][0] for form in data("asked_company")["forms"] if not form.isascii() and len(form) > 3)
    return joined or (len(run) > 1 and any(is_form(word) and not _is_inside(word) for word, _, _ in run[1:]))


def _is_role(run: list[tuple[str, int, int]]) -> bool:
    """ "CTO", "VP Sales", "IT", "I": no names."""
    return all(
        fold(word) in words("asked_company", "roles") or _is_inside(word) or re.match(r"(?:i|we|it|you|j|c)'", fold(word))
        for word, _, _ in run
    )


def _is_person(run: list[tuple[str, int, int]]) -> bool:
    said = [fold(word) for word, _, _ in run]
    if len(said) != 2 or said[0] not in given_names():
        return False
    return said[1] not in words("asked_company", "nouns") and not said[1].endswith("s") and not is_form(said[1])


def _name(text: str, run: list[tuple[str, int, int]]) -> str:
    name = re.sub(r"\s+", " ", text[run[0][1] : run[-1][2]]).strip(" ,!'*-")
    name = re.sub(r"^(?:[ld]['\u2019])(?=[A-Z\u00c0-\u00de])", "", name)
    dot = text[run[-1][2] : run[-1][2] + 1] == "." and is_form(run[-1][0] + ".") and not name.endswith(".")
    return name + "." * dot
