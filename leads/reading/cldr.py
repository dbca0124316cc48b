"""Currencies of all countries and what they are called, from the Unicode locale data that Babel carries."""

from __future__ import annotations

from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies

from leads.reading.message import data, fold

# In these languages the noun of a currency's name stands last ("Swiss francs"), in those first ("francs suisses").
_NOUN_LAST = ("en", "de")
_NOUN_FIRST = ("fr", "es", "pt")


@cache
def _of_countries() -> dict[str, str]:
    """Country → its currency; the first where there are several."""
    countries = (country for country in get_global("territory_currencies") if len(country) == 2 and country.isalpha())
    found = {country: get_territory_currencies(country) for country in countries}
    return {country: codes[0] for country, codes in found.items() if codes}


@cache
def cldr_codes() -> frozenset[str]:
    """Every ISO 4217 code that is legal tender somewhere today."""
    return frozenset(_of_countries().values())


def _called(code: str, language: str) -> set[str]:
    """Its names for one and for several, folded: ``{"chilean peso", "chilean pesos"}``."""
    return {fold(get_currency_name(code, count, language)).split(" (")[0] for count in (1, 2)}


@cache
def cldr_names() -> dict[str, str]:
    """Full name → code: ``chilean pesos``, ``schweizer franken``; names of one word are nouns."""
    return {
        name: code for code in cldr_codes() for language in (*_NOUN_LAST, *_NOUN_FIRST) for name in _called(code, language) if " " in name
    }


@cache
def cldr_nouns() -> dict[str, dict[str, str]]:
    """Noun → country → code: ``pesos`` are the Chilean ones in Chile. ``default`` where only one currency is called so."""
    found: dict[str, dict[str, str]] = {}
    owners: dict[str, set[str]] = {}
    for country, code in _of_countries().items():
        for noun in _nouns(code):
            found.setdefault(noun, {})[country] = code
            owners.setdefault(noun, set()).add(code)
    for noun, codes in owners.items():
        if len(codes) == 1:
            found[noun]["default"] = next(iter(codes))
    return found


@cache
def _nouns(code: str) -> frozenset[str]:
    last = {name.split()[-1] for language in _NOUN_LAST for name in _called(code, language)}
    first = {name.split()[0] for language in _NOUN_FIRST for name in _called(code, language)}
    nouns = {noun for name in last | first for noun in name.split("-")[-1:]}
    return frozenset(nouns - {fold(word) for word in data("currencies")["not_nouns"]})
