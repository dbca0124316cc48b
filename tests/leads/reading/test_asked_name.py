"""Answers to "what is your name?": kinds of phrasing, each with what looks like it and is no name."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.reading import asked_name as module
from leads.reading import name_cut
from leads.reading.asked_name import asked_name
from leads.reading.message import make_message
from tests.examples import examples

KINDS: dict[str, list[tuple[str, str, str | None]]] = {
    "letters typed several times": [
        ("heyyy its brittany", "en", "Brittany"),
        ("holaaa soy maribel", "es", "Maribel"),
        ("bonjouuur", "fr", None),
    ],
    "slips": [("my nam eis Olivia Trent", "en", "Olivia Trent"), ("me yamo nayeli", "es", "Nayeli"), ("my mate is Tom", "en", None)],
    "where somebody is from": [
        ("from Minnesota", "en", None),
        ("aus Bremen", "de", None),
        ("de Toulouse", "fr", None),
        ("from Priya Nair", "en", "Priya Nair"),
    ],
    "a title": [
        ("Herr Herbst", "de", "Herbst"),
        ("Frau Krüger ist dafür zuständig", "de", None),
        ("D. Leandro Castaño", "es", "Leandro Castaño"),
        ("D. Leandro Castaño", "en", "D. Leandro Castaño"),
        ("Mlle Garnier", "fr", "Garnier"),
        ("Monsieur Perrot gère ça, pas moi", "fr", None),
    ],
    "how it is spelled": [
        ("katherine spelled with a k", "en", "Katherine"),
        ("Stefan mit f", "de", "Stefan"),
        ("Mathieu avec un seul t", "fr", "Mathieu"),
        ("Rachael. r a c h a e l", "en", "Rachael"),
        ("rebecca, spelled Rebekah Stein", "en", "Rebekah Stein"),
    ],
    "a given name that is a particle or a filler elsewhere": [
        ("Ben", "en", "Ben"),
        ("Ben Ode", "en", "Ben Ode"),
        ("ben oui", "fr", None),
        ("Ali ben Salah", "fr", "Ali ben Salah"),
    ],
    "placeholders": [("{name} {{7*7}} ${jndi:ldap://x}", "en", None), ("Anna {0}", "en", "Anna")],
    "particles": [
        ("Wiebke zum Felde", "de", "Wiebke zum Felde"),
        ("pedro de la torre", "es", "Pedro de la Torre"),
        ("Jordi Pons i Vila", "es", "Jordi Pons i Vila"),
        ("Philippe Garnier de Nantes", "fr", "Philippe Garnier"),
        ("Carolin Ebert vom Vertrieb", "de", "Carolin Ebert"),
    ],
    "behind the name": [
        ("Robert Hale Jr.", "en", "Robert Hale Jr."),
        ("Lena Brooks, PhD", "en", "Lena Brooks"),
        ("henry boyd iii", "en", "Henry Boyd III"),
    ],
    "in parts": [
        ("Vorname Rosa, Nachname Engel", "de", "Rosa Engel"),
        ("Nom : Lefebvre, prénom : Arthur", "fr", "Arthur Lefebvre"),
        ("nombre Carla y apellido Soto", "es", "Carla Soto"),
        ("Orla is my first name, Quinn my last", "en", "Orla Quinn"),
        ("Bryan with a y, last name Cho", "en", "Bryan Cho"),
        ("Jackson Lee, Lee is last", "en", "Jackson Lee"),
    ],
    "the family name first": [
        ("SMITH, JOHN", "en", "John Smith"),
        ("DURAND Claire", "fr", "Claire Durand"),
        ("Jack, Emily said hi", "en", "Jack"),
    ],
    "another name instead": [
        ("Sebastian, aber alle sagen Basti", "de", "Basti"),
        ("augustus finch but gus is ok too", "en", "Augustus Finch"),
        ("oliver smith. sorry, Smythe with a y", "en", "Oliver Smythe"),
        ("no es Juan, es Joan", "es", "Joan"),
        ("not Steve", "en", None),
        ("My parents named me Theodore but I answer to Ted", "en", "Ted"),
    ],
    "somebody else": [
        ("my boss is Karen Holt, ask her", "en", None),
        ("mi jefa, la señora Ramos, es quien firma", "es", None),
        ("mon collègue Paul m'a envoyé", "fr", None),
        ("Thomas told me to contact you", "en", None),
        ("Karen in sales already has it", "en", None),
        ("Robert from your team promised me a callback", "en", None),
        ("thank you Jason", "en", None),
        ("Hallo Frau Abel", "de", None),
        ("I'm her son Liam", "en", "Liam"),
        ("mein Chef, Herr Lang, hat mich gebeten. Ich bin Nina Wolf", "de", "Nina Wolf"),
    ],
    "two people": [
        ("Anna and Tom", "en", None),
        ("Jens und Marie", "de", None),
        ("Ana y Luis", "es", None),
        ("José Ortega y Gasset", "es", "José Ortega y Gasset"),
    ],
    "a job, a company": [
        ("Bürokauffrau", "de", None),
        ("responsable marketing", "fr", None),
        ("Northgate Dental Clinic", "en", None),
        ("soy la encargada", "es", None),
    ],
    "words that are names": [
        ("im rose", "en", "Rose"),
        ("mark price", "en", "Mark Price"),
        ("mark my words", "en", None),
        ("grace under pressure", "en", None),
    ],
    "other scripts": [
        ("我叫陈静", "zh", "陈静"),
        ("你好", "zh", None),
        ("山田太郎です", "ja", "山田太郎"),
        ("я Ольга", "ru", "Ольга"),
        ("не скажу", "ru", None),
    ],
}


@pytest.mark.parametrize(("text", "language", "name"), [phrase for phrases in KINDS.values() for phrase in phrases])
def test_kinds_of_answers(text: str, language: str, name: str | None) -> None:
    person = asked_name(make_message(text, language))
    assert (person.name if person else None) == name


GIVEN = ["Anna", "Marguerite", "Diego", "Kwame", "Svetlana", "Jean-Luc", "Zoë", "Hope", "Mark", "Jürgen"]
FAMILY = ["Weber", "O'Brien", "Fernández", "Okonkwo", "Lindqvist", "Moreau", "Price", "Nowak", "Çelik", "Singh"]
BEFORE = {
    "en": [
        "",
        "my name is ",
        "hi, i'm ",
        "hello! this is ",
        "you can call me ",
        "ok fine, put ",
        "thanks. ",
        "well my name's ",
        "i already said, ",
    ],
    "de": [
        "",
        "ich heiße ",
        "hallo, ich bin ",
        "mein Name ist ",
        "guten Tag, hier ist ",
        "nennen Sie mich ",
        "na gut: ",
        "Sie sprechen mit ",
    ],
    "fr": ["", "je m'appelle ", "moi c'est ", "bonjour, je suis ", "appelez-moi ", "mon nom est ", "vous parlez à "],
    "es": ["", "me llamo ", "hola, soy ", "mi nombre es ", "buenas tardes, le saluda ", "puedes llamarme "],
}
BEHIND = {
    "en": [
        "",
        "!",
        ", nice to meet you",
        " here",
        " from accounts",
        ". what else do you need?",
        ", and you?",
        " (she/her)",
        ", i run a small bakery in leeds",
    ],
    "de": ["", ".", ", freut mich", " mit zwei n", ", und Sie?", ", Einkauf", ". Was brauchen Sie noch?"],
    "fr": ["", ".", ", enchantée", " avec un accent", ", et vous ?", ", je dirige une agence"],
    "es": ["", ".", ", mucho gusto", " con acento", ", ¿y usted?", ", llevo una tienda"],
}
CARRIERS = [(language, before, behind) for language in BEFORE for before, behind in product(BEFORE[language], BEHIND[language])]


@examples(600)
@given(st.sampled_from(CARRIERS), st.sampled_from(GIVEN), st.sampled_from(FAMILY), st.sampled_from(["typed", "small", "loud"]))
def test_a_full_name_is_read_in_any_sentence_and_case(carrier: tuple[str, str, str], first: str, last: str, case: str) -> None:
    language, before, behind = carrier
    text = f"{before}{first} {last}{behind}"
    text = text.lower() if case == "small" else text.upper() if case == "loud" else text
    person = asked_name(make_message(text, language))
    assert person is not None and person.name == f"{first} {last}", text
    assert text[person.start : person.end].lower() == f"{first} {last}".lower()


@examples(300)
@given(
    st.sampled_from(CARRIERS),
    st.text(alphabet="bcdfghklmnprstvz", min_size=1, max_size=4),
    st.sampled_from(["ou", "ei", "a", "o", "ai"]),
    st.sampled_from("nxkv"),
)
def test_a_name_that_nobody_knows_is_read_when_it_is_announced(carrier: tuple[str, str, str], begin: str, middle: str, end: str) -> None:
    language, before, behind = carrier
    name = f"{begin}{middle}{end}rq".capitalize()
    if before.strip(" .:,") and before not in ("thanks. ", "i already said, ", "na gut: "):
        person = asked_name(make_message(f"{before}{name} {name}{behind}", language))
        assert person is not None and person.name == f"{name} {name}"


@examples(300)
@given(st.text(max_size=200), st.sampled_from([None, "en", "de", "fr", "es"]))
def test_no_text_breaks_it(text: str, language: str | None) -> None:
    person = asked_name(make_message(text, language))
    assert person is None or (person.name.strip() and 0 <= person.start < person.end <= len(text))


@pytest.mark.parametrize(
    "unit", ["my name is ", "a, ", "Anna and Tom ", "x ", "but not ", "Dr. ", "my boss ", "von der ", "sorry, ", "N E I L ", "first name "]
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
        asked_name(make_message((unit * length)[:length]))
        work.append(looked)
    assert work[2] - work[1] <= 2.5 * (work[1] - work[0]) + 200, work
