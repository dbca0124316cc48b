"""A message that says two things: which intent leads, and which questions are to be answered beside it. Pure."""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Text, Tuple

MAX_CLAUSES = 16
LONG = 40  # words; of a longer message the whole says little, its parts say what is wanted
SURE = 0.6  # a part of a sentence says less than the whole, so it must be clear
LEADERS = ("human", "stop", "delete_data", "support", "why")  # said anywhere in a message, these are what the visitor wants most
PERSON, NO_PERSON = "human", "no_person"
BY_APPOINTMENT = "appointment"  # who names a time does not want somebody now
GRAVE: Mapping[Text, float] = {  # what is not to be done on a vague guess, and how sure one must be (from the held-out lines of tests/bot)
    **dict.fromkeys(("human", "stop", "delete_data", "goodbye", "dont_know", "deny"), 0.35),
    **dict.fromkeys(("how_are_you", "bot_challenge"), 0.35),
    **dict.fromkeys(("decline", "wrong", "appointment", "no_person", "support", "insult", "not_buying"), 0.4),
}
CHOOSABLE = ("support",)  # what is offered, beside topics, to somebody who was not understood
CLEAR = 0.35  # a topic that is less likely is not answered but offered
WORTH_OFFERING = 0.15
OFFERED = 3
UNKNOWN = "nlu_fallback"
SKIP = "/skip_question"
TELLS, SELLS = "inform", "not_buying"
TOPIC = "ask_"  # intents of questions about the product
HELP = "ask_help"  # "I need help", said beside what the help is needed for, asks for nothing more
OPENINGS = ("greet", "how_are_you", "thanks")  # said before what is wanted
WANTED = (
    *LEADERS,
    "recall",
    "appointment",
    "leave_email",
    "not_buying",
    "bot_challenge",
)  # beside topics, what an opening may be followed by
_GAP = re.compile(
    r"[.!?;\n]+\s*|,\s+|\s+-\s+|\s+(?:and|but|und|et)\s+(?=(?:what|how|can|could|do|does|is|are|why|where|which)\b)", re.IGNORECASE
)

_PLACES = (
    "first|1st|erste[ns]?|premi(?:er|ère)|primer[oa]?",
    "second|2nd|zweite[ns]?|deuxième|seconde?|segund[oa]",
    "third|3rd|dritte[ns]?|troisième|tercer[oa]?",
    "fourth|4th|vierte[ns]?|quatrième|cuart[oa]",
    "fifth|5th|fünfte[ns]?|cinquième|quint[oa]",
)
_LAST = "last|letzte[ns]?|derni(?:er|ère)|últim[oa]"
_PLACE = re.compile(
    r"(?:(?:i(?: would| d)? (?:take|choose|pick|say)|rather|ich nehme|je prends|tomo) )?"
    r"(?:the|option|number|answer|button|die|der|das|le|la|el|l)? ?"
    rf"(?:{'|'.join(f'({names})' for names in (*_PLACES, _LAST))}|(?<=option |number |answer |button )([1-9]))"
    r"(?: (?:one|option|choice|answer|button|please|bitte|antwort|möglichkeit|réponse|opción|respuesta|por favor|svp))*$"
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


def choose(
    whole: Guess, parts: Sequence[Guess], *, person: bool = False, nobody: bool = False, long: bool = False
) -> Tuple[Guess, List[Text]]:
    """The intent that leads the turn, and other questions in the message that want an answer before it.

    ``person``: its words ask for a person, whatever the classifier says; ``nobody``: they say that none is wanted.
    ``long``: the message is a whole letter, of which only the parts are believed.
    """
    sure: Dict[Text, Guess] = {part.name: part for part in parts if part.confidence >= SURE}
    if long:
        whole = sure.get(SELLS, Guess(TELLS, whole.confidence))
    elif whole.name in OPENINGS:
        whole = max((part for part in parts if _is_wanted(part)), key=lambda part: part.confidence, default=whole)
    whole = _settled(whole, person, nobody)
    if any(name != HELP and (name.startswith(TOPIC) or name in WANTED) for name in (whole.name, *sure)):
        sure.pop(HELP, None)
    if nobody:
        sure.pop(PERSON, None)
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


def is_long(text: str) -> bool:
    """Whether a message is a letter rather than a line."""
    return len(text.split()) > LONG


def _settled(whole: Guess, person: bool, nobody: bool) -> Guess:
    """The guess about the whole message, after a look at its words and at what a wrong guess would do."""
    if nobody:
        return Guess(NO_PERSON, 1.0) if whole.name in (PERSON, UNKNOWN, "deny", "decline") else whole
    if person:
        return whole if whole.name == BY_APPOINTMENT and whole.confidence >= GRAVE[BY_APPOINTMENT] else Guess(PERSON, 1.0)
    return whole if whole.confidence >= _least(whole.name) else Guess(UNKNOWN, whole.confidence)


def _is_wanted(part: Guess) -> bool:
    """Whether a part of a message that opens with a greeting says what the visitor came for."""
    return (part.name.startswith(TOPIC) or part.name in WANTED) and part.confidence >= (_least(part.name) or CLEAR)


def _least(name: Text) -> float:
    return CLEAR if name.startswith(TOPIC) else GRAVE.get(name, 0.0)


def likely(ranking: Sequence[Guess]) -> List[Text]:
    """What a message that was not understood may have meant: the likeliest topics, to be offered as buttons."""
    worth = [guess.name for guess in ranking if guess.confidence >= WORTH_OFFERING]
    return [name for name in worth if name.startswith(TOPIC) or name in CHOOSABLE][:OFFERED]


def picked(text: str, offered: Sequence[Mapping[str, str]]) -> Optional[Mapping[str, str]]:
    """The button that a typed message means: its title or value, or its place ("the second one"); never a bare figure."""
    named = next((button for button in offered if names_one(text, [button])), None)
    if named or not offered:
        return named
    match = _PLACE.match(" ".join(_words(text)))
    if match is None:
        return None
    *_, figure = match.groups()
    place = int(figure) - 1 if figure else next(number for number, name in enumerate(match.groups()) if name)
    if place == len(_PLACES) and not figure:
        return offered[-1]
    return offered[place] if place < len(offered) else None


def agreed(guess: Guess, said: Text, offered: Sequence[Mapping[str, str]]) -> Optional[Mapping[str, str]]:
    """The button that a plain yes means: the first, when the line above the buttons asks whether to do it ("Shall I call a colleague?")."""
    if guess.name != "affirm" or guess.confidence < SURE or "?" not in said or not offered:
        return None
    first = offered[0]
    return first if first["payload"].startswith("/") and first["payload"] != SKIP else None


def names_one(text: str, offered: Sequence[Mapping[str, str]]) -> bool:
    """Whether the whole text is the title or the value of a button on offer, whatever the case and the punctuation."""
    said = _words(text)
    return bool(said) and any(said in (_words(button["title"]), _words(button["payload"])) for button in offered)


def _words(text: str) -> List[str]:
    return re.findall(r"\w+", text.casefold())
