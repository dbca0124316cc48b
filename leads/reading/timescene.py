"""What the clause around a time says of it: that it is past, asked, denied, somebody else's, a name, or no time to start at all."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from leads.reading.about import topics
from leads.reading.message import Message
from leads.reading.timeclauses import Clause, clause_at, clauses
from leads.reading.times import Time
from leads.reading.timesigns import Sign, is_past, signs
from leads.reading.timewords import pieces, tokens

_ELSEWHEN = frozenset({"past_time", "others", "joke", "kin", "origin", "lived"})
_WEEKDAYS = ("weekday", "short_weekday", "later_weekday")
_COUNT_LEADS = frozenset({"in", "by", "before", "after", "not_before", "more", "from"})
_POINTS = ("holiday", "day_by_holiday", "date", "weekday")  # what "after" leaves a time: "after Easter"
_BOOKS = ("quarter", "half", "year", "rel", "rel_part")
_BOUNDS = frozenset({"before", "after", "by"})  # "before the summer rush"
_OF = frozenset({"of", "de", "du", "del", "vom", "des"})
_ANSWERS = frozenset({"no", "nope", "nah", "nee", "nein", "ne", "non"})  # in front of what is meant instead
_STILL = frozenset({"still", "agreed"})  # past forms that hold today
_NEAR = 3  # tokens between a time and "at the earliest"
_SURNAME = re.compile(r" [A-Z\u00c0-\u00de][a-z]")


class Scene:
    """A message and the times in it that are looked at."""

    def __init__(self, message: Message, times: tuple[Time, ...]) -> None:
        self.message, self.times = message, times
        self._row, self._signs = tokens(message), signs(message)
        self._time_of = {index: time for time in times for index in range(time.index, time.behind)}
        self._at: dict[int, set[str]] = {}  # what begins at a token
        self._free: dict[Clause, list[Sign]] = {}  # the signs of a clause that lie in no time
        for sign in self._signs:
            self._at.setdefault(sign.index, set()).add(sign.group)
            inside = self._time_of.get(sign.index)
            if inside is None or sign.behind > inside.behind:
                clause = clause_at(message, sign.index)
                if sign.behind <= clause.behind:
                    self._free.setdefault(clause, []).append(sign)
        self._little = self._covered("little", "latest", "earliest")
        self._light = self._covered("little", "joints", "takes_back", "so", "said", "proposes")

    def _covered(self, *groups: str) -> frozenset[int]:
        """The tokens of these groups and of the times."""
        said = (range(sign.index, sign.behind) for sign in self._signs if sign.group in groups)
        return frozenset(self._time_of).union(*said)

    def within(self, clause: Clause) -> list[Sign]:
        """The signs of a clause that lie in no time."""
        return self._free.get(clause, [])

    def has(self, group: str, clause: Clause) -> bool:
        """Whether a sign of a group stands in a clause."""
        return any(sign.group == group for sign in self.within(clause))

    def clause(self, time: Time) -> Clause:
        """The clause of a time."""
        return clause_at(self.message, time.behind - 1)

    def _is_covered(self, start: int, end: int, by: frozenset[int]) -> bool:
        return all(index in by or not self._row[index].low.isalnum() for index in range(start, end))

    def is_alone(self, time: Time) -> bool:
        """Whether nothing but times and little words stand in its clause."""
        clause = self.clause(time)
        return self._is_covered(clause.index, clause.behind, self._little)

    def is_fronted(self, time: Time) -> bool:
        """Whether its clause begins with it, but for little words: "Q3 2027 most likely"; not "the board meets in February"."""
        return self._is_covered(self.clause(time).index, time.index, self._light)

    def is_over(self, time: Time) -> bool:
        """Whether it lies behind us: "last March", "2 years ago", "seit Mai"."""
        if time.last < self.message.today or time.lead == "since":
            return True
        row, found = self._row, pieces(self.message)
        if time.behind == len(row):
            return False
        return row[time.behind].low == "ago" or ("behind_last" in found[time.behind] and not time.count)

    def is_other(self, time: Time) -> bool:
        """Opening hours, a name, the first part of a noun, a birthday, a call."""
        clause, row = self.clause(time), self._row
        if (time.rule in _WEEKDAYS and time.parts > 1 and not time.choice) or self._is_name(time) or self._is_part_of_a_noun(time):
            return True
        around = range(time.index - _NEAR, time.behind + _NEAR)
        if time.rule in _BOOKS and any("fiscal" in self._at.get(index, ()) for index in around):
            return True  # "Q2 of FY27": nobody said when that year begins
        if self.has("yours", clause) and not self.has("own", clause) and not self.is_alone(time):
            return True  # "launch your site in 7 days"
        if (self.has("years", clause) and not self.is_fronted(time)) or (self.has("greeted", clause) and time.rule in _WEEKDAYS):
            return True
        if self.has("appointments", clause) or self.has("other_things", clause):
            return not self.is_pointed_at(time)
        of = time.index > 0 and row[time.index - 1].low in _OF and time.lead is None
        return of and not self.has("proposes", clause) and self._is_of_a_noun(time)

    def _is_of_a_noun(self, time: Time) -> bool:
        """ "The newsletter of march", "les chiffres du T3"; not "the month of march"."""
        if time.index < 2:
            return False
        found = pieces(self.message)[time.index - 2]
        return not any(kind in found for kind in ("unit", "holiday", "month", "season", "part", "number", "ordinal"))

    def _is_name(self, time: Time) -> bool:
        if self._row[time.index].low == "im" and (self.message.locale or "").lower().startswith("en"):
            return True  # "im June"
        if time.rule not in ("month", "season", "weekday", "holiday", "range") or time.lead not in (None, "near"):
            return False
        found, text, row = self._signs, self.message.text, self._row
        if time.behind - time.index <= 2 and any(
            sign.group == "person" and (sign.behind in (time.index, time.index - 1) or sign.index == time.behind) for sign in found
        ):
            return True
        surname = _SURNAME.match(text, time.end) is not None and text[time.start].isupper()
        after = row[time.behind].low if time.behind < len(row) else ""
        follows = any(sign.group == "may_follow" and sign.index == time.behind for sign in found)
        return time.rule == "month" and (after == "here" or (surname and not follows))

    def _is_part_of_a_noun(self, time: Time) -> bool:
        """ "Q3 numbers", "saturday support": English only, where the noun follows without a sign."""
        row = self._row
        if time.rule not in ("month", "season", "quarter", "holiday", *_WEEKDAYS) or time.behind >= len(row):
            return False
        after = row[time.behind]
        if not after.low.isalpha() or self.message.low[time.end : after.start].strip() or self._is_foreign() or time.lead in _BOUNDS:
            return False
        return not any(
            sign.group in ("may_follow", "joints", "little", "latest", "earliest", "wants") and sign.index == time.behind
            for sign in self._signs
        )

    def _is_foreign(self) -> bool:
        return (self.message.locale or "en").lower()[:2] in ("de", "fr", "es")

    def is_question(self, time: Time) -> bool:
        """Whether its sentence asks for something else: "is onboarding 2 weeks?"; "could we say Monday?" answers."""
        clause, alone = self.clause(time), self.is_alone(time)
        around = self.within(clause)
        opens = any(
            (sign.group == "asks" and sign.index - clause.index <= 2) or (sign.group == "asks_first" and sign.index == clause.index)
            for sign in around
        )
        earlier = [one for one in clauses(self.message) if clause.sentence - one.sentence in (0, 1) and one.behind <= clause.index]
        if alone and not opens:
            return clause.asked and any(self.has("asks", one) for one in earlier)
        return (opens or clause.asked) and not any(sign.group in ("proposes", "begins") for sign in around)

    def is_gone(self, time: Time) -> bool:
        """Whether its clause speaks of the past: "we met in october", "on a signé le 2 octobre"."""
        clause, row = self.clause(time), self._row
        around = self.within(clause)
        groups = {sign.group for sign in around}
        if any(clause.index <= other.index < clause.behind and other is not time and self.is_over(other) for other in self.times):
            return True
        did = next((sign.index for sign in around if sign.group == "did"), None)
        done = did is not None and not any(sign.group == "wants" and sign.index < did for sign in around)
        if (done or "gone" in groups) and not groups & _STILL:
            return "said" not in groups
        if self.is_alone(time) or groups & _STILL or "said" in groups or time.count:
            return False
        return is_past(self.message, row[clause.index].start, row[clause.behind - 1].end)

    def is_others(self, time: Time) -> bool:
        """Whether it is somebody else's time, or a joke."""
        clause = self.clause(time)
        if self.has("others", clause):
            return True
        about = topics(self.message, time.start) & _ELSEWHEN
        if self.has("wants", clause) or self.is_alone(time):
            about -= {"others"}
        if any(sign.group == "no_matter" and sign.index >= clause.index for sign in self._signs):
            about -= {"joke"}  # "and that is no joke"
        if self.has("still", clause) or self.has("said", clause) or self.is_alone(time):
            about -= {"past_time"}
        return bool(about)

    def is_framed(self, time: Time, wanted: bool) -> bool:
        """Whether a count runs from today and is no duration: "in 3 weeks", "give us 3 weeks", "3 weeks", not "it is 36 months"."""
        lasting = time.lead not in _COUNT_LEADS and self.has("lasts", self.clause(time))
        if self._is_period(time) or lasting:
            return False
        if self.is_alone(time):
            return True
        return time.from_now or (time.lead != "for" and (wanted or time.lead in _COUNT_LEADS or self.concludes(time)))

    def _is_period(self, time: Time) -> bool:
        """ "40k a year", "20 hours a week": no year and no week from today."""
        found, clause = pieces(self.message), self.clause(time)
        if "one" not in found[time.index] or time.lead or time.from_now:
            return False
        before = range(max(clause.index, time.index - _NEAR), time.index)
        return any("number" in found[index] or any(map(str.isdigit, self._row[index].low)) for index in before)

    def is_denied(self, time: Time) -> bool:
        """Whether it is not then: "not in March", "marzo no me va"."""
        if time.lead == "not":
            return True
        clause, row = self.clause(time), self._row
        matter = [sign for sign in self._signs if sign.group == "no_matter"]
        return any(
            sign.group == "no"
            and not any(one.index <= sign.index and sign.behind <= one.behind for one in matter)
            and not (sign.index == clause.index > 0 and row[sign.index].low in _ANSWERS)
            for sign in self.within(clause)
        )

    def is_open(self, time: Time) -> bool:
        """Whether it only says from when on: "not before March", "after March", "more than a year"."""
        if self.is_pointed_at(time):
            return False
        if time.lead in ("not_before", "more") or (time.lead in ("before", "by") and self.is_denied(time)):
            return True
        return (time.lead == "after" and time.rule not in _POINTS) or self.has_after("earliest", time)

    def has_after(self, group: str, time: Time) -> bool:
        """Whether a sign of a group follows at once."""
        return any(sign.group == group and 0 <= sign.index - time.behind < _NEAR for sign in self._signs)

    def begins_conclusion(self, time: Time) -> bool:
        """Whether its clause is nothing but a conclusion, or says that it is the better time: "so march", "but march is more realistic"."""
        clause = self.clause(time)
        around = self.within(clause)
        first = any(sign.group == "so" and sign.index == clause.index for sign in around)
        return self.is_fronted(time) and (first or any(sign.group == "prefers" for sign in around))

    def concludes(self, time: Time) -> bool:
        """Whether it is what follows from all that was said: "so January"."""
        clause = self.clause(time)
        before = "so" in self._at.get(clause.index - 1, ()) or "so" in self._at.get(clause.index - 2, ())  # "so, January"
        return before or any(sign.group == "so" and sign.index <= time.index for sign in self.within(clause))

    def is_pointed_at(self, time: Time) -> bool:
        """Whether a later clause says that it is the start: "… and want to start that same day"."""
        return time in self._pointed

    @cached_property
    def _pointed(self) -> frozenset[Time]:
        found = set()
        for sign in self._signs:
            place = bisect_right(self.times, sign.index, key=lambda time: time.behind)
            if sign.group == "that" and place and not (place < len(self.times) and self.times[place].index < sign.index):
                clause = clause_at(self.message, sign.index)
                pure = all(token.low in ("so", "then") or not token.low.isalnum() for token in self._row[clause.index : clause.behind])
                if self.has("wants", clause) or sign.behind - sign.index > 2 or (pure and self.has("so", clause)):
                    found.add(self.times[place - 1])
        return frozenset(found)
