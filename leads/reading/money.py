"""Money: an amount or a range with currency and period, as a budget is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from leads.reading.about import marks, topics
from leads.reading.amounts import Amount, amounts, strong_enough
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.currencies import currency_anywhere, period_near, period_of
from leads.reading.message import Message, alternatives, any_of, little_words, phrases, words
from leads.reading.phone import places as phone_places
from leads.reading.scales import is_scale
from leads.reading.subjects import is_of_a_thing
from leads.reading.totals import added, settled
from leads.reading.typos import repaired
from leads.reading.years import is_year

if TYPE_CHECKING:
    from leads.questions import Question

_PERIODS = {"once": "one-off"}
_ANYTHING = 100  # a range of more than that says little: "anything from 1k to 1m, no idea"
_BEHIND = (("currencies", "after_bare"), ("about", "meant"), ("about", "offer"))  # words that no bare sum counts
_LARGE = 1000
_AHEAD = 30  # characters before an amount that may say for which time it is
_LEAST = 100  # what is less is no budget for anything; "7" may mean thousands, people or a choice
_ELSEWHEN = frozenset({"past_time", "past", "hypothetical", "others", "open", "joke"})
_OTHER_SUMS = frozenset({"revenue", "sales", "salary", "costs", "debt", "funding", "paid", "price", "hearsay"})
_OTHER_PEOPLE = frozenset({"served", "public"})
_TINY = 20  # what is less, and not a month or a user, is hardly a budget
_FIGURES = re.compile(
    r"\b(?:(?P<part>low|lower|mid|middle|high|higher|upper)[ -])?(?P<count>four|five|six|seven|[4-7])[ -](?:figures?|digits?)\b"
    r"|\b(?:(?P<part_de>niedrig|unter|mittler|hoh|hoher|ober)\w{0,3} )?(?P<de>vier|funf|sechs|sieben|[4-7])-?stellig"
    r"|\b(?P<fr>quatre|cinq|six|sept|[4-7]) chiffres\b"
    r"|\b(?P<es>cuatro|cinco|seis|siete|[4-7]) (?:cifras|digitos)\b"
)
_DIGIT_WORDS = {
    word: count
    for count, names in (
        (4, "four vier quatre cuatro 4"),
        (5, "five funf cinq cinco 5"),
        (6, "six sechs seis 6"),
        (7, "seven sieben sept siete 7"),
    )
    for word in names.split()
}
_THIRDS = {(1, 3): "low lower niedrig unter", (3, 7): "mid middle mittler", (7, 10): "high higher upper hoh hoher ober"}
_PARTS = {"": (1, 10)} | {word: part for part, names in _THIRDS.items() for word in names.split()}


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """What :func:`_find` finds when slips are put right, at its places in the typed message."""
    read = repaired(message)
    found = _find(read.message, question, asked)
    return list(map(read.back, found)) if read.slips else found


def _find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Amounts of money; without a currency, a period or a word like "budget" only when it was asked for."""
    if asked and message.bare in words("currencies", "no_budget"):
        value = {"min": 0.0, "max": 0.0, "currency": None, "period": None}
        return [Candidate(Reading(value, "no budget", message.text.strip(), 0.8), 0, len(message.text))]
    meant = (amount for amount in amounts(message) if not amount.part or _only_of_it(message, amount))
    single = (_candidate(message, _scaled(message, amount), asked) for amount in meant)
    found = [candidate for candidate in single if candidate is not None]
    if not any(candidate.reading.value["max"] is None or candidate.reading.value["max"] >= _LARGE for candidate in found):
        found = _figures(message, asked) or found
    found = _completed([candidate for candidate in found if not _is_other(message, candidate)])
    return settled(message, _added_up(message, found))


def _added_up(message: Message, found: list[Candidate]) -> list[Candidate]:
    """ "$10k + $5k" is one sum, when both are of one currency and period."""
    told = added(message, found)
    if told is None:
        return found
    first, second, total = told
    one, other = first.reading.value, second.reading.value
    if one["period"] != other["period"] or (None not in (one["currency"], other["currency"]) and one["currency"] != other["currency"]):
        return found
    value = {**one, "min": total, "max": total, "currency": one["currency"] or other["currency"]}
    reading = Reading(value, describe(value), message.said(first.start, second.end), 0.8)
    return [replace(first, reading=reading, end=second.end)]


