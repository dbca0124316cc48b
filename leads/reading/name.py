"""Names of people, in any script."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from leads.reading.asked_name import asked_name
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, alternatives, fold, phrases, words
from leads.reading.name_shown import shown

if TYPE_CHECKING:
    from leads.questions import Question

_MOST_WORDS = 6
_MOST_LETTERS = 70
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0e7f'\u2019.-])*")
_BREAK = re.compile(
    r"[,;:!?\n()\"/]|\.(?:\s|$)|\s[-\u2013\u2014]\s"
    r"|\b(?:and|und|et|y|but|from|with|of|at|for|aus|von der|bei|chez|del|here|speaking|hier|from)\b"
)
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f]")


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """A name after words like "my name is" or "I'm"; the whole answer when it was asked for."""
    if asked:
        person = asked_name(message)
        return [_candidate(message, person.name, person.start, person.end, 0.95 if person.sure else 0.8, 3)] if person else []
    return [*_after_cue(message), *_after_i_am(message), *_here(message)]


@cache
def _cues() -> re.Pattern[str]:
    return phrases("people", "name_cues", after=r"\s*[:,]?\s*")


@cache
def _i_am() -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s,.!?;:(])({alternatives(words('people', 'i_am'))})\s+")


def _after_cue(message: Message) -> list[Candidate]:
    found = []
    for match in _cues().finditer(message.low):
        if re.search(
            r"\b(?:company|firm|business|product|firma|entreprise|empresa|what|your|whats|project)(?:'s)?\s*$",
            message.low[: match.start()][-20:],
        ):
            continue
        span = _span(message, match.end())
        if span and (name := _name(message.text[span[0] : span[1]], strict=False)):
            found.append(_candidate(message, name, *span, 0.95, 3))
    return found


def _after_i_am(message: Message) -> list[Candidate]:
    """ "I'm Jane Doe": only capitalised words that are no other thing one can be."""
    found = []
    for match in _i_am().finditer(message.low):
        following = re.match(r"[^\s,.!?]+", message.low[match.end() :])
        known = following is not None and following[0] in words("given_names", "names")
        if match[1] == "im" and not known:
            continue  # German "im Frühling"
        weak = match[1] in ("this is", "it's", "it is", "its", "c'est", "ici", "here is")
        span = _span(message, match.end())
        if span is None or (weak and not _introduces(message, span[1])):
            continue
        name = _name(message.text[span[0] : span[1]], strict=not (known and message.text.islower()))
        if name and "?" not in message.low[span[1] : span[1] + 2]:
            found.append(_candidate(message, name, *span, 0.9, 2))
    return found


def _here(message: Message) -> list[Candidate]:
    """ "Tom here, …" at the beginning."""
    match = re.match(r"(?:hi|hello|hey|hallo)?[ ,!]*([^\s,.!?]+(?: [^\s,.!?]+)?) here(?=[ ,.!]|$)", message.low)
    name = _name(message.text[match.start(1) : match.end(1)], strict=True) if match else None
    return [_candidate(message, name, match.start(1), match.end(1), 0.85, 2)] if match and name else []


def _introduces(message: Message, end: int) -> bool:
    return bool(re.match(r"\s*(?:from|at|with|here|speaking|aus|von|de)\b", message.low[end : end + 12]))


def _span(message: Message, start: int) -> tuple[int, int] | None:
    """From a place to where a name must have ended."""
    end = min(len(message.text), start + _MOST_LETTERS + 1)
    for stop in _BREAK.finditer(message.low, start, end):
        if stop[0].startswith(".") and re.search(r"\b(?:dr|mr|mrs|ms|prof|st|jr|sr|[a-z])$", message.low[start : stop.start()]):
            continue
        end = stop.start()
        break
    else:
        if end < len(message.text):
            return None
    return (start, end) if message.text[start:end].strip() else None


def _name(text: str, strict: bool) -> str | None:
    """The name in ``text``, or ``None``; ``strict`` asks for capital letters in scripts that have them."""
    text = re.sub(r"^(?:der|die)\s+(?=[A-Z])", "", re.sub(r"\s+", " ", text).strip(" .,'-"))
    words_said = [word for word in text.split(" ") if fold(word) not in words("people", "titles")]
    if not words_said or len(words_said) > _MOST_WORDS or not all(_WORD.fullmatch(word) for word in words_said):
        return None
    other = [word for word in words_said if _is_other(word)]
    title_case = len(words_said) > 1 and all(word[0].isupper() for word in words_said)
    if words_said in (["May"], ["Will"]):
        other = []
    if (other and not (title_case and len(other) < len(words_said))) or (
        len(words_said[0]) < 2 and len(words_said) == 1 and _LATIN.match(words_said[0])
    ):
        return None
    if strict:
        words_said = _capitalised(words_said)
    if not words_said or not any(len(word) > 1 or not _LATIN.match(word) for word in words_said):
        return None
    return shown(" ".join(words_said))


def _is_other(word: str) -> bool:
    """Whether a word is something else than a name; "May" and "Will" in capitals may be names, "may" is not."""
    folded = fold(word)
    if folded in words("people", "particles"):
        return False
    return folded.rstrip(".") in words("people", "not_names") or "n't" in folded or folded.endswith(("-based", "'m", "'re", "'ll", "'ve"))


def _capitalised(said: list[str]) -> list[str]:
    kept: list[str] = []
    for word in said:
        if word[0].isupper() or not (word[0].isupper() or word[0].islower()) or (kept and fold(word) in words("people", "particles")):
            kept.append(word)
        else:
            break
    while kept and fold(kept[-1]) in words("people", "particles") and len(kept) > 1:
        kept.pop()
    return kept if kept and len(kept) == len(said) else []


def _candidate(message: Message, name: str, start: int, end: int, confidence: float, strength: int) -> Candidate:
    return Candidate(Reading({"name": name}, name, message.said(start, end).rstrip("."), confidence), start, end, strength)
