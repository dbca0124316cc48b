"""Sums, headcounts, phone numbers and addresses, written as people of several countries write them, are read back as they were meant."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import phonenumbers
import pytest
from babel.numbers import format_decimal
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from leads.questions import Question
from leads.reading import Reading, read_answer
from leads.reading.message import MAX_CHARACTERS
from tests.examples import examples

LANGUAGES: dict[str, dict[str, Any]] = {
    "en": {
        "locale": "en_US",
        "country": "US",
        "money": ["{}", "about {}", "our budget is {}", "I'd say {}", "we have {} for this"],
        "up to": ["up to {}", "no more than {}", "{} max", "at most {}"],
        "from": ["at least {}", "more than {}", "{} or more"],
        "between": ["between {} and {}", "{} to {}", "from {} to {}", "{}-{}"],
        "periods": {"year": ["a year", "per year", "annually"], "month": ["a month", "per month", "/month"], "quarter": ["a quarter"]},
        "people": ["{} people", "we are {} people", "about {} employees", "we have {} employees", "a company of {} people"],
    },
    "de": {
        "locale": "de_DE",
        "country": "DE",
        "money": ["{}", "etwa {}", "unser Budget liegt bei {}", "so um die {}", "wir haben {} dafür"],
        "up to": ["bis zu {}", "maximal {}", "höchstens {}", "nicht mehr als {}"],
        "from": ["mindestens {}", "mehr als {}", "ab {}"],
        "between": ["zwischen {} und {}", "{} bis {}", "von {} bis {}", "{}-{}"],
        "periods": {
            "year": ["im Jahr", "pro Jahr", "jährlich"],
            "month": ["im Monat", "pro Monat", "monatlich"],
            "quarter": ["pro Quartal"],
        },
        "people": ["{} Leute", "wir sind {} Leute", "rund {} Mitarbeiter", "wir haben {} Beschäftigte", "eine Firma mit {} Mitarbeitern"],
    },
    "fr": {
        "locale": "fr_FR",
        "country": "FR",
        "money": ["{}", "environ {}", "notre budget est de {}", "dans les {}", "nous avons {} pour ça"],
        "up to": ["jusqu'à {}", "{} maximum", "pas plus de {}", "{} max"],
        "from": ["au moins {}", "plus de {}", "à partir de {}"],
        "between": ["entre {} et {}", "{} à {}", "de {} à {}", "{}-{}"],
        "periods": {"year": ["par an", "annuels"], "month": ["par mois", "mensuels"], "quarter": ["par trimestre"]},
        "people": ["{} personnes", "nous sommes {} personnes", "environ {} salariés", "on a {} employés", "une entreprise de {} personnes"],
    },
    "es": {
        "locale": "es_ES",
        "country": "ES",
        "money": ["{}", "unos {}", "nuestro presupuesto es de {}", "alrededor de {}", "tenemos {} para esto"],
        "up to": ["hasta {}", "como mucho {}", "máximo {}", "no más de {}"],
        "from": ["al menos {}", "más de {}", "a partir de {}"],
        "between": ["entre {} y {}", "{} a {}", "de {} a {}", "{}-{}"],
        "periods": {"year": ["al año", "anuales"], "month": ["al mes", "mensuales"], "quarter": ["por trimestre"]},
        "people": ["{} personas", "somos {} personas", "unos {} empleados", "tenemos {} trabajadores", "una empresa de {} empleados"],
    },
}
CURRENCIES = {
    "EUR": ["{} EUR", "{} €", "{}€", "{} Euro", "EUR {}"],
    "CHF": ["{} CHF", "CHF {}"],
    "GBP": ["£{}", "{} GBP"],
    "USD": ["US${}", "{} USD"],
}
SUMS = st.one_of(
    st.integers(200, 999_999),
    st.integers(2, 900).map(lambda number: number * 1000),
    st.integers(20_000, 9_999_999).map(lambda cents: cents / 100),
)


def read(kind: str, text: str, language: str) -> Reading | None:
    return read_answer(text, Question(kind, kind, kind), locale=language, country=LANGUAGES[language]["country"])


@st.composite
def told_sums(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """A language, a text, and the sum that it says."""
    language = draw(st.sampled_from(sorted(LANGUAGES)))
    words: dict[str, Any] = LANGUAGES[language]
    low, high = sorted((draw(SUMS), draw(SUMS)))
    code = draw(st.sampled_from(sorted(CURRENCIES)))
    sign, period = draw(st.sampled_from(CURRENCIES[code])), draw(st.sampled_from(["year", "month", "quarter", None]))
    form = draw(st.sampled_from(["money", "up to", "from", "between"]))
    assume(form != "between" or low < high < 20 * low)  # "10 to 15,000" means thousands at both ends
    figures = [sign.format(format_decimal(figure, locale=words["locale"])) for figure in ((low, high) if form == "between" else (low,))]
    text = draw(st.sampled_from(words[form])).format(*figures)
    if period and not text.endswith(("für", "dafür", "this", "ça", "esto", "max", "more", "maximum")):
        text += " " + draw(st.sampled_from(words["periods"][period]))
    else:
        period = None
    ends = {"money": (low, low), "up to": (None, low), "from": (low, None), "between": (low, high)}[form]
    return language, text, {"min": ends[0], "max": ends[1], "currency": code, "period": period}


@examples(400)
@given(told_sums())
def test_a_sum_is_read_as_it_was_told(told: tuple[str, str, dict[str, Any]]) -> None:
    language, text, value = told
    reading = read("money", text, language)
    assert reading is not None
    assert reading.value == value
    assert reading.confidence >= 0.5


SHORT: dict[str, dict[float, list[str]]] = {
    "en": {1e3: ["{}k", "{}K", "{} k", "{} thousand", "{} grand"], 1e6: ["{}m", "{}M", "{} million", "{}mn"]},
    "de": {1e3: ["{}k", "{} Tsd.", "{} Tausend", "{} tausend"], 1e6: ["{} Mio.", "{} Millionen", "{}Mio"]},
    "fr": {1e3: ["{}k", "{} k", "{} mille"], 1e6: ["{}M", "{} millions d'", "{} million"]},
    "es": {1e3: ["{}k", "{} mil"], 1e6: ["{}M", "{} millones de", "{} millones"]},
}
NAMES = {
    "en": {"USD": ["dollars", "usd", "bucks"], "GBP": ["pounds", "quid", "GBP"], "EUR": ["euros", "euro", "EUR"]},
    "de": {"EUR": ["Euro", "EUR", "€"], "CHF": ["Franken", "CHF"]},
    "fr": {"EUR": ["euros", "€", "EUR"], "CHF": ["francs suisses", "CHF"]},
    "es": {"EUR": ["euros", "€", "EUR"], "MXN": ["pesos mexicanos", "MXN"]},
}


@examples(300)
@given(st.sampled_from(sorted(SHORT)), st.integers(20, 900), st.data())
def test_a_sum_told_in_thousands_or_millions_is_read(language: str, count: int, data: st.DataObject) -> None:
    factor = data.draw(st.sampled_from(sorted(SHORT[language])))
    code = data.draw(st.sampled_from(sorted(NAMES[language])))
    name = data.draw(st.sampled_from(NAMES[language][code]))
    figure = data.draw(st.sampled_from(SHORT[language][factor])).format(count)
    text = data.draw(st.sampled_from(LANGUAGES[language]["money"])).format(f"{figure} {name}")
    reading = read("money", text, language)
    assert reading is not None
    assert reading.value == {"min": count * factor, "max": count * factor, "currency": code, "period": None}


@examples(300)
@given(
    st.integers(200, 9_999_999),
    st.sampled_from(["'", "\u2019", "\u202f", "\u00a0", " ", ",", ".", "_", ""]),
    st.sampled_from(["", ".-", ",-", ".--"]),
)
def test_thousands_are_parted_in_many_ways(figure: int, mark: str, cents: str) -> None:
    reading = read("money", f"{f'{figure:,}'.replace(',', mark)}{cents} CHF", "de")
    assert reading is not None
    assert (reading.value["min"], reading.value["currency"]) == (figure, "CHF")


GERMAN = ["", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn"]
GERMAN += ["fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"]
GERMAN_TENS = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]


def in_german(number: int) -> str:
    if number < 20:
        return GERMAN[number]
    if number < 100:
        return (f"{GERMAN[number % 10]}und" if number % 10 else "") + GERMAN_TENS[number // 10]
    if number < 1000:
        return f"{GERMAN[number // 100]}hundert{in_german(number % 100)}"
    return f"{in_german(number // 1000)}tausend{in_german(number % 1000)}"


@examples(300)
@given(st.integers(200, 99_999), st.integers(200, 99_999))
def test_german_number_words_are_read_alone_and_as_a_range(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assume(low < high)
    reading = read("money", f"{in_german(low)} Euro", "de")
    assert reading is not None
    assert reading.value["min"] == reading.value["max"] == low
    reading = read("money", f"zwischen {in_german(low)} und {in_german(high)} Euro", "de")
    assert reading is not None
    assert (reading.value["min"], reading.value["max"]) == (low, high)


@pytest.mark.parametrize("kind", ["money", "headcount"])
@pytest.mark.parametrize("filler", ["we had 20k, now 30. ", "5 shops with 8 each, ", "emploees ninty qwzx ", "1O0 ", "so ", "my rent is "])
def test_twice_the_text_takes_about_twice_the_steps(kind: str, filler: str) -> None:
    """Counted by calls of functions, which no other process can change."""
    question = Question(kind, kind, kind)
    read_answer(filler * 3, question)  # what is loaded once
    short, long = (steps(partial(read_answer, (filler * size)[:size], question)) for size in (1000, 2000))
    assert long < 2.6 * short + 500


def steps(run: Callable[[], object]) -> int:
    count = 0

    def called(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@examples(100)
@given(st.integers(1, 99_999), st.data())
def test_a_number_of_people_is_read_as_it_was_told(language: str, count: int, data: st.DataObject) -> None:
    words: dict[str, Any] = LANGUAGES[language]
    figure = data.draw(st.sampled_from([str(count), format_decimal(count, locale=words["locale"])]))
    reading = read("headcount", data.draw(st.sampled_from(words["people"])).format(figure), language)
    assert reading is not None
    assert reading.value == {"min": count, "max": count}


@examples(300)
@given(
    st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)),
    st.sampled_from([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE]),
    st.sampled_from(
        [phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164]
    ),
    st.sampled_from(["{}", "my number is {}", "{}, thanks", "Tel.: {}"]),
)
def test_a_phone_number_is_read_in_the_forms_of_its_country(country: str, sort: int, form: int, frame: str) -> None:
    number = phonenumbers.example_number_for_type(country, sort)
    if number is None or not phonenumbers.is_valid_number(number):
        reject()
    assume(len(str(number.national_number)) >= 7)  # shorter ones may be anything
    text = frame.format(phonenumbers.format_number(number, form))
    reading = read_answer(text, Question("phone", "phone", "phone"), country=country)
    assert reading is not None
    assert reading.value["number"] == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


SPOKEN = {
    "en": {"@": "at", ".": "dot", "-": "dash", "_": "underscore"},
    "de": {"@": "ät", ".": "punkt", "-": "bindestrich", "_": "unterstrich"},
    "fr": {"@": "arobase", ".": "point", "-": "tiret", "_": "tiret bas"},
    "es": {"@": "arroba", ".": "punto", "-": "guion", "_": "guion bajo"},
}
ADDRESSES = st.builds(
    "{}{}@{}.{}".format,
    st.sampled_from(["jane", "info", "Max", "sales2"]),
    st.sampled_from(["", ".doe", "-doe", "_doe"]),
    st.sampled_from(["acme", "north-wind", "gmail", "x1y2z3"]),
    st.sampled_from(["com", "de", "fr", "es", "co.uk", "io"]),
)


@examples(200)
@given(ADDRESSES, st.sampled_from([None, *SPOKEN]), st.sampled_from(["{}", "it's {}", "{}."]))
def test_an_address_is_read_written_and_spoken(address: str, language: str | None, frame: str) -> None:
    said = "".join(f" {SPOKEN[language][sign]} " if sign in SPOKEN[language] else sign for sign in address) if language else address
    reading = read_answer(frame.format(said), Question("email", "email", "email"), locale=language)
    assert reading is not None
    assert reading.value["address"] == address.lower()


@pytest.mark.parametrize("kind", ["money", "headcount", "phone", "email"])
@examples(100)
@given(st.text(max_size=300), st.sampled_from([None, "de", "fr", "es"]), st.sampled_from([None, "DE", "US", "XX"]))
def test_any_text_is_read_or_left_alone(kind: str, text: str, language: str | None, country: str | None) -> None:
    reading = read_answer(text, Question(kind, kind, kind), locale=language, country=country)
    assert reading is None or (0 < reading.confidence <= 1 and reading.text)


@pytest.mark.parametrize("kind", ["money", "headcount", "phone", "email"])
@pytest.mark.parametrize("filler", ["a ", "1 ", "20k, ", "and 5 people ", "at dot ", "0171 ", "((", "if we get ", "\u00e9"])
def test_what_is_behind_a_messages_length_is_not_looked_at(kind: str, filler: str) -> None:
    """Reading time is bounded: more text than a message may have changes nothing."""
    start = (filler * MAX_CHARACTERS)[:MAX_CHARACTERS]
    question = Question(kind, kind, kind)
    assert read_answer(start, question) == read_answer(start + " 40k euros, 12 employees, +49 171 1234567, jane@acme.com", question)