def _only_of_it(message: Message, amount: Amount) -> int:
    """Points for "a 50k grant, but only 20k of it is for software"."""
    only = phrases("numbers", "only", after=r"\s*(?:about |around )?$").search(message.low[max(0, amount.start - _AHEAD) : amount.start])
    return 2 if amount.part and only else 0


def _completed(found: list[Candidate]) -> list[Candidate]:
    """Sums that are told twice have what was said with either: "900 a month. 900 dollars"."""
    made = []
    for one in found:
        value = dict(one.reading.value)
        same = [other.reading.value for other in found if all(other.reading.value[end] == value[end] for end in ("min", "max"))]
        for part in ("currency", "period"):
            said = {other[part] for other in same} - {None}
            value[part] = value[part] or (said.pop() if len(said) == 1 else None)
        made.append(
            one
            if value == one.reading.value
            else replace(one, reading=replace(one.reading, value=value, text=describe(value, one.reading.text.startswith("about "))))
        )
    return made


def _is_other(message: Message, candidate: Candidate) -> bool:
    """Whether the clause is about another time, somebody else, or a sum that is no budget."""
    about = topics(message, candidate.start)
    if about & _ELSEWHEN or ("question" in about and "offer" not in about):
        return True
    return bool(about & _OTHER_SUMS) and not phrases("currencies", "budget_names").search(message.low, *message.clause(candidate.start))


def _candidate(message: Message, amount: Amount, asked: bool) -> Candidate | None:
    start, end = message.clause(amount.start)
    clause = message.low[start : max(end, amount.end)]
    budget = bool(phrases("currencies", "budget_words").search(clause))
    if _something_else(message, amount) or is_of_a_thing(message, amount):
        return None
    if amount.first.weak:
        start = amount.first.start
        alone = is_scale(message.low[start : amount.first.end]) and not re.search(r"\b(?:an?|one|un|eine?)\s$", message.low[:start][-6:])
        if alone and (amount.currency is None or any(not other.first.weak for other in amounts(message) if other is not amount)):
            return None
        if amount.currency is None and not (asked and strong_enough(message, amount)):
            return None
    large = not amount.first.plain or amount.middle >= _LARGE
    cue = amount.currency is not None or budget or (large and amount.period is not None)
    judged = phrases("currencies", "too_much", before=r"[^.;!?0-9]{0,24}?").match(message.low, amount.end)
    if judged and amount.low == amount.high and "$" not in message.low[amount.end : judged.start(1)]:
        return None
    if asked and _named_by_us(message, amount):
        return None
    wide = amount.low and amount.high and amount.high / amount.low >= _ANYTHING
    if wide and phrases("refusals", "open").search(message.low):
        return None
    if not asked and (_asks_the_price(message, amount) or _paid_to_others(message, amount, clause)):
        return None
    if not cue and amount.period is None and topics(message, amount.start) & _OTHER_PEOPLE:
        return None
    if not cue and (not _plausible(message, amount) if asked else not _had(message, amount)):
        return None
    strength = (
        (amount.low is None)
        + _only_of_it(message, amount)
        + 1
        + 4 * (amount.currency is not None)
        + 2 * budget
        + large
        + (amount.period is not None)
    )
    about = topics(message, amount.start)
    strength += 3 * len(marks(message, amount.start) & {"now", "here"}) - 3 * ("plan" in about) - 2 * ("if" in marks(message, amount.start))
    value = {
        "min": amount.low,
        "max": amount.high,
        "currency": amount.currency or _only_currency(message),
        "period": amount.period or _period(clause) or _of_this_year(message, amount, clause) or _only_period(message),
    }
    tiny = value["period"] is None and 0 < (amount.high or amount.middle) < _TINY
    confidence = 0.4 if tiny else 0.95 if amount.currency else 0.85 if asked or budget else 0.7 if cue else 0.6
    reading = Reading(value, describe(value, amount.about), message.said(amount.start, amount.end), confidence)
    return Candidate(reading, amount.start, amount.end, strength, not cue, amount.denied)


