"""The units: systemd itself finds nothing wrong with them, they are shut, and their commands and ports fit together."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from handraise.cli import app
from leads.settings import Settings
from tests.deploy.files import DEPLOY, ROOT, UNITS, settings_of, unit, unit_command

HOME = "/opt/handraise"
EXPOSURE = 30  # of 100; a unit without any hardening has 96
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (Debian: systemd)")


@pytest.fixture
def installed(tmp_path: Path) -> list[Path]:
    """The units as on a machine where the code is in this folder; one instance of each template."""
    for path in [*UNITS, DEPLOY / "systemd" / "handraise.target"]:
        text = path.read_text().replace(HOME, str(ROOT))
        (tmp_path / path.name.replace("@.", "@1.")).write_text(text)
    return sorted(tmp_path.iterdir())


@needs_systemd
def test_systemd_verifies_the_units(installed: list[Path]) -> None:
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *installed], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_calls_the_unit_hardened(path: Path, installed: list[Path]) -> None:
    file = next(one for one in installed if one.name == path.name.replace("@.", "@1."))
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE}", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_exists_with_settings_that_exist(path: Path) -> None:
    words, variables = unit_command(path, "1")
    commands = getattr(get_command(app), "commands", {})
    assert words[0] in commands
    known = {f"HANDRAISE_{name.upper()}" for name in Settings.model_fields}
    assert set(variables) <= known
    assert settings_of(variables).name  # the values are taken as well


def test_bots_see_neither_the_database_nor_another_machine() -> None:
    for name in ("handraise-bot@.service", "handraise-train.service"):
        bot = unit(DEPLOY / "systemd" / name)
        assert bot["User"] == ["handraise-bot"]
        assert "/etc/handraise/handraise.env" not in bot.get("EnvironmentFile", [])
        assert (bot["IPAddressDeny"], bot["IPAddressAllow"]) == (["any"], ["localhost"])


def test_units_wait_at_the_port_that_they_set() -> None:
    hub, bot = (unit(DEPLOY / "systemd" / f"handraise-{name}@.service", "3") for name in ("hub", "bot"))
    assert "HANDRAISE_HEALTH_PORT=18083" in hub["Environment"] and "127.0.0.1:18083/health" in hub["ExecStartPost"][0]
    assert "HANDRAISE_BOT_PORT=15053" in bot["Environment"] and "127.0.0.1:15053/webhooks/handraise/" in bot["ExecStartPost"][0]


@pytest.mark.parametrize("name", ["handraise.env.example", "token.env.example"])
def test_the_examples_hold_settings_that_exist(name: str) -> None:
    lines = [line for line in (DEPLOY / "systemd" / name).read_text().splitlines() if line and not line.startswith("#")]
    assert settings_of(dict(line.split("=", 1) for line in lines)).proxies or name.startswith("token")


def test_the_accounts_of_the_units_are_made() -> None:
    made = set(re.findall(r"^u (\S+)", (DEPLOY / "systemd" / "handraise.sysusers.conf").read_text(), re.MULTILINE))
    assert made == {user for path in UNITS for user in unit(path)["User"]}
