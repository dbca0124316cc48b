"""Currencies and periods by sign, word and code."""

from __future__ import annotations

import re
from functools import cache

from leads.reading.cldr import cldr_codes, cldr_names, cldr_nouns
from leads.reading.message import Message, alternatives, any_of, data, fold


@cache
def _codes() -> dict[str, str]:
    return cldr_names() | {fold(word): code for code, names in data("currencies")["words"].items() for word in names}


@cache
def _shared() -> dict[str, dict[str, str]]:
    """What several currencies are called, by the visitor's country."""
    shared = {fold(word): dict(codes) for word, codes in data("currencies")["shared"].items()}
    for noun, codes in cldr_nouns().items():
        fallback = codes.get("default") or _codes().get(noun)
        default = {"default": fallback} if fallback else {}
        by_country = {country: code for country, code in codes.items() if country != "default"}
        shared[noun] = by_country | shared.get(noun, default)
    return shared


@cache
def _capitals() -> frozenset[str]:
    """Codes that count only in capitals: in small letters they may be anything."""
    return (cldr_codes() | set(data("currencies")["capitals"])) - set(data("currencies")["not_codes"])


@cache
def _names() -> str:
    return alternatives([*_codes(), *_shared(), *(code.lower() for code in _capitals())])


@cache
def currency_before() -> re.Pattern[str]:
    """A currency right before a place: ``€``, ``EUR ``, ``US$``."""
    return re.compile(rf"(?:{_loose()})\s?$")


@cache
def currency_after() -> re.Pattern[str]:
    """A currency right after a place, with ``k`` or ``m`` before it allowed elsewhere."""
    # what stands before it was read already: "40k" of "40keur"
    names = _loose().replace("(?<![a-z])", "")
    return re.compile(rf"\s?(?:in |de |d'|of |\()?({names})\)?")


@cache
def currency_aside() -> re.Pattern[str]:
    """A currency that is named apart from the amount: ``…, in pounds``, ``(dollars)``."""
    return re.compile(rf"(?:[,(;:]|\.(?=\s)|\bin|\ben|\bas)\s*(?:in |en )?({_names()})(?! ?\d)")


@cache
def _anywhere() -> re.Pattern[str]:
    return any_of(fold(word) for word in data("currencies")["anywhere"])


def currency_anywhere(message: Message) -> str | None:
    """The only currency that a message names, wherever it stands: "12 grand - pounds - from the lottery"."""
    return only_code(message, _anywhere())


_NOT = re.compile(r"\b(?:not|no|nicht|keine?|pas|non|nao|niet|geen|statt|instead of|rather than)\s(?:in |the |de |des |d'|en )?$")


def only_code(message: Message, names: re.Pattern[str]) -> str | None:
    """The code of all names that are found, when it is but one; "pounds, not euros" names one."""
    found = (match for match in names.finditer(message.low) if not _NOT.search(message.low[max(0, match.start(1) - 16) : match.start(1)]))
    codes = {code_of(message, *match.span(1)) for match in found} - {None}
    return codes.pop() if len(codes) == 1 else None


@cache
def _loose() -> str:
    # digits may touch a code ("40000EUR", "EUR50"), so only letters count as its continuation
    return _names().replace("(?<![a-z0-9])", "(?<![a-z])").replace("(?![a-z0-9])", "(?![a-z])")


def is_currency(word: str, country: str | None = None) -> bool:
    """Whether folded letters or a sign stand for a currency, in this country if that matters."""
    if word in _codes() or word.upper() in _capitals():
        return True
    return word in _shared() and ("default" in _shared()[word] or (country or "").upper() in _shared()[word])


def code_of(message: Message, start: int, end: int) -> str | None:
    """The ISO code of the currency written from ``start`` to ``end``."""
    raw = message.text[start:end].strip()
    raw = re.sub(r"^in ", "", raw, flags=re.IGNORECASE)
    word = re.sub(r"\s+", " ", fold(raw))
    if word in _shared():
        codes = _shared()[word]
        return codes.get((message.country or "").upper(), codes.get("default"))
    if word in _codes():
        return _codes()[word]
    return raw if raw in _capitals() else None


@cache
def period_after() -> re.Pattern[str]:
    """A period right after an amount: ``a year``, ``/mo``, ``monthly``, ``in total``."""
    periods = data("currencies")["periods"]
    units = alternatives(fold(word) for names in periods["units"].values() for word in names)
    joints = "|".join(re.escape(fold(word)) for word in sorted(periods["before_unit"], key=len, reverse=True))
    adverbs = alternatives(fold(word) for names in periods["words"].values() for word in names).replace("(?<![a-z0-9])", "(?<![a-z])")
    return re.compile(rf"[ ,(]{{0,2}}(?:(?:{joints})\s?({units})|({adverbs}))\)?|[ ,(](?=(?:{units})\s*(?:$|[.,;!?)]))({units})")


@cache
def period_near() -> re.Pattern[str]:
    """A period elsewhere in the sentence that belongs to the amount: ``annual budget``, ``monthly``."""
    periods = data("currencies")["periods"]
    adverbs = [fold(word) for name, names in periods["words"].items() if name != "once" for word in names]
    units = alternatives(fold(word) for names in periods["units"].values() for word in names if len(word) > 2)
    adverbs = [word for word in adverbs if word not in set(map(fold, periods["when"]))]
    anywhere = alternatives([*adverbs, *map(fold, data("currencies")["periods_unit_once"])])
    whole = "|".join(re.escape(fold(word)) for word in sorted(periods["whole"], key=len, reverse=True))
    each = rf"\b(?:per|pro|par|each|every|al|por|im|cada|chaque|jede[ns]?|{whole})"
    article = r"(?<!once )(?<!twice )(?<!times )(?<!mal )(?<!fois )\ba(?=\s(?:month|year|week)\b)"
    return re.compile(rf"({anywhere})|(?:{each}|{article})\s?({units})")


@cache
def _periods() -> dict[str, str]:
    periods = data("currencies")["periods"]
    found = {fold(word): name for name, names in periods["units"].items() for word in names}
    found |= {fold(word): name for name, names in periods["words"].items() for word in names}
    return found | {fold(word): "once" for word in data("currencies")["periods_unit_once"]}


def period_of(word: str) -> str | None:
    """``year``, ``quarter``, ``month``, ``week``, ``day`` or ``once`` for a folded word."""
    return _periods().get(re.sub(r"\s+", " ", word))
