"""A message that says two things: which intent leads, and which questions are to be answered beside it. Pure."""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, NamedTuple, Sequence, Text, Tuple

MAX_CLAUSES = 6
SURE = 0.6  # a part of a sentence says less than the whole, so it must be clear
LEADERS = ("human", "stop", "why")  # said anywhere in a message, these are what the visitor wants most
PERSON = "human"
GRAVE = ("human", "stop", "delete_data", "insult", "goodbye", "decline", "dont_know", "deny")  # not to be done on a vague guess
LIKELY = 0.35
UNKNOWN = "nlu_fallback"
TOPIC = "ask_"  # intents of questions about the product
_GAP = re.compile(
    r"[.!?;\n]+\s*|,\s+|\s+-\s+|\s+(?:and|but|und|et)\s+(?=(?:what|how|can|could|do|does|is|are|why|where|which)\b)", re.IGNORECASE
)


class Guess(NamedTuple):
    """What the classifier says about a text."""

    name: Text
    confidence: float


def clauses(text: Text) -> List[Text]:
    """The parts of a message that may each be a request of its own; empty when there is only one."""
    parts: List[Text] = []
    start = 0
    for gap in _GAP.finditer(text):
        parts.append(text[start : gap.end()].strip(" ,;-\n"))
        start = gap.end()
    parts.append(text[start:].strip(" ,;-\n"))
    parts = [part for part in parts if len(part.split()) >= 2]
    return parts[:MAX_CLAUSES] if len(parts) > 1 else parts if parts and parts[0] != text.strip() else []


def choose(whole: Guess, parts: Sequence[Guess], person: bool = False) -> Tuple[Guess, List[Text]]:
    """The intent that leads the turn, and other questions in the message that want an answer before it.

    ``person``: its words ask for a person, whatever the classifier says.
    """
    sure: Dict[Text, Guess] = {part.name: part for part in parts if part.confidence >= SURE}
    if person and whole.name != PERSON:
        whole = Guess(PERSON, 1.0)
    elif whole.name in GRAVE and whole.confidence < LIKELY:
        whole = Guess(UNKNOWN, whole.confidence)
    for name in LEADERS:
        if whole.name != name and name in sure:
            return sure[name], [topic for topic in sure if topic.startswith(TOPIC)]
    if whole.name in LEADERS:
        return whole, [topic for topic in sure if topic.startswith(TOPIC)]
    topics = [name for name in sure if name.startswith(TOPIC)]
    if not topics:
        return whole, []
    if whole.name.startswith(TOPIC) and whole.name not in topics:
        return whole, topics
    return sure[topics[-1]], topics[:-1]  # the leader is answered last, so that the answers come in the visitor's order


def names_one(text: str, offered: Sequence[Mapping[str, str]]) -> bool:
    """Whether the whole text is the title or the value of a button on offer, whatever the case and the punctuation."""
    said = _words(text)
    return bool(said) and any(said in (_words(button["title"]), _words(button["payload"])) for button in offered)


def _words(text: str) -> List[str]:
    return re.findall(r"\w+", text.casefold())
