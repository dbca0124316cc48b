"""A24: a model file that this installation has not signed is refused before anything of it is unpacked."""

from __future__ import annotations

import io
import os
import pickle
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from handraise import model, signing
from handraise.doctor import _model as look_at_model
from handraise.prepare import BOT_PYTHON
from leads.settings import Settings
from tests.bot import processes
from tests.bot.inside import inside
from tests.faults.results import NewScenario

ROOT = processes.ROOT
LOAD = """
import os, sys
from bot import serve, signature
model, opened, heard = "", [], []
def listen(event, arguments):
    if event == "open" and str(arguments[0]) == model:
        opened.append(event)
    if event in ("pickle.find_class", "tarfile.extract", "tarfile.extractall", "shutil.unpack_archive", "exec"):
        heard.append(event)
sys.addaudithook(listen)
results = []
for model, key, more in given:
    opened.clear(); heard.clear()
    try:
        loaded = serve.with_trusted_model(["run", "--model", model, *more], key)
        results.append(["loaded", len(opened), list(heard), loaded])
    except signature.Untrusted as refusal:
        results.append([str(refusal), len(opened), list(heard), []])
found(results)
"""


class Bomb:
    """Runs a command when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self._canary}",)


def hostile(path: Path, canary: Path) -> Path:
    """A model file that runs a command when it is loaded, and writes outside of its folder when it is unpacked."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (
            ("metadata.json", b'{"predict_schema": {"nodes": {}}}'),
            ("components/train_x/featurizer.pkl", pickle.dumps(Bomb(canary))),
            (f"../../../../../..{canary}", b"written"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one good model of some bytes, signed here."""
    made = tmp_path / "data"
    (made / "models").mkdir(parents=True)
    good = made / "models" / "good.tar.gz"
    hostile(good, tmp_path / "not-this-one")
    signing.sign(good, made)
    return made


def copies(data: Path, canary: Path) -> Iterator[Path]:
    """Models that must not be loaded."""
    models, good = data / "models", data / "models" / "good.tar.gz"

    def made(name: str, content: bytes, signature: bytes | None) -> Path:
        path = models / f"{name}.tar.gz"
        path.write_bytes(content)
        if signature is not None:
            path.with_name(path.name + ".sig").write_bytes(signature)
        return path

    right, content = good.with_name("good.tar.gz.sig").read_bytes(), good.read_bytes()
    evil = hostile(models / "evil.tar.gz", canary).read_bytes()
    yield made("evil", evil, None)
    yield made("evil-with-another-signature", evil, right)
    yield made("renamed", content, right)  # an older model of ours in the place of a newer one
    yield made("longer", content + b"\0", right)
    yield made("empty-signature", evil, b"")
    yield made("no-hex", evil, b"\xff\xfe not a signature")
    yield made("zeros", evil, b"0" * 128)
    yield made("cut", evil, right[:-2])
    stranger = data.parent / "stranger"
    (stranger / "models").mkdir(parents=True)
    other = stranger / "models" / "stranger.tar.gz"
    other.write_bytes(evil)
    signing.sign(other, stranger)
    yield made("stranger", evil, other.with_name("stranger.tar.gz.sig").read_bytes())
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 1
    good.write_bytes(bytes(flipped))
    yield good


def test_a24_a_hostile_model_is_refused_before_it_is_unpacked(data: Path, tmp_path: Path, scenario: NewScenario) -> None:
    with scenario(
        "A24",
        "A model file that this installation has not signed is never unpacked",
        "unsigned, altered, cut, renamed models, signatures of others and by others, no key, a model server and the like, each offered to "
        "`bot/serve.py` in the bot's own environment under Python's audit hook; one of them to the process itself",
        "all refused in words; the file is read once and never unpacked; nothing of it runs",
    ) as it:
        canary, key = tmp_path / "canary", signing.public_key(data)
        good = data / "models" / "good.tar.gz"
        server = tmp_path / "endpoints.yml"
        server.write_text("models:\n  url: http://127.0.0.1:1\n")
        cases: list[tuple[str, str, list[str]]] = [(str(good), "", []), (str(good), "0" * 64, []), (str(good), "no key", [])]
        cases += [
            (str(good), key, ["--endpoints", str(server)]),
            (str(good), key, ["--enable-api"]),
            (str(good), key, ["--remote-storage=aws"]),
        ]
        [accepted] = inside(LOAD, [(str(good), key, [])])
        assert accepted[0] == "loaded", "the good one is accepted"
        cases += [(str(path), key, []) for path in copies(data, canary)] + [(str(tmp_path / "missing.tar.gz"), key, [])]
        results = inside(LOAD, cases)
        it.tell("offered", len(cases))
        it.must("loaded", sum(told == "loaded" for told, *_ in results))
        it.must("opened more than to be read once", sum(opened > 1 for _, opened, *_ in results))
        it.must("unpacked or run", sum(len(heard) for _, _, heard, _ in results))
        it.must("refusals without words", sum(not told.endswith(".") for told, *_ in results))
        evil = data / "models" / "evil.tar.gz"
        environment = {**model.bot_environment(tmp_path, ROOT), signing.VARIABLE: key}
        words: list[str | Path] = [BOT_PYTHON, "-m", "bot.serve", "run", "--model", evil]
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
        it.must("processes that went on", done.returncode == 0)
        it.must("traces", "Traceback" in done.stderr)
        assert "was not signed by this installation" in done.stderr
        it.must("canaries", canary.exists())


def test_what_is_loaded_is_what_was_checked(data: Path) -> None:
    good = data / "models" / "good.tar.gz"
    script = LOAD + "import pathlib; copy = pathlib.Path(loaded[-1]); found([results, copy.read_bytes().hex(), copy.parent.stat().st_mode])"
    results, content, mode = inside(script, [(str(good), signing.public_key(data), ["--port", "1"])])
    arguments = results[0][3]
    assert arguments[:4] == ["run", "--port", "1", "--model"]
    assert arguments[4] != str(good)
    assert bytes.fromhex(content) == good.read_bytes()
    assert stat.S_IMODE(mode) == 0o700


def test_the_key_is_made_once_and_is_nobody_elses_to_read(data: Path, tmp_path: Path) -> None:
    secret, first = data / "keys" / "models.key", signing.public_key(data)
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    signing.sign(data / "models" / "good.tar.gz", data)
    assert signing.public_key(data) == first
    assert (data / "keys" / "models.pub").read_text().strip() == first
    secret.unlink()  # as in an image, where only the public half is
    assert signing.is_trusted(data / "models" / "good.tar.gz", data)
    assert signing.environment(tmp_path / "nothing") == {}


def test_only_signed_models_are_found_and_the_doctor_names_the_others(data: Path, tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "bot").mkdir(parents=True)
    (files / "domain.yml").write_text("a: b\n")
    good = data / "models" / "good.tar.gz"
    planted = hostile(data / "models" / f"{model.name_for(files)}.tar.gz", tmp_path / "canary")
    found = model.find(files, data)
    assert found is not None
    assert (found.path, found.fits) == (good, False), "the planted one has the right name and is still no model of ours"
    assert model.strangers(data) == [planted]
    finding = look_at_model(Settings(data=data, bot_files=files))
    assert (finding.state, planted.name in finding.text) == ("error", True)
    shutil.copy(good, planted)
    shutil.copy(good.with_name("good.tar.gz.sig"), planted.with_name(planted.name + ".sig"))
    assert model.find(files, data) == found, "a signature holds for one name only"
