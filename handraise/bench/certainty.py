"""`python -m handraise.bench.certainty`: fit the weights of ``leads/reading/data/certainty.yml`` to the known phrases of industry.

A logistic model with an L2 penalty, fitted by Newton's method. A phrase whose reading is right counts for it, one that has none or
another industry against it; phrases in which nothing is read tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import exp
from pathlib import Path

from handraise.bench.judging import judge
from handraise.bench.reading import phrases
from leads.reading import certainty
from leads.reading.activities import activity
from leads.reading.message import make_message

PENALTY, MOST_STEPS, SMALL = 1.0, 25, 1e-6
WEIGHTS = Path(certainty.__file__).parent / "data" / "certainty.yml"

type Row = tuple[Mapping[str, float], bool]


def rows() -> Iterator[Row]:
    """What was seen around each reading, and whether it was right."""
    for phrase in phrases("industry"):
        found = activity(make_message(phrase.text, phrase.lang, phrase.country))
        if found is not None:
            yield found.features, judge("industry", phrase.value, False, {"code": found.code}) == "right"


def fit(seen: Sequence[Row]) -> dict[str, float]:
    """The weights under which what was seen is likeliest."""
    names = sorted({name for facts, _ in seen for name in facts})
    weights = dict.fromkeys(names, 0.0)
    for _ in range(MOST_STEPS):
        slope = {name: -PENALTY * weights[name] for name in names}
        bend = {one: {other: PENALTY * (one == other) for other in names} for one in names}
        for facts, right in seen:
            share = 1 / (1 + exp(-sum(weights[name] * value for name, value in facts.items())))
            for one, value in facts.items():
                slope[one] += (right - share) * value
                for other, beside in facts.items():
                    bend[one][other] += share * (1 - share) * value * beside
        step = _solved([[*(bend[one][other] for other in names), slope[one]] for one in names])
        weights = {name: weights[name] + more for name, more in zip(names, step, strict=True)}
        if max(map(abs, step)) < SMALL:
            break
    return weights


def _solved(matrix: list[list[float]]) -> list[float]:
    """The solution of linear equations by elimination; the last column is the right side."""
    size = len(matrix)
    for place in range(size):
        pivot = max(range(place, size), key=lambda row: abs(matrix[row][place]))
        matrix[place], matrix[pivot] = matrix[pivot], matrix[place]
        for row in range(size):
            if row != place and matrix[row][place]:
                share = matrix[row][place] / matrix[place][place]
                matrix[row] = [one - share * other for one, other in zip(matrix[row], matrix[place], strict=True)]
    return [matrix[row][size] / matrix[row][row] for row in range(size)]


def main() -> None:
    """Write the fitted weights behind what else the file holds."""
    weights = fit(list(rows()))
    before = WEIGHTS.read_text(encoding="utf-8").partition("weights:")[0]
    lines = "".join(f"  {name}: {weight:.2f}\n" for name, weight in weights.items())
    WEIGHTS.write_text(f"{before}weights:\n{lines}", encoding="utf-8")


if __name__ == "__main__":
    main()
