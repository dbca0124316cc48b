"""Industry: a label and code of a published list, found by the words people use for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from leads.reading import timeline
from leads.reading.activities import Activity, activity, label
from leads.reading.activities import alternatives as alternatives_of
from leads.reading.base import UNSURE, Reading
from leads.reading.candidates import Candidate
from leads.reading.company_words import common
from leads.reading.currencies import is_currency, period_of
from leads.reading.message import Message, alternatives, any_of, data, fold, phrases, words

if TYPE_CHECKING:
    from leads.questions import Question

_WORD = re.compile(r"[a-z0-9&/'.*-]*[a-z0-9]|[^\W\d_]+")
_CODE = re.compile(r"[A-U](?:\d\d)?")
_LONGEST = 5  # words in one synonym
_MOST_HITS = 12
_SMALL = ("it", "its", "ki", "ia", "ias")  # also ordinary words unless in capitals
_ASK = 0.45  # the likeliest are offered as buttons
_TOLD = 0.85  # how sure what is told without being asked must be
_OWN_WORDS = 8  # a longer answer is a sentence about something else


@dataclass(frozen=True)
class _Industry:
    code: str
    label: str
    strong: bool


@dataclass(frozen=True)
class _Hit:
    industry: _Industry
    start: int
    end: int
    count: int


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Industries named in a message; the visitor's own words when it was asked and none is in the list."""
    if message.bare in words("whose", "our_products"):
        return []
    if asked:
        return _by_code(message) or _doing(message) or _close(message) or _own_words(message, question)
    hits = [hit for hit in _hits(message) if _all(message, hit) or not _is_others(message, hit)]
    hits = [hit for hit in hits if _about_themselves(message, hit) or _all(message, hit)]
    if not hits and (told := _told_doing(message)):
        return told
    denial = phrases("numbers", "not_this", after=r"\s*(?:a|an|in|the|in the|im|eine?)?\s*$")
    return [_candidate(message, hit, bool(denial.search(message.low[max(0, hit.start - 30) : hit.start]))) for hit in hits]


def _is_others(message: Message, hit: _Hit) -> bool:
    """Whether it is said of what is wanted or paid for: "we pay a cleaning firm"."""
    start, _ = message.sentence(hit.start)
    return phrases("whose", "hired", after=r"\s+(?:[a-z-]+\s+){0,2}$").search(message.low[start : hit.start]) is not None


def _told_doing(message: Message) -> list[Candidate]:
    """ "We sell bikes", volunteered: what a clause says that they do, when it is sure."""
    doing = activity(message)
    if doing is None or not doing.clear or doing.certainty < _TOLD or "?" in message.low:
        return []
    start, _ = message.clause(doing.start)
    subject = _tells().match(message.low, start)
    if subject is None or subject.end() > doing.start + 1:
        return []
    return _doing(message)


@cache
def _tells() -> re.Pattern[str]:
    """The visitor as the subject of a verb that tells what is done, and not what is had or wanted."""
    greeting, other = alternatives(words("whose", "greetings")), alternatives(words("whose", "no_doing"))
    return re.compile(rf"\W*(?:(?:{greeting})\W+)*(?:we|i|wir|ich|nous|on|je|noi|nos)\s+(?!{other})(?:(?:mainly|mostly|only|just|also)\s)?")


def suggest(message: Message) -> list[tuple[str, str]]:
    """When what was said fits several divisions, or none well: their labels, each with the text that chooses it."""
    doing = _doing(message)
    if not doing or doing[0].reading.confidence >= UNSURE:
        return []
    return [(label(code).capitalize(), code) for code in alternatives_of(message)]


def _by_code(message: Message) -> list[Candidate]:
    """A code of the list as the whole answer, which is what the buttons say."""
    code = message.text.strip()
    code = code.upper() if len(code) > 1 else code  # "k" and "u" are small words
    if not _CODE.fullmatch(code) or code not in data("activities")["labels"]:
        return []
    industry = _Industry(code, label(code), True)
    return [Candidate(Reading(_value(industry, industry.label), industry.label, industry.label, 1.0), 0, len(message.text), 3)]


