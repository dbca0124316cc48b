"""The intent classifier: words and parts of words, weighed by how telling they are, into a logistic regression.

Rasa's own ``CountVectorsFeaturizer`` and ``LogisticRegressionClassifier`` can neither weigh (tf-idf) nor set how much
the regression may trust its examples (``C``); on phrasing it had not seen this one was right clearly more often, and
it takes a fraction of their time per message.
"""

from __future__ import annotations

import json
import re
import unicodedata
import warnings
from typing import Any, Dict, List, Optional, Text, Tuple

import numpy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.terms import Scorer, Terms, analyzers, telling

RANKING = "intent_ranking"
_STAND_INS = (
    (
        re.compile(
            r"\b(?:call me|nenn mich|llamame|appelle-moi|appelez-moi)\s+(?!(?:back|now|asap|please|pls|plz|later|today|tomorrow|soon|por|"
            r"anytime|maintenant|ahora|ya|directly|urgently|immediately|first|instead|svp|bitte)\b)([^\W\d_]+)\s*[.!]*$"
        ),
        "my name is nameword",  # "call me Bob" asks for no call
    ),
    (re.compile(r"\S+@\S+\.\S+"), " emailword "),
    (re.compile(r"[€$£]"), " currencyword "),
    (re.compile(r"\d[\d.,]*"), " numberword "),
)


def plain(text: str) -> str:
    """The text as the classifier sees it: without accents, which people leave out, and with any figure and address alike."""
    letters = unicodedata.normalize("NFKD", text.lower().replace("\u2019", "'"))
    text = unicodedata.normalize("NFKC", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    for pattern, stand_in in _STAND_INS:
        text = pattern.sub(stand_in, text)
    return text


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TextIntentClassifier(GraphComponent, IntentClassifier):
    """Reads the raw text; needs no tokenizer or featurizer before it."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """``C``: trust in the examples; ``words`` and ``parts``: lengths of word and letter groups; ``ranking_length``.

        ``steps``: of the regression, nearly all of a training's time. After 50 as many held-out lines are right as after the 114 it takes
        to the end (86.9 and 86.7 %). ``few``: an intent with so many examples or fewer is known by all its terms, see :func:`telling`.
        """
        return {"C": 10.0, "words": [1, 2], "parts": [2, 4], "ranking_length": 5, "steps": 50, "few": 20}

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = model_storage
        self._resource = resource
        self._scorer: Optional[Scorer] = None

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> TextIntentClassifier:
        """Make an untrained one."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have a text and an intent."""
        from scipy.sparse import hstack
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        if len({e.get(INTENT) for e in examples}) < 2:
            return self._resource
        texts = [plain(e.get(TEXT)) for e in examples]
        intents = [e.get(INTENT) for e in examples]
        vocabularies = [telling([terms(text) for text in texts], intents, self._config["few"]) for terms in self._analyzers()]
        parts = [
            TfidfVectorizer(analyzer=terms, sublinear_tf=True, vocabulary=vocabulary)
            for terms, vocabulary in zip(self._analyzers(), vocabularies, strict=True)
        ]
        matrix = hstack([part.fit_transform(texts) for part in parts], format="csr")
        # balanced: the intent with the most examples must not win just for that
        model = LogisticRegression(C=self._config["C"], class_weight="balanced", max_iter=self._config["steps"], random_state=42)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is meant
            model.fit(matrix, intents)
        self._persist(model, parts)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Put intent and ranking on each message."""
        for message in messages:
            ranking = self._ranking(message.get(TEXT) or "")
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(RANKING, ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after this component learns from its output."""
        return training_data

    def _analyzers(self) -> Tuple[Terms, Terms]:
        return analyzers(self._config["words"], self._config["parts"])

    def _ranking(self, text: str) -> List[Dict[Text, Any]]:
        if self._scorer is None or not text.strip():
            return []
        chances = self._scorer.chances(plain(text)).tolist()
        pairs = sorted(zip(self._scorer.classes, chances, strict=True), key=lambda pair: -pair[1])
        return [{"name": name, "confidence": chance} for name, chance in pairs]

    def _persist(self, model: Any, parts: List[Any]) -> None:
        """Plain numbers and JSON, no pickle: a model file can then run no code."""
        with self._storage.write_to(self._resource) as folder:
            vocabularies = [{term: int(place) for term, place in part.vocabulary_.items()} for part in parts]
            facts = {"classes": [str(name) for name in model.classes_], "vocabularies": vocabularies}
            (folder / "intents.json").write_text(json.dumps(facts), encoding="utf-8")
            idf = [part.idf_ for part in parts]
            numpy.savez(folder / "intents.npz", coef=model.coef_, intercept=model.intercept_, idf0=idf[0], idf1=idf[1])

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TextIntentClassifier:
        """Read a trained one; untrained when the model holds none."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                facts = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
                with numpy.load(folder / "intents.npz", allow_pickle=False) as numbers:
                    component._scorer = Scorer.of(
                        facts["classes"],
                        component._analyzers(),
                        facts["vocabularies"],
                        [numbers["idf0"], numbers["idf1"]],
                        numbers["coef"],
                        numbers["intercept"],
                    )
        except (ValueError, FileNotFoundError):
            pass
        return component