def _only_currency(message: Message) -> str | None:
    """The currency of the message when it names one and no more, also beside another amount: "2,000 dollars then, 500 now"."""
    codes = {amount.currency for amount in amounts(message)} - {None}
    return codes.pop() if len(codes) == 1 else None if codes else currency_anywhere(message)


def _scaled(message: Message, amount: Amount) -> Amount:
    """The amount in the thousands of the one before it: "was 20k, now 15"."""
    others = [other for other in amounts(message) if other is not amount]
    if amount.first is not amount.last or not amount.first.plain or amount.period or not 0 < amount.middle < _LARGE:
        return amount
    factors = {other.first.factor for other in others if other.first.factor >= _LARGE and 0.1 <= other.first.base / amount.middle <= 10}
    if len(factors) != 1 or not _only_changed(message, amount):
        return amount
    factor = factors.pop()
    return replace(amount, low=amount.low and amount.low * factor, high=amount.high and amount.high * factor)


def _only_changed(message: Message, amount: Amount) -> bool:
    """Whether a small number can only be said of the sum before it: nothing that it counts stands behind it."""
    return re.match(r"\s*(?:$|[.,;!?)])|\s*(?:now|jetzt|maintenant|ahora|today|heute|max|instead)\b", message.low[amount.end :]) is not None


def _plausible(message: Message, amount: Amount) -> bool:
    """Whether a number without any sign of money can be a budget: not "7", not "80 volunteers"."""
    if amount.period is None and amount.middle < _LEAST and not any(other.denied for other in amounts(message)):
        return False
    if _is_phone(message, amount):
        return False
    noun = re.compile(r"[ -]([a-z]{2,})").match(message.low, amount.end)
    return noun is None or noun[1] in little_words() or any(noun[1] in words(*names) for names in _BEHIND)


def _is_phone(message: Message, amount: Amount) -> bool:
    """Whether bare digits are a part of a phone number of the visitor's country."""
    if amount.first.factor != 1 or amount.last.end - amount.first.start < 5:
        return False
    return any(start < amount.end and amount.start < end for start, end in phone_places(message))


def _had(message: Message, amount: Amount) -> bool:
    """ "We have 40k": a large sum that somebody has, with nothing after it that it could count."""
    if amount.first.plain or amount.last.plain or amount.middle < 1000:
        return False
    start, end = message.clause(amount.start)
    if any_of(words("headcount", "units")).search(message.low, start, end) or "?" in message.low[start:end]:
        return False
    before = phrases("currencies", "have", after=r"\s*(?:only|just|got|around|about)?\s*$")
    return bool(before.search(message.low[start : amount.start]) and _plausible(message, amount))


def describe(value: Mapping[str, Any], about: bool = False) -> str:
    """Money in plain words that read back to the same value: ``about 40k EUR a year``."""
    low, high = value["min"], value["max"]
    if low == high == 0:
        return "no budget"
    if about and (low is None or high is None):
        bound = describe({**value, "min": low, "max": high})
        return re.sub(r"^(at least|up to) ", r"\1 about ", bound)
    if low is not None and high is not None and low != high:
        # "1 to 10k" would read as 1k to 10k, so a small lower end keeps the upper one in full
        figure = f"{figure_text(low)} to {figure_text(high) if low >= 1e3 else _full(high)}"
    elif high is None:
        figure = f"at least {figure_text(low)}"
    else:
        figure = figure_text(high) if low is not None else f"up to {figure_text(high)}"
    period = value.get("period")
    parts = ["about" if about else "", figure, value.get("currency") or "", (_PERIODS.get(period) or f"a {period}") if period else ""]
    return " ".join(part for part in parts if part)


def figure_text(figure: float) -> str:
    """``40k``, ``1.5m``, ``1,250``, ``40,000.50``."""
    if figure >= 1e6 and figure % 1e4 == 0:
        return f"{figure / 1e6:.2f}".rstrip("0").rstrip(".") + "m"
    if (figure >= 1e4 and figure % 100 == 0) or (figure >= 1e3 and figure % 1e3 == 0):
        return f"{figure / 1e3:,.1f}".removesuffix(".0") + "k"
    return _full(figure)


