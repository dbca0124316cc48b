"""One e-mail address: is it valid, is it a private one, and which may have been meant."""

from __future__ import annotations

from functools import cache
from typing import Any

from email_validator import EmailNotValidError, validate_email

from leads.reading.message import data, text_lines, words

_LEAST = 3  # letters of a service's name in which a slip is told from another name


def address(text: str) -> dict[str, Any] | None:
    """``{address, free, hint}``: normalised, in small letters; ``free`` for a private mail service; ``hint`` what may have been meant."""
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, ValueError, IndexError):
        return None
    domain = checked.ascii_domain or checked.domain
    if len(domain.rpartition(".")[2]) < 2 or "." not in domain:
        return None
    better = hint(domain)
    free = is_free(domain) or (better is not None and is_free(better))
    written = checked.ascii_email if "xn--" in text and checked.ascii_email else checked.normalized
    low = written.lower()  # mail services tell no capitals apart, and two spellings are one person
    return {"address": low, "free": free, "hint": f"{low.rpartition('@')[0]}@{better}" if better else None}


def is_free(domain: str) -> bool:
    """Whether the domain is a service at which anybody may have an address."""
    name, _, ending = domain.partition(".")
    return domain in words("people", "free_mail") or domain in _services() or (name in words("email", "families") and _is_ending(ending))


@cache
def _services() -> frozenset[str]:
    return frozenset(text_lines("free_mail"))


def _is_ending(ending: str) -> bool:
    """``de``, ``co.uk``, ``com.mx``; of letters that occur as the end of some service."""
    last = ending.rpartition(".")[2]
    return ending in _endings() or (len(last) == 2 and ending in (f"co.{last}", f"com.{last}"))


@cache
def _endings() -> frozenset[str]:
    return frozenset(domain.partition(".")[2] for domain in words("people", "free_mail")) | {
        "be",
        "com",
        "nl",
        "at",
        "ch",
        "se",
        "dk",
        "no",
        "in",
        "ca",
        "ie",
    }


def hint(domain: str) -> str | None:
    """The domain that was probably meant, or ``None``."""
    typos = data("people")["typos"]
    if domain in typos:
        return str(typos[domain])
    if mended := _mended(domain):
        return mended
    name, _, ending = domain.partition(".")
    if name in words("email", "only_com") and ending != "com":
        return f"{name}.com"
    if is_free(domain):
        return None
    return _doubled(domain) or _near(domain)


def _doubled(domain: str) -> str | None:
    """A private service with its ending said twice: ``gmailcom.com``."""
    name, _, ending = domain.partition(".")
    doubled = name.removesuffix(ending)
    return f"{doubled}.{ending}" if doubled in data("email")["families"] and doubled != name else None


def _mended(domain: str) -> str | None:
    """With an ending that exists: ``acme.con`` → ``acme.com``."""
    for wrong, right in data("email")["endings"].items():
        if domain.endswith(f".{wrong}"):
            return domain.removesuffix(wrong) + str(right)
    return None


def _near(domain: str) -> str | None:
    """A private service from which the domain differs by one slip in its name or in its ending."""
    name, _, ending = domain.partition(".")
    if len(name) > _LEAST and _is_ending(ending):
        for family in data("email")["families"]:
            if one_slip(name, family):
                return f"{family}.{ending}"
    for free in sorted(words("people", "free_mail")):
        other, _, its = free.partition(".")
        if (name == other and (one_slip(ending, its) or _one_letter(ending, its))) or (
            ending == its
            and len(name) >= _LEAST
            and len(other) >= _LEAST
            and one_slip(name, other)
            and (len(name) > _LEAST < len(other) or _swapped(name, other))
        ):
            return free
    return None


def _swapped(one: str, other: str) -> bool:
    return len(one) == len(other) and sorted(one) == sorted(other)


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by a swap of neighbours, one missing, one extra or one other letter."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        wrong = [index for index, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
        return swapped or (len(wrong) == 1 and len(one) > _LEAST + 1)
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))


def _one_letter(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