def _candidate(message: Message, hit: _Hit, denied: bool) -> Candidate:
    said = message.said(hit.start, hit.end)
    confidence = 0.95 if hit.industry.strong else 0.65
    reading = Reading(_value(hit.industry, said), hit.industry.label, said, confidence)
    # "software for hospitals": what comes after "for" is the customers' industry
    customers = bool(re.search(r"\b(?:for|to|fur|an|pour|para)\s+(?:[a-z-]+\s+){0,2}$", message.low[max(0, hit.start - 30) : hit.start]))
    strength = hit.count + 2 * hit.industry.strong + _about_themselves(message, hit) - 6 * customers
    bare = not _about_themselves(message, hit)
    return Candidate(reading, hit.start, hit.end, strength, bare, denied)


def _value(industry: _Industry, said: str) -> dict[str, Any]:
    names = data("industries")
    return {
        "label": industry.label,
        "code": industry.code,
        "section": names["sections"][industry.code[0]],
        "list": names["list"],
        "matched": said,
    }


@cache
def _synonyms() -> dict[str, _Industry]:
    found: dict[str, _Industry] = {}
    for kind in ("weak", "strong"):
        for item in data("industries")["industries"]:
            for word in [*item.get(kind, []), *([item["label"]] if item["label"] not in item["weak"] else [])]:
                found.setdefault(fold(word), _Industry(item["code"], item["label"], kind == "strong"))
                if kind == "strong":
                    found[fold(word)] = _Industry(item["code"], item["label"], True)
    return found


def _lookup(word: str) -> _Industry | None:
    known = _synonyms()
    for form in (
        word,
        word.removesuffix("s"),
        word.removesuffix("es"),
        word.removesuffix("'s") if len(word) > 5 else word,
        word.replace("-", " "),
        word.replace(" ", "-"),
    ):
        if form in known:
            return known[form]
    return None


def _hits(message: Message) -> list[_Hit]:
    """Synonyms in the text, the longest at each place."""
    spans = [(match.start(), match.end()) for match in _WORD.finditer(message.low)]
    hits: list[_Hit] = []
    index = 0
    while index < len(spans) and len(hits) < _MOST_HITS:
        hit = _hit_at(message, spans[index : index + _LONGEST])
        if hit is not None:
            hits.append(hit)
            index += hit.count
        else:
            index += 1
    return hits


def _hit_at(message: Message, spans: list[tuple[int, int]]) -> _Hit | None:
    for count in range(len(spans), 0, -1):
        start, end = spans[0][0], spans[count - 1][1]
        if end - start > 60:
            continue
        industry = _lookup(re.sub(r"\s+", " ", message.low[start:end]))
        if industry is not None and not (message.low[start:end] in _SMALL and not message.text[start:end].isupper()):
            return _Hit(industry, start, end, count)
    return None


def _about_themselves(message: Message, hit: _Hit) -> bool:
    """Whether the visitor speaks of their own company rather than of the product or of others."""
    start, end = message.sentence(hit.start)
    sentence = message.low[start:end]
    if any_of(words("industries", "self", "after"), before=r"^[ -]{0,2}").match(message.low[hit.end : end]) and not _foreign(sentence):
        return True
    before = message.low[max(start, hit.start - 40) : hit.start]
    near = re.compile(rf"({alternatives(words('industries', 'self', 'before'))})\s*[^.,;]{{0,22}}$").search(before)
    if _foreign(sentence) or re.search(
        r"\b(?:for|fur|pour|para|your|ihre?|with|about|looking for|need|want|a good)\s+(?:an?|the|some|ein\w*)?\s*$", before
    ):
        return bool(near) and hit.industry.strong and not _foreign(sentence)
    if hit.industry.strong:
        return True
    if message.low[hit.start : hit.end] in words("industries", "departments") and re.search(
        r"\b(?:our|my|unsere?|notre|nuestr[oa]|the)\s+$", before
    ):
        return False
    return bool(re.compile(rf"({alternatives(words('industries', 'self', 'before'))})\s+(?:[a-z-]+\s+){{0,2}}$").search(before))


def _all(message: Message, hit: _Hit) -> bool:
    """Whether a word is the whole message, and so can hardly be about anything else."""
    return message.low[hit.start : hit.end] == message.bare