def _full(figure: float) -> str:
    return f"{figure:,.0f}" if figure == int(figure) else f"{figure:,.2f}"


def _figures(message: Message, asked: bool) -> list[Candidate]:
    """ "Five figures", "low six-figure budget"."""
    found = []
    for match in _FIGURES.finditer(message.low):
        size = 10.0 ** (_DIGIT_WORDS[match["count"] or match["de"] or match["fr"] or match["es"]] - 1)
        low, high = _PARTS[match["part"] or match["part_de"] or ""]
        value = {"min": low * size, "max": high * size, "currency": _only_currency(message), "period": _period(message.low)}
        if asked or phrases("currencies", "budget_words").search(message.low):
            found.append(Candidate(Reading(value, describe(value), message.said(*match.span()), 0.7), *match.span(), 3))
    return found


def _only_period(message: Message) -> str | None:
    """The period that is told apart from the only amount: "6.000 €, pago único"."""
    meant = [amount for amount in amounts(message) if not amount.first.weak]
    return _period(message.low) if len(meant) == 1 else None


def _of_this_year(message: Message, amount: Amount, clause: str) -> str | None:
    """The period of "this year 60k" and "set aside for next year"; "this year it's 60k" only says when."""
    when = r"(?:for|fur|pour|para)\s"
    match = phrases("currencies", "periods", "when", after=r"\s*:?\s*$").search(message.low[: amount.start][-_AHEAD:])
    match = match or phrases("currencies", "periods", "when", before=when).search(clause)
    return period_of(match[1]) if match else None


def _period(clause: str) -> str | None:
    match = period_near().search(clause)
    return period_of(match[1] or match[2]) if match else None


@cache
def _counted() -> re.Pattern[str]:
    nouns = alternatives(words("headcount", "counted") | words("headcount", "units") - {"ma"})
    return re.compile(rf"[ -]{{0,2}}(?:[a-z]+ )?({nouns})")


@cache
def _each() -> re.Pattern[str]:
    nouns = alternatives(words("headcount", "counted") | words("headcount", "units") | {"head", "kopf", "tete", "cabeza"})
    nouns = nouns.replace("(?<![a-z0-9])", "")
    return re.compile(rf"[ ,]{{0,2}}(?:(?:per|/|pro|par|por|a|each|je)\s?)(?!(?:day|month|week|year|mo|yr)s?\b)({nouns})")


def _something_else(message: Message, amount: Amount) -> bool:
    """Whether the number counts people, months, users, or is a year or a price per head."""
    if amount.currency is None:
        match = _counted().match(message.low, amount.last.end)
        if match and not (amount.period and match.end() <= amount.end):
            return True
        return is_year(message, amount)
    return bool(_each().match(message.low, amount.end)) and not amount.denied


def _named_by_us(message: Message, amount: Amount) -> bool:
    """A price of ours that the visitor speaks of: a plan that is asked about, what the page says."""
    start, end = message.sentence(amount.start)
    sentence = message.low[start:end]
    plan = re.match(r"(?:/?[a-z]* )?(?:plan|package|tier|tarif|abo)s?\b", message.low[amount.end : amount.end + 16].lstrip())
    plan = plan or phrases("currencies", "our_sums", before=r"[ -]").match(message.low, amount.end)
    return "?" in sentence and bool(plan or phrases("currencies", "our_prices").search(sentence))


def _paid_to_others(message: Message, amount: Amount, clause: str) -> bool:
    """What is paid today, or the price of a plan."""
    if re.match(r"[ -](?:plan|package|tier|subscription|option|version|tarif|abo|licen[cs]e)", message.low[amount.end : amount.end + 14]):
        return True
    return bool(phrases("currencies", "present_cost").search(clause))


def _asks_the_price(message: Message, amount: Amount) -> bool:
    start, end = message.sentence(amount.start)
    sentence = message.low[start:end]
    if "?" not in sentence or phrases("currencies", "own_words").search(sentence):
        return False
    if re.match(r"\W*(?:is|are|was|ist|sind|est-ce|c'est|es)\b", sentence):
        return True
    return bool(phrases("currencies", "price_question").search(sentence))
