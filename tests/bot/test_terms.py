"""The classifier's own arithmetic gives what scikit-learn gives. Runs in the bot's environment."""

from __future__ import annotations

import pytest

from tests.bot.inside import inside
from tests.bot.processes import ROOT

SCRIPT = r"""
import numpy
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from bot.components.terms import Scorer, analyzers
texts, odd = given["texts"], given["odd"]
word = r"(?u)\b\w+(?:'\w+)?\b|[?!]"
theirs = [TfidfVectorizer(lowercase=False, ngram_range=(1, 2), token_pattern=word, sublinear_tf=True),
          TfidfVectorizer(lowercase=False, analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)]
matrix = hstack([part.fit_transform(texts) for part in theirs], format="csr")
ours = analyzers((1, 2), (2, 4))
differing = [text for text in texts + odd for one, part in zip(ours, theirs) if sorted(one(text)) != sorted(part.build_analyzer()(text))]
worst = []
for classes in (2, 5):
    model = LogisticRegression(C=10, max_iter=1000, random_state=1).fit(matrix, ["c%d" % (len(text) % classes) for text in texts])
    scorer = Scorer.of(list(model.classes_), ours, [p.vocabulary_ for p in theirs], [p.idf_ for p in theirs], model.coef_, model.intercept_)
    wanted = model.predict_proba(hstack([part.transform(texts + odd) for part in theirs], format="csr"))
    worst.append(max(float(abs(scorer.chances(text) - row).max()) for text, row in zip(texts + odd, wanted)))
found([differing, worst, len(texts)])
"""
ODD = [
    "",
    "a",
    "I",
    "  x   y ",
    "?",
    "!?!?",
    "don't don't don't",
    "ñandú 你好 world's",
    "🙂 ok",
    "a\u00a0b\tc\n d",
    "x" * 500,
    "zzzzz qqqqq",
]


@pytest.mark.timeout(120)
def test_terms_and_chances_are_scikit_learns() -> None:
    lines = (ROOT / "bot" / "data" / "nlu" / "qualification.yml").read_text().splitlines()
    texts = [line.strip().removeprefix("- ").lower() for line in lines if line.strip().startswith("- ")]
    differing, worst, count = inside(SCRIPT, {"texts": texts, "odd": ODD})
    assert differing == []
    assert max(worst) < 1e-9
    assert count > 100


def test_a_model_is_made_of_terms_of_two_texts_and_of_all_of_an_intent_with_few_examples() -> None:
    script = "from bot.components.terms import telling; found(telling(given['texts'], given['intents'], 1))"
    texts = [["how", "much"], ["how", "dear"], ["any", "parking"]]
    given = {"texts": texts, "intents": ["price", "price", "parking"]}
    assert inside(script, given) == ["any", "how", "parking"]
