"""The Containerfile: what it copies is there, what it runs exists, and the images are shut. `tests/deploy/stages.py` builds it by hand."""

from __future__ import annotations

import re

import pytest

from leads.settings import Settings
from tests.deploy.files import ROOT, compose, workloads
from tests.deploy.stages import CONTAINERFILE, Stage, context, copies, environment_of, stages

STAGES = {stage.name: stage for stage in stages()}
TOOLS = {"npm", "pip", "uv", "useradd", "install", "ldconfig", "python3.12", ".venv/bin/handraise", "rm"}
IMAGES = re.compile(r"(node|python):[\d.]+-(slim-bookworm|bookworm-slim)")


def values(stage: Stage, word: str) -> list[str]:
    return [value for found, value in stage.steps if found == word]


@pytest.mark.parametrize("name", STAGES)
def test_what_is_copied_is_there(name: str) -> None:
    files = context()
    earlier = list(STAGES)[: list(STAGES).index(name)]
    for origin, sources, _target in copies(STAGES[name]):
        assert origin is None or origin in earlier or IMAGES.fullmatch(origin)
        for source in sources if origin is None else []:
            assert any(file == source or file.startswith(f"{source}/") for file in files), f"{source} is not in the build"


def test_what_is_not_needed_stays_outside() -> None:
    files = context()
    assert not [file for file in files if file.startswith(("tests/", "docs/", "deploy/secrets", "var/", ".git"))]
    assert not [file for file in files if re.search(r"\.(db|env|pem|key)$|first-password|secret", file)]


def test_the_images_hold_every_package_and_file_that_runs() -> None:
    """What the environment is installed from is complete: the packages of pyproject.toml, migrations, the bot's files."""
    copied = {
        source for stage in ("environment", "hub") for origin, sources, _ in copies(STAGES[stage]) if origin is None for source in sources
    }
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages | {"migrations", "bot", "config.yml", "domain.yml", "uv.lock"} <= copied


@pytest.mark.parametrize("name", STAGES)
def test_commands_and_bases_are_known(name: str) -> None:
    assert STAGES[name].base in STAGES or IMAGES.fullmatch(STAGES[name].base)
    for value in values(STAGES[name], "RUN"):
        assert {command.split()[0] for command in value.split("&&")} <= TOOLS
        assert "uv sync" not in value or ("--frozen" in value and "--no-dev" in value)


@pytest.mark.parametrize("name", ["hub", "bot"])
def test_an_image_runs_as_nobody_special_and_holds_no_secret(name: str) -> None:
    assert values(STAGES[name], "USER") == ["10001:10001"]
    known = {f"HANDRAISE_{field.upper()}" for field in Settings.model_fields}
    chosen = {key for key in environment_of(name) if key.startswith("HANDRAISE_")}
    assert chosen <= known and not {"HANDRAISE_BOT_TOKEN", "HANDRAISE_DATABASE_URL", "HANDRAISE_REDIS_URL"} & chosen
    assert values(STAGES[name], "ENTRYPOINT") == ['["handraise"]'] and values(STAGES[name], "CMD") == [f'["{name}"]']


def test_everybody_who_is_called_listens_on_the_inner_network() -> None:
    assert environment_of("hub")["HANDRAISE_HOST"] == environment_of("hub")["HANDRAISE_ACTIONS_HOST"] == "0.0.0.0"  # noqa: S104
    assert environment_of("bot")["HANDRAISE_BOT_HOST"] == "0.0.0.0"  # noqa: S104


def test_who_runs_the_images_uses_their_account() -> None:
    for service in compose()["services"].values():
        if service["image"].startswith("handraise/"):
            assert service["user"] == "10001:10001"
            assert service.get("build", {}).get("target", "hub") in STAGES
    for name in ("hub", "bot", "actions", "migrate"):
        assert workloads()[name]["spec"]["template"]["spec"]["securityContext"]["runAsUser"] == 10001


def test_the_uv_is_one_version() -> None:
    assert len(set(re.findall(r"uv==(\S+)", CONTAINERFILE.read_text()))) == 1
