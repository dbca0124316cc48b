"""A9: files of a marketer that want to read secrets, make objects or fill the memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml.error import YAMLError

from handraise import model, parts
from handraise.bot_files import problems, yaml_files
from leads import yamlfile
from leads.errors import FileProblem
from leads.settings import Settings
from leads.yaml_limits import check_text
from tests.bot.processes import ROOT
from tests.faults.results import NewScenario, Scale
from webhook.livefile import LiveFile
from webhook.texts import Texts, load_texts

SECRET = "postgresql://handraise:canary-7f3a@db/x"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
TAGS = [
    *["!!python/object/apply:os.system ['touch {canary}']", "!!python/object/new:os.system [touch {canary}]", "!!python/name:os.system x"],
    *["!!python/module:os x", "!python/object:os.system [x]", "!<tag:yaml.org,2002:python/object/apply:os.system> [x]", "!!binary aGk="],
    *["!!python/object/apply:subprocess.Popen [[touch, {canary}]]", "!include /etc/passwd", "!ENV ${{HOME}}", "!!set {{a}}", "!secret x"],
]
VARIABLES = ["${DB_PASSWORD}", "pay ${HANDRAISE_DATABASE_URL} now", '"quoted ${HOME}"', "${ODD NAME}", "$${X}", "${X:-y}", "[a, ${X}]"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the bot's files."""
    made = tmp_path / "files"
    made.mkdir()
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, made / name)
    shutil.copytree(ROOT / "bot", made / "bot", ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    return made


def spoiled(files: Path, path: Path, content: str) -> FileProblem | None:
    """The first problem that is found in one file with other content; the file is as before afterwards."""
    before = path.read_text()
    path.write_text(content)
    try:
        return next((one for one in problems(files) if one.path == path), None)
    finally:
        path.write_text(before)


def test_a9_a_hostile_file_is_refused_with_its_line(
    files: Path, tmp_path: Path, scenario: NewScenario, scale: Scale, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = tmp_path / "canary"
    with scenario(
        "A9",
        "A marketer's file makes no objects, shows no variable of the server and cannot fill the memory",
        f"{len(TAGS)} tags, {len(VARIABLES)} variables, bombs of references, nesting without end and 20 MB in the bot's YAML files; the "
        "environment of bot, trainer and actions with secrets in this process's own",
        "all refused with file and line by handraise check and before training; 0 secrets in an environment that Rasa sees; nothing runs",
    ) as it:
        texts = [tag.format(canary=canary) for tag in TAGS] + VARIABLES
        accepted, without_line, tried = list[str](), list[str](), 0
        domain = files / "domain.yml"
        for number, path in enumerate([domain, *yaml_files(files)[:: scale.of(1, 5)]]):
            for text in texts[:: scale.of(1, 4)] if number == 0 else [texts[number % len(TAGS)], VARIABLES[number % len(VARIABLES)]]:
                tried += 1
                changed = f"{path.read_text()}\nextra: {text}\n"
                problem = spoiled(files, path, changed)
                accepted += [text] if problem is None else []
                without_line += [text] if problem is not None and problem.line != len(changed.splitlines()) else []
        for large in (BOMB, "[" * 100_000, f"# {'x' * 20_000_000}\n", "\0"):
            tried += 1
            accepted += [] if spoiled(files, domain, domain.read_text() + large) else [large[:20]]
        it.tell("tried", tried)
        it.must("accepted", len(accepted), why=str(accepted[:3]))
        it.must("without the line", len(without_line), why=str(without_line[:3]))
        it.must("run", canary.exists())
        monkeypatch.setenv("DB_PASSWORD", SECRET)
        it.must("secrets in the environment of bot and trainer", SECRET in model.bot_environment(tmp_path, files).values())


def test_secrets_of_other_programs_reach_no_part_but_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("HANDRAISE_DATABASE_URL", SECRET)
    settings = Settings(data=tmp_path, bot_files=ROOT)
    bot, actions = parts.bot(settings, tmp_path / "x.tar.gz").environment, parts.actions(settings).environment
    assert SECRET not in bot.values()
    assert [name for name, value in actions.items() if value == SECRET] == ["HANDRAISE_DATABASE_URL"], "it keeps the leads"


def test_the_command_says_it_in_words(files: Path, tmp_path: Path) -> None:
    domain = files / "domain.yml"
    domain.write_text(domain.read_text().replace("Ask me anything about Tidelane", "${HANDRAISE_DATABASE_URL}"))
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HANDRAISE_")}
    own = {"HANDRAISE_DATA": str(tmp_path / "data"), "HANDRAISE_BOT_FILES": str(files), "HANDRAISE_DATABASE_URL": SECRET}
    for words in (["check", "--fast"], ["train"]):
        command = [sys.executable, "-m", "handraise", *words]
        done = subprocess.run(command, cwd=ROOT, env=clean | own, capture_output=True, text=True, timeout=60, check=False)
        told = done.stdout + done.stderr
        assert done.returncode != 0, words
        line = next(number for number, text in enumerate(domain.read_text().splitlines(), 1) if "${" in text)
        assert f"domain.yml, line {line}" in told or f"domain.yml:{line}" in told, told
        assert "variable of the server" in told
        assert "canary" not in told
        assert "Traceback" not in told


def test_a_running_hub_keeps_what_it_had(files: Path) -> None:
    widget = files / "bot" / "widget.yml"
    live: LiveFile[Texts] = LiveFile(widget, load_texts, Texts())
    before = live.get()
    widget.write_text(widget.read_text() + '\n# a change\nlines:\n  greeting: "${DB_PASSWORD}"\n')
    assert live.get() == before


def test_references_and_plain_tags_that_are_no_bomb_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text("a: &a {x: 1}\nb: *a\nc:\n  <<: *a\n  y: !!str 5\nd: it costs $5 & more! *really*\ne: [a&b, '!x']\n# ${IN_A_REMARK}\n")
    assert yamlfile.load(path).value["c"]["x"] == 1


@given(st.text(alphabet="ab:&*![]{}<> \n-#'\"$,|", max_size=60))
def test_any_text_is_refused_in_words_or_taken(text: str) -> None:
    try:
        check_text(Path("x.yml"), text)
    except (FileProblem, YAMLError, ValueError):
        return
