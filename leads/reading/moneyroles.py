"""Whose a sum is: what the visitor would spend, or what is asked, charged, paid today, or earned."""

from __future__ import annotations

import re
from functools import cache

from leads.reading import bounds
from leads.reading.about import marks, topics
from leads.reading.amounts import Amount, amounts
from leads.reading.candidates import Candidate
from leads.reading.message import Message, alternatives, phrases, words

_ELSEWHEN = frozenset({"past_time", "past", "hypothetical", "others", "open", "joke"})
_OTHER_SUMS = frozenset({"revenue", "sales", "salary", "costs", "debt", "funding", "paid", "price", "hearsay"})
_FAR = 60
_LIKE = 6  # times another sum: what is further off is for something else
_AHEAD = 30  # characters before a sum that may put it as an offer


def is_other(message: Message, amount: Amount, candidate: Candidate, present: bool = False) -> bool:
    """Whether the clause is about another time, somebody else, or a sum that is no budget.

    ``present`` when what is paid today may be what was asked for.
    """
    about = topics(message, candidate.start) - (frozenset({"paid"}) if present else frozenset())
    if _is_only_asked(message, candidate) or (not present and gives_way(message, amount)):
        return True
    if _is_refused_beyond(message, amount):
        about -= {"price", "costs", "hypothetical"}  # "if it costs more than 1000 I'm out"
    if amount.low is None and bounds.no_more().match(message.low, amount.end):
        about -= {"paid"}  # "we pay 400 now, and that is the limit"
    if amount.multiplied and "?" not in message.low[slice(*message.sentence(amount.start))]:
        about -= {"price", "costs"}  # "25 € pro Mitarbeiter"
    if about & _ELSEWHEN or ("question" in about and "offer" not in about and not _is_bid(message, candidate)):
        return True
    return bool(about & _OTHER_SUMS) and not phrases("currencies", "budget_names").search(message.low, *message.clause(candidate.start))


def gives_way(message: Message, amount: Amount) -> bool:
    """ "Today it's 450 a month, we aim for 300": what is so today, before another sum of that size that is wished."""
    if amount.period is None or "today" not in marks(message, amount.start) or "wish" in marks(message, amount.start):
        return False
    wished = (other for other in amounts(message) if other.start >= amount.end and "wish" in marks(message, other.start))
    return any(1 / _LIKE < other.middle / max(amount.middle, 1) < _LIKE for other in wished)


def _is_refused_beyond(message: Message, amount: Amount) -> bool:
    """Whether the amount is a limit because more than it is refused."""
    return amount.low is None and phrases("numbers", "over").search(message.low, amount.start, amount.first.start) is not None


def _is_only_asked(message: Message, candidate: Candidate) -> bool:
    """ "Is 5k enough?": a question about a sum, and no word of having it."""
    start, end = message.sentence(candidate.start)
    begins = phrases("currencies", "only_asked", before=r"\W*(?:and |so |und |et |y )?", after=r"\s*(?:about |around )?$")
    return "?" in message.low[start:end] and begins.match(message.low[start : candidate.start]) is not None


def _is_bid(message: Message, candidate: Candidate) -> bool:
    """ "Can it be done for under 3k?": a sum that is offered by asking."""
    start, end = message.sentence(candidate.start)
    if phrases("currencies", "bids", "not").search(message.low, start, end):
        return False
    ahead = message.low[max(start, candidate.start - _AHEAD) : candidate.start]
    before = phrases("currencies", "bids", "before", after=r"\s*$").search(ahead)
    return before is not None or phrases("currencies", "bids", "bounds").match(message.low, candidate.start) is not None


@cache
def each() -> re.Pattern[str]:
    """A price for each of several: "per user", "a month and per store", "each"."""
    each = alternatives(words("currencies", "each_of_them"))
    per = r"(?:(?:et|and|und|y|e|en) )?(?:per|/|pro|par|por|a|each|je)\s?(?!(?:day|month|week|year|mo|yr)s?\b)"
    return re.compile(rf"[ ,]{{0,2}}(?:{per}({_ones()})|{each}(?!\s[a-z]))")


@cache
def per_one() -> re.Pattern[str]:
    """ "Per user", wherever it stands."""
    return re.compile(rf"\b(?:per|pro|par|por|je|each|every|jede[nrs]?|chaque|cada)\s({_ones()})")


