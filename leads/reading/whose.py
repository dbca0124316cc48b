"""How far each word of a message speaks of what the visitor does: fully, as an aside, of the customers' trade, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from leads.reading.message import fold, words
from leads.reading.wordforms import Token

OWN, MAIN, ASIDE, CUSTOMERS, HAD, NONE = 1.0, 1.3, 0.55, 0.3, 0.2, 0.0
_STOP = re.compile(r"[.!?;\n]|\.\.")
_PAUSE = re.compile(r"[.!?;:,\n()]|\s-+\s|/")
_PERSON = re.compile(r"(?:er|or|ist|ian|ant|erin|orin|istin|eur|euse|iere|ien|ienne|iste|ista|ero|era|ogo|oga|ico|ora)s?$")
_YOU_FORM = re.compile(r"\w{3}(?:ais|eis)$")  # "trabajáis"
_OURS = re.compile(r"\w{3}(?:amos|emos|imos|iamo)$")  # "fabricamos"
_SHORT = 4  # words of a part that goes on with a list


class Parts:
    """The words of a message in clauses, with what is known about each."""

    def __init__(self, found: Sequence[Token], text: str) -> None:
        self.tokens = found
        self.text = text
        self.weights = [OWN] * len(found)
        self.explicit = [False] * len(found)  # in a clause in which the visitor speaks of themselves
        for clause in self.clauses():
            self._weigh(clause)
        for start, _end in self.places(range(len(found)), "corrected"):
            self._set(range(start), CUSTOMERS)
        for index, token in enumerate(found):  # "court reporters? no, patent attorneys"
            if "?" in token.gap and token.word in words("whose", "no"):
                self._set(range(index), CUSTOMERS)

    def has(self, span: range, key: str) -> bool:
        """Whether one of the phrases of a list is there."""
        return next(self.places(span, key), None) is not None

    def places(self, span: range, key: str) -> Iterator[tuple[int, int]]:
        """Where phrases of a list begin and end."""
        listed = _phrases(key)
        for index in span:
            for phrase in listed.get(self.tokens[index].word, ()):
                end = index + len(phrase)
                if end <= span.stop and all(self.tokens[index + k].word == word for k, word in enumerate(phrase)):
                    yield index, end
                    break

    def sentences(self) -> list[range]:
        """Runs of words up to a full stop."""
        return self._runs(lambda token: bool(_STOP.search(token.gap)))

    def clauses(self) -> list[range]:
        """Runs of words up to a pause or a conjunction."""
        breaks = words("whose", "breaks")
        return self._runs(lambda token: bool(_PAUSE.search(token.gap)) or token.word in breaks)

    def _runs(self, is_border: Callable[[Token], bool]) -> list[range]:
        found, start = [], 0
        for index, token in enumerate(self.tokens):
            if index > start and is_border(token):
                found.append(range(start, index))
                start = index
        return [*found, range(start, len(self.tokens))] if self.tokens else []

    def _weigh(self, clause: range) -> None:
        own = self.has(clause, "self") or any(is_ours(self.tokens[index].word) for index in clause)
        for index in clause:
            self.explicit[index] = own
        if any(
            speaks(clause) for speaks in (self._is_asked, self._is_others, self._is_past, self._is_dreamt, self._is_place, self._is_told_of)
        ):
            self._set(clause, NONE)
            return
        if self._is_special(clause):
            self._set(clause, ASIDE)
        elif self.has(clause, "mainly"):
            self._set(clause, MAIN)
        self._roles(clause)
        self._carry(clause)
        self._turned(clause)
        for start, end in self.places(clause, "aside"):
            if start > clause.start:
                self._set(range(end, clause.stop), ASIDE)
        for start, end in self.places(clause, "beside"):
            self._set(range(start, min(clause.stop, end + 5)), 0.1)
        for start, end in self.places(clause, "hollow"):
            self._set(range(start, end), NONE)
        self._pointed(clause)
        self._described(clause)
        self._happens(clause)
        if not self.has(clause, "work"):
            for start, end in self.places(clause, "at"):
                if start > clause.start + 1:
                    self._set(range(end, clause.stop), ASIDE)
        self._customers(clause)
        self._assets(clause)
        self._counted_assets(clause)
        self._negated(clause)
        self._wanted(clause)

    def _set(self, span: Iterable[int], weight: float) -> None:
        for index in span:
            self.weights[index] = weight if weight == MAIN else min(weight, self.weights[index])

    def _is_asked(self, clause: range) -> bool:
        """A clause of a question that is not the visitor's doubtful answer ("a bakery?")."""
        sentence = next(run for run in self.sentences() if run.start <= clause.start < run.stop)
        after = self.text[self.tokens[sentence.stop - 1].end : self.tokens[sentence.stop - 1].end + 3]
        begins = any(start <= sentence.start + 2 for start, _ in self.places(sentence, "asks"))
        asks = list(self.places(sentence, "asks"))
        if any(start == sentence.start and end - start > 1 for start, end in asks) or self._asks_plainly(sentence):
            return True
        first = self.tokens[sentence.start].start
        if "?" not in after and self.text[max(0, first - 1) : first] != "¿":
            return False
        return begins or self.has(sentence, "you") or any(_YOU_FORM.search(self.tokens[index].word) for index in sentence)

    def _asks_plainly(self, sentence: range) -> bool:
        """ "How do I …" without its sign: a word that asks and a verb that turns round behind it."""
        if len(sentence) < 3 or self.tokens[sentence.start].word not in words("certainty", "asking"):
            return False
        return self.tokens[sentence.start + 1].word in words("certainty", "turned")

    def _is_others(self, clause: range) -> bool:
        """ "My brother in law is a plumber": a relative or a stranger is who the clause is about."""
        if self.has(clause, "own_too") or (self.has(clause, "own_s") and not self.has(clause, "kin_is")):
            return False
        first = clause.start + (self.tokens[clause.start].word in words("whose", "openings"))
        if len(clause) > 2 and self.tokens[clause.start].word in words("whose", "somebody"):
            return True
        if self._is_clientele(range(first, clause.stop)):
            return True
        for start, _end in self.places(range(first, min(first + 4, clause.stop)), "kin"):
            if any(self.tokens[index].word in words("whose", "mine") for index in range(max(clause.start, start - 2), start)):
                return True
        return first < clause.stop and self.tokens[first].word in words("whose", "others")

    def _is_clientele(self, clause: range) -> bool:
        """ "Customers are farmers", "Kunde: die Bundeswehr", "who we sell to?"."""
        if not clause:
            return False
        rest = clause[1:] if self.tokens[clause.start].word in words("whose", "mine") else clause
        if not rest or self.tokens[rest.start].word not in words("whose", "clientele"):
            return any(start == clause.start for start, _ in self.places(clause, "sold_to"))
        return len(rest) == 1 or self.tokens[rest.start + 1].word in words("whose", "is")

    def _is_told_of(self, clause: range) -> bool:
        """ "The bakery next door uses your tool", "the plumber is here", "unemployed": nobody's trade, or that of others."""
        if self.has(clause, "jobless"):
            return True
        if self.has(clause, "own_subject"):
            return False
        if self._is_done_to_us(clause):
            return True
        return self.has(clause, "next_door") or self.has(clause, "arrives") or (self.has(clause, "uses") and self.has(clause, "you"))

    def _is_done_to_us(self, clause: range) -> bool:
        """ "The bank won't give us a loan", "la banque nous a dit non": the trade of whoever does it to the visitor."""
        said = [self.tokens[index].word for index in clause]
        first = int(said[0] in words("whose", "openings"))
        if len(said) < first + 4 or said[first] not in words("certainty", "definite") | words("certainty", "possessive"):
            return False
        verb = next((place for place in range(first + 2, min(first + 4, len(said))) if said[place] in words("whose", "verbs")), None)
        return verb is not None and any(word in words("whose", "us") for word in said[verb:])

    def _is_past(self, clause: range) -> bool:
        return self.has(clause, "past") and not self.has(clause, "past_but")

    def _is_dreamt(self, clause: range) -> bool:
        """ "I wish we were a bank, then we'd have the money": the whole sentence is about what is not."""
        sentence = next(run for run in self.sentences() if run.start <= clause.start < run.stop)
        return self.has(sentence, "dreams")

    def _is_place(self, clause: range) -> bool:
        """Where somebody is just now: "I'm at the gym, talk tomorrow?"."""
        if self.has(clause, "trade_words"):
            return False
        if self.has(clause, "place_sure"):
            return True
        if not self.has(clause, "place") or self.has(clause, "work"):
            return False
        return self.has(range(len(self.tokens)), "now")

    def _roles(self, clause: range) -> None:
        """Departments before or after the name of a job: "regional sales director"."""
        if self.has(clause, "roles"):
            if all(self._is_of_a_role(index) for index in clause):
                self._set(clause, NONE)
            for start, end in self.places(clause, "departments"):
                self._set(range(start, end), NONE)
        for _start, end in self.places(clause, "my_job"):
            for start, stop in self.places(range(end, min(end + 2, clause.stop)), "departments"):
                if not any(self.tokens[index].word in words("whose", "b2b") for index in range(stop, clause.stop)):
                    self._set(range(start, stop), NONE)
        self._office_jobs(clause)
        if self.has(clause, "my_job_behind"):
            for start, end in self.places(clause, "departments"):
                self._set(range(start, end), NONE)
        for _start, end in self.places(clause, "tending"):
            if end < clause.stop and self.tokens[end].word in words("certainty", "possessive"):
                self._set(range(end, clause.stop), NONE)

    def _office_jobs(self, clause: range) -> None:
        """ "I'm the bookkeeper", "comptable dans l'entreprise"."""
        inside = self.has(clause, "in_company")
        for index in clause[1:]:
            the = self.tokens[index - 1].word in words("certainty", "definite")
            if self.tokens[index].word in words("whose", "office_jobs") and (the or inside):
                self._set((index,), NONE)

    def _is_of_a_role(self, index: int) -> bool:
        """ "I'm the receptionist", "assistente": a job that there is in any company, and nothing else."""
        word = self.tokens[index].word
        lists = (("certainty", "am"), ("certainty", "definite"), ("certainty", "indefinite"), ("whose", "self"))
        return word in words("whose", "plain_roles") or any(word in words(*names) for names in lists)

    def _pointed(self, clause: range) -> None:
        """ "Your website", "this restaurant", "my lawyer": none of them is the visitor's trade."""
        for index in clause:
            word, after = self.tokens[index].word, range(index + 1, min(index + 3, clause.stop))
            if word in words("whose", "your"):
                self._set(after, NONE)
            following = self.tokens[index + 1].word if after else ""
            if word in words("whose", "this") or (word in words("whose", "product") and following in words("whose", "sites")):
                self._set(after[:1], NONE)
            elif word in words("whose", "ours") and _is_person(following):
                if len(after) == 2 and self.tokens[index + 2].word in words("whose", "acts_of_others"):
                    self._set(clause, NONE)
            elif word in words("whose", "possessive") and _is_person(following):
                self._set(range(index, clause.stop if index == clause.start else index + 2), NONE)

    def _described(self, clause: range) -> None:
        """ "A military client": what stands before a word for customers describes them."""
        for index in clause[1:]:
            if self.tokens[index].word in words("whose", "client_nouns") and not _PAUSE.search(self.tokens[index].gap):
                self._set((index - 1,), CUSTOMERS)

    def _happens(self, clause: range) -> None:
        """ "Restaurant noise", "insurance question": what happens there, or what is asked."""
        for index in clause[1:]:
            if self.tokens[index].word in words("whose", "events") and not _PAUSE.search(self.tokens[index].gap):
                self._set((index - 1,), NONE)

    def _carry(self, clause: range) -> None:
        """A list of customers goes on after its commas, or begins after "our customers?"."""
        before = clause.start - 1
        said = self._clause_before(clause)
        if said and not self.explicit[clause.start] and self._is_clientele(said):
            self._set(clause, CUSTOMERS)
        goes_on = before >= 0 and "," in self.tokens[clause.start].gap and self.weights[before] == CUSTOMERS
        if goes_on and len(clause) <= _SHORT and not self.explicit[clause.start] and not self.has(clause, "only_after"):
            self._set(clause, CUSTOMERS)

    def _is_special(self, clause: range) -> bool:
        """ "Architects, mainly schools": what comes after a trade and its comma says for whom or where."""
        begins = any(start == clause.start for start, _ in self.places(clause, "specially"))
        return begins and clause.start > 0 and "," in self.tokens[clause.start].gap and not self.explicit[clause.start]

    def _clause_before(self, clause: range) -> range:
        """The clause that ends where this one begins."""
        return next((one for one in self.clauses() if one.stop == clause.start), range(0))

    def _turned(self, clause: range) -> None:
        """ "We burn limestone into cement": what it becomes counts. "Supermarkets sell it": they do."""
        place = next((index for index in clause[2:] if self.tokens[index].word == "into"), clause.start)
        place = clause.start if self.has(clause, "convert") else place
        self._set(range(clause.start, place), CUSTOMERS)
        for start, end in self.places(clause, "sold_on"):
            if start > clause.start and self.tokens[start - 1].word not in words("whose", "self"):
                self._set(range(start - 1, end), CUSTOMERS)

    def _assets(self, clause: range) -> None:
        """ "We own three trucks": what a company has is not what it does."""
        for _start, end in self.places(clause, "have"):
            rest = range(end, min(end + _SHORT + 3, clause.stop))
            if rest and (self.tokens[end].word.isdigit() or self.tokens[end].word in words("whose", "counts")):
                self._set((index for index in rest if self._is_asset(index, clause)), HAD)

    def _is_asset(self, index: int, clause: range) -> bool:
        """ "Three trucks", but not "a truck company"."""
        after = self.tokens[index + 1].word if index + 1 < clause.stop else ""
        return self.tokens[index].word in words("whose", "assets") and after not in words("certainty", "firms")

    def _counted_assets(self, clause: range) -> None:
        """ "3 offices and a warehouse": as a whole answer it says what there is."""
        if (
            clause.start
            or len(clause) < 2
            or not (self.tokens[clause.start].word.isdigit() or self.tokens[clause.start].word in words("whose", "counts"))
        ):
            return
        if self.tokens[clause.start + 1].word in words("whose", "assets"):
            self._set((index for index in clause if self.tokens[index].word in words("whose", "assets")), HAD)

    def _customers(self, clause: range) -> None:
        sold = next((index for index in clause if self.tokens[index].word in words("whose", "selling")), clause.stop)
        for index in range(sold + 1, clause.stop):
            if self.tokens[index].word in words("whose", "sold_behind"):
                self._set(range(index + 1, clause.stop), HAD if index == sold + 1 else CUSTOMERS)
        for _start, end in self.places(clause, "serving"):
            if any(self._is_served(index) for index in range(end, min(end + _SHORT, clause.stop))):
                self._set(range(end, clause.stop), CUSTOMERS)
        for start, end in self.places(clause, "customers"):
            if start > clause.start:
                self._set(range(end, clause.stop), CUSTOMERS)

    def _is_served(self, index: int) -> bool:
        """Businesses, or people of a trade: "hotels", "architectes"; not "leather"."""
        word = self.tokens[index].word
        return word in words("whose", "b2b") or (word.endswith(("s", "n", "i")) and _is_person(word))

    def _negated(self, clause: range) -> None:
        fine = {index for start, end in self.places(clause, "fine_not") for index in range(start, end)}
        for start, _end in self.places(clause, "not"):
            if start in fine:
                continue
            stop = next((place for place, _ in self.places(range(start + 1, clause.stop), "only_after")), clause.stop)
            german = self.tokens[start].word in ("nicht", "niet", "pas")
            self._set(range(clause.start if german else start, stop), NONE)

    def _wanted(self, clause: range) -> None:
        if self.has(clause, "want_not"):
            return
        for start, _end in self.places(clause, "want"):
            self._set(range(start, clause.stop), NONE)


def is_ours(word: str) -> bool:
    """A verb whose ending says "we": "fabricamos", "vendiamo"."""
    return _OURS.search(word) is not None


def _is_person(word: str) -> bool:
    """Somebody with a trade, by the ending: "lawyer", "Steuerberaterin", "coiffeur", "abogado"."""
    if word in words("whose", "kin"):
        return False
    return word in words("whose", "persons") or (_PERSON.search(word) is not None and word not in words("whose", "no_persons"))


@cache
def _phrases(key: str) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for phrase in words("whose", key):
        split = fold(phrase).replace("ß", "ss").split()
        found.setdefault(split[0], []).append(split)
    return {first: sorted(rest, key=len, reverse=True) for first, rest in found.items()}
