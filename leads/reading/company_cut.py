"""A text cut into the words of which a company's name may consist: signs between words are breaks, those inside belong to the name."""

from __future__ import annotations

import re
from functools import cache

from leads.reading.company_words import is_form
from leads.reading.message import data, fold, words
from leads.reading.name_cut import Phrases, Word, plain

_NOISE = re.compile(
    r"\S+@\S+\.\S+|https?://\S+|(?<!\S)[:;=xX8]'?-?[)(DPpOo3*/\\]+(?![\w(])|<3"
    r"|(?:(?<=\s)|^)(?:\w ){3,}\w(?=$|\s*[,.])|(?<!\S)\w(?:-\w){3,}(?!\w)"
    r"|[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0f]+"
)
_OPEN, _CLOSE = "\"'\u2018\u201c\u201e\u00ab\u2039([{<*_", ",;:!?)\"'\u2019\u201d\u201c\u00bb\u203a\u2026]}>*_\u2122\u00ae\u00a9"
_SHORT_FORM = 4  # letters of a form that stands before a quoted name
_QUOTES = "\"\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019'"
_BETWEEN = frozenset({"-", "\u2013", "\u2014", "--", "|", "/", "//", "=", "->", "\u2192", "=>", "\u2022", "*", "~", "\u00b7", ";"})


def without_noise(text: str) -> str:
    """``text`` with addresses, smileys and what is spelled letter by letter replaced by signs that break."""
    return _NOISE.sub(lambda match: ";" * len(match[0]), text)


def cut(text: str) -> list[Word]:
    """The words of a text; ``stop`` of each are the signs of a break before it."""
    found: list[Word] = []
    pending, before = "", 0
    for match in re.finditer(r"\S+", text):
        if "\n" in text[before : match.start()]:
            pending += "\n"
        before = match.end()
        said, start = match[0], match.start()
        if said == "@":
            found.append(Word(said, said, start, start + 1, pending))
            pending = ""
            continue
        if re.match(r"@\w", said):
            found.append(Word("@", "@", start, start + 1, pending))
            said, start, pending = said[1:], start + 1, ""
        if said in _BETWEEN or set(said) <= {";"}:
            pending += said[0]
            continue
        word, opened, closed = _peeled(said, start)
        if word is None:
            pending += said.strip("&+") and said[0]
            if said in ("&", "+", "&&"):
                found.append(Word("&" if said == "&&" else said, said[0], start, start + 1, pending))
                pending = ""
            continue
        word, closed = _split_dot(word, closed)
        found.append(Word(word.text, word.low, word.start, word.end, pending + opened, word.dot))
        pending = closed
    return _with_forms(found)


def _peeled(said: str, start: int) -> tuple[Word | None, str, str]:
    """A word without the signs around it, and those before and behind it that break."""
    left, right = 0, len(said)
    if fold(said.rstrip(",.;!")) in ("(pty)", "(haftungsbeschrankt)", "(pvt)", "(pte)", "(i.g.)"):
        right = len(said.rstrip(",;!"))
        return Word(said[:right], plain(said[:right]), start, start + right, ""), "", said[right:]
    while left < right and (said[left] in _OPEN or said[left] in ";:,.!?\u00bf\u00a1)"):
        left += 1
    while right > left and (said[right - 1] in _CLOSE or said[right - 1] == "."):
        right -= 1
    core = said[left:right]
    if not re.search(r"\w", core):
        return None, "", ""
    behind = said[right:]
    if behind.startswith(("'", "\u2019")) and core[-1] == "s" and not said[:left]:
        behind = behind[1:]  # "the brothers'"
    opened = "".join(sign for sign in said[:left])
    low = plain(core)
    if not core[0].isascii() and not core[0].islower() and not core[0].isupper():
        core, left = _unglued(core, left)
        low = plain(core)
    if core.lower().startswith("www."):
        low = plain(core[4:])
        core, left = core[4:], left + 4
    if re.match(r"[ld]['\u2019]\w", core) and core[0].islower():
        core, low, left = core[2:], low[2:], left + 2
    return Word(core, low, start + left, start + left + len(core), ""), opened, behind


def _unglued(core: str, left: int) -> tuple[str, int]:
    """Without what scripts without blanks write directly before and behind a name."""
    before = next((sign for sign in data("asked_company")["announced"] if core.startswith(sign) and len(core) > len(sign)), "")
    behind = next((sign for sign in data("asked_company")["glued"] if core.endswith(sign) and len(core) > len(sign) + len(before)), "")
    return core[len(before) : len(core) - len(behind)], left + len(before)


def _split_dot(word: Word, behind: str) -> tuple[Word, str]:
    """Whether a dot behind a word belongs to it: "Mt.", "Inc.", "J. Reyes"."""
    if not behind.startswith(".") or behind.startswith(".."):
        return word, behind
    short = len(word.low) == 1 or word.low in words("asked_company", "short") or is_form(word.low + ".") or "." in word.text
    kept = Word(word.text, word.low, word.start, word.end, "", True)
    return kept, behind[1:] if short else behind


def _with_forms(found: list[Word]) -> list[Word]:
    """A comma before a legal form breaks nothing: "Acme, Inc."; a form's dot does, unless another form or "&" follows."""
    kept: list[Word] = []
    for word in found:
        if kept and kept[-1].dot and len(kept[-1].low) == 1 and len(kept) > 1 and kept[-2].low in listed("spelling") and not word.stop:
            word = Word(word.text, word.low, word.start, word.end, ".", word.dot)  # "mit K. Kunze …"
        before = kept[-1] if kept else None
        form = is_form(word.low) and (word.text[0].isupper() or word.dot or "." in word.text)
        stop = word.stop
        if form and before is not None and stop in (",", "("):
            stop = ""
        elif (
            len(kept) == 1
            and stop in ("\u00ab", "\u201e")
            and before is not None
            and before.text.isupper()
            and len(before.text) <= _SHORT_FORM
        ):
            stop = ""  # "OOO «…»"
        elif (
            before is not None
            and before.dot
            and not stop
            and is_form(before.low + ".")
            and len(before.low) > 1
            and len(kept) > 1
            and not before.stop
        ):
            joined = form or is_form(word.low) or word.low in ("&", "+", "and", "und", "et", "y", "de")
            stop = "" if joined else "."
        kept.append(Word(word.text, word.low, word.start, word.end, stop, word.dot))
    return kept


def quoted(word: Word) -> bool:
    """Whether a quotation begins with the word."""
    return any(sign in _QUOTES for sign in word.stop)


@cache
def phrases_of(key: str) -> Phrases:
    """A list of the data file of companies."""
    return Phrases([str(item) for item in data("asked_company")[key]])


@cache
def listed(key: str) -> frozenset[str]:
    """A list of single words of the data file of companies."""
    return frozenset(plain(str(word)) for word in data("asked_company")[key])
