"""Names that generator and servers know without telling each other: conversations, tokens, sessions."""

from __future__ import annotations

import hashlib
import hmac

KEY = b"handraise bench"


def conversation(index: int) -> str:
    """The id of the conversation of this visitor."""
    return f"{index:032x}"


def token(index: int) -> str:
    """What opens it."""
    return f"bench-visitor-{index}"


def session(agent: int) -> str:
    """The session of this agent."""
    return f"bench-agent-{agent}"


def signed(name: str) -> str:
    """A token as the peers check it: a name and its signature."""
    return f"{name}.{signature(name)}"


def signature(name: str) -> str:
    """The HMAC of a name."""
    return hmac.new(KEY, name.encode(), hashlib.sha256).hexdigest()


def is_signed(text: str) -> bool:
    """Whether a peer may let this in."""
    name, _, given = text.partition(".")
    return hmac.compare_digest(signature(name), given)
