"""Where somebody is: which of the places in a message is the company's, as one answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from babel import Locale

from leads.reading.about import clauses, is_now, topics
from leads.reading.amounts import correction
from leads.reading.base import Reading
from leads.reading.beside import in_clause_elsewhere, in_number, without_neighbours, without_people
from leads.reading.candidates import Candidate
from leads.reading.gazetteer import holds, known
from leads.reading.message import Message, alternatives, data, fold, phrases, words
from leads.reading.name_words import everyday, given_names
from leads.reading.places import Place, is_place, places

if TYPE_CHECKING:
    from leads.questions import Question

_ELSEWHERE = frozenset(
    {
        "past_time",
        "hypothetical",
        "plan",
        "others",
        "joke",
        "question",
        "clientele",
        "served",
        "travel",
        "origin",
        "lived",
        "delivery",
        "speech",
        "goods",
        "kin",
        "event",
    }
)
_STICKY = frozenset({"clientele", "travel", "lived", "delivery", "speech", "goods", "kin", "event", "origin"})
_LISTED = re.compile(
    r"\s*(?:[,&+/]|,? ?(?:and|und|et|y|plus|sowie|or|oder|ou|o))\s*"
    r"(?:(?:another|one|the other|der andere|die andere|l'autre|a second|eines?|un autre|une autre)\s+)*"
    r"(?:(?:otra|otro|the|also|auch|aussi|tambien)\s+)*"
    r"(?:(?:one\s+)?(?:in|en|a)\s+)?(?:the )?"
)
_SITES = re.compile(
    r",?\s*(?:and|und|et|y|plus|sowie|&|\+)\s+(?:(?:an?|the|some|our|one|ein|eine|einem|unser|un|une|notre|una|"
    r"we have|we've|haben|on a|tenemos|other|another|autre|otra|otro)\s+)*(?P<site>[^\W\d_]+)\s+"
    r"(?:is |ist |est |esta )?(?:in|en|au|aux|a|dans)\s+(?:the |la |le |el )?"
)
_MOVED = re.compile(
    r"\b(?:moved|relocated|move|umgezogen|gezogen|verlegt|demenage|mudado|mudamos|trasladado)\b.*"
    r"\b(?:to|nach|a|en|au)\s+(?:the |la |le |el )?$"
)
_WHOLE = 3  # words of an answer that is hardly more than its place


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """All the places of a message as one answer; volunteered only with a word such as "based in"."""
    if not asked and not phrases("regions", "based").search(message.low):
        return []
    there = [place for place in _not_denied(message, list(places(message))) if _is_there(message, place)]
    said = [place for place in _contained(message, there) if not _elsewhere(message, place)]
    meant = _meant(message, without_people(message, without_neighbours(message, said)))
    if not meant:
        return []
    region = next((place.region for place in meant if place.region), "")
    countries = sorted({code for place in meant for code in place.countries})
    value: dict[str, Any] = {"countries": countries} if countries else {"region": region}
    start, end = meant[0].start, meant[-1].end
    return [Candidate(Reading(value, describe(value), message.said(start, end), 0.9), start, end, 3)]


def describe(value: Mapping[str, Any]) -> str:
    """``Germany, Switzerland`` or ``Europe``."""
    names = Locale("en").territories
    return ", ".join(names.get(code, code) for code in value.get("countries", ())) or str(value["region"])


def _meant(message: Message, found: list[Place]) -> list[Place]:
    """The places after a correction or after "we're based in", else all but those that somebody only comes from."""
    turns = [match.end() for match in correction().finditer(message.low)]
    behind = [place for place in found if any(place.start >= end for end in turns)]
    chosen = behind or found
    ranks = _shared(message, chosen, [_rank(message, place) for place in chosen])
    chosen = [place for place, rank in zip(chosen, ranks, strict=True) if rank == max(ranks)]
    if regions := _around(message, chosen):
        return regions
    countries = [place for place in chosen if place.countries]
    return countries or chosen


def _shared(message: Message, found: list[Place], ranks: list[int]) -> list[int]:
    """ "Mexico and Colombia now", "one office in London and another in Boston": what is listed counts alike."""
    for index in range(1, len(found)):
        sites = _SITES.fullmatch(message.low, found[index - 1].end, found[index].start)
        if _LISTED.fullmatch(message.low, found[index - 1].end, found[index].start) or (
            sites and sites["site"] in words("regions", "sites")
        ):
            ranks[index - 1] = ranks[index] = max(ranks[index - 1], ranks[index])
    return ranks


def _around(message: Message, found: list[Place]) -> list[Place]:
    """ "Scandinavia and Finland" is the Nordics, "UK and the rest of Europe" Europe."""
    regions = [place for place in found if place.region]
    if len(regions) != 1 or len(found) < 2:
        return []
    inside = data("regions")["inside"].get(regions[0].region, [])
    listed = all(
        re.fullmatch(
            r"\s*(?:[,&+/]|and|und|et|y|plus)\s*(?:(?:the )?rest of |restliches? |le reste de l'|el resto de )?",
            message.low[one.end : other.start],
        )
        for one, other in pairwise(found)
    )
    return regions if listed and all(set(place.countries) <= set(inside) for place in found) else []


def _rank(message: Message, place: Place) -> int:
    start = max((clause.start for clause in clauses(message) if clause.start <= place.start), default=0)
    said = message.low[start : place.start]
    behind = message.low[place.end : place.end + 24]
    if (
        phrases("regions", "based").search(said)
        or phrases("regions", "now").search(said)
        or phrases("regions", "seated", before=r"^[ -]*").search(behind)
    ):
        return 3
    if is_now(message, place.start):
        return 3
    person = place.sort == "people" and re.search(r"(?:\bi'?m|\bi am|\bich bin|\bje suis|\bsoy)\b", said)
    return 1 if person or phrases("regions", "come_from").search(said) else 2


def _elsewhere(message: Message, place: Place) -> bool:
    """Whether its clause, or the one that this goes on with, is about something else than where the company is."""
    made = [clause for clause in clauses(message) if clause.start <= place.start]
    if not made:
        return False
    said = message.low[made[-1].start : place.start]
    based = phrases("regions", "based").search(said)
    end = next((clause.start for clause in clauses(message) if clause.start > place.start), len(message.low))
    if in_clause_elsewhere(message, made[-1].start, end, bool(based)):
        return True
    if phrases("regions", "moved", after=r"\s+(?:the |la |le |el )?$").search(said) or _MOVED.search(said):
        return False
    if _in_question(message, place):
        return True
    if phrases("regions", "seated", before=r"^[ -]*").search(message.low[place.end : place.end + 20]) or _is_seat(message, place):
        return False
    about = topics(message, place.start)
    if based:
        about -= {"origin", "plan", "event", "goods", "past_time"}
        return bool(about & _ELSEWHERE)
    if len(made) > 1 and not made[-1].own and not made[-1].now:
        stop = re.search(r"[.!?;\n]", message.low[made[-2].start : made[-1].start])
        about |= frozenset() if stop else made[-2].topics & _STICKY
    return bool(about & _ELSEWHERE)


def _is_seat(message: Message, place: Place) -> bool:
    """ "…from Athens, that's where our office is"."""
    return (
        phrases("regions", "seat_behind", before=r"^\W{1,3}(?:(?:and|und|et|y)\s+)?").search(message.low[place.end : place.end + 40])
        is not None
    )


def _in_question(message: Message, place: Place) -> bool:
    """ "Munich?" and "do you deliver to Spain?" ask; "Munich, why?" answers first."""
    start, end = message.sentence(place.start)
    if "?" not in message.low[start : end + 1] and not message.low[: place.start].rstrip().endswith("\u00bf"):
        return "question" in topics(message, place.start)
    later = [clause for clause in clauses(message) if place.start < clause.start < end]
    return (
        "question" in topics(message, place.start)
        or not later
        or all(is_place(message.low[one.start : end].strip(" ?!.")) for one in later[-1:])
    )


def _joint(message: Message, first: Place, second: Place) -> bool:
    between = message.low[first.end : second.start]
    if between.strip() in data("regions")["and"].get((message.locale or "")[:2], ()):
        return False
    return (
        re.fullmatch(
            rf"[ ,(/-]{{0,3}}(?:(?:{alternatives(words('regions', 'within'))})[ ']?\s*(?:(?:the|la|le|el|los|las|der|l'|d')\s*)*)*", between
        )
        is not None
    )


def _contained(message: Message, found: list[Place]) -> list[Place]:
    """ "Paris, Texas" is in Texas, "Perth in Western Australia" in Australia, "west coast of Ireland" in Ireland."""
    kept: list[Place] = []
    for index, place in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        if following is not None and following.countries and place.countries and _holds(message, place, following):
            found[index + 1] = replace(following, start=place.start)
            continue
        if kept and place.is_city and kept[-1].sort == "country" and _is_inside(message, kept[-1], place):
            kept[-1] = replace(kept[-1], end=place.end)  # "Costa Rica, San José"
            continue
        if kept and following is None and place.is_city and kept[-1].is_city and _joint(message, kept[-1], place):
            shared = kept[-1].countries[0]
            if place.countries[0] != shared and place.sort == "town" and holds(shared, place.name):
                place = replace(place, countries=(shared,))
        kept.append(place)
    return kept


def _is_inside(message: Message, country: Place, city: Place) -> bool:
    apart = message.low[country.end : city.start].strip() in (",", "-", "(", ":")
    return apart and city.name not in known() and any(holds(code, city.name) for code in country.countries)


def _holds(message: Message, place: Place, following: Place) -> bool:
    if not _joint(message, place, following):
        return False
    of = any(sign.isalpha() for sign in message.low[place.end : following.start])
    if place.is_city and not following.is_city:
        return of or place.countries != following.countries
    if place.is_city:  # "Valencia, Madrid"
        return (of or place.countries != following.countries) and holds(following.countries[0], place.name)
    return of and place.sort == "country" and set(place.countries) != set(following.countries)


def _is_there(message: Message, place: Place) -> bool:
    """Whether it is said as a place: not as a person, a language, a sort of pastry."""
    if place.sort in ("code", "country") and in_number(message, place.start, place.end):
        return False
    low, after, before = message.low, message.low[place.end : place.end + 30], message.low[max(0, place.start - 40) : place.start]
    if phrases("regions", "not_before", after=r"\s+$").search(before) or phrases("regions", "not_behind", before=r"^[ -]").search(after):
        return False
    if place.name == "franken" and re.search(r"(?<![\d])\d[\d.,]*\s?$", before):
        return False
    if place.sort == "people":
        return _is_people(message, place, before, after)
    if _is_person(message, place, before, after):
        return False
    after = re.sub(r"^[ ,]*[^\w\s!-~]+", "", after)
    noun = re.match(r"[ -]([a-z]{3,})", after)
    if (
        phrases("regions", "in", after=r"\s+(?:the |la |le |el |der |den |dem |l')?(?:[a-z]+ )?$").search(before)
        or len(low.split()) <= _WHOLE
    ):
        if noun is None or len(low.split()) > _WHOLE:
            return True
        if message.text[place.end + 1 : place.end + 2].islower() and place.sort != "town":
            return True
    return noun is None or noun[1] in words("regions", "kinds") or is_place(noun[1]) or _ends_there(message, place)


def _ends_there(message: Message, place: Place) -> bool:
    """Whether a place in capitals opens the message and small words follow: "Kyiv still, all of us"."""
    return (
        place.start == 0
        and place.sort in ("country", "city")
        and re.match(r" [a-z]", message.text[place.end :]) is not None
        and place.name not in given_names()
        and place.name not in everyday()  # "Essen ist fertig"
    )


def _is_person(message: Message, place: Place, before: str, after: str) -> bool:
    if phrases("regions", "of_person", after=r"\s+(?:[a-z]+ )?$").search(before) or re.match(r"'s\b", after):
        return True
    if place.name not in given_names():
        return False
    if re.search(r"(?:\bi'?m|name'?s?(?: is)?|heiße|heisse|m'appelle|me llamo|frau|herr|mr|ms|call me|ask|ask for|cc)\s+$", before):
        return True
    surname = re.match(r" [A-Z\u00c0-\u00de][a-z]+", message.text[place.end :])
    named = surname is not None and not is_place(fold(surname[0].strip()))
    return named or phrases("regions", "person", before=r"^[ ,]{1,2}").search(after) is not None


def _is_people(message: Message, place: Place, before: str, after: str) -> bool:
    """ "We're Swiss", "a French company", "somos mexicanos"; not "Swiss cheese" and not "in English"."""
    noun = re.match(r"[ -]([a-z]{3,})", after)
    fits = noun is None or noun[1] in words("regions", "companies") or noun[1] in words("regions", "kinds")
    alone = re.search(r"(?:^|[,.!?(])\s*$", message.low[: place.start]) is not None
    if alone and (re.match(r"\s*(?:$|[,.!?)])", message.low[place.end :]) or (fits and len(message.low.split()) <= _WHOLE)):
        return True
    said = before.split()
    if said and said[-1] in given_names():
        return False
    if said and said[-1] in words("regions", "companies") - words("regions", "kinds"):
        return True
    return (
        fits
        and phrases(
            "regions",
            "we_are",
            after=r"\s+(?:(?:an?|eine?n?|une?|una|all|alle|tous|todos|the|la|le|el|die|ein|fully|small|little|old)\s+)*$",
        ).search(before)
        is not None
    )


def _not_denied(message: Message, found: list[Place]) -> list[Place]:
    """Without those taken back; "not Perth in Scotland" takes back both."""
    kept: list[Place] = []
    denied: Place | None = None
    for place in found:
        if _denied(message, place) or (
            denied is not None and _joint(message, denied, place) and message.low[denied.end : place.start].strip(" ")[:1] != ","
        ):
            denied = place
        else:
            denied = None
            kept.append(place)
    return kept


def _denied(message: Message, place: Place) -> bool:
    before, after = message.low[max(0, place.start - 40) : place.start], message.low[place.end : place.end + 12]
    before = re.sub(r"[dl]'$", "", before)
    if re.search(rf"\b(?:{'|'.join(data('regions')['in_the'].get((message.locale or '')[:2], ('(?!)',)))})\s+$", before):
        return False
    taken = re.search(rf"(?:{alternatives(words('regions', 'not_in'))})\s+(?:(?:in|from|the|aus|en|im|de|à|a|der|la|el|l')\s+)*$", before)
    if taken and re.match(r"\s*(?:only|just|nur|seulement|solo|solamente)\b", after):
        return False
    moved = re.search(r"\b(?:from|aus|von|de|desde)\s+(?:the |la |le |el )?$", before) and re.match(
        r"\s*(?:to|nach|in die|a|à|vers|hacia)\s+(?:the )?[a-z]", after
    )
    return taken is not None or bool(moved)
