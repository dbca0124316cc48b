"""Trades as people name them: every class of the list in four languages, every word of the lists, and what is no trade of theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.questions import Question
from leads.reading import UNSURE, read_answer
from leads.reading import activities as module
from leads.reading.activities import activity
from leads.reading.lexicon import languages
from leads.reading.message import make_message, text_lines
from leads.reading.terms import matches
from tests.examples import examples, some

INDUSTRY = Question(slot="industry", kind="industry", label="industry")
CLASSES = Path(__file__).parents[1] / "data" / "trades_by_class.txt"
BUSINESS = {"en": "our business: {}", "de": "unser Geschäft: {}", "fr": "notre métier : {}", "es": "nuestro negocio: {}"} | {
    "it": "la nostra attività: {}",
    "pt": "nosso negócio: {}",
    "nl": "ons bedrijf: {}",
}
GREETING = {"en": "Hi! {}, 12 people", "de": "Hallo! {}, 12 Leute", "fr": "Bonjour ! {}, 12 personnes", "es": "¡Hola! {}, 12 personas"} | {
    "it": "Ciao! {}, 12 persone",
    "pt": "Olá! {}, 12 pessoas",
    "nl": "Hallo! {}, 12 mensen",
}
BARE = dict.fromkeys(BUSINESS, "{}")


def read(text: str, language: str | None) -> str | None:
    """The code that the bot would keep, ``None`` when it would ask."""
    found = read_answer(text, INDUSTRY, locale=language)
    return found.value["code"] if found is not None and found.confidence >= UNSURE else None


def fits(code: str | None, wanted: set[str]) -> bool:
    return code is not None and any(code.startswith(one) or one.startswith(code) for one in wanted)


def classes(language: str) -> Iterator[tuple[set[str], str]]:
    for line in CLASSES.read_text(encoding="utf-8").splitlines():
        if line.startswith(language + " "):
            _, codes, text = line.split(" ", 2)
            yield set(codes.split(",")), text


@pytest.mark.parametrize("language", languages())
def test_people_of_each_class_are_understood(language: str) -> None:
    said = list(classes(language))
    assert len({code for codes, _ in said for code in codes}) > 80 and len(said) > 250
    found = [(text, read(text, language), codes) for codes, text in said]
    assert [(text, code) for text, code, codes in found if code is not None and not fits(code, codes)] == []
    asked = [text for text, code, _ in found if code is None]  # better than a guess, but seldom
    assert len(asked) < 0.04 * len(found), asked


@pytest.mark.parametrize("carrier", [BARE, BUSINESS, GREETING], ids=["bare", "business", "greeting"])
def test_nearly_every_trade_of_the_lists_says_itself(carrier: dict[str, str]) -> None:
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in text_lines("trades"):
        if line and not line.startswith("#"):
            code, language, terms = line.split(" ", 2)
            for term in terms.split(", "):
                told[language, term].add(code)
    rows = some(list(told.items())[:: 1 if carrier is BARE else 5])
    found = [(term, activity(make_message(carrier[language].format(term), language)), codes) for (language, term), codes in rows]
    wrong = [(term, one.code) for term, one, codes in found if one is not None and one.clear and not fits(one.code, codes)]
    unread = [term for term, one, _ in found if one is None or not one.clear]
    assert len(told) > 10_000
    assert len(wrong) < 0.01 * len(found), wrong
    assert len(unread) < 0.01 * len(found), unread


THEIRS = [
    ("en", "the nail salon upstairs uses your chat"),
    ("en", "was the old butcher a customer of yours"),
    ("en", "our clients? vets, mostly"),
    ("en", "customers: farmers"),
    ("en", "top secret, navy client"),
    ("en", "my uncle's a roofer but he's not asking"),
    ("en", "we bought two vans and a trailer"),
    ("en", "we have a warehouse and five forklifts"),
    ("en", "unemployed right now"),
    ("en", "the electrician is here, one moment"),
    ("en", "we're no brewery"),
    ("en", "I quit teaching"),
    ("en", "wrong window, sorry"),
    ("en", "I have a question about my invoice"),
    ("en", "we just want to make more money"),
    ("de", "der Metzger nebenan nutzt euch auch"),
    ("de", "unsere Kunden? Meist Architekten"),
    ("de", "Kunde ist die Bundesbank"),
    ("de", "wir haben zwei Transporter und einen Anhänger"),
    ("de", "bin gerade in Elternzeit"),
    ("de", "der Elektriker ist da, bis später"),
    ("de", "ich frag mal meinen Chef"),
    ("de", "guten Morgen"),
    ("fr", "le fleuriste d'en face vous utilise"),
    ("fr", "nos clients ? des avocats"),
    ("fr", "nous avons deux fourgons et une remorque"),
    ("fr", "je suis au chômage"),
    ("fr", "le plombier arrive"),
    ("fr", "une question sur une facture"),
    ("es", "la peluquería de al lado os usa"),
    ("es", "¿clientes? abogados"),
    ("es", "tenemos dos furgonetas y un remolque"),
    ("es", "estoy en paro"),
    ("es", "ha llegado el electricista"),
    ("es", "¿vendéis a farmacias?"),
]


@pytest.mark.parametrize(("language", "text"), THEIRS)
def test_what_others_do_or_what_is_owned_is_no_trade(language: str, text: str) -> None:
    assert read(text, language) is None


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("en", "retired teacher, now I run a tutoring centre", {"P85"}),
        ("en", "my wife's a nurse and together we run a care home", {"Q87"}),
        ("en", "court reporters? no, patent attorneys", {"M69"}),
        ("en", "architects, mainly schools and hospitals", {"M71"}),
        ("en", "we burn limestone into cement", {"C23"}),
        ("en", "we make vegan cheese and supermarkets sell it", {"C10"}),
        ("en", "painter, canvases mostly, two galleries show my stuff", {"R90"}),
        ("de", "früher Koch, heute Fliesenleger", {"F43"}),
        ("de", "wir stellen Möbel her", {"C31"}),
        ("de", "die Bäckerei am Markt, das sind wir", {"C10", "G47"}),
        ("fr", "avant j'étais prof, maintenant je suis boulanger", {"C10", "G47"}),
        ("fr", "maison de retraite", {"Q87"}),
        ("es", "sillas y mesas para bares, las fabricamos", {"C31"}),
        ("es", "la panadería de la plaza es nuestra", {"C10", "G47"}),
    ],
)
def test_their_own_trade_is_read_beside_others(language: str, text: str, codes: set[str]) -> None:
    assert fits(read(text, language), codes)


WORDS = [
    "the",
    "bakery",
    "next door",
    "uses",
    "you",
    "our",
    "customers",
    "?",
    "no,",
    "into",
    "mainly",
    "Kunden",
    "ist",
    "la",
    "d'en face",
    "vendéis",
    "two",
    "trucks",
]


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from([*languages(), None]))
@examples(150)
def test_no_order_of_these_words_is_too_much(said: list[str], language: str | None) -> None:
    read(" ".join(said), language)


def test_work_grows_with_the_length_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by the words that are looked up, which are at most 150 in each language."""
    counted: list[int] = []

    def counting(found: list[object], *rest: object) -> object:
        counted.append(len(found))
        return matches(found, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "matches", counting)

    def work(text: str) -> int:
        counted.clear()
        read(text, "en")
        return sum(counted)

    one, two, much = (work("we sell bread to the people of the town. " * count) for count in (5, 10, 400))
    assert 0 < one <= two <= 2.2 * one
    assert much <= 150 * 2 * len(languages())
