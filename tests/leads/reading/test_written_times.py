"""Times, written as people of four languages write them, are read back as they were meant; text of any sort is read in bounded work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from leads.questions import Question
from leads.reading import Reading, read_answer
from leads.reading.message import MAX_CHARACTERS, make_message
from leads.reading.slips import nearest
from leads.reading.times import times
from leads.reading.timewords import Month, pieces, split, tokens
from tests.examples import examples

QUESTION = Question("timeline", "timeline", "Timeline")
TODAYS = st.dates(date(2025, 1, 1), date(2032, 12, 31))
MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "de": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "es": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
}
COUNTRIES = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES"}
FRAMES = {
    "en": ["{}", "{} please", "we want to start {}", "ideally {}", "We are 12 people. It must be live {}", "not sure about the budget. {}"],
    "de": ["{}", "{} bitte", "wir wollen {} starten", "am liebsten {}", "Wir sind 12 Leute. {} muss es laufen"],
    "fr": ["{}", "{} svp", "on voudrait démarrer {}", "idéalement {}", "Nous sommes 12. Il faut commencer {}"],
    "es": ["{}", "{} por favor", "queremos empezar {}", "idealmente {}", "Somos 12. Necesitamos empezar {}"],
}
DAYS: dict[str, list[Callable[[date], str]]] = {
    "en": [
        lambda day: f"on {day.day} {MONTHS['en'][day.month - 1]} {day.year}",
        lambda day: f"{MONTHS['en'][day.month - 1]} {day.day}, {day.year}",
        lambda day: f"by {MONTHS['en'][day.month - 1][:3]} {day.day}{_ordinal(day.day)} {day.year}",
        lambda day: f"the {day.day}{_ordinal(day.day)} of {MONTHS['en'][day.month - 1].lower()} {day.year}",
        lambda day: f"{day:%d/%m/%Y}",
        lambda day: day.isoformat(),
    ],
    "de": [
        lambda day: f"am {day.day}. {MONTHS['de'][day.month - 1]} {day.year}",
        lambda day: f"zum {day.day}.{day.month}.{day.year}",
        lambda day: f"bis {day:%d.%m.%Y}",
        lambda day: f"ab dem {day.day}. {MONTHS['de'][day.month - 1].lower()} {day.year}",
    ],
    "fr": [
        lambda day: f"le {day.day}{'er' if day.day == 1 else ''} {MONTHS['fr'][day.month - 1]} {day.year}",
        lambda day: f"le {day:%d/%m/%Y}",
        lambda day: f"d'ici le {day.day} {MONTHS['fr'][day.month - 1]} {day.year}",
    ],
    "es": [
        lambda day: f"el {day.day} de {MONTHS['es'][day.month - 1]} de {day.year}",
        lambda day: f"el {day:%d/%m/%Y}",
        lambda day: f"para el {day.day} de {MONTHS['es'][day.month - 1]} de {day.year}",
    ],
}
UNITS = {
    "en": {"day": ("day", "days"), "week": ("week", "weeks"), "month": ("month", "months")},
    "de": {"day": ("Tag", "Tagen"), "week": ("Woche", "Wochen"), "month": ("Monat", "Monaten")},
    "fr": {"day": ("jour", "jours"), "week": ("semaine", "semaines"), "month": ("mois", "mois")},
    "es": {"day": ("día", "días"), "week": ("semana", "semanas"), "month": ("mes", "meses")},
}
COUNTS = {
    "en": ["in {}", "within {}", "in about {}", "{} from now", "in the next {}"],
    "de": ["in {}", "innerhalb von {}", "in etwa {}", "in den nächsten {}"],
    "fr": ["dans {}", "d'ici {}", "sous {}", "dans les prochains {}"],
    "es": ["en {}", "dentro de {}", "en unos {}", "en los próximos {}"],
}
STRETCHES = {
    "quarter": {
        "en": ["Q{n} {y}", "q{n}/{y}", "quarter {n} {y}"],
        "de": ["{n}. Quartal {y}", "Q{n} {y}"],
        "fr": ["T{n} {y}"],
        "es": ["T{n} {y}"],
    },
    "half": {"en": ["H{n} {y}"], "de": ["{n}. Halbjahr {y}"], "fr": ["S{n} {y}"], "es": ["{n}º semestre de {y}"]},
    "month": {"en": ["in {m} {y}"], "de": ["im {m} {y}"], "fr": ["en {m} {y}"], "es": ["en {m} de {y}"]},
    "end": {"en": ["end of {m} {y}"], "de": ["Ende {m} {y}"], "fr": ["fin {m} {y}"], "es": ["a finales de {m} de {y}"]},
    "year": {"en": ["in {y}", "end of {y}"], "de": ["Ende {y}"], "fr": ["fin {y}"], "es": ["a finales de {y}"]},
}


def _ordinal(number: int) -> str:
    return "th" if 11 <= number <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def read(text: str, language: str, today: date) -> Reading | None:
    return read_answer(text, QUESTION, locale=language, country=COUNTRIES[language], today=today)


@pytest.mark.parametrize("language", sorted(FRAMES))
@examples(80)
@given(st.data(), TODAYS, st.integers(2, 700))
def test_a_day_is_read_as_it_was_told(language: str, data: st.DataObject, today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    text = data.draw(st.sampled_from(FRAMES[language])).format(data.draw(st.sampled_from(DAYS[language]))(day))
    reading = read(text, language, today)
    assert reading is not None, text
    assert reading.value["within_days"] == ahead, text


@pytest.mark.parametrize("language", sorted(FRAMES))
@examples(80)
@given(st.data(), TODAYS, st.integers(1, 24), st.sampled_from(["day", "week", "month"]))
def test_a_count_is_read_as_it_was_told(language: str, data: st.DataObject, today: date, count: int, unit: str) -> None:
    form = data.draw(st.sampled_from(COUNTS[language]))
    count += count == 1 and ("next" in form or "nächsten" in form or "próximos" in form or "prochains" in form)
    said = form.format(f"{count} {UNITS[language][unit][count > 1]}")
    text = data.draw(st.sampled_from(FRAMES[language])).format(said)
    steps: dict[str, Any] = {f"{unit}s": count}
    reading = read(text, language, today)
    assert reading is not None, text
    assert reading.value["within_days"] == (today + relativedelta(**steps) - today).days, text


@pytest.mark.parametrize("language", sorted(FRAMES))
@examples(80)
@given(st.data(), TODAYS, st.sampled_from(sorted(STRETCHES)), st.integers(1, 12), st.integers(1, 3))
def test_a_stretch_is_read_up_to_its_last_day(language: str, data: st.DataObject, today: date, sort: str, number: int, years: int) -> None:
    year, number = today.year + years, {"quarter": (number - 1) % 4 + 1, "half": (number - 1) % 2 + 1}.get(sort, number)
    form = data.draw(st.sampled_from(STRETCHES[sort][language]))
    text = data.draw(st.sampled_from(FRAMES[language])).format(form.format(n=number, m=MONTHS[language][number - 1], y=year))
    month = {"quarter": 3 * number, "half": 6 * number, "year": 12}.get(sort, number)
    reading = read(text, language, today)
    assert reading is not None, text
    assert reading.value["within_days"] == (date(year, month, 1) + relativedelta(day=31) - today).days, text


@pytest.mark.parametrize("language", sorted(FRAMES))
@examples(60)
@given(st.data(), st.integers(0, 11))
def test_a_month_with_one_slip_is_the_same_month(language: str, data: st.DataObject, number: int) -> None:
    """Two letters that changed places, or one that is missing or doubled, in a name of six letters or more."""
    name = MONTHS[language][number].lower()
    place = data.draw(st.integers(1, len(name) - 2))
    slip = data.draw(st.sampled_from(["changed", "missing", "doubled"]))
    wrong = {
        "changed": name[:place] + name[place + 1] + name[place] + name[place + 2 :],
        "missing": name[:place] + name[place + 1 :],
        "doubled": name[:place] + name[place] + name[place:],
    }[slip]
    items = pieces(make_message(wrong, language, None, date(2026, 11, 21)))[0].get("month", [])
    if len(name) >= 6 and len(wrong) >= 6:
        found = nearest(split(wrong)[0], frozenset(split(month)[0] for month in MONTHS[language]))
        assert found is None or found == split(name)[0]
    assert all(isinstance(value, Month) and value.number == number + 1 for _, value in items)


@examples(200)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.sampled_from(
                ["in", "3", "weeks", "may", "q1", "27", "the", "15th", "not", "before", "-", "/", ",", "?", "monday", "or", "next"]
            )
        ).map(" ".join),
    ),
    st.sampled_from([None, "en", "de", "fr", "es"]),
    st.sampled_from([None, "DE", "US", "AR", "XX"]),
    TODAYS,
)
def test_any_text_is_read_or_left_alone(text: str, language: str | None, country: str | None, today: date) -> None:
    reading = read_answer(text, QUESTION, locale=language, country=country, today=today)
    assert reading is None or (0 < reading.confidence <= 1 and reading.text and reading.value.keys() == {"within_days", "label"})
    assert reading is None or reading.value["within_days"] is None or reading.value["within_days"] >= 1


@pytest.mark.parametrize(
    "filler", ["a ", "1 ", "in 3 weeks ", "may ", "not before ", "q1 ", "15.", "the ", "next month, ", "so ", "\n", "1/"]
)
def test_what_is_behind_a_messages_length_is_not_looked_at(filler: str) -> None:
    start = (filler * MAX_CHARACTERS)[:MAX_CHARACTERS]
    assert read_answer(start, QUESTION) == read_answer(start + " we want to start in January, on 15 March 2030", QUESTION)


@pytest.mark.parametrize(
    "filler", ["in 3 weeks and ", "not before may or ", "the first of the ", "q1 q2 q3 ", "next next next ", "a b c d e f g "]
)
def test_the_pieces_of_a_long_message_grow_with_its_length_only(filler: str) -> None:
    """Twice the text has twice the pieces: no piece is looked for from more than one place."""

    def count(repeats: int) -> int:
        message = make_message(filler * repeats, "en", None, date(2026, 11, 21))
        return len(tokens(message)) + sum(len(options) for items in pieces(message) for options in items.values()) + len(times(message))

    assert count(16) <= 2 * count(8) + 8
