"""What words in an answer are: legal forms, trades, numbers of orders, everyday words, and of whom a clause speaks."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from leads.reading.about import topics
from leads.reading.gazetteer import cities, key, known, regions
from leads.reading.message import Message, alternatives, data, fold, phrases, text_lines, words

_ELSEWHERE = frozenset({"past_time", "others", "kin", "clientele", "served", "tools", "travel", "question", "hypothetical"})
_MOST_WORDS = 6
_SHORT_TRADE = 4  # letters
_KEYS = ("qwertzuiop", "qwertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "azertyuiop", "qsdfghjklm", "abcdefghijkl", "123456789")


def elsewhere(message: Message, start: int, end: int) -> bool:
    """Whether the clause around a name speaks of another company: a customer, a tool, the former employer, a friend's.

    The words of the name itself say nothing: "Chandrika Exports".
    """
    masked = replace(message, text=message.text[:start] + "X" + "x" * (end - start - 1) + message.text[end:])
    about = topics(masked, start) & _ELSEWHERE
    if not about:
        return False
    clause = masked.low[slice(*masked.clause(start))]
    if masked.low[:start].strip() == "":
        about -= {"past_time", "served", "question"}
    if "past_time" in about and phrases("asked_company", "lasting").search(clause):
        about -= {"past_time"}
    if "past_time" in about and (message.locale or "")[:2] != "fr" and re.search(r"\bhier\b", clause):
        about -= {"past_time"}  # German for "here", French for "yesterday"
    if "others" in about and phrases("asked_company", "us").search(clause):
        about -= {"others"}
    if "kin" in about and phrases("asked_company", "with_kin").search(clause):
        about -= {"others", "kin"}
    return bool(about)


@cache
def legal_forms() -> str:
    """A pattern for any legal form, the longest first."""
    return "|".join(
        sorted((re.escape(fold(form)).replace(r"\ ", r"\s?") for form in data("asked_company")["forms"]), key=len, reverse=True)
    )


@cache
def form_words() -> frozenset[str]:
    """The words that legal forms consist of."""
    return frozenset(part for form in data("asked_company")["forms"] for part in fold(form).split())


def is_form(word: str) -> bool:
    """Whether a word is a legal form or a part of one."""
    low = fold(word)
    return low not in ("de", "i", "pt") and any(form in form_words() for form in (low, low.rstrip("."), low + "."))


@cache
def _trades() -> frozenset[str]:
    """Words for what people do, from the list of industries."""
    names = (name for industry in data("industries")["industries"] for key in ("strong", "weak") for name in industry[key])
    return frozenset(word for name in names for word in fold(str(name)).split()) | words("asked_company", "trades")


@cache
def common() -> frozenset[str]:
    """Everyday words of our languages, folded."""
    return frozenset(word for line in text_lines("common_words") for word in line.split())


@cache
def branches() -> frozenset[str]:
    """Trades by one word in German, French and Spanish: "einzelhandel"."""
    lines = (line.split(maxsplit=2) for line in text_lines("trades") if not line.startswith("#"))
    terms = (term.strip() for line in lines if len(line) > 2 and line[1] in ("de", "fr", "es") for term in fold(line[2]).split(","))
    return frozenset(term for term in terms if " " not in term)


@cache
def trade_words() -> frozenset[str]:
    """All longer words of the lists of trades and of things that people deal with."""
    lines = (line for name in ("trades", "things") for line in text_lines(name) if not line.startswith(("#", "[")))
    return frozenset(word for line in lines for word in re.split(r"[\s,]+", fold(line)) if len(word) > _SHORT_TRADE)


def is_trade(said: str) -> bool:
    """Whether one of a few words tells what people do: "recruiting", "a flower shop"."""
    row = said.split()
    return len(row) <= _MOST_WORDS and any(
        len(word) > 3 and word not in words("people", "not_names") and (word in _trades() or word in words("asked_company", "nouns"))
        for word in (one.strip(".,") for one in row)
    )


def is_small_name(said: list[str], *, alone: bool) -> bool:
    """Whether words typed in small letters may be a name: not everyday words, no trade, no refusal."""
    if not said or len(said) > _MOST_WORDS or meaningless(" ".join(said)) or is_land(" ".join(said)):
        return False
    inner = words("asked_company", "inside") | words("asked_company", "between_small")
    bare = [word.strip(".,'") for word in said]
    if any(word in words("people", "not_names") and word not in inner for word in bare) and not (
        any(map(is_form, bare[1:])) and bare[0] not in common()
    ):
        return False
    if any(word in words("people", "not_companies") for word in bare[:1]) or bare[0] in inner or bare[-1] in inner:
        return False
    if bare[0] in words("asked_company", "own_account") or re.match(r"(?:i|we|you|it|j|c)'", bare[0]) or bare[0].endswith("ing"):
        return False
    known = [word.isdigit() or word in common() or word in _trades() for word in bare if word not in inner]
    if len(bare) > 1 and (bare[-1] in words("asked_company", "nouns") or any(map(is_form, bare[1:]))):
        return not all(known) or any(map(is_form, bare[1:])) or len(known) > 2
    if len(bare) == 1:
        return not known[0]
    if not alone or len(bare) > 4:
        return False
    paired = len(bare) == 3 and bare[1] in ("and", "und", "et", "y", "&", "+", "n")
    return paired or (not all(known) and known.count(False) * 3 >= len(known))


def is_land(name: str) -> bool:
    """Whether it is a country, a part of one, a larger region, or a city that is no other word."""
    low = key(name)
    return low in known() or low in regions() or low in words("people", "not_companies") or (low in cities() and low not in common())


@cache
def _ids() -> re.Pattern[str]:
    names = alternatives(words("asked_company", "ids"))
    return re.compile(rf"\s*(?:(?:my|our|the|meine?|unsere?|ma|mon|notre|nuestro|mi|el|la|le|die|der)\s+)?(?:{names})\W")


def is_number_of(said: str) -> bool:
    """Whether it is the number of an order, a tax number and the like: "SIRET 512 884 093", "4471-BX"."""
    low = fold(said).strip()
    digits, letters = sum(sign.isdigit() for sign in low), sum(sign.isalpha() for sign in low)
    return (digits > 0 and _ids().match(low + " ") is not None) or (digits >= 4 and digits > letters)


def meaningless(name: str) -> bool:
    """Whether it is typed at random or says that nothing is said: "asdfgh", "xxxx", "4471-BX"."""
    low = fold(name)
    letters = re.sub(r"[^a-z]", "", low)
    if (
        low in words("asked_company", "meaningless")
        or low in words("asked_company", "ids")
        or re.fullmatch(r"[\d\W]*\d{3,}[-/ ]?[a-z]{0,3}|\W?\d[\d.,]*\s?(?:[k%+\W]|mio|mil)?|[a-z]{1,3}[-/ ]\d[\d -]{3,}", low)
    ):
        return True
    if (
        len(letters) >= 4
        and " " not in low
        and any(letters[:4] in row or letters[:4] in row[::-1] for row in _KEYS)
        and letters not in ("poiu",)
    ):
        return True
    return len(letters) > 3 and len(set(letters)) <= 2 and letters.isascii() and " " not in low
