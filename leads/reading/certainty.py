"""How sure it is that words that speak for a division say what the visitor does: a logistic model of what stands around them.

``data/certainty.yml`` has a weight for each feature, fitted to the known phrases by ``python -m handraise.bench.certainty``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from leads.reading.evidence import Evidence
from leads.reading.gazetteer import cities, towns
from leads.reading.message import Message, data, words
from leads.reading.name_words import everyday
from leads.reading.whose import Parts
from leads.reading.wordforms import LANGUAGES, Token

_NEAR = 3  # words before what was said
_SHORT = 4  # letters
_MOST = 6.0


def features(
    message: Message, parts: Parts, best: Evidence, signs: Sequence[Evidence], score: float, second: float, language: str
) -> dict[str, float]:
    """What speaks for and against: each between 0 and 1."""
    found = parts.tokens
    clause = next((one for one in parts.clauses() if best.first in one), range(len(found)))
    inside = range(best.first, best.last + 1)
    word = found[best.first].word
    own = any(parts.explicit[index] for index in inside)
    near = [found[index].word for index in range(max(clause.start, best.first - _NEAR), best.first)]
    before = found[best.first - 1].word if best.first > clause.start else ""
    beside, around = _beside(found, clause, signs), _beside(found, range(len(found)), signs)
    single = len(inside) == 1
    frequent, slight = single and word in everyday(), all(found[index].word in words("whose", "slight") for index in inside)
    after = found[best.last + 1].word if best.last + 1 < clause.stop else ""
    said = message.text[found[best.first].start : found[best.last].end]
    named = said[:1].isupper() and best.first > 0 and message.text[found[best.first - 1].start].isupper()
    against = sum(sign.weight > 1 and sign.code[0] != best.code[0] for sign in signs)
    found_at = {
        "always": True,
        best.kind: True,
        f"{best.kind} of an everyday word": frequent,
        f"{best.kind} of a slight word": slight,
        f"{best.kind}, several words": not single,
        f"{best.kind}, they say we": own,
        f"{best.kind}, nothing else in the clause": beside == 0,
        "we just before": any(one in words("whose", "self") for one in near),
        "words beside in the clause": min(beside, _MOST) / _MOST,
        "words beside in the message": min(around, 2 * _MOST) / (2 * _MOST),
        "nothing else": around == 0,
        "weight": min(score, _MOST) / _MOST,
        "lead": 1 - second / score,
        "short": single and len(word) <= _SHORT,
        "the before": before in words("certainty", "definite"),
        "a verb after": after in words("whose", "verbs") and not own,
        "us beside": not own and any(found[index].word in words("whose", "us") for index in clause),
        "I am a before": len(near) > 1 and near[-1] in words("certainty", "indefinite") and near[-2] in words("certainty", "am"),
        "another verb": _speaks(found, clause, inside),
        "another verb in the message": _speaks(found, range(len(found)), inside),
        "we, doing something else": own and _speaks(found, clause, inside),
        "begins like a question": found[0].word in words("certainty", "modals") and found[0].word not in words("certainty", "am"),
        "aside": min(parts.weights[index] for index in inside) < 1,
        "behind a given name": before in words("given_names", "names") and before not in everyday(),
        "a place": best.kind != "pair" and _is_place(message, found, inside),
        "describes the next word": single and language == "en" and _describes(message, found, best.last + 1, clause, signs),
        "somebody's": after == "s" and "'" in found[best.last + 1].gap,
        "behind a title": before in words("certainty", "titles"),
        "no": any(token.word in words("whose", "not") for token in found),
        "several clauses": min(len(parts.clauses()) - 1, 4) / 4,
        "late": best.first > clause.start + 4,
        "verb of others": not own and any(found[index].word in words("whose", "acts_of_others") for index in clause),
        "a before": before in words("certainty", "indefinite"),
        "our before": before in words("certainty", "possessive"),
        "to, for, at before": before in words("certainty", "apart"),
        "question": "?" in message.low,
        "figures": any(token.word.isdigit() and len(token.word) > _NEAR for token in found),
        "a figure before": before.isdigit(),
        "part of a name": named,
        "for others": min(against, 3) / 3,
        "you": parts.has(range(len(found)), "you"),
    }
    return {name: float(value) for name, value in found_at.items() if value}


def certainty(found: Mapping[str, float]) -> float:
    """The probability that the division is the visitor's."""
    weights = data("certainty")["weights"]
    return 1 / (1 + exp(-sum(value * weights.get(name, 0.0) for name, value in found.items())))


def _speaks(found: Sequence[Token], clause: range, inside: range) -> bool:
    """Whether a verb says something else than what a company does."""
    return any(found[index].word in words("certainty", "verbs") for index in clause if index not in inside)


def _is_place(message: Message, found: Sequence[Token], inside: range) -> bool:
    """ "Mason City", "Cork": words that are the name of a town, or a part of one."""
    first, last = inside[0], inside[-1]
    for low, high in ((first, last), (first - 1, last), (first, last + 1)):
        if low >= 0 and high < len(found):
            name = message.low[found[low].start : found[high].end]
            if name in cities() or (name in towns() and message.text[found[low].start].isupper()):
                return True
    return False


def _describes(message: Message, found: Sequence[Token], place: int, clause: range, signs: Sequence[Evidence]) -> bool:
    """ "Travel budget": an unknown noun right behind; capitals begin a name."""
    if place >= clause.stop or found[place].gap.strip(" -") or message.text[found[place].start].isupper():
        return False
    return _beside(found, range(place, place + 1), signs) == 1 and found[place].word not in words("certainty", "firms")


def _beside(found: Sequence[Token], clause: range, signs: Sequence[Evidence]) -> int:
    """How many words of a clause say something else: neither small words of a language nor part of what speaks for a division."""
    told = {index for sign in signs for index in range(sign.first, sign.last + 1)}
    plain = words("activities", "plain").union(
        words("certainty", "firms"), *(words("activities", "small", language) for language in LANGUAGES)
    )
    return sum(index not in told and found[index].word not in plain and not found[index].word.isdigit() for index in clause)
