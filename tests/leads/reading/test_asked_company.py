"""Answers to "what company are you with?": kinds of phrasing, each with what looks like it and is no company."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.reading import asked_company as module
from leads.reading import name_cut
from leads.reading.asked_company import asked_company
from leads.reading.message import make_message
from tests.examples import examples

KINDS: dict[str, list[tuple[str, str, str | None]]] = {
    "dots that end nothing": [
        ("Mt. Hood Coffee Roasters", "en", "Mt. Hood Coffee Roasters"),
        ("Quantum Plastics. We mold bottle caps.", "en", "Quantum Plastics"),
        ("Acme Inc. We mold bottle caps.", "en", "Acme Inc."),
        ("Aceros del Bajío SA de CV", "es", "Aceros del Bajío SA de CV"),
    ],
    "a kind of company": [
        ("we're a bakery", "en", None),
        ("I run a tiny bakery, Flour & Fern", "en", "Flour & Fern"),
        ("wir sind ein kleiner Verein", "de", None),
        ("on est une asso, le Comité des Fêtes de Brassac", "fr", "Comité des Fêtes de Brassac"),
        ("somos una panadería", "es", None),
    ],
    "announced": [
        ("it's called paper lantern", "en", "paper lantern"),
        ("a restaurant called 1701", "en", "1701"),
        ("unsere firma heißt wolkenbruch", "de", "wolkenbruch"),
        ("la société s'appelle Demain", "fr", "Demain"),
        ("mi empresa se llama norte azul", "es", "norte azul"),
        ('Company is "The Other Half"', "en", "The Other Half"),
        ("Company: Ottoline", "en", "Ottoline"),
    ],
    "formerly": [
        ("Orrin (formerly Blake Systems)", "en", "Orrin"),
        ("Formerly Blake Systems, now Orrin", "en", "Orrin"),
        ("früher Kramer Bau, heute Kramer Hochbau GmbH", "de", "Kramer Hochbau GmbH"),
        ("antes Norte Azul, ahora Sur Verde", "es", "Sur Verde"),
        ("used to work at IBM", "en", None),
    ],
    "of others": [
        ("We bought a printer from HP and it broke", "en", None),
        ("we use HubSpot", "en", None),
        ("wir nutzen Personio", "de", None),
        ("notre fournisseur c'est Orange", "fr", None),
        ("nuestro cliente es Zara", "es", None),
        ("our bank is Chase", "en", None),
        ("Microsoft is our client", "en", None),
        ("a friend told me about you, he works at Boeing", "en", None),
        ("my wife's bakery, Heirloom & Rye", "en", "Heirloom & Rye"),
        ("moved from Deloitte to a startup named Pebblework", "en", "Pebblework"),
    ],
    "what somebody is": [
        ("self-employed", "en", None),
        ("homeowner", "en", None),
        ("arbeitssuchend", "de", None),
        ("salarié du privé", "fr", None),
        ("ama de casa", "es", None),
        ("freelance but I invoice through Redleaf Studio", "en", "Redleaf Studio"),
    ],
    "somebody": [
        ("Sarah Jenkins", "en", None),
        ("jennifer", "en", None),
        ("Kelly Adams from Ridge Comfort", "en", "Ridge Comfort"),
        ("Max Müller von Nordwerk", "de", "Nordwerk"),
        ("Dana Reyes Consulting", "en", "Dana Reyes Consulting"),
        ("mein Name ist Reuter und ich komme von der Kollwitz Steuerberatung", "de", "Kollwitz Steuerberatung"),
    ],
    "mended": [
        ("Lantern not Lanterns", "en", "Lantern"),
        ("Pardon, Delmas Énergie et pas Delmas Électricité", "fr", "Delmas Énergie"),
        ("crumb bakery, officially just Crumb", "en", "Crumb"),
        ("Tidewreck? no. Tidewrack, with an a", "en", "Tidewrack"),
        ("no es Luna Nueva, es Luna Llena", "es", "Luna Llena"),
    ],
    "trades typed small": [
        ("clinique des Tilleuls", "fr", "clinique des Tilleuls"),
        ("constructora Huemul ltda", "es", "constructora Huemul ltda"),
        ("une agence à Lyon", "fr", None),
        ("una consultora de Bilbao", "es", None),
        ("quantum plastics corporation", "en", "quantum plastics corporation"),
        ("small plumbing business", "en", None),
    ],
    "prices, smileys, advertisements": [
        ("$500/month", "en", None),
        (":D", "en", None),
        ("Radhaus, nein, nicht Rathaus :D", "de", "Radhaus"),
        ("Streamline. Automate. Grow. Join 10,000 happy teams today!", "en", None),
    ],
    "names of words, numbers and domains": [
        ("Bridges for Kids", "en", "Bridges for Kids"),
        ("Yes Chef Linens", "en", "Yes Chef Linens"),
        ("No Fuss Movers", "en", "No Fuss Movers"),
        ("24/7 Locksmiths Ltd", "en", "24/7 Locksmiths Ltd"),
        ("30 Mitarbeiter", "de", None),
        ("www.oakandmoss.com", "en", "oakandmoss.com"),
        ("Monday", "en", None),
    ],
}


@pytest.mark.parametrize(("text", "language", "name"), [phrase for phrases in KINDS.values() for phrase in phrases])
def test_kinds_of_answers(text: str, language: str, name: str | None) -> None:
    company = asked_company(make_message(text, language))
    assert (company.name if company else None) == name


PROPER = ["Kitehill", "Oakmoss", "Zentaro", "Brightwell", "Quillon", "Norvik", "Tresolmos", "Wexcombe"]
NOUNS = ["", " Logistics", " Bakery", " Systems", " & Sons", " Dental", " Metallbau", " Conseil", " Consultores"]
FORMS = ["", "", " Ltd", " GmbH", " Inc.", " S.L.", " SARL", " LLC", " AG", " S.A. de C.V."]
NAMES = st.builds(lambda one, noun, form: one + noun + form, st.sampled_from(PROPER), st.sampled_from(NOUNS), st.sampled_from(FORMS))
BEFORE = {
    "en": [
        "",
        "I work at ",
        "we're called ",
        "I'm the CFO of ",
        "hi, i'm with ",
        "the company is ",
        "I run ops at ",
        "on behalf of ",
        "it's ",
    ],
    "de": ["", "ich arbeite bei ", "wir heißen ", "bin Meister bei ", "hallo, hier ist ", "meine Firma heißt ", "im Auftrag von "],
    "fr": ["", "je travaille chez ", "notre boîte s'appelle ", "c'est pour ", "comptable chez ", "je représente "],
    "es": ["", "trabajo en ", "mi empresa se llama ", "somos ", "de parte de ", "soy el dueño de "],
}
BEHIND = {
    "en": [
        "",
        ", we make bottle caps",
        " in Leeds",
        ", about 40 people",
        " and we need a quote",
        ". how much is it?",
        " 🚚",
        ", formerly Blake Systems",
    ],
    "de": ["", ", wir machen Möbel", " in Kassel", ", 12 Leute", " und wir suchen ein CRM", ". Was kostet das?"],
    "fr": ["", ", on fait des meubles", " à Lyon", ", 12 personnes", " et on cherche un outil"],
    "es": ["", ", hacemos muebles", " en Sevilla", ", 12 personas", " y buscamos un chat"],
}
CARRIERS = [(language, before, behind) for language in BEFORE for before, behind in product(BEFORE[language], BEHIND[language])]


@examples(600)
@given(st.sampled_from(CARRIERS), NAMES)
def test_a_name_is_read_in_any_sentence(carrier: tuple[str, str, str], name: str) -> None:
    language, before, behind = carrier
    text = f"{before}{name}{behind}"
    company = asked_company(make_message(text, language))
    assert company is not None and company.name.rstrip(".") == name.rstrip("."), text


@examples(200)
@given(
    st.sampled_from(
        ["we use ", "our supplier is ", "we bought it from ", "wir nutzen ", "unser Kunde ist ", "on utilise ", "usamos ", "I left "]
    ),
    st.sampled_from(PROPER),
    st.sampled_from(["", " and hate it", ", any good?", " right now"]),
)
def test_other_companies_are_left_alone(before: str, name: str, behind: str) -> None:
    assert asked_company(make_message(before + name + behind)) is None


@examples(300)
@given(st.text(max_size=200), st.sampled_from([None, "en", "de", "fr", "es"]))
def test_no_text_breaks_it(text: str, language: str | None) -> None:
    company = asked_company(make_message(text, language))
    assert company is None or (company.name.strip() and 0 <= company.start < company.end <= len(text))


@pytest.mark.parametrize(
    "unit", ["Acme & ", "a, ", "we use ", "called ", "GmbH ", "S.A. de ", "x. ", "my ", "für die ", "sorry, ", "1 ", '"A" ', "the of "]
)
def test_work_grows_with_the_text_and_no_faster(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    whole = name_cut.Phrases.at

    def counted(self: name_cut.Phrases, said: list[name_cut.Word], place: int, *, joined: bool = True) -> int:
        nonlocal looked
        looked += 1
        return whole(self, said, place, joined=joined)

    monkeypatch.setattr(name_cut.Phrases, "at", counted)
    monkeypatch.setattr(module, "_MOST", 10_000)
    work = []
    for length in (500, 1000, 2000):
        looked = 0
        asked_company(make_message((unit * length)[:length]))
        work.append(looked)
    assert work[2] - work[1] <= 2.5 * (work[1] - work[0]) + 200, work
