"""Places of the lists in sentences of four languages, and what looks like a place and is none."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leads.questions import Question
from leads.reading import places as module
from leads.reading import read_answer
from leads.reading.gazetteer import cities, known
from leads.reading.message import data, make_message
from leads.reading.places import places
from tests.examples import examples

REGION = Question(slot="region", kind="region", label="region")
CARRIERS = [
    ("en", "{}"),
    ("en", "We are based in {}."),
    ("en", "our office is in {}, 12 of us"),
    ("de", "Wir sitzen in {}."),
    ("de", "unser Büro ist in {}, 12 Leute"),
    ("fr", "Nous sommes basés à {}."),
    ("fr", "nos bureaux sont à {}, on est 12"),
    ("es", "Estamos en {}."),
    ("es", "la oficina está en {}, somos 12"),
]


def read(text: str, language: str | None = None, country: str | None = None) -> object:
    found = read_answer(text, REGION, locale=language, country=country)
    return None if found is None else found.value.get("countries") or found.value["region"]


def written(name: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in name.split())


@pytest.mark.parametrize(("language", "carrier"), CARRIERS)
def test_nearly_every_city_and_part_of_a_country_is_read_in_a_sentence(language: str, carrier: str) -> None:
    named = [(name, [code]) for name, code in sorted(cities().items())[::97]]
    named += [(name, sorted(codes)) for name, codes in sorted(known().items())[::31]]
    read_as = [(name, codes, read(carrier.format(written(name)), language)) for name, codes in named]
    wrong = [one for one in read_as if one[2] not in (None, one[1])]
    unread = [one for one in read_as if one[2] is None]
    assert len(named) > 400
    assert len(wrong) <= 0.02 * len(named), wrong
    assert len(unread) <= 0.06 * len(named), unread


@pytest.mark.parametrize(
    ("language", "text", "where"),
    [
        ("en", "Lindau, close to Austria", ["DE"]),
        ("de", "Passau, kurz vor Österreich", ["DE"]),
        ("fr", "Tournai, à côté de Lille", ["BE"]),
        ("es", "Badajoz, pegado a Portugal", ["ES"]),
        ("en", "near Basel", ["CH"]),
        ("en", "an Italian team, but the company is in Oslo", ["NO"]),
        ("de", "wir sind ein italienisches Team, arbeiten aber alle in Norwegen", ["NO"]),
        ("en", "no longer in Nice, now Monaco", ["MC"]),
        ("fr", "plus à Nantes, on a déménagé à Genève", ["CH"]),
        ("fr", "siège à Nantes et atelier au Portugal", ["FR", "PT"]),
        ("en", "office in Oslo and people in Lisbon", ["NO", "PT"]),
        ("fr", "une agence d'Oran", ["DZ"]),
        ("es", "cdmx, colonia roma", ["MX"]),
        ("en", "東京", ["JP"]),
        ("en", "We still work from Київ", ["UA"]),
        ("en", "Cleveland. Customers are mostly in Mexico", ["US"]),
        ("en", "A Dublin based agency with clients in France", ["IE"]),
        ("en", "I'd fly in from Athens, that's where our office is", ["GR"]),
        ("de", "auf der Schwäbischen Alb", ["DE"]),
    ],
)
def test_the_place_that_counts(language: str, text: str, where: list[str]) -> None:
    assert read(text, language) == where


@pytest.mark.parametrize("letters", ["US", "CA", "DE", "CH", "AT", "NL", "FR"])
@pytest.mark.parametrize("thing", ["SKU", "Artikel", "ref", "ticket", "order number", "Rechnung Nr.", "pedido", "commande"])
@given(number=st.integers(1000, 99999))
@examples(5)
def test_the_number_of_a_thing_is_no_country(thing: str, letters: str, number: int) -> None:
    assert read(f"{thing} {letters}-{number}", "en", "US") is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "my co-founder just moved to Portugal"),
        ("en", "we might open an office in Spain one day"),
        ("en", "our suppliers sit in China"),
        ("en", "someone from your Berlin office called me"),
        ("de", "mein Kompagnon zieht nach Kanada"),
        ("de", "unsere Lieferanten sitzen in China"),
        ("fr", "mon associé part vivre au Canada"),
        ("fr", "notre stagiaire vient du Chili"),
        ("es", "mi socio se va a vivir a Canadá"),
        ("es", "nos gustaría abrir en Portugal algún día"),
    ],
)
def test_others_moves_and_wishes_are_not_where_they_are(language: str, text: str) -> None:
    assert read(text, language) is None


def test_the_lists_of_places_are_words() -> None:
    for key in ("near", "border", "contrast", "numbered", "elsewhere", "wished", "sites", "seat_behind", "small_codes", "no_names"):
        assert all(isinstance(word, str) for word in data("regions")[key]), key


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "es", None]), st.sampled_from(["US", "DE", "MX", None]))
@example("d'", "fr", None)
@example("near near the border of", "en", "US")
@examples(150)
def test_any_text_is_read_or_left_alone(text: str, language: str | None, country: str | None) -> None:
    for place in places(make_message(text, language, country)):
        assert 0 <= place.start < place.end <= len(text)
    read(text, language, country)


def test_work_grows_with_the_length_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by the names that are looked up: a few for each word, and no more for a text that is cut."""
    asked = 0
    lookup = module._lookup

    def counting(*rest: object) -> object:
        nonlocal asked
        asked += 1
        return lookup(*rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_lookup", counting)

    def work(count: int) -> int:
        nonlocal asked
        asked = 0
        read("we have a small office somewhere in Oslo. " * count, "en")
        return asked

    one, two, much = work(10), work(20), work(1000)
    assert 0 < one <= two <= 2.2 * one
    assert much <= 10 * 400