@cache
def _ones() -> str:
    """Whom or what a price may be for one of."""
    lists = (words("headcount", key) for key in ("counted", "units", "place"))
    times = words("currencies", "plain_units") | {"hour", "stunde", "heure", "hora", "time", "mal", "fois", "vez"}
    nouns = frozenset().union(*lists, words("products", "one"), _singles(words("products", "nouns"))) - times
    return alternatives(nouns - {f"{time}{tail}" for time in times for tail in ("s", "e", "en", "n")}).replace("(?<![a-z0-9])", "")


def _singles(nouns: frozenset[str]) -> frozenset[str]:
    """Plural nouns without their ``s``; what is no word does no harm."""
    return frozenset(noun.removesuffix("s") for noun in nouns)


def is_each(message: Message, amount: Amount) -> bool:
    """Whether the amount is for each of several."""
    if each().match(message.low, amount.end):
        return True
    ahead = message.low[max(0, amount.start - _AHEAD) : amount.start]
    ahead = message.low[max(0, amount.start - _AHEAD) : amount.start]
    if phrases("currencies", "each_before", after=r"[\s:]*(?:[a-z]+ )?$").search(ahead):
        return True
    return _each_gives().search(message.low[max(0, amount.start - _FAR) : amount.start]) is not None


@cache
def _each_gives() -> re.Pattern[str]:
    """ "Each of our 4 shops can put in 250", "jede gibt 250"."""
    one, gives = alternatives(words("currencies", "each_one")), alternatives(words("currencies", "each_gives"))
    return re.compile(
        rf"(?:{one})(?:\s(?:of|our|us|the|them|von|uns|unseren|de|nos|nous|nosotros|nuestras|nuestros|[a-z]+|\d+)){{0,4}}?\s(?:{gives})\s*$"
    )


def counts_us(message: Message, amount: Amount) -> bool:
    """ "Somos 200 en banca": a bare number behind "we are" counts people, whatever was asked."""
    if amount.currency is not None or amount.period is not None or not amount.first.plain:
        return False
    ahead = message.low[max(message.clause(amount.start)[0], amount.start - _AHEAD) : amount.start]
    return (
        phrases(
            "moneydoubts", "we_are", after=r"\s*(?:about|around|only|just|some|etwa|circa|ca\.?|rund|nur|environ|unos|unas|casi)?\s*$"
        ).search(ahead)
        is not None
    )


def is_judged(message: Message, amount: Amount) -> bool:
    """Whether the amount is only said to be too much, or too little, or out of reach."""
    if amount.low != amount.high:
        return False
    judged = phrases("currencies", "too_much", before=r"[^.;!?0-9]{0,24}?").match(message.low, amount.end)
    if judged and "$" not in message.low[amount.end : judged.start(1)]:
        return True
    ahead = message.low[max(0, amount.start - _AHEAD) : amount.start]
    return phrases("currencies", "cannot", after=r"\s*(?:about |around |the |your |die |les |los )?$").search(ahead) is not None


def named_by_us(message: Message, amount: Amount) -> bool:
    """A price of ours that the visitor speaks of: a plan that is asked about, what the page says."""
    start, end = message.sentence(amount.start)
    sentence = message.low[start:end]
    plan = re.match(r"(?:/?[a-z]* )?(?:plan|package|tier|tarif|abo)s?\b", message.low[amount.end : amount.end + 16].lstrip())
    plan = plan or phrases("currencies", "our_sums", before=r"[ -]").match(message.low, amount.end)
    return "?" in sentence and bool(plan or phrases("currencies", "our_prices").search(sentence))


def paid_to_others(message: Message, amount: Amount, clause: str) -> bool:
    """What is paid today, or the price of a plan."""
    if re.match(r"[ -](?:plan|package|tier|subscription|option|version|tarif|abo|licen[cs]e)", message.low[amount.end : amount.end + 14]):
        return True
    return bool(phrases("currencies", "present_cost").search(clause))


def asks_the_price(message: Message, amount: Amount) -> bool:
    """Whether the sentence asks what something costs."""
    start, end = message.sentence(amount.start)
    sentence = message.low[start:end]
    if "?" not in sentence or phrases("currencies", "own_words").search(sentence):
        return False
    if re.match(r"\W*(?:is|are|was|ist|sind|est-ce|c'est|es)\b", sentence):
        return True
    return bool(phrases("currencies", "price_question").search(sentence))
