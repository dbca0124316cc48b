"""The kinds of answer a question can have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind: ``options`` are the extra lines its questions may have, ``personal`` the default."""

    name: str
    options: tuple[str, ...] = ()
    personal: bool = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("money"),
        Kind("headcount"),
        Kind("industry"),
        Kind("timeline"),
        Kind("name", personal=True),
        Kind("email", personal=True),
        Kind("phone", personal=True),
        Kind("company"),
        Kind("choice"),
        Kind("text"),
        Kind("yes_no"),
        Kind("consent", options=("purpose", "text")),
    )
}
