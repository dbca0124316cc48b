"""What words that look like a name may be instead: a company, a place, or where somebody is from."""

from __future__ import annotations

from collections.abc import Sequence

from leads.reading.gazetteer import cities, key, known, regions
from leads.reading.message import fold, words
from leads.reading.name_cut import Word, listed
from leads.reading.name_words import is_family, is_given


def is_company(row: list[Word], behind: Sequence[Word]) -> bool:
    """Whether a run ends like a company: "Northgate Dental Clinic", "Acme Inc"."""
    if any(word.low.replace(".", "") in _legal() for word in row[len(row) > 1 :] if len(word.low) > 3 or word.capital) or any(
        word.low in _legal() and word.capital for word in behind[:1]
    ):
        return True
    nouns = words("asked_company", "nouns")
    if any(word.low in nouns and not is_family(word.low) and not is_given(word.low) for word in row[1:]):
        return True
    return len(behind) == 1 and not behind[0].stop and behind[0].low in nouns and len(row) > 1 and not is_family(behind[0].low)


def _legal() -> frozenset[str]:
    short = {"se", "as", "ab", "co", "lp", "ev", "group", "holding"}
    return frozenset(word.replace(".", "") for word in words("people", "legal_forms")) - short


def is_city_first(low: str) -> bool:
    """ "London", "Berlin": rather the city, though somebody is called so."""
    return low in words("people", "not_companies") and low not in listed("named_cities") and low not in words("given_names", "names")


def is_place(row: Sequence[Word]) -> bool:
    """Whether the words are a country, a part of one or a city."""
    return names_place(" ".join(one.text for one in row))


def names_place(name: str) -> bool:
    """The same of a name as text."""
    low = key(name)
    return low in known() or low in regions() or low in cities() or fold(name) in words("people", "not_companies")


def without_place(row: list[Word]) -> list[Word]:
    """ "Philippe Garnier de Nantes", "Marta de Valencia": where somebody is from is no part of the name."""
    for place in range(1, len(row) - 1):
        if row[place].low in ("de", "del", "da", "di"):
            rest = " ".join(word.text for word in row[place + 1 :])
            if names_place(rest) and not is_family(row[-1].low):
                return row[:place]
    return row
