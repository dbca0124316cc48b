"""What visitors call an agent: a person's own name, never a word for a role. Pure."""

from __future__ import annotations

import re

SOMEBODY = "A colleague"  # whoever has no name yet
_ROLES = frozenset(
    {
        *(
            "admin",
            "administrator",
            "sysadmin",
            "superuser",
            "root",
            "webmaster",
            "operator",
            "moderator",
            "owner",
            "user",
            "agent",
            "marketer",
        ),
        *("administratorin", "benutzer", "administrateur", "administratrice", "utilisateur", "administrador", "administradora", "usuario"),
        *("agente", "agentin", "مدير", "مسؤول", "مشرف", "مستخدم"),
    }
)
_BESIDE = re.compile(r"[\W\d_]+")  # "Admin 2" and "[admin]" are no names either


def is_own_name(name: str) -> bool:
    """Whether it can be somebody's name: there is one, and it is more than a role."""
    letters = _BESIDE.sub("", name.casefold())
    return bool(letters) and letters not in _ROLES


def shown_name(name: str) -> str:
    """What visitors read."""
    return name if is_own_name(name) else SOMEBODY
