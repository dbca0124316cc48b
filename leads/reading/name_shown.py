"""How a name is written: capitals for what was typed in one case, the family name behind, no nickname in quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leads.reading.message import fold
from leads.reading.name_cut import Word, is_suffix, listed
from leads.reading.name_words import is_given

_SHORT = 3


def named(text: str, said: Sequence[Word], *, shouted: bool) -> str:
    """The name that these words of a text are."""
    row = [_typed(text, word) for word in said]
    lows = [word.low for word in said]
    if not shouted and len(row) > 1:
        loud = [len(part) >= _SHORT and part.isupper() and "." not in part for part in row]
        if any(loud) and not all(loud) and not is_suffix(said[-1]):
            order = [*(k for k in range(len(row)) if not loud[k]), *(k for k in range(len(row)) if loud[k])]
            apart = loud == sorted(loud, reverse=True) and any(is_given(lows[k]) for k in range(len(row)) if not loud[k])
            row = [part.title() if loud[k] else part for k, part in enumerate(row)]
            row = [row[k] for k in order] if apart else row
    name = row[0]
    for before, after, part in zip(said, said[1:], row[1:], strict=False):
        gap = text[before.end : after.start].lstrip(".") if after.start > before.end else " "
        name += (gap if gap and gap in ("-", "") else " ") + part
    if shouted or name.islower() or (name.isupper() and len(name) > _SHORT):
        return _cased(name, shouted)
    return _suffixed(_cased(name, False) if row[0][0].islower() and lows[0] not in listed("written_small") and "'" not in row[0] else name)


def _typed(text: str, word: Word) -> str:
    kept = word.dot and (len(word.text) == 1 or "." in word.text or word.low in ("st", "jr", "sr") or is_suffix(word))
    return word.text + "." * kept


def shown(name: str) -> str:
    """Names typed in one case get capitals: ``jane doe`` and ``JANE DOE`` are ``Jane Doe``, ``mcdonald`` is ``McDonald``."""
    return _cased(name, False) if name.islower() or (name.isupper() and len(name) > _SHORT) else name


def _cased(name: str, shouted: bool) -> str:
    if shouted and len(name) <= 2 and name.isupper() and not is_given(fold(name)):
        return name
    before = ""
    parts: list[str] = []
    for part in name.split(" "):
        low = fold(part)
        if low in listed("written_small") and parts and not (low in ("la", "las", "los") and before not in ("de",)):
            parts.append(part.lower())
        elif not parts and re.fullmatch(r"[b-df-hj-np-tv-xz]{2}", low) and low != "ng":
            parts.append(part.upper())  # "tj"
        elif re.fullmatch(r"(?:\w\.)+\w?\.?", part) or (part.isupper() and len(part) <= 2 and not re.search(r"[aeiouy]", low)):
            parts.append(part.upper())
        else:
            parts.append(re.sub(r"[^\W\d_]+[\u0300-\u036f]*", lambda match: match[0].capitalize(), part.lower()))
        before = low
    return _suffixed(re.sub(r"\bMc([a-z])(?=[a-z]{2})", lambda match: "Mc" + match[1].upper(), " ".join(parts)))


def _suffixed(name: str) -> str:
    return re.sub(r"(?<=\s)(?:ii|iii|iv)$", lambda match: match[0].upper(), re.sub(r"(?<=\s)jr\b", "Jr", name), flags=re.IGNORECASE)
