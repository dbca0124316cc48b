"""Words and parts of words of a text, and what a linear model makes of them. Pure.

A vocabulary gives each term its row. A term weighs ``(1 + ln(times)) * idf``, and the weights of one vocabulary are scaled to length
one: tf-idf with sublinear counts, as scikit-learn's ``TfidfVectorizer`` computes it when the model is trained. One message is some
dozens of terms out of thousands, so the few rows are added up here; going through sparse matrices of one row took ten times as long.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Text, Tuple

import numpy

_WORD = re.compile(r"(?u)\b\w+(?:'\w+)?\b|[?!]")  # "don't" is one word; a question mark is a strong hint
Terms = Callable[[Text], List[Text]]


def analyzers(words: Sequence[int], parts: Sequence[int]) -> Tuple[Terms, Terms]:
    """What gives the terms of a text: groups of ``words`` (shortest, longest), and ``parts`` of words of so many letters."""
    return partial(word_groups, shortest=words[0], longest=words[1]), partial(word_parts, shortest=parts[0], longest=parts[1])


def word_groups(text: Text, shortest: int, longest: int) -> List[Text]:
    """Words next to each other, joined by a space."""
    words = _WORD.findall(text)
    return [" ".join(words[at : at + size]) for size in range(shortest, longest + 1) for at in range(len(words) - size + 1)]


def word_parts(text: Text, shortest: int, longest: int) -> List[Text]:
    """Letters next to each other, within words that have a space put on both sides; a word shorter than that is one part."""
    parts = []
    for word in text.split():
        padded = f" {word} "
        for size in range(shortest, longest + 1):
            parts += [padded[at : at + size] for at in range(max(1, len(padded) - size + 1))]
            if len(padded) <= size:
                break
    return parts


def telling(texts: Sequence[Sequence[Text]], intents: Sequence[Text], few: int) -> List[Text]:
    """The terms a model is made of, of texts given as their terms: those of two texts at least, and all of an intent with ``few`` or less.

    A term of one text among thousands is half of all terms, makes training twice as long, and as many held-out lines are right without.
    """
    examples = Counter(intents)
    found = Counter(term for terms in texts for term in set(terms))
    rare = {term for terms, intent in zip(texts, intents, strict=True) if examples[intent] <= few for term in terms}
    return sorted(term for term, times in found.items() if times > 1 or term in rare)


class Scorer(NamedTuple):
    """A trained model. ``weights`` has a row for each term, those of the first vocabulary first, and a column for each class."""

    classes: List[Text]
    analyzers: Sequence[Terms]
    vocabularies: Sequence[Dict[Text, int]]
    idf: Sequence[Any]
    weights: Any
    intercept: Any

    @classmethod
    def of(cls, classes: List[Text], analyzers: Sequence[Terms], vocabularies: Any, idf: Any, coefficients: Any, intercept: Any) -> Scorer:
        """From a logistic regression's coefficients, one row for each class; of two classes it has the second one's only."""
        if len(classes) == 2:
            coefficients, intercept = numpy.vstack([0 * coefficients, coefficients]), numpy.append(0 * intercept, intercept)
        return cls(classes, analyzers, vocabularies, idf, numpy.ascontiguousarray(coefficients.T), intercept)

    def chances(self, text: Text) -> Any:
        """How likely each class is; they add up to one."""
        scores, first = self.intercept, 0
        for terms, vocabulary, idf in zip(self.analyzers, self.vocabularies, self.idf, strict=True):
            rows, weights = _weigh(terms(text), vocabulary, idf)
            if len(rows):
                scores = scores + weights @ self.weights[rows + first]
            first += len(vocabulary)
        powers = numpy.exp(scores - scores.max())
        return powers / powers.sum()


def _weigh(terms: List[Text], vocabulary: Dict[Text, int], idf: Any) -> Tuple[Any, Any]:
    """The rows of the known terms, and their weights."""
    times = Counter(term for term in terms if term in vocabulary)
    rows = numpy.fromiter((vocabulary[term] for term in times), dtype=numpy.intp, count=len(times))
    counts = numpy.fromiter(times.values(), dtype=float, count=len(times))
    weights = (1.0 + numpy.log(counts)) * idf[rows]
    length = numpy.sqrt(weights @ weights)
    return rows, weights / length if length else weights
