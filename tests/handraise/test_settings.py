"""Settings: one table, tested against the docs; wrong values are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.settings import Settings, SettingsError, load_settings

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def rows() -> list[str]:
    """The table as the docs must show it."""
    lines = []
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = ",".join(default) if isinstance(default, tuple) else str(default)
        lines.append(f"| `HANDRAISE_{name.upper()}` | {f'`{shown}`' if shown else ''} | {field.description} |")
    return lines


def test_the_docs_list_every_setting_with_its_default() -> None:
    documented = [line for line in DOCS.read_text().splitlines() if line.startswith("| `HANDRAISE_")]
    assert documented == rows(), "docs/settings.md should hold these rows:\n" + "\n".join(rows())


def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAISE_PORT", "eighty")
    with pytest.raises(SettingsError, match=r"HANDRAISE_PORT is 'eighty'"):
        load_settings()


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "handraise.toml"
    file.write_text('port = 9000\nallowed_origins = ["https://example.com"]\n')
    monkeypatch.setenv("HANDRAISE_CONFIG", str(file))
    monkeypatch.setenv("HANDRAISE_PORT", "9100")
    settings = load_settings()
    assert (settings.port, settings.allowed_origins) == (9100, ("https://example.com",))


def test_an_unknown_name_in_the_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "handraise.toml"
    file.write_text("prot = 9000\n")
    monkeypatch.setenv("HANDRAISE_CONFIG", str(file))
    with pytest.raises(SettingsError, match="'prot'"):
        load_settings()


def test_a_broken_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "handraise.toml"
    file.write_text("port = \n")
    monkeypatch.setenv("HANDRAISE_CONFIG", str(file))
    with pytest.raises(SettingsError, match="settings file"):
        load_settings()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", "sqlite+aiosqlite:///var/handraise.db"),
        ("postgresql://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("postgres://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("postgresql+asyncpg://u@h/n", "postgresql+asyncpg://u@h/n"),
    ],
)
def test_the_database_address_gets_its_async_driver(given: str, used: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HANDRAISE_DATA", raising=False)
    assert load_settings(database_url=given).database == used


def test_origins_are_the_hub_and_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAISE_ALLOWED_ORIGINS", "https://a.example/, https://b.example")
    monkeypatch.setenv("HANDRAISE_PUBLIC_URL", "https://chat.example")
    assert load_settings().origins == ("https://chat.example", "https://a.example", "https://b.example")


def test_secrets_are_not_shown() -> None:
    settings = Settings(
        bot_token="made-up", database_url="postgresql://handraise:p@ss:w@db.example/chat", redis_url="redis://:word@127.0.0.1:6379/0"
    )
    assert [settings.shown(name) for name in ("bot_token", "database_url", "redis_url", "bot_url")] == [
        "**********",
        "postgresql://handraise:***@db.example/chat",
        "redis://:***@127.0.0.1:6379/0",
        "http://127.0.0.1:5005",
    ]
    assert Settings().shown("bot_token") == ""
