"""How a chat opens on certain pages: `openings:` of `bot/widget.yml`, the first that fits the visitor's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from leads.yamlfile import Node
from webhook.greeting import Greeting, read_button


@dataclass(frozen=True)
class Opening:
    """A first line for pages whose path fits ``page``; without buttons of its own it has those of the greeting."""

    page: str  # "/pricing", or with * for anything: "/blog/*"
    greeting: Greeting


def read_openings(node: Node) -> tuple[Opening, ...]:
    """The openings in the order of the file.

    Raises:
        FileProblem: the first thing that is wrong, with its place.
    """
    found: list[Opening] = []
    for item in node.items_of_list():
        fields = item.mapping(required={"page", "text"}, optional={"buttons"})
        page = fields["page"].text()
        if not page.startswith(("/", "*")) or "?" in page or "#" in page:
            raise fields["page"].problem(
                f"page is {page!r}.", 'Write the path of the page from its first slash, such as "/pricing"; * stands for anything.'
            )
        if any(_fits(earlier.page, page) for earlier in found):
            raise fields["page"].problem(f"An opening above fits {page!r} already, so this one is never used.", "Move it up, or remove it.")
        buttons = fields["buttons"].items_of_list() if "buttons" in fields else []
        found.append(Opening(page, Greeting(fields["text"].text(), tuple(read_button(button) for button in buttons))))
    return tuple(found)


def opening_for(openings: Sequence[Opening], url: str | None) -> Greeting | None:
    """The first opening for the page at this address, ``None`` when none fits; upper case and a last slash make no difference."""
    try:
        path = urlsplit(url).path if url else ""
    except ValueError:
        return None
    return next((one.greeting for one in openings if _fits(one.page, path or "/")), None) if url else None


def _fits(page: str, path: str) -> bool:
    return fnmatchcase(_plain(path), _plain(page).replace("[", "[[]"))


def _plain(path: str) -> str:
    return path.lower().rstrip("/") or "/"
