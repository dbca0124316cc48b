"""What clauses are about: where they begin, and which are no answer of today."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.reading.about import clause_at, clauses, marks, topics
from leads.reading.clauses import MOST, parts
from leads.reading.message import make_message


def about(text: str, what: str) -> frozenset[str]:
    return topics(make_message(text), text.index(what))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we are 20, but the firm has 300", ["we are 20, ", "but the firm has 300"]),
        ("ca. 20.000 Euro, max. 25.000", ["ca. 20.000 Euro, ", "max. 25.000"]),
        ("between 20 and 30 people and 5 dogs", ["between 20 and 30 people ", "and 5 dogs"]),
        ("one hundred and twenty", ["one hundred and twenty"]),
        ("30 000 € par an et nous sommes 12", ["30 000 € par an ", "et nous sommes 12"]),
        ("$3.5k (once)", ["3.5k (", "once)"]),
        ("", []),
        ("…!?", []),
    ],
)
def test_where_clauses_begin(text: str, expected: list[str]) -> None:
    message = make_message(text)
    starts = [part.start for part in parts(message)]
    ends = [*starts[1:], len(text)]
    assert [text[start:end] for start, end in zip(starts, ends, strict=False)] == expected


@pytest.mark.parametrize(
    ("text", "what", "topic"),
    [
        ("last year we spent 30k", "30k", "past_time"),
        ("letztes Jahr waren es 30", "30", "past_time"),
        ("l'an dernier on était 30", "30", "past_time"),
        ("el año pasado éramos 30", "30", "past_time"),
        ("we had 50", "50", "past"),
        ("our competitor pays 80k", "80k", "others"),
        ("die Konkurrenz hat 500 Mitarbeiter", "500", "others"),
        ("votre concurrent demande 400 €", "400", "others"),
        ("la competencia tiene 500", "500", "others"),
        ("if we get funded, 100k", "100k", "hypothetical"),
        ("100k if we get the grant", "100k", "hypothetical"),
        ("wenn die Förderung kommt, dann 50.000", "50.000", "hypothetical"),
        ("quand on sera 100", "100", "hypothetical"),
        ("cuando seamos 100", "100", "hypothetical"),
        ("we plan to be 100", "100", "plan"),
        ("does it work for 200 people?", "200", "question"),
        ("what do others pay? like 10k?", "10k", "question"),
        ("was kostet das, 500 im Monat?", "500", "question"),
        ("¿sirve para 50 personas?", "50", "question"),
        ("would 5k be enough?", "5k", "offer"),
        ("I can't tell you if it's 10k", "10k", "open"),
        ("a million... just kidding", "million", "joke"),
        ("unser Jahresumsatz liegt bei 5 Mio", "5", "revenue"),
        ("2 million (that's our revenue)", "2", "revenue"),
        ("mi sueldo es de 1.500", "1.500", "salary"),
        ("mon loyer est de 1200 €", "1200", "costs"),
        ("we owe 200k", "200k", "debt"),
        ("we raised 4 million", "4", "funding"),
        ("wir zahlen aktuell 450 €", "450", "paid"),
        ("we serve 300 people", "300", "served"),
        ("we have 2000 customers", "2000", "audience"),
    ],
)
def test_what_is_no_answer_says_so(text: str, what: str, topic: str) -> None:
    assert topic in about(text, what)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("last year we spent 30k, this year 45k", "45k"),
        ("letztes Jahr 20, jetzt 30", "30"),
        ("our competitor pays 80k, we'd pay 20k", "20k"),
        ("once we close the round 50k, but right now 5k", "5k"),
        ("revenue is 3m, budget is 40k", "40k"),
        ("we had 5k in mind", "5k"),
        ("wir hätten 300 Euro", "300"),
        ("if I had to guess, 400", "400"),
        ("eleven hundred last time I checked", "eleven"),
        ("we're about 30?", "30"),
        ("maybe 20?", "20"),
        ("20k a year?", "20k"),
        ("300 people serve our coffee", "300"),
        ("nous sommes 25 salariés", "25"),
    ],
)
def test_what_is_an_answer_is_about_nothing_else(text: str, what: str) -> None:
    assert about(text, what) == frozenset()


def test_now_is_what_holds_today() -> None:
    text = "50 next year, 35 today"
    assert "now" in marks(make_message(text), text.index("35"))
    assert "now" not in marks(make_message(text), 0)


def test_a_sign_belongs_to_the_clause_of_its_number() -> None:
    assert about("we had 20k, now $30k", "$") == frozenset()
    assert clause_at(make_message("   "), 0) is None


@given(st.text(max_size=400))
def test_any_text_has_ordered_clauses(text: str) -> None:
    message = make_message(text)
    starts = [clause.start for clause in clauses(message)]
    assert starts == sorted(set(starts))
    assert all(topics(message, place) is not None for place in (0, len(text)))


@pytest.mark.parametrize("unit", ["and ", "if we get ", "20.000, ", "?!. ", "a", "¿", "l'an dernier "])
def test_long_text_is_cut_and_not_searched_again(unit: str) -> None:
    """However long the text: no more words are looked at than a message has, and each clause is a part of it."""
    message = make_message(unit * 20_000)
    assert sum(len(part.words) for part in parts(message)) <= MOST
