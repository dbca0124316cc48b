"""The sites of this installation: each with its key, the pages that may show it, its own words, and its secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from leads.settings import Settings
from webhook.livefile import LiveFile
from webhook.texts import Texts, load_site_texts


@dataclass(frozen=True)
class Site:
    """What one key of `data-site` stands for."""

    key: str
    origins: tuple[str, ...]  # exact; of pages that may show the chat, the hub's own among them
    secret: str  # with which the site's server signs who is logged in; empty: it does not
    texts: Callable[[], Texts]


class Sites:
    """Finds sites by key. An installation without the setting `sites` has one site, whatever its pages call it."""

    def __init__(self, settings: Settings, texts: Callable[[], Texts], look_seconds: float) -> None:
        self._texts = texts
        self._anywhere = settings.own_origins + settings.allowed_origins
        self._sites: Mapping[str, Site] = {
            key: Site(
                key,
                tuple(dict.fromkeys(self._anywhere + one.origins)),
                one.identity_secret.get_secret_value(),
                _own_texts(settings.bot_files / "bot" / f"widget.{key}.yml", texts, look_seconds),
            )
            for key, one in settings.sites.items()
        }

    def find(self, key: str) -> Site | None:
        """The site of this key, or None."""
        if not self._sites:
            return Site(key, self._anywhere, "", self._texts)
        return self._sites.get(key)

    def texts(self, key: str) -> Texts:
        """The words of a site; of one that is no longer there, and of other people's widgets, those of `bot/widget.yml`."""
        site = self._sites.get(key)
        return site.texts() if site is not None else self._texts()


def _own_texts(path: Path, usual: Callable[[], Texts], look_seconds: float) -> Callable[[], Texts]:
    file: LiveFile[Texts | None] = LiveFile(path, load_site_texts, None, look_seconds)
    return lambda: file.get() or usual()
