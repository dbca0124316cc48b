"""The tables of places: names of countries, their people and parts, of regions, cities and towns, each with its country."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from leads.reading.message import data, fold, text_lines

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ja", "zh", "ko", "ru", "uk", "ar", "el", "he")
LONGEST = 5  # words in a name that is looked up
_ENDING = re.compile(r"(?<=isch)(?:e|er|es)$|(?<=burg)er$|(?<=ger)e$")


def key(name: str) -> str:
    """A name as it is looked up: folded, hyphens as blanks."""
    return re.sub(r"[\s-]+", " ", fold(name)).strip()


def holders(said: str) -> list[str]:
    """Countries that have a city of the name that a text ends with, that of the largest first."""
    row = said.split()
    for count in range(min(LONGEST, len(row)), 0, -1):
        name = " ".join(row[-count:])
        found = [table[name] for table in (cities(), towns()) if name in table]
        found += [code for table in (other_cities(), other_towns()) for code, names in table.items() if name in names]
        if found:
            return found
    return []


def holds(code: str, name: str) -> bool:
    """Whether the country has a city of that name."""
    return code in holders(name)


@cache
def regions() -> dict[str, str]:
    """Folded name → larger region."""
    return {key(name): region for region, names in data("regions")["regions"].items() for name in names}


@cache
def people() -> dict[str, tuple[str, ...]]:
    """Folded name of the people of a country, as in "a Swiss company"."""
    return {key(name): (code,) for code, names in data("peoples").items() for name in names}


@cache
def known() -> dict[str, tuple[str, ...]]:
    """Folded name of a country, a part of one or a group of countries → codes."""
    found = {name: (code,) for code, names in _lines("divisions", "").items() for name in names}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
                found[key(name)] = (code,)
    found |= {key(name): ("US",) for name in data("regions")["us_states"]}
    found |= {key(name): (code,) for part in ("countries", "lands") for code, names in data("regions")[part].items() for name in names}
    found |= {_declined(name): codes for name, codes in found.items() if " " in name}
    return found | {key(name): tuple(codes.split(",")) for codes, names in data("regions")["groups"].items() for name in names}


def _declined(name: str) -> str:
    """ "(Auf der) schwäbischen Alb", "(im) bayerischen Wald"."""
    first, rest = name.split(" ", 1)
    return f"{_ENDING.sub('en', first)} {rest}"


def _lines(name: str, mark: str) -> dict[str, frozenset[str]]:
    """Country → names, from the lines that begin with the mark ("" for those that have none)."""
    rows = ((line.removeprefix(mark)).partition(" ") for line in text_lines(name) if line.startswith(mark) and line[len(mark)].isalpha())
    return {code: frozenset(map(key, names.split(","))) if mark != "=" else frozenset(names.split(",")) for code, _, names in rows}


@cache
def cities() -> dict[str, str]:
    """Folded name → country; of two cities the larger."""
    return {name: code for code, names in _lines("cities", "").items() for name in names}


@cache
def towns() -> dict[str, str]:
    """Folded name of a smaller place → country."""
    return {
        name: code
        for line in text_lines("towns")
        if line[0] != "+"
        for code, _, names in (line.partition(" "),)
        for name in names.split(",")
    }


@cache
def other_cities() -> dict[str, frozenset[str]]:
    """Country → its cities of which a larger one is elsewhere."""
    return _lines("cities", "+")


@cache
def other_towns() -> dict[str, frozenset[str]]:
    """The same for smaller places."""
    return _lines("towns", "+")


@cache
def division_codes() -> dict[str, frozenset[str]]:
    """Country → short forms of its parts in capitals."""
    found, source = _lines("divisions", "="), data("regions")
    more = {code: frozenset(source[f"{code.lower()}_codes"]) for code in ("US", "CA", "AU")}
    return found | {code: codes | found.get(code, frozenset()) for code, codes in more.items()}
