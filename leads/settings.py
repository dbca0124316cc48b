"""Every setting of Handraise in one table: environment variables first, then one TOML file, then the defaults here."""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from socket import gethostname
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from leads.encryption import Cipher, read_keys
from leads.site_settings import SiteSettings, exact_origin, site_key

ENV_PREFIX = "HANDRAISE_"
CONFIG_VARIABLE = "HANDRAISE_CONFIG"
DEFAULT_CONFIG = "handraise.toml"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what to do."""


class Settings(BaseSettings):
    """Frozen settings; read with :func:`load_settings`, passed to whatever needs them."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    data: Path = Field(Path("var"), description="Folder for everything Handraise writes: database, model, logs, keys.")
    host: str = Field("127.0.0.1", description="Address the hub listens on; put a TLS proxy in front to face the internet.")
    port: int = Field(8080, ge=1, le=65535, description="Port of the hub.")
    public_url: str = Field("", description="Address visitors' browsers use, e.g. https://chat.example.com; empty: http://localhost:PORT.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Exact origins of the pages that may show the widget, comma-separated; the hub's own is always allowed."
    )
    sites: dict[Annotated[str, AfterValidator(site_key)], SiteSettings] = Field(
        {}, description="Several sites, or one with a key of its own: a table for each, see below; empty: one site under any key."
    )
    proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of the proxies in front, comma-separated; their X-Forwarded-For tells who is calling.",
    )
    private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts in your own network that the hub may call (webhooks), comma-separated; all other private addresses are refused.",
    )
    database_url: str = Field(
        "",
        description="SQLAlchemy address of the database; empty: SQLite in the data folder. For PostgreSQL: postgresql://user:password@host/name.",
    )
    redis_url: str = Field(
        "",
        description="Redis that carries hints between several hubs, e.g. redis://127.0.0.1:6379/0; empty: they poll the database.",
    )
    hub_name: str = Field(
        "", max_length=128, description="Name of this hub among several, the same after a restart; empty: host name and port."
    )
    health_port: int = Field(
        0, ge=0, le=65535, description="Loopback port on which this hub alone answers /health, when several share one port; 0: none."
    )
    bot_url: str = Field(
        "http://127.0.0.1:5005",
        description="Where the hub finds the bot; several bots, comma-separated. `handraise up` picks free ports itself.",
    )
    bot_token: str = Field(
        "", description="Secret the hub shows to the bot, and the bot to the action server; made anew by `handraise up`."
    )
    bot_host: str = Field("127.0.0.1", description="Address on which `handraise bot` listens; nobody but the hubs may reach it.")
    bot_port: int = Field(5005, ge=1, le=65535, description="Port of `handraise bot`.")
    actions_url: str = Field("", description="Where the bot finds the action server; empty: http://127.0.0.1:ACTIONS_PORT.")
    actions_host: str = Field("127.0.0.1", description="Address on which the action server listens; nobody but the bots may reach it.")
    actions_port: int = Field(5055, ge=1, le=65535, description="Port of the action server. `handraise up` picks a free one itself.")
    bot_files: Path = Field(Path("."), description="Folder with config.yml, domain.yml and bot/.")
    rasa_protocol: bool = Field(
        True, description="Also speak the Rasa Socket.IO protocol on the default namespace, for other Rasa widgets."
    )
    demo: bool = Field(True, description="Serve the demo landing pages at /.")
    ring_seconds: float = Field(
        45.0, gt=0, description="How long agents are rung before the visitor is told that nobody is free, in seconds."
    )
    turn_timeout: float = Field(10.0, gt=0, description="How long one call to the bot may take, in seconds.")
    agent_grace: float = Field(
        60.0, gt=0, description="How long an agent's lost connection is tolerated before the chat goes back to the queue, in seconds."
    )
    session_days: int = Field(14, ge=1, description="How long an agent stays signed in, in days.")
    session_idle_hours: float = Field(
        24.0, gt=0, description="How long a session of the console lasts without use, in hours; an open console is in use."
    )
    second_factor: Annotated[tuple[Literal["agent", "marketer", "admin"], ...], NoDecode] = Field(
        (), description="Roles that need a second factor to do anything, comma-separated, e.g. admin; others may have one."
    )
    oidc_issuer: str = Field(
        "",
        description="Sign-in provider (OpenID Connect), exactly as it calls itself, e.g. https://login.example.com; empty: none.",
    )
    oidc_client_id: str = Field("", description="What the provider calls this installation.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The secret that goes with it; empty for a public client.")
    oidc_name: str = Field("", max_length=60, description="How people call the provider, on the button; empty: its host.")
    oidc_domains: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="E-mail domains, comma-separated, whose people get an account by signing in there; others need an invitation."
    )
    oidc_acr: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="What the provider calls a sign-in with a second factor (values of acr), comma-separated: asked of it, and accepted, "
        "as mfa, otp and hwk in amr are.",
    )
    oidc_role: Literal["agent", "marketer", "admin"] = Field("agent", description="The role of accounts that are made this way.")
    visitor_days: int = Field(30, ge=1, description="How long a visitor's conversation can be resumed after its last message, in days.")

    visitor_max_days: int = Field(
        180, ge=1, description="How long it can be resumed after it began, whatever is said in it, in days; never less than VISITOR_DAYS."
    )

    encryption_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys for encryption at rest, with spaces between them: the first encrypts, all decrypt; empty: nothing is encrypted.",
    )

    retention_transcripts_days: int = Field(
        180, ge=0, description="How long after its last word the lines of a conversation are kept, in days; 0: for ever."
    )
    retention_pages_days: int = Field(180, ge=0, description="How long it is kept which pages a visitor looked at, in days; 0: for ever.")
    retention_leads_days: int = Field(
        730, ge=0, description="How long after its last word a conversation is kept with its lead, in days; 0: for ever."
    )
    retention_audit_days: int = Field(1095, ge=0, description="How long rows of the audit log are kept, in days; 0: for ever.")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _exact_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(exact_origin(one) for one in value)

    @field_validator("proxies", "second_factor", "oidc_domains", "oidc_acr", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("private_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().strip("[]").rstrip(".").lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("encryption_keys")
    @classmethod
    def _check_keys(cls, value: SecretStr) -> SecretStr:
        _cipher(value)
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _check_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))):
            raise ValueError("the provider's address begins with https://")
        return value

    @model_validator(mode="after")
    def _check_client(self) -> Self:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("HANDRAISE_OIDC_ISSUER needs HANDRAISE_OIDC_CLIENT_ID")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Constructor arguments, then the environment, then the file."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=os.environ.get(CONFIG_VARIABLE, DEFAULT_CONFIG))
        return init_settings, env_settings, toml

    @property
    def retention(self) -> dict[str, int]:
        """Days by kind, see :class:`leads.retention.Ages`."""
        kinds = ("transcripts", "pages", "leads", "audit")
        return {kind: int(getattr(self, f"retention_{kind}_days")) for kind in kinds}

    @property
    def database(self) -> str:
        """The address with an async driver, e.g. ``sqlite+aiosqlite:///var/handraise.db``."""
        url = self.database_url or f"sqlite:///{self.data / 'handraise.db'}"
        for plain, driver in (
            ("sqlite://", "sqlite+aiosqlite://"),
            ("postgresql://", "postgresql+asyncpg://"),
            ("postgres://", "postgresql+asyncpg://"),
        ):
            if url.startswith(plain):
                return driver + url.removeprefix(plain)
        return url

    @property
    def cipher(self) -> Cipher:
        """What encrypts and decrypts with the keys."""
        return _cipher(self.encryption_keys)

    @property
    def bot_urls(self) -> tuple[str, ...]:
        """The addresses of the bots without trailing slashes."""
        return tuple(part.strip().rstrip("/") for part in self.bot_url.split(",") if part.strip())

    def shown(self, name: str) -> str:
        """The value of a setting for people's eyes: secrets and passwords in addresses are stars."""
        value = str(getattr(self, name))
        if name.endswith("_token"):
            return "**********" if value else ""
        return re.sub(r"(://[^/@\s]*:)[^/\s]+(@)", r"\1***\2", value)

    def check_secret(self, host: str) -> None:
        """Bot and actions may do without a secret on loopback only.

        Raises:
            SettingsError: they would listen on ``host`` for everybody.
        """
        if not self.bot_token and host not in LOOPBACK:
            raise SettingsError(f"{ENV_PREFIX}BOT_TOKEN is empty: whoever reaches {host} could speak as the hub. Set it to a long secret.")

    @property
    def shares_port(self) -> bool:
        """Whether other hubs listen on the same port of this machine."""
        return self.health_port > 0

    @property
    def name(self) -> str:
        """The name of this hub among several, the same after a restart."""
        return self.hub_name or f"{gethostname()}:{self.port}"[-128:]

    @property
    def url(self) -> str:
        """The public address without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def own_origins(self) -> tuple[str, ...]:
        """Exact origins of the hub itself: only from there may agents sign in."""
        own = (self.url, f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}") if not self.public_url else (self.url,)
        return tuple(dict.fromkeys(own))

    @property
    def oidc_shown(self) -> str:
        """How the sign-in provider is called; empty when there is none."""
        return self.oidc_name or (urlsplit(self.oidc_issuer).hostname or "" if self.oidc_issuer else "")

    @property
    def origins(self) -> tuple[str, ...]:
        """Exact origins from which a browser may speak to the hub, whatever the site."""
        theirs = tuple(one for site in self.sites.values() for one in site.origins)
        return tuple(dict.fromkeys(self.own_origins + self.allowed_origins + theirs))


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: a value is wrong; the message names each wrong setting.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [_explain(item) for item in error.errors()]
        raise SettingsError("\n".join(lines)) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"The settings file could not be read: {error}") from error


def _cipher(keys: SecretStr) -> Cipher:
    return read_keys(keys.get_secret_value())


def _explain(item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"]) or "?"
    if not item["loc"]:  # about several settings together; what is given could hold a secret
        return f"{str(item['msg']).removeprefix('Value error, ')}."
    if item["type"] == "extra_forbidden":
        return f"Unknown setting {name!r}; docs/settings.md lists them all."
    given = "wrong" if any(word in name for word in ("secret", "token", "encryption")) else repr(item.get("input"))
    return f"{ENV_PREFIX}{name.upper()} is {given}: {item['msg']}."
