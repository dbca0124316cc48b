"""The settings of one site: which pages may show its chat, and the secret with which its server vouches for visitors."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

SECRET_BYTES = 32  # of HS256, RFC 7518 section 3.2
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def is_key(name: str) -> bool:
    """Whether this may stand in `data-site`."""
    return _KEY.fullmatch(name) is not None


def site_key(name: str) -> str:
    """A name that may stand in `data-site`.

    Raises:
        ValueError: it may not.
    """
    if not is_key(name):
        raise ValueError(f"{name!r} is no site key: lower-case letters, digits, - and _, at most 64, beginning with a letter or digit")
    return name


def exact_origin(text: str) -> str:
    """Scheme, host and port as browsers write them, without anything behind."""
    given = text.strip().rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or given != f"{parts.scheme}://{parts.netloc}" or "@" in given:
        raise ValueError(f"{text!r} is no origin; write it like https://www.example.com, without a path")
    return given.lower()


class SiteSettings(BaseModel):
    """One entry of the setting `sites`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origins: tuple[Annotated[str, AfterValidator(exact_origin)], ...] = Field((), description="Exact origins of its pages.")
    identity_secret: SecretStr = Field(
        SecretStr(""), description="Shared with the site's server, which signs who is logged in; at least 32 bytes."
    )

    @field_validator("identity_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> Any:
        if 0 < len(value.get_secret_value().encode()) < SECRET_BYTES:
            raise ValueError(f"the secret is too short; it needs {SECRET_BYTES} bytes, e.g. from: openssl rand -hex 32")
        return value
