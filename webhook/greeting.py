"""The first line of every chat: `utter_greet` of domain.yml with its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from leads.yamlfile import Node, load
from webhook.log import Button

RESPONSE = "utter_greet"


@dataclass(frozen=True)
class Greeting:
    """A text with buttons."""

    text: str
    buttons: tuple[Button, ...] = ()


def load_greeting(path: Path) -> Greeting | None:
    """The first variation of the response; None when the file has none.

    Raises:
        FileProblem: the file cannot be read or the response has another shape.
    """
    responses = load(path).mapping(any_key=True).get("responses")
    response = responses.mapping(any_key=True).get(RESPONSE) if responses else None
    variations = response.items_of_list() if response else []
    if not variations:
        return None
    first = variations[0].mapping(any_key=True)
    text = first["text"].text() if "text" in first else ""
    buttons = first["buttons"].items_of_list() if "buttons" in first else []
    return Greeting(text, tuple(read_button(node) for node in buttons))


def read_button(node: Node) -> Button:
    """A button with its title and payload.

    Raises:
        FileProblem: one of them is missing.
    """
    fields = node.mapping(required={"title", "payload"}, any_key=True)
    return Button(fields["title"].text(), fields["payload"].text())
