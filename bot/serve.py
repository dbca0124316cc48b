"""`python -m bot.serve run --model FILE ...`: the same as `rasa run ...`, without TensorFlow when the model has no use for it.

A model says in its `metadata.json` which components it is made of. Only when all of them are known to work without TensorFlow, and no
other model can come in later, it is left out (bot/without_tensorflow.py); in every doubt Rasa runs as it is. Before anything of the model
is unpacked its signature is checked (bot/signature.py).
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
from pathlib import Path
from typing import Any, List, Optional, Text

from bot import signature, without_tensorflow

# Modules of components that do not compute with TensorFlow; those of a bot's own are unknown until they stand here.
LIGHT = (
    "bot.components.answer_first.",
    "bot.components.intents.",
    "rasa.graph_components.",
    "rasa.core.policies.ensemble.",
    "rasa.core.policies.memoization.",
    "rasa.core.policies.rule_policy.",
    "rasa.nlu.classifiers.fallback_classifier.",
    "rasa.nlu.classifiers.keyword_intent_classifier.",
    "rasa.nlu.classifiers.regex_message_handler.",
    "rasa.nlu.extractors.entity_synonyms.",
    "rasa.nlu.extractors.regex_entity_extractor.",
    "rasa.nlu.tokenizers.whitespace_tokenizer.",
)
METADATA = "metadata.json"
MODEL = ("--model", "-m")
BRINGS_MODELS = ("--enable-api", "--remote-storage")  # ways for another model to come in


def main() -> None:
    """Run Rasa with the arguments of this process and the model they name, if it may be trusted."""
    try:
        sys.argv[1:] = with_trusted_model(sys.argv[1:], os.environ.get(signature.VARIABLE, ""))
    except signature.Untrusted as refusal:
        sys.exit(str(refusal))
    if is_light(sys.argv[1:]):
        without_tensorflow.leave_out()
    from rasa.__main__ import main as rasa

    rasa()


def with_trusted_model(arguments: List[Text], key: Text) -> List[Text]:
    """The arguments with a checked copy in place of the model they name.

    Raises:
        Untrusted: it is not signed, or there are ways for one to come in that is not.
    """
    model, endpoints = _value(arguments, *MODEL), _value(arguments, "--endpoints")
    if model is None or any(argument.split("=")[0] in BRINGS_MODELS for argument in arguments):
        raise signature.Untrusted(
            "Name one model with --model, and no other way for one to come in. For trying things out there is rasa run."
        )
    if endpoints is not None and _names_a_model_server(Path(endpoints)):
        raise signature.Untrusted(f"{endpoints} names a model server, whose models nobody has signed. Remove its section `models`.")
    copy = str(signature.trusted_copy(Path(model), key))
    kept = [argument for at, argument in enumerate(arguments) if not _is_model(arguments, at)]
    return [*kept, "--model", copy]


def _is_model(arguments: List[Text], at: int) -> bool:
    """Whether the argument at this place is `--model`, or its value."""
    return arguments[at].split("=")[0] in MODEL or (at > 0 and arguments[at - 1] in MODEL)


def is_light(arguments: List[Text]) -> bool:
    """Whether Rasa can do without TensorFlow for these arguments."""
    if arguments[:1] != ["run"] or any(argument.split("=")[0] in BRINGS_MODELS for argument in arguments):
        return False
    model, endpoints = _value(arguments, *MODEL), _value(arguments, "--endpoints")
    if model is None or not Path(model).is_file() or (endpoints is not None and _names_a_model_server(Path(endpoints))):
        return False
    return all(uses.startswith(LIGHT) for uses in components(Path(model)))


def components(model: Path) -> List[Text]:
    """The classes that the model's prediction is made of; one empty name when the file cannot be read, which Rasa will complain about."""
    try:
        with tarfile.open(model) as archive:
            members = [member for member in archive.getmembers() if member.name.lstrip("./") == METADATA]
            content: Any = archive.extractfile(members[0])
            return [node["uses"] for node in json.load(content)["predict_schema"]["nodes"].values()]
    except (OSError, tarfile.TarError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return [""]


def _value(arguments: List[Text], *names: Text) -> Optional[Text]:
    for at, argument in enumerate(arguments):
        name, is_joined, value = argument.partition("=")
        if name in names:
            return value if is_joined else next(iter(arguments[at + 1 :]), None)
    return None


def _names_a_model_server(endpoints: Path) -> bool:
    """Whether the file has a section `models`; a file that cannot be read may have one."""
    try:
        return any(line.startswith(("models:", '"models"', "'models'", "{")) for line in endpoints.read_text().splitlines())
    except OSError:
        return True


if __name__ == "__main__":
    main()
