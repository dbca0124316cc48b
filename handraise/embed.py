"""`handraise embed`: the line for a customer's page, and what its Content-Security-Policy has to allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from handraise.opened import opened
from handraise.steps import Failure
from leads.settings import Settings
from leads.site_settings import is_key
from webhook.loaders import Loaders

WIDGET = Path(__file__).resolve().parent.parent / "widget"


async def embed(settings: Settings, site: str, widget: Path = WIDGET) -> dict[str, Any]:
    """The script line of a site with the present version of the loader, which is kept from now on, and the policy lines.

    Raises:
        Failure: there is no such site, or the widget is not built.
    """
    if not is_key(site) or (settings.sites and site not in settings.sites):
        known = ", ".join(settings.sites) or "any short name in lower case"
        raise Failure(f"There is no site {site!r}.", f"Known are: {known}. The setting `sites` lists them (docs/settings.md).")
    async with opened(settings) as database:
        version = await Loaders(database, widget).keep()
    if version is None:
        raise Failure("The widget is not built yet.", "Run make up, or handraise prepare.")
    url = settings.url
    return {
        "script": f'<script src="{url}/widget/{version.name}.js" integrity="{version.integrity}" crossorigin="anonymous" '
        f'data-site="{site}" defer></script>',
        "always_newest": f'<script src="{url}/widget.js" data-site="{site}" defer></script>',
        "content_security_policy": [f"script-src {url}", f"connect-src {url}", f"frame-src {url}"],
        "origins": list(settings.allowed_origins + (settings.sites[site].origins if settings.sites else ())),
    }


def lines(found: dict[str, Any]) -> list[str]:
    """The same for people."""
    pages = ", ".join(found["origins"]) or "only the pages of Handraise itself: set the origins of yours"
    return [
        "This version, checked by the browser byte for byte; paste a new line after an update of Handraise to get a newer one:",
        found["script"],
        "",
        "Or always the newest, unchecked:",
        found["always_newest"],
        "",
        "If the page sends a Content-Security-Policy, add:",
        "; ".join(found["content_security_policy"]),
        "",
        f"Pages that may show it: {pages}",
    ]
