"""The bot runs without TensorFlow exactly when its model and its arguments allow it."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from handraise import signing
from handraise.prepare import BOT_PYTHON
from leads.settings import load_settings
from tests.bot import processes
from tests.bot.inside import inside
from tests.bot.processes import ROOT
from tests.bot.running import Running

pytestmark = pytest.mark.timeout(400)  # the first test of the session trains and starts

STOCK = """
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - {name: WhitespaceTokenizer}
  - {name: CountVectorsFeaturizer}
  - {name: DIETClassifier, epochs: 1}
policies:
  - {name: RulePolicy, core_fallback_action_name: action_unclear}
"""

VERDICTS = """
from bot import serve
found([serve.is_light(arguments) for arguments in given])
"""

SHELL = """
from bot import without_tensorflow
without_tensorflow.leave_out(); without_tensorflow.leave_out()
import typing
import tensorflow as tf
from tensorflow.keras.layers import Dense
@tf.function
def plain(x):
    return x
@tf.keras.utils.register(package="x")
class Layer(tf.keras.layers.Layer):
    def ask(self, x: typing.Optional[tf.Tensor]) -> typing.List[tf.RaggedTensor[int]]: ...
try:
    Layer()
except ImportError as error:
    told = str(error)
found([plain(3), told, issubclass(Layer, tf.keras.layers.Layer), hasattr(tf, "__version__")])
"""


def archive(path: Path, *uses: str) -> str:
    """A model file that says it is made of these."""
    metadata = json.dumps({"predict_schema": {"nodes": {str(at): {"uses": name} for at, name in enumerate(uses)}}}).encode()
    with tarfile.open(path, "w:gz") as out:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(metadata)
        out.addfile(member, io.BytesIO(metadata))
    return str(path)


def test_only_what_is_known_to_need_no_tensorflow_runs_without_it(model: Path, tmp_path: Path) -> None:
    light = archive(tmp_path / "light.tar.gz", "rasa.core.policies.rule_policy.RulePolicy", "bot.components.intents.TextIntentClassifier")
    heavy = archive(tmp_path / "heavy.tar.gz", "rasa.core.policies.ted_policy.TEDPolicy", "rasa.core.policies.rule_policy.RulePolicy")
    strange = archive(tmp_path / "strange.tar.gz", "bot.components.mine.Mine")
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no archive")
    served, server = tmp_path / "served.yml", tmp_path / "server.yml"
    served.write_text("action_endpoint:\n  url: http://127.0.0.1:1\n")
    server.write_text("models:\n  url: http://127.0.0.1:1\n")
    cases = [
        (["run", "--model", str(model), "--endpoints", str(ROOT / "bot" / "endpoints.yml"), "--port", "1"], True),
        (["run", "-m", light], True),
        (["run", f"--model={light}", "--endpoints", str(served)], True),
        (["run", "-m", heavy], False),
        (["run", "-m", strange], False),
        (["run", "-m", str(broken)], False),
        (["run", "-m", str(tmp_path)], False),
        (["run", "-m"], False),
        (["run"], False),
        (["run", "-m", light, "--enable-api"], False),
        (["run", "-m", light, "--remote-storage=aws"], False),
        (["run", "-m", light, "--endpoints", str(server)], False),
        (["train", "-m", light], False),
    ]
    assert inside(VERDICTS, [arguments for arguments, _ in cases]) == [verdict for _, verdict in cases]


def test_the_shell_bears_being_read_and_says_what_is_wrong_when_it_is_used() -> None:
    plain, told, is_subclass, has_version = inside(SHELL)
    assert plain == 3
    assert "Layer needs TensorFlow" in told
    assert is_subclass
    assert not has_version


def test_the_running_bot_has_no_tensorflow_in_its_memory(running: Running) -> None:
    mapped = Path(f"/proc/{running.bot.process.pid}/maps").read_text()
    assert "numpy" in mapped
    assert "tensorflow" not in mapped


@pytest.mark.full
def test_a_model_that_needs_tensorflow_is_trained_and_served(running: Running, tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text(STOCK)
    words: list[str | Path] = [
        "train",
        "--config",
        config,
        "--domain",
        "domain.yml",
        "--data",
        "bot/data",
        "--out",
        tmp_path,
        "--fixed-model-name",
        "stock",
    ]
    subprocess.run([BOT_PYTHON, "-m", "rasa", *words], cwd=ROOT, env=processes.bot_environment(), capture_output=True, check=True)
    signing.sign(tmp_path / "stock.tar.gz", load_settings().data)
    bot = processes.start_bot(tmp_path, tmp_path / "stock.tar.gz", running.actions.url)
    try:
        assert "tensorflow" in Path(f"/proc/{bot.process.pid}/maps").read_text()
    finally:
        bot.stop()
