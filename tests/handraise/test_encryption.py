"""`handraise encryption`, and where the keys go: to hub, actions and commands, never to the bot, and never onto a screen."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from handraise import model, parts
from handraise.doctor import examine
from handraise.finding import Finding
from handraise.ports import free_port
from leads.database import Database
from leads.encryption import read_keys
from leads.models import EncryptionKey
from leads.settings import Settings, SettingsError, load_settings
from tests.handraise.test_cli import data as data
from tests.handraise.test_cli import output, run
from tests.leads.people import EMAIL, NAME, add_person
from tests.stored import KEY, OTHER_KEY, found_in

VARIABLE = "HANDRAISE_ENCRYPTION_KEYS"


@pytest.fixture
def person(data: Path) -> str:
    """Somebody who was there before there was a key."""

    async def work() -> str:
        database = _database(data)
        try:
            return await add_person(database)
        finally:
            await database.close()

    return asyncio.run(work())


async def _nobody(_settings: Settings) -> list[Finding]:
    """Hubs are looked for for seconds, and this is not about them."""
    return []


def _database(data: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{data}/handraise.db")


def readable(data: Path) -> list[str]:
    async def work() -> list[str]:
        database = _database(data)
        try:
            return await found_in(database, EMAIL, NAME)
        finally:
            await database.close()

    return asyncio.run(work())


def keys() -> set[str]:
    return {row["key"] for row in output("encryption", "status", "--json")["values"]}


def test_data_is_encrypted_gets_a_new_key_and_is_plain_again(data: Path, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys() == {"plain"} and readable(data) == [EMAIL, NAME]
    first = run("encryption", "new-key").stdout.strip()
    second = run("encryption", "new-key").stdout.strip()
    monkeypatch.setenv(VARIABLE, first)
    assert "handraise encryption apply" in run("encryption", "status").stdout
    assert "values were written anew" in run("encryption", "apply").stdout
    assert keys() == {read_keys(first).first_id} and readable(data) == []
    assert output("person", "find", EMAIL, "--json")[0]["conversation_id"] == person
    monkeypatch.setenv(VARIABLE, f"{second} {first}")
    assert f"with the key {read_keys(first).first_id} any more" in run("encryption", "apply").stdout
    monkeypatch.setenv(VARIABLE, second)
    assert keys() == {read_keys(second).first_id}
    monkeypatch.setenv(VARIABLE, f"plain {second}")
    run("encryption", "apply")
    monkeypatch.delenv(VARIABLE)
    assert keys() == {"plain"}
    assert output("person", "find", EMAIL, "--json")[0]["conversation_id"] == person


def test_every_command_refuses_to_start_without_a_key_that_is_needed(data: Path, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, KEY)
    run("encryption", "apply")
    for words in ("", OTHER_KEY):
        monkeypatch.setenv(VARIABLE, words)
        for command in (("person", "find", EMAIL), ("encryption", "status"), ("encryption", "apply"), ("leads", "export")):
            shown = run(*command, code=1).output
            assert read_keys(KEY).first_id in shown.replace("\n", " ") and KEY not in shown
    monkeypatch.setenv(VARIABLE, KEY)
    assert keys() == {read_keys(KEY).first_id}


async def _doctor() -> tuple[str, str]:
    found = [one async for one in examine(load_settings()) if one.name == "encryption"]
    return found[0].state, found[0].text


def test_the_doctor_says_what_is_left_to_encrypt_and_which_key_is_missing(data: Path, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handraise.doctor.neighbours", _nobody)
    assert asyncio.run(_doctor()) == ("ok", "off")
    monkeypatch.setenv(VARIABLE, KEY)
    state, text = asyncio.run(_doctor())
    assert state == "warning" and text.endswith(f"values are not encrypted with the key {read_keys(KEY).first_id}.")
    run("encryption", "apply")
    assert asyncio.run(_doctor()) == ("ok", f"everything is encrypted with the key {read_keys(KEY).first_id}")
    monkeypatch.setenv(VARIABLE, OTHER_KEY)
    state, text = asyncio.run(_doctor())
    assert state == "error" and read_keys(KEY).first_id in text


@pytest.mark.parametrize(("module", "code"), [("webhook", 1), ("actions", 2)])
def test_hub_and_action_server_refuse_as_well(data: Path, person: str, monkeypatch: pytest.MonkeyPatch, module: str, code: int) -> None:
    monkeypatch.setenv(VARIABLE, KEY)
    run("encryption", "apply")
    environment = {**os.environ, VARIABLE: OTHER_KEY, "HANDRAISE_PORT": str(free_port())}
    ended = subprocess.run([sys.executable, "-m", module], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == code, ended.stderr
    assert f"encrypted with the key {read_keys(KEY).first_id}" in ended.stderr
    assert KEY not in ended.stderr and OTHER_KEY not in ended.stderr and "Traceback" not in ended.stderr


def test_the_action_server_notes_its_key_before_it_listens(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, KEY)
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "actions"], env={**os.environ, "HANDRAISE_ACTIONS_PORT": str(port)})

    async def work() -> set[str]:
        async with asyncio.timeout(60):
            while not await parts.answers(f"http://127.0.0.1:{port}/health"):
                assert process.poll() is None, "it ended"
                await asyncio.sleep(0.1)
        database = _database(data)
        try:
            async with database.read() as session:
                return set(await session.scalars(select(EncryptionKey.id)))
        finally:
            await database.close()

    try:
        assert asyncio.run(work()) == {read_keys(KEY).first_id}
    finally:
        process.terminate()
        assert process.wait(30) == 0


def test_the_keys_reach_hub_and_actions_but_not_the_bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, KEY)
    settings = Settings(data=tmp_path)
    assert parts.hub(settings).environment[VARIABLE] == parts.actions(settings).environment[VARIABLE] == KEY
    assert KEY not in json.dumps(model.bot_environment(tmp_path, Path(".")))


def test_the_keys_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"{KEY} {OTHER_KEY}")
    for shown in (run("settings").output, run("settings", "--json").output, repr(load_settings())):
        assert KEY[:10] not in shown and OTHER_KEY[:10] not in shown
    assert load_settings().shown("encryption_keys") == "**********"


def test_a_malformed_key_is_refused_with_what_to_do_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "hunter2-is-no-key")
    with pytest.raises(SettingsError, match=r"HANDRAISE_ENCRYPTION_KEYS is wrong: .*handraise encryption new-key") as error:
        load_settings()
    assert "hunter2" not in str(error.value) and "hunter2" not in str(error.value.__cause__)
    assert "hunter2" not in run("encryption", "status", code=1).output
