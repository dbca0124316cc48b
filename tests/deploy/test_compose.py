"""compose.yaml: right by its schema, shut where it has to be, with commands, settings and addresses that fit together."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from typer.main import get_command

from handraise.cli import app
from leads.settings import Settings
from tests.deploy.files import DEPLOY, ROOT, compose, settings_of

SERVICES: dict[str, Any] = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("handraise/")}


def test_the_schema_of_compose_takes_it() -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_commands_and_settings_that_exist(name: str) -> None:
    service = OURS[name]
    assert service["command"][0] in getattr(get_command(app), "commands", {})
    known = {f"HANDRAISE_{field.upper()}" for field in Settings.model_fields}
    assert set(service["environment"]) <= known | {"HANDRAISE_CONFIG"}
    assert settings_of({key: value for key, value in service["environment"].items() if key in known and "$" not in value}).name


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_shut_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert name == "migrate" or service["healthcheck"]["test"]
    assert name in ("proxy", "postgres") or service["user"].split(":")[0] != "0"


def test_only_the_proxy_is_published_and_bots_reach_only_actions() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    networks = compose()["networks"]
    assert {name for name, network in networks.items() if not network.get("internal")} == {"edge"}
    beside_bots = {name for name, service in SERVICES.items() if {"bots", "work"} & set(service["networks"])}
    assert beside_bots == {"hub-1", "hub-2", "bot-1", "bot-2", "actions"}
    assert not {"edge", "data"} & set(SERVICES["bot-1"]["networks"])


def test_the_addresses_are_services_on_a_common_network() -> None:
    hub, bot = SERVICES["hub-1"], SERVICES["bot-1"]
    urls = settings_of({"HANDRAISE_BOT_URL": hub["environment"]["HANDRAISE_BOT_URL"]}).bot_urls
    assert [url.removeprefix("http://").removesuffix(":5005") for url in urls] == [name for name in SERVICES if name.startswith("bot-")]
    assert set(hub["networks"]) & set(bot["networks"])
    assert bot["environment"]["HANDRAISE_ACTIONS_URL"] == "http://actions:5055"
    assert set(SERVICES["actions"]["networks"]) & set(bot["networks"])
    assert {SERVICES[name]["environment"]["HANDRAISE_HUB_NAME"] for name in ("hub-1", "hub-2")} == {"hub-1", "hub-2"}
    assert hub["environment"]["HANDRAISE_PROXIES"] == compose()["networks"]["edge"]["ipam"]["config"][0]["subnet"]


def test_secrets_are_files_that_make_secrets_makes(tmp_path: Any) -> None:
    script = tmp_path / "make-secrets"
    script.write_bytes((DEPLOY / "make-secrets").read_bytes())
    for _ in range(2):  # the second time changes nothing
        subprocess.run(["sh", script], check=True, capture_output=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {f"./secrets/{name}" for name in made} == {secret["file"] for secret in compose()["secrets"].values()}
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert made["postgres_password"] in made["handraise.toml"] and len(made["postgres_password"]) == 48
    checked = [sys.executable, "-c", "from leads.settings import load_settings; print(len(load_settings().bot_token))"]
    for name in ("handraise.toml", "bot.toml"):
        environment = {"HANDRAISE_CONFIG": str(tmp_path / "secrets" / name), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(checked, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.stdout == "48\n", done.stderr
