"""Answers that are a whole message: a choice, yes or no, free text, a refusal."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING

from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, alternatives, any_of, fold, words

if TYPE_CHECKING:
    from leads.questions import Choice, Question

_ORDINALS = (
    ("first", "1st", "erste", "ersten", "premier", "premiere", "primero", "primera", "one", "1", "a"),
    ("second", "2nd", "zweite", "zweiten", "deuxieme", "segundo", "segunda", "two", "2", "b"),
    ("third", "3rd", "dritte", "dritten", "troisieme", "tercero", "tercera", "three", "3", "c"),
    ("fourth", "4th", "vierte", "vierten", "quatrieme", "cuarto", "cuarta", "four", "4", "d"),
    ("fifth", "5th", "funfte", "funften", "cinquieme", "quinto", "quinta", "five", "5", "e"),
)
_ALIKE = 0.82


def find_choice(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """One of the choices, by title, value, place or with a slip; unasked only beside the question's own words."""
    found = _named_choices(message, question)
    if not asked:
        return found if question.words and any_of(map(fold, question.words)).search(message.low) else []
    if not found and (choice := _by_place(message, question) or _alike(message, question)):
        found = [Candidate(_choice_reading(choice, message.text.strip(), 0.8), 0, len(message.text))]
    return found


def _choice_reading(choice: Choice, said: str, confidence: float) -> Reading:
    return Reading({"value": choice.value, "title": choice.title}, choice.title, said, confidence)


def _named_choices(message: Message, question: Question) -> list[Candidate]:
    found = []
    for choice in question.choices:
        for name in dict.fromkeys((fold(choice.value), fold(choice.title))):
            for match in any_of([_plain(name)] if _plain(name) else []).finditer(_plain(message.low)):
                denied = bool(
                    re.search(
                        r"(?:\bnot|n't|\bnicht|\bpas|instead of|statt|rather than)\s+(?:the |a )?$",
                        message.low[max(0, match.start() - 20) : match.start()],
                    )
                )
                whole = match.start() == 0 and match.end() == len(message.low)
                reading = _choice_reading(choice, message.said(*match.span()), 0.95 if whole else 0.9)
                found.append(Candidate(reading, *match.span(), len(match[0]), False, denied))
    return found


def _plain(text: str) -> str:
    """Without signs that people leave out, place for place."""
    return re.sub(r"[-/,.!'\"]", " ", text) if text.strip("-/,.!'\" ") else text


def _by_place(message: Message, question: Question) -> Choice | None:
    answer = re.sub(
        r"^(?:the|option|number|nr\.?|no\.|die|der|das|le|la|el|choice|answer)\s+|\s+(?:one|option|choice|please|bitte)$", "", message.bare
    )
    answer = re.sub(r"^(?:the|option|number)\s+", "", answer)
    if answer in ("last", "letzte", "dernier", "ultimo"):
        return question.choices[-1]
    for choice, names in zip(question.choices, _ORDINALS, strict=False):
        if answer in names:
            return choice
    return None


def _alike(message: Message, question: Question) -> Choice | None:
    answer = message.bare[:80]
    if len(answer) < 3:
        return None
    scored = [(_likeness(answer, fold(name)), choice) for choice in question.choices for name in (choice.title, choice.value)]
    if not scored:
        return None
    score, choice = max(scored, key=lambda pair: pair[0])
    return choice if score >= _ALIKE else None


def _likeness(answer: str, name: str) -> float:
    """How alike two texts are; all words of the answer in the name counts as alike."""
    said, known = set(re.findall(r"\w+", answer)), set(re.findall(r"\w+", name))
    if said and said <= known and max(map(len, said)) > 3:
        return 0.9
    return SequenceMatcher(None, answer, name[:80]).ratio()


@cache
def _opening(key: str) -> re.Pattern[str]:
    return re.compile(rf"^({alternatives(words('answers', key))})(?P<rest>.*)$", re.DOTALL)


def find_yes_no(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Yes or no; only as an answer, never volunteered."""
    if not asked:
        return []
    meant = _yes_or_no(re.sub(r"^(?:h+m+|u+h*m+|well|oh|ah|ehm|na|naja|also|alors|bueno)[ ,.]+", "", message.low.strip(" \n.!,;:\"'()")))
    if meant is None:
        return []
    text = "yes" if meant else "no"
    return [Candidate(Reading({"yes": meant}, text, message.text.strip()[:200], 0.9), 0, len(message.text), 2)]


def _yes_or_no(answer: str) -> bool | None:
    if answer in words("answers", "no"):
        return False
    if answer in words("answers", "yes"):
        return True
    no, yes = _opening("no").match(answer), _opening("yes").match(answer)
    if no and (yes is None or len(no[1]) >= len(yes[1])):
        other = no["rest"].lstrip().startswith(("problem", "worries", "idea", "clue", "probl"))
        return None if other or not _stands(no) else False
    if yes and not _stands(yes):  # "yes you can keep it": the longest opening is cut off in the middle, its first word is a yes
        yes = _opening_word(answer)
    if yes and _stands(yes):
        return None if ("?" in yes["rest"] and not re.match(r"[\s]*[,.!]", yes["rest"])) or _turns(yes["rest"]) else True
    return None


def _opening_word(answer: str) -> re.Match[str] | None:
    first = re.match(r"([^\W\d_]+)(?P<rest>.*)$", answer, re.DOTALL)
    return first if first and first[1] in words("answers", "yes") else None


def _stands(opening: re.Match[str]) -> bool:
    """Whether an opening is an answer by itself: one word, or followed by a pause."""
    return " " not in opening[1] or not opening["rest"].strip() or opening["rest"].lstrip()[:1] in ",.!;:-"


@cache
def _limited() -> re.Pattern[str]:
    """A yes that only narrows how: "but only by email", "but no spam"."""
    return re.compile(rf"[\s,.!-]*(?:but|aber|mais|pero|however)\s+(?:{alternatives(words('answers', 'limits'))})")


@cache
def _ends() -> re.Pattern[str]:
    """What follows an "ok" that agrees to nothing: "ok forget it", "ok bye"."""
    return re.compile(rf"[\s,.!-]*(?:{alternatives(words('answers', 'ends'))})\b")


def _turns(rest: str) -> bool:
    """ "yes, but no", "ok, not now": what follows takes it back; "yes but only email" does not."""
    if _limited().match(rest):
        return False
    return bool(
        _ends().match(rest)
        or re.match(r"[\s,.!-]*(?:but|aber|mais|pero|not|nicht|pas|if|wenn|si|what|why(?! not)|how|warum|pourquoi)\b", rest)
    )


def find_text(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """The whole message, when it was asked for and is not a question."""
    text = message.text.strip()
    if not asked or not any(sign.isalnum() for sign in text) or message.low.rstrip().endswith("?"):
        return []
    return [Candidate(Reading({"text": text}, text, text, 0.7), 0, len(message.text), 1, True)]
