"""One contestant of `handraise bench intents` in a process of its own: learns, answers, and tells what that took.

Run by the interpreter that has the contestant's packages (the bot's own Python 3.10 for Rasa). Job in, result out, both JSON:
``{"contestant": name, "train": [[text, intent], …], "test": [text, …], "config": pipeline of Rasa or null}`` becomes
``{"guesses": [[intent, confidence, runner-up's confidence], …], "train_seconds": …, "ms": median per message, "mb": …}``.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Guess = tuple[str, float, float]
Answer = Callable[[str], Guess]
Pairs = Sequence[tuple[str, str]]


def rasa(train: Pairs, config: dict[str, Any]) -> Answer:
    """A pipeline of Rasa, trained and asked as Rasa does it."""
    import asyncio
    import logging

    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    logging.disable(logging.INFO)
    folder = Path(tempfile.mkdtemp(prefix="bench-intents-"))
    by_intent: dict[str, list[str]] = {}
    for text, intent in train:
        by_intent.setdefault(intent, []).append(text)
    blocks = [f"- intent: {name}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts) for name, texts in by_intent.items()]
    (folder / "nlu.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8")  # Rasa does not know it as JSON
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    agent = Agent.load(model)
    loop = asyncio.new_event_loop()

    def answer(text: str) -> Guess:
        found = loop.run_until_complete(agent.parse_message(text))
        return str(found["intent"]["name"]), float(found["intent"]["confidence"]), 0.0

    return answer


def letters(train: Pairs) -> Answer:
    """Groups of one to five letters into a logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    features = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True)
    return _fitted(train, features.fit_transform, features.transform, LogisticRegression(C=10, class_weight="balanced", max_iter=1000))


def svm(train: Pairs) -> Answer:
    """Words and groups of letters into a linear support vector machine, its margins made chances by Platt's method."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union
    from sklearn.svm import LinearSVC

    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
    )
    model = CalibratedClassifierCV(LinearSVC(C=0.5, class_weight="balanced"), cv=3)
    return _fitted(train, features.fit_transform, features.transform, model)


def embeddings(train: Pairs) -> Answer:
    """Sentence embeddings of WordLlama, whose model is inside its package, into a logistic regression."""
    import wordllama
    from sklearn.linear_model import LogisticRegression
    from wordllama import WordLlama

    # without the folder it looks for its tokenizer elsewhere, and then wants to download it
    model = WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)

    def embed(texts: Sequence[str]) -> Any:
        return model.embed(list(texts), norm=True)

    return _fitted(train, embed, embed, LogisticRegression(C=30, class_weight="balanced", max_iter=2000))


def _fitted(train: Pairs, fit: Callable[[list[str]], Any], features: Callable[[list[str]], Any], model: Any) -> Answer:
    import numpy

    model.fit(fit([text.lower() for text, _ in train]), numpy.array([intent for _, intent in train]))

    def answer(text: str) -> Guess:
        chances = model.predict_proba(features([text.lower()]))[0]
        second, first = chances.argsort()[-2:]
        return str(model.classes_[first]), float(chances[first]), float(chances[second])

    return answer


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Learn and answer every text, one after the other as messages come."""
    train = [(text, intent) for text, intent in job["train"]]
    began = time.perf_counter()
    answer = rasa(train, job["config"]) if job["config"] else {"letters": letters, "svm": svm, "embeddings": embeddings}[job["kind"]](train)
    trained = time.perf_counter() - began
    guesses, milliseconds = [], []
    for text in job["test"]:
        began = time.perf_counter()
        guesses.append(answer(text))
        milliseconds.append(1000 * (time.perf_counter() - began))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"guesses": guesses, "train_seconds": trained, "ms": statistics.median(milliseconds), "mb": peak}


if __name__ == "__main__":
    print("RESULT" + json.dumps(run(json.load(sys.stdin))))