def _foreign(sentence: str) -> bool:
    """A question about the seller: "do you work with banks?"."""
    return bool(re.compile(rf"^\W*(?:(?:and|so|but|hi|hello|ok)\W+)?({alternatives(words('industries', 'other'))})").match(sentence))


def _doing(message: Message) -> list[Candidate]:
    """What they do, by what they say they do; with little confidence when another division fits nearly as well."""
    doing = activity(message)
    if doing is None:
        return []
    if _may_be_sought(message):
        doing = replace(doing, certainty=min(doing.certainty, _ASK))
    industry = _named(message, doing)
    said = message.said(doing.start, doing.end)
    reading = Reading(_value(industry, said), industry.label, said, doing.certainty if doing.clear else min(doing.certainty, _ASK))
    return [Candidate(reading, doing.start, doing.end, 2)]


def _may_be_sought(message: Message) -> bool:
    """ "Booking software", and nothing else: what they make, or what they look for."""
    if message.bare in words("whose", "tools_asked"):
        return True
    process, heads = (alternatives(words("whose", key)) for key in ("processes", "tool_heads"))
    return re.fullmatch(rf"(?:an? |the )?(?:{process})[ -](?:{heads})", message.bare) is not None


def _named(message: Message, doing: Activity) -> _Industry:
    """The division under the name that the list of industries has for the words said ("fintech" is financial technology)."""
    hits = [hit for hit in _hits(message) if hit.industry.code == doing.code and hit.start < doing.end and doing.start < hit.end]
    return max(hits, key=lambda hit: (hit.industry.strong, hit.count)).industry if hits else _Industry(doing.code, doing.label, False)


def _close(message: Message) -> list[Candidate]:
    """A misspelt synonym as the whole answer."""
    answer = _trimmed(message)
    if answer in common() or words("whose", "not") & set(answer.split()):
        return []
    names = [name for name in _synonyms() if len(name) > 4 and name[:1] == answer[:1] and abs(len(name) - len(answer)) < 4]
    match = get_close_matches(answer, names, n=1, cutoff=0.84) if len(answer) < 40 else []
    if not match:
        return []
    industry = _synonyms()[match[0]]
    said = message.text.strip()
    return [Candidate(Reading(_value(industry, said), industry.label, said, 0.6), 0, len(message.text))]


def _own_words(message: Message, question: Question) -> list[Candidate]:
    """The visitor's own words as a label without a code, with little confidence."""
    first = re.compile(rf"^({alternatives(words('industries', 'no_answer'))})").match(message.bare)
    answer = _trimmed(message)
    first = first or re.compile(rf"^({alternatives(words('industries', 'no_answer'))})").match(answer)
    letters = sum(sign.isalpha() for sign in answer)
    if (
        first
        or "?" in message.low
        or timeline.find(message, question, True)
        or any(sign.isdigit() for sign in answer)
        or not answer
        or letters < 3
        or letters * 2 < len(answer)
        or len(answer.split()) > _OWN_WORDS
        or _is_money(answer)
        or _is_person(answer)
    ):
        return []
    start = message.low.find(answer)
    label = message.text[start : start + len(answer)].strip() if start >= 0 else answer
    value = {"label": label, "code": None, "section": None, "list": None, "matched": ""}
    return [Candidate(Reading(value, label, message.text.strip(), 0.3), 0, len(message.text), 1, True)]


def _is_money(answer: str) -> bool:
    """A currency or a period: the rest of an answer about money."""
    word = re.sub(r"^(?:in|per|a|each|pro|im|par|por|al) ", "", answer)
    return is_currency(word) or period_of(word) is not None


def _is_person(answer: str) -> bool:
    """A given name first: somebody's name, which is no industry and may not be kept without consent."""
    said = answer.split()
    return len(said) <= 3 and said[0] in words("given_names", "names")


def _trimmed(message: Message) -> str:
    """The answer without "we are in the …" and "… industry"."""
    text = re.sub(rf"^({alternatives(words('industries', 'lead_in'))})\s*", "", message.bare)
    return re.sub(rf"\s+({alternatives(words('industries', 'tail'))})$", "", text).strip()
