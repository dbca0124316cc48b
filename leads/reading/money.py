"""Money: an amount or a range with currency and period, as a budget is told."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from leads.reading.about import marks, topics
from leads.reading.amounts import Amount, amounts, strong_enough
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.currencies import currency_anywhere, period_near, period_of
from leads.reading.message import Message, alternatives, any_of, little_words, phrases, words
from leads.reading.moneydoubts import is_doubtful
from leads.reading.moneyroles import asks_the_price, counts_us, gives_way, is_each, is_judged, is_other, named_by_us, paid_to_others
from leads.reading.moneywords import describe
from leads.reading.ourplans import is_our_plan
from leads.reading.phone import places as phone_places
from leads.reading.products import product
from leads.reading.scales import is_scale
from leads.reading.shares import Share, remainder, shares
from leads.reading.subjects import is_of_a_thing
from leads.reading.totals import added, rival_parts, settled
from leads.reading.typos import repaired
from leads.reading.years import is_year

if TYPE_CHECKING:
    from leads.questions import Question

_ANYTHING = 100  # a range of more than that says little: "anything from 1k to 1m, no idea"
_BEHIND = (("currencies", "after_bare"), ("about", "meant"), ("about", "offer"))  # words that no bare sum counts
_LARGE = 1000
_AHEAD = 30  # characters before an amount that may say for which time it is
_LEAST = 100  # what is less is no budget for anything; "7" may mean thousands, people or a choice
_OTHER_PEOPLE = frozenset({"served", "public"})
_OF_SHARE = 12  # strength of what is worked out: more than any part
_PAID = frozenset({"others", "paid", "past", "past_time", "price"})
_LIKE = 6  # times another sum: what is further off is for something else
_UNREAL = frozenset({"joke", "open", "hypothetical"})
_ENDS_OR_GOES_ON = re.compile(r"\s*(?:$|[.,;!?)])|\s*(?:now|jetzt|maintenant|ahora|today|heute|max|instead|not|nicht|pas|niet)\b")
_LONG = 36  # months
_FOR_A_YEAR = re.compile(
    r"\b(?:for|fur|furs jahr|pour|para|per|voor) (?:fy ?'?(?:20)?\d{2}|(?:the year |das jahr |l'annee |el ano )?20[2-4]\d)\b"
)
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
    told = shares(message)
    shared = _shared(message, told, asked)
    meant = [amount for amount in amounts(message) if not amount.part or _only_of_it(message, amount)]
    worked_out = [_worked_out(message, amount) for amount in meant if not _is_base(amount, told)]
    single = ((amount, _candidate(message, amount, asked)) for amount in worked_out)
    found = [one for amount, one in single if one is not None and not is_other(message, amount, one, bool(question.words))]
    if not any(candidate.reading.value["max"] is None or candidate.reading.value["max"] >= _LARGE for candidate in [*found, *shared]):
        found = _figures(message, asked) or found
    found = _completed(_without_zero([*found, *shared]))
    return [] if rival_parts(message, found) else settled(message, _added_up(message, found))


def _is_base(amount: Amount, told: tuple[Share, ...]) -> bool:
    """Whether only a share of the amount is meant, or it is but a word of the share."""
    return any(amount is share.base or (share.start <= amount.start and amount.end <= share.end) for share in told)


def _shared(message: Message, told: tuple[Share, ...], asked: bool) -> list[Candidate]:
    """What shares of sums come to: "half of last year's 40k"."""
    if asked and (left := remainder(message)) is not None:
        every, figure, end = left
        value = {"min": figure, "max": figure, "currency": every.currency or _only_currency(message), "period": every.period}
        return [Candidate(Reading(value, describe(value), message.said(every.start, end), 0.8), every.start, end, _OF_SHARE)]
    found = []
    for share in told if asked else ():
        if share.gone or topics(message, share.start) & _UNREAL:
            continue
        low, high = share.ends
        when = phrases("currencies", "periods", "when").search(message.low, share.base.last.end, share.base.end)
        period = None if when else share.base.period
        value = {"min": low, "max": high, "currency": share.base.currency or _only_currency(message), "period": period}
        reading = Reading(value, describe(value, share.base.about), message.said(share.start, share.end), 0.8)
        found.append(Candidate(reading, share.start, share.end, _OF_SHARE))
    return found


def _worked_out(message: Message, amount: Amount) -> Amount:
    """The amount with what other amounts say of it: their thousands, their period, how many it is for each of."""
    amount = _compared(message, _scaled(message, amount))
    return product(message, amount) or amount


def _without_zero(found: list[Candidate]) -> list[Candidate]:
    """ "Nothing this year, 20k next year" names one sum."""
    return [one for one in found if one.reading.value["max"] != 0] or found


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
    return 2 if amount.part and (only or "here" in marks(message, amount.start)) else 0


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


def _candidate(message: Message, amount: Amount, asked: bool) -> Candidate | None:
    start, end = message.clause(amount.start)
    clause = message.low[start : max(end, amount.end)]
    budget = bool(phrases("currencies", "budget_words").search(clause))
    if _something_else(message, amount) or is_of_a_thing(message, amount) or _lasts(message, amount):
        return None
    if amount.first.weak:
        start = amount.first.start
        alone = is_scale(message.low[start : amount.first.end]) and not re.search(r"\b(?:an?|one|un|eine?)\s$", message.low[:start][-6:])
        if alone and (amount.currency is None or any(not other.first.weak for other in amounts(message) if other is not amount)):
            return None
        if amount.currency is None and not (asked and strong_enough(message, amount)):
            return None
    large = not amount.first.plain or amount.middle >= _LARGE
    cue = amount.currency is not None or budget or (amount.period is not None and (large or _by_itself(message, amount)))
    if is_judged(message, amount) or counts_us(message, amount):
        return None
    if is_our_plan(message, amount) or (asked and named_by_us(message, amount)):
        return None
    wide = amount.low and amount.high and amount.high / amount.low >= _ANYTHING
    if wide and phrases("refusals", "open").search(message.low):
        return None
    if not asked and (asks_the_price(message, amount) or paid_to_others(message, amount, clause)):
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
    sure = 0.95 if amount.currency else 0.85 if asked or budget else 0.7 if cue else 0.6
    confidence = 0.4 if tiny or is_doubtful(message, amount) else sure
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


def _compared(message: Message, amount: Amount) -> Amount:
    """The amount for the period of what is or was paid, or is asked: "we pay 90 a month and want to get down to 60"."""
    if amount.period is not None:
        return amount
    before = (other for other in amounts(message) if other.end <= amount.start)
    paid = [other for other in before if topics(message, other.start) & _PAID or gives_way(message, other)]
    if len(paid) != 1 or paid[0].period is None or not 1 / _LIKE < amount.middle / max(paid[0].middle, 1) < _LIKE:
        return amount
    return replace(amount, period=paid[0].period)


def _only_changed(message: Message, amount: Amount) -> bool:
    """Whether a small number can only be said of the sum before it: nothing that it counts stands behind it."""
    return _ENDS_OR_GOES_ON.match(message.low, amount.end) is not None


def _plausible(message: Message, amount: Amount) -> bool:
    """Whether a number without any sign of money can be a budget: not "7", not "80 volunteers"."""
    if amount.period is None and amount.middle < _LEAST and not any(other.denied for other in amounts(message)):
        return False
    if _is_phone(message, amount):
        return False
    noun = re.compile(r"[ -]([a-z]{2,})").match(message.low, amount.end)
    return noun is None or noun[1].endswith("ly") or noun[1] in little_words() or any(noun[1] in words(*names) for names in _BEHIND)


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
    return period_of(match[1]) if match else "year" if _FOR_A_YEAR.search(clause) else None


def _period(clause: str) -> str | None:
    match = period_near().search(clause)
    return period_of(match[1] or match[2]) if match else None


@cache
def _counted() -> re.Pattern[str]:
    nouns = alternatives(words("headcount", "counted") | words("headcount", "units") - {"ma"})
    return re.compile(rf"[ -]{{0,2}}(?:(?!this |last |next |dieses |cette |esta )[a-z]+ )?({nouns})")


def _something_else(message: Message, amount: Amount) -> bool:
    """Whether the number counts people, months, users, or is a year or a price per head."""
    if amount.currency is None:
        match = _counted().match(message.low, amount.last.end)
        if (match and not (amount.period and match.end() <= amount.end)) or is_year(message, amount):
            return True
    return is_each(message, amount) and not amount.denied and not amount.multiplied


def _by_itself(message: Message, amount: Amount) -> bool:
    """ "200 a month." as a sentence of its own, in a message that says more."""
    start, end = message.sentence(amount.start)
    alone = message.low[start:end].strip(" .,!;\n") == message.low[amount.start : amount.end].strip(" .,!;\n")
    return alone and amount.period in ("month", "quarter", "year") and amount.middle >= _LEAST


def _lasts(message: Message, amount: Amount) -> bool:
    """ "Dans deux mois", "3 month": how long, and no sum for each of them."""
    unit = message.low[amount.last.end : amount.end].strip(" ,.-()")
    return (
        amount.currency is None
        and amount.middle <= _LONG
        and amount.first.factor == 1
        and unit.isalpha()
        and period_of(unit) == amount.period is not None
        and unit in words("currencies", "plain_units")
    )
