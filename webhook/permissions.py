"""What each role may do, and what a program may be allowed: the only place where that is written."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One thing to be allowed. Every event of the console and every route of its API names the one it needs."""

    OWN = "own"  # one's own account: password, second factor, sessions
    CHAT = "chat"  # be rung, take conversations, write in them
    READ_CONVERSATIONS = "conversations:read"
    READ_LEADS = "leads:read"
    CORRECT_LEADS = "leads:correct"
    EXPORT_LEADS = "leads:export"
    EDIT_BOT = "bot:edit"  # flows, words, rules
    MANAGE_PEOPLE = "people:manage"  # invite, change roles, switch accounts off, tokens for programs


_EVERYBODY = frozenset({Permission.OWN, Permission.READ_CONVERSATIONS, Permission.READ_LEADS, Permission.CORRECT_LEADS})

ROLES: Mapping[str, frozenset[Permission]] = {
    "agent": _EVERYBODY | {Permission.CHAT},
    "marketer": _EVERYBODY | {Permission.EXPORT_LEADS, Permission.EDIT_BOT},
    "admin": frozenset(Permission),
}

SCOPES = (Permission.READ_LEADS, Permission.EXPORT_LEADS, Permission.READ_CONVERSATIONS)  # what an API token may be given


def allowed(role: str, *, settled: bool = True) -> frozenset[Permission]:
    """What the role may do; whoever has yet to set up a second factor (``settled`` is False) only that. Unknown roles: nothing."""
    permissions = ROLES.get(role, frozenset())
    return permissions if settled else permissions & {Permission.OWN}
