"""Words of a text in the form in which lists of words are searched: plain letters, stems, parts of German compounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

from leads.reading.message import Message, data, fold, text_lines
from leads.reading.namedpeople import people

LANGUAGES = {"en": "english", "de": "german", "fr": "french", "es": "spanish"}
_WORD = re.compile(r"[a-z]&[a-z](?![a-z])|[^\W_]+")
_ADDRESS = re.compile(r"\S{1,80}@\S{1,80}|(?<![^\s(,;:/])(?:[\w-]{1,60}\.){1,4}([a-z]{2,10})(?![\w-])")
_MOST = 150  # words of a message that are looked at
_PART = 3  # letters of the shorter part of a compound
_LONG, _VERY_LONG = 7, 9  # letters of a word in which a slip can be told
_REMEMBERED = 20_000  # stems; there are more words than that only in nonsense
_LINKS = ("", "s", "n", "en", "es", "er", "e")
_ENDINGS = {
    language: tuple((re.compile(pattern), by) for pattern, by in endings)
    for language, endings in {
        "en": ((r"ies$", "y"), (r"(?<=[sxz])es$|(?<=[cs]h)es$|(?<!s)s$", "")),
        "de": ((r"(?<=er)(?:in|innen)$|(?<=[tg])(?:in|innen)$", ""), (r"(?:ern|en|er|es|e|n|s)$", "")),
        "fr": ((r"aux$", "al"), (r"[sx]$", ""), (r"e$", "")),
        "es": ((r"(?<=\w{5})it([oa]s?)$", r"\1"), (r"ces$", "z"), (r"(?<=[lrnd])es$|s$", ""), (r"[aoe]$", "")),
    }.items()
}
_MORE = ("n", "en", "s", "es", "e", "er", "ern", "in", "innen")  # what a form of a German noun has more than another
_PLURAL = {"fr": re.compile(r"(?<=au)x$|s$"), "es": re.compile(r"(?<=[lrndjzy])es$|s$")}
_MALE = re.compile(r"[aoe]$")
_FORMS = {  # endings of the forms in which people say what they do, by the ending of the infinitive
    "fr": {
        "er": ("e", "es", "ons", "ent", "er", "ant", "ez", "age", "eur", "euse"),
        "ir": ("is", "it", "issons", "issent", "ir", "issant"),
    },
    "es": {
        "ar": ("o", "a", "amos", "an", "ar", "ando", "amiento"),
        "er": ("o", "e", "emos", "en", "er", "iendo"),
        "ir": ("o", "e", "imos", "en", "ir", "iendo"),
    },
    "de": {"en": ("en", "e", "t", "ung", "er", "end"), "ern": ("ern", "ere", "ert", "erung", "erer"), "eln": ("eln", "le", "elt", "ler")},
}


@dataclass(frozen=True)
class Token:
    """A word with its place in the text and what stands between it and the word before."""

    word: str
    start: int
    end: int
    gap: str


def tokens(message: Message) -> list[Token]:
    """The first words of a message, folded; those of addresses of mail and of the web are none."""
    found: list[Token] = []
    before = 0
    for match in _WORD.finditer(_without_people(message, _ADDRESS.sub(_blanked, message.low))):
        said = message.text[match.start() : match.end()]
        word = words_in_capitals().get(said, match[0].replace("ß", "ss"))
        found.append(Token(word, match.start(), match.end(), message.low[before : match.start()]))
        before = match.end()
        if len(found) == _MOST:
            break
    return found


def _without_people(message: Message, low: str) -> str:
    """Blanks in place of names of people and of spelled addresses."""
    for start, end in people(message):
        low = low[:start] + " " * (end - start) + low[end:]
    return low


def _blanked(match: re.Match[str]) -> str:
    """Blanks in place of an address; what only looks like one ("bakery.but we") stays."""
    return " " * len(match[0]) if match[1] is None or match[1] in endings() else match[0]


@cache
def endings() -> frozenset[str]:
    """The last parts of the domains of mail services: "com", "de"."""
    return frozenset(domain.rpartition(".")[2] for domain in text_lines("free_mail")) - {"it", "is", "in", "me", "so", "at", "my", "us"}


def words_in_capitals() -> dict[str, str]:
    """What stands for abbreviations that are other words when written small: "IT"."""
    return dict(data("whose")["capitals"])


def split(text: str) -> list[str]:
    """The words of an entry of a list, as :func:`tokens` would give them."""
    return [word.replace("ß", "ss") for word in _WORD.findall(fold(text))]


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(LANGUAGES[language])


@lru_cache(_REMEMBERED)
def stem(word: str, language: str) -> str:
    """Without its ending, by the Snowball rules of the language."""
    return str(_stemmer(language).stemWord(word[:40]))


@lru_cache(_REMEMBERED)
def light(word: str, language: str) -> str:
    """A noun without the endings of number and gender only, so that "customs" and "customers" stay apart."""
    for pattern, by in _ENDINGS[language]:
        shorter = pattern.sub(by, word)
        if shorter != word and len(shorter) >= _PART:
            word = shorter
    return word


def is_form(word: str, known: str, language: str, person: bool) -> bool:
    """Whether two words that are the same without endings are forms of one noun; only a person has a gender.

    German endings make many words alike: "Güter" and "gute", "Lachs" and "lachen". A form of a noun is the other one with more.
    """
    if language == "en" or word == known:
        return True
    short, long = sorted((word, known), key=len)
    if language == "de":
        return long.startswith(short) and long[len(short) :] in _MORE
    singular, other = (_PLURAL[language].sub("", one) for one in (short, long))
    return singular == other or (person and _MALE.sub("", singular) == _MALE.sub("", other)) or other.endswith(("it", "ita", "ito"))


def inflected(infinitive: str, language: str) -> Iterator[str]:
    """The infinitive and what people make of it ("vendemos", "fabriquons"); regular forms only."""
    yield infinitive
    for ending, forms in _FORMS.get(language, {}).items():
        if infinitive.endswith(ending) and " " not in infinitive:
            root = infinitive.removesuffix(ending)
            yield from (root + form for form in forms)


def is_slip(word: str, known: str) -> bool:
    """One letter more or less, or two changed places, in a long word also another letter; the first letter is right."""
    if abs(len(word) - len(known)) > 1 or word[0] != known[0] or min(len(word), len(known)) < _LONG:
        return False
    start = next((k for k, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known)))
    one, other = word[start:], known[start:]
    if one[1:] == other[1:]:
        return len(known) >= _VERY_LONG
    return one[1:] == other or one == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])


def heads(word: str) -> Iterator[tuple[str, str]]:
    """A word cut in two, the longest second part first: "kinder" and "buch"."""
    for place in range(_PART, len(word) - _PART + 1):
        yield word[:place], word[place:]


def unlinked(word: str) -> Iterator[str]:
    """The first part of a compound without the letters that link it: "hochzeits", "hochzeit"."""
    for link in _LINKS:
        if word.endswith(link) and len(word) - len(link) >= _PART:
            yield word.removesuffix(link)


def without_digraphs(word: str) -> str:
    """ "Baeckerei" as it is folded when written "Bäckerei"."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
