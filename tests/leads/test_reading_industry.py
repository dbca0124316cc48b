"""Industries: what the lists promise, on any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.questions import Questions
from leads.reading import read_answer, read_message, suggestions
from leads.reading.activities import activity, label
from leads.reading.lexicon import acts, languages, lexicon, things
from leads.reading.message import data, make_message
from leads.reading.wordforms import is_slip, light, tokens
from tests.examples import examples

SOLD = {"en": "we sell {}", "de": "wir verkaufen {}", "fr": "nous vendons {}", "es": "vendemos {}"}
FIXED = {"en": "we repair {}", "de": "wir reparieren {}", "fr": "nous réparons {}", "es": "reparamos {}"}
BIKES = {"en": "bikes", "de": "Fahrräder", "fr": "vélos", "es": "bicicletas"}
SOFTWARE = {"en": "software for dentists", "de": "Software für Zahnärzte", "fr": "logiciel pour dentistes", "es": "software para dentistas"}


def code(text: str, language: str | None) -> str | None:
    found = activity(make_message(text, language))
    return found.code if found is not None and found.clear else None


@given(st.text(max_size=300), st.sampled_from([*languages(), None]))
@examples(150)
def test_any_text_is_read_or_left_alone(text: str, language: str | None) -> None:
    found = activity(make_message(text, language))
    assert found is None or (0 <= found.start < found.end <= len(text) and found.label == label(found.code))


@given(st.lists(st.sampled_from(["we", "sell", "bikes", "not", "my", "brother", "for", "bakery", ",", "?", "und", "Brot"]), max_size=12))
@examples(150)
def test_any_order_of_known_words_is_read_or_left_alone(said: list[str]) -> None:
    found = activity(make_message(" ".join(said)))
    assert found is None or label(found.code)


@pytest.mark.parametrize("language", languages())
def test_what_is_done_decides_the_division(language: str) -> None:
    assert code(SOLD[language].format(BIKES[language]), language) == "G47"
    assert code(FIXED[language].format(BIKES[language]), language) == "S95"
    assert code(SOFTWARE[language], language) == "J62"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("it", "abbiamo un ristorante a Torino", "I56"),
        ("it", "ripariamo biciclette", "S95"),
        ("it", "i nostri clienti sono avvocati", None),
        ("pt", "vendemos móveis online", "G47"),
        ("pt", "nossos clientes são hospitais", None),
        ("nl", "wij verkopen fietsen", "G47"),
        ("nl", "we hebben geen restaurant", None),
        ("nl", "onze klanten zijn restaurants", None),
    ],
)
def test_sentences_in_near_languages_say_what_is_done_and_by_whom(language: str, text: str, expected: str | None) -> None:
    assert code(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Baker & Miller"),
        ("en", "Farmer Holdings"),
        ("fr", "M. Boulanger"),
        ("de", "Schneider, Anke"),
        ("en", "I wish we were a bank, then we'd have the money"),
        ("en", "how do I cook for a crowd"),
        ("en", "we serve restaurants and hotels"),
        ("fr", "on travaille avec des architectes"),
        ("en", "I handle our social media"),
        ("en", "receptionist"),
        ("en", "I'm the bookkeeper here"),
        ("de", "Marketing mache ich"),
        ("en", "we mostly sell to dentists"),
        ("en", "we sell to hospitals"),
        ("it", "vendiamo ai ristoranti"),
        ("nl", "we verkopen aan restaurants"),
        ("nl", "mijn boekhouder beslist"),
        ("en", "bit of a circus here today"),
    ],
)
def test_names_dreams_customers_and_jobs_are_no_trade(language: str, text: str) -> None:
    assert code(text, language) is None


def test_what_was_done_with_goods_is_not_what_their_seller_does() -> None:
    assert code("we sell refurbished phones", "en") == "G47"
    assert code("we refurbish phones", "en") == "S95"
    assert code("medical billing service", "en") == "N82"


@pytest.mark.parametrize("language", languages())
def test_every_trade_has_a_label(language: str) -> None:
    codes = {entry.name for entries in lexicon(language).exact.values() for entry in entries if entry.kind == "trade"}
    assert len(codes) > 80
    assert codes <= set(data("activities")["labels"])


def test_the_lists_fit_together() -> None:
    known = set(data("activities")["labels"])
    assert {one[0] for one in known} == set(data("industries")["sections"])
    for codes in things().values():
        assert set(codes.values()) <= known
        assert set(codes) <= {*acts(), "alone", "drive", "find", "answer", "provide", "parts"}
    for codes in acts().values():
        assert {codes[key] for key in ("any", "alone") if key in codes} <= known
        assert codes.get("as", "make") in acts()


def test_only_the_first_words_of_a_long_text_are_looked_at() -> None:
    assert len(tokens(make_message("we fix teeth " * 2000))) == 150


@pytest.mark.parametrize(
    "text",
    [
        "my brother is a plumber",
        "do you work with bakeries?",
        "we need a website",
        "I'm at the gym",
        "unsere Kunden sind Banken",
        "on cherche un avocat",
    ],
)
def test_what_is_not_about_the_visitor_is_left_alone(text: str) -> None:
    assert code(text, None) is None


def test_slips() -> None:
    assert is_slip("resturant", "restaurant") and is_slip("zahnartz", "zahnarzt")
    assert not is_slip("boring", "boxing") and not is_slip("bakers", "makers")
    assert light("customs", "en") != light("customers", "en")
    assert code("we own a resturant in Ohio", "en") == "I56"


def test_what_fits_several_divisions_is_suggested_and_not_read(questions: Questions) -> None:
    question = questions["industry"]
    likely = suggestions("glass and ceramics, and we deliver", question)
    assert [code for _title, code in likely] == ["C23", "H49"]
    assert read_message("glass and ceramics, and we deliver", questions, asked="industry") == []
    assert suggestions("we bake bread", question) == []
    assert suggestions("no idea what to say", question) == []


@pytest.mark.parametrize("code", sorted(data("activities")["labels"]))
def test_the_text_of_a_button_is_read_as_its_division(questions: Questions, code: str) -> None:
    reading = read_answer(code, questions["industry"])
    assert reading is not None
    assert (reading.value["code"], reading.confidence) == (code, 1.0)
