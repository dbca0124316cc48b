"""`bot/widget.yml`: how the widget looks and what the hub says in its own name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from leads.errors import FileProblem
from leads.wording import Wording, read_wording
from leads.yamlfile import Node, load
from webhook.openings import Opening, read_openings

_CONSENTS = ("consent", "chat_consent", "marketing_consent")  # each with a text, in one or several languages, and a version
_CONSENT_LINES = {f"{name}_{part}" for name in _CONSENTS for part in ("text", "version")}
_AGREED = Wording({"": "I agree that my name and e-mail address are kept to answer me."})
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_BLANK = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True)
class Site:
    """What the widget shows of itself."""

    name: str = "Handraise"
    assistant: str = "Assistant"
    colour: str = "#3056d3"
    position: str = "right"
    teaser: str | None = None
    placeholder: str = "Write a message"
    privacy_url: str | None = None
    locale: str = "en"
    consent: Wording = _AGREED  # to be contacted
    chat_consent: Wording | None = None  # to chat at all; None: it is not asked for
    marketing_consent: Wording | None = None  # to be told of offers; None: the contact form does not ask

    def json(self, lang: str | None = None) -> dict[str, Any]:
        """As docs/protocol.md writes it, for somebody who reads this language."""
        lang = lang or self.locale
        shown = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _CONSENTS}
        chat, marketing = self.chat_consent, self.marketing_consent
        return {
            **shown,
            "consent_text": self.consent.text(lang),
            "chat_consent": {"text": chat.text(lang), "mark": chat.mark} if chat else None,
            "marketing_text": marketing.text(lang) if marketing else None,
        }


@dataclass(frozen=True)
class Lines:
    """What the hub says; ``{agent}`` and ``{email}`` are filled in where a default below has them."""

    greeting: str = "Hi, I'm the assistant here. What brings you to us?"
    calling_hot: str = "I'm calling a colleague who can help you with this right now. One moment, please."
    calling_human: str = "I'm calling a colleague. One moment, please."
    agent_lost: str = "The connection to {agent} was lost. I'm calling somebody else."
    agent_silent: str = "{agent} has not answered yet. Your messages are kept. You need not wait here: leave your e-mail address."
    joined: str = "{agent} is here now."
    handed_back: str = "{agent} has left. The assistant goes on from here."
    closed: str = "{agent} has ended the chat. Write again whenever you like."
    missed: str = "Nobody is free right now. If you leave your e-mail address, somebody will write to you."
    missed_known: str = "Nobody is free right now. Somebody will write to you at {email}."
    bot_away: str = "The assistant is not available right now. Your message is kept and people will see it."
    bot_back: str = "The assistant is back."
    bot_failed: str = "Sorry, that did not work on our side. Please say it again, or ask for a person."
    contact_form: str = "Leave your e-mail address, and somebody will write to you."
    consent_withdrawn: str = "You have taken back your consent. Your name and your contact details have been deleted here."
    marketing_withdrawn: str = "You have taken back your consent to be told of offers. Nothing of the kind will be sent to you."
    chat_withdrawn: str = "You have taken back your consent to this chat. Nothing more is sent or kept."
    contact_received: str = "Thank you. Somebody will write to you at {email}."

    def say(self, name: str, **blanks: str) -> str:
        """The line with its blanks filled; plain replacement, so that no text is ever a template."""
        text: str = getattr(self, name)
        for blank, value in blanks.items():
            text = text.replace("{" + blank + "}", value)
        return text


@dataclass(frozen=True)
class Texts:
    """Everything in the file."""

    site: Site = field(default_factory=Site)
    lines: Lines = field(default_factory=Lines)
    openings: tuple[Opening, ...] = ()


def load_texts(path: Path) -> Texts:
    """Read and check the file; what it does not say keeps its default.

    Raises:
        FileProblem: the first thing that is wrong, with its place.
    """
    names = {one.name for one in fields(Site)} - {*_CONSENTS}
    nodes = load(path).mapping(optional={*names, *_CONSENT_LINES, "lines", "openings"})
    site = {name: _site_value(name, node) for name, node in nodes.items() if name in names and node.value is not None}
    site |= {name: wording for name in _CONSENTS if (wording := _wording(name, nodes)) is not None}
    openings = read_openings(nodes["openings"]) if "openings" in nodes and nodes["openings"].value is not None else ()
    return Texts(Site(**site), _lines(nodes["lines"]) if "lines" in nodes else Lines(), openings)


def load_site_texts(path: Path) -> Texts:
    """The same for one of several sites, whose file has no lines.

    Raises:
        FileProblem: the first thing that is wrong, with its place.
    """
    lines = load(path).mapping(any_key=True).get("lines")
    if lines is not None:
        raise lines.problem("The lines of the hub are the same for all sites.", "Move them to bot/widget.yml.")
    return load_texts(path)


def check_texts(path: Path, read: Callable[[Path], Texts] = load_texts) -> list[FileProblem]:
    """What is wrong in the file: empty, or the first problem."""
    try:
        read(path)
    except FileProblem as problem:
        return [problem]
    return []


def _site_value(name: str, node: Node) -> Any:
    text = node.one_of(("left", "right")) if name == "position" else node.text()
    if name == "colour" and not _COLOUR.fullmatch(text):
        raise node.problem(f"colour is {text!r}.", 'Write it as six hex digits in quotes, such as "#3056d3".')
    if name == "privacy_url" and not re.match(r"https?://[^\s/]+", text):
        raise node.problem(f"privacy_url is {text!r}.", "Write the whole address, beginning with https://.")
    return text


def _wording(name: str, nodes: Mapping[str, Node]) -> Wording | None:
    """What the file says of one consent; a version counts the words beside it and is nothing without them."""
    text, version = nodes.get(f"{name}_text"), nodes.get(f"{name}_version")
    if text is not None and text.value is not None:
        return Wording(read_wording(text), version.text() if version is not None and version.value is not None else "")
    if version is not None and version.value is not None:
        raise version.problem(f"{name}_version stands without {name}_text.", f"Add the line {name}_text, or remove this one.")
    return None


def _lines(node: Node) -> Lines:
    names = [one.name for one in fields(Lines)]
    defaults = Lines()
    found = {}
    for name, line in node.mapping(optional=names).items():
        text = line.text()
        known = set(_BLANK.findall(getattr(defaults, name)))
        for blank in _BLANK.findall(text):
            if blank not in known:
                usable = " or ".join(sorted(f"{{{one}}}" for one in known))
                raise line.problem(f"{{{blank}}} means nothing in the line {name!r}.", f"Use {usable}." if usable else "Remove it.")
        found[name] = text
    return Lines(**found)
