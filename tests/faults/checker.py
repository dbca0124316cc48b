"""Compares what clients saw with what is stored: nothing lost, nothing twice, everything in order. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.faults.screen import ClientLog


@dataclass(frozen=True)
class Row:
    """An entry as the database has it."""

    conversation_id: str
    seq: int
    client_msg_id: str | None
    author: str
    text: str


@dataclass
class Verdict:
    """How often each promise was broken, with the first cases in words."""

    counts: Counter[str] = field(default_factory=Counter)
    cases: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    KINDS = ("acked but missing", "stored twice", "shown twice", "out of order", "gaps", "not shown", "answered twice")

    def note(self, kind: str, case: str) -> None:
        """One more breach."""
        self.counts[kind] += 1
        if len(self.cases) < 20:
            self.cases.append(f"{kind}: {case}")

    @property
    def total(self) -> int:
        """All breaches."""
        return self.counts.total()


def check(logs: Iterable[ClientLog], rows: Iterable[Row], *, complete: bool = True) -> Verdict:
    """Judge; with ``complete`` every screen must have reached the end of its conversation."""
    verdict = Verdict()
    stored: dict[str, list[Row]] = {}
    for row in rows:
        stored.setdefault(row.conversation_id, []).append(row)
    for conversation_id, mine in stored.items():
        mine.sort(key=lambda row: row.seq)
        _check_rows(verdict, conversation_id, mine)
    for log in logs:
        verdict.checked["screens"] += 1
        _check_log(verdict, log, stored.get(log.conversation_id, []), complete)
    return verdict


def _check_rows(verdict: Verdict, conversation_id: str, rows: Sequence[Row]) -> None:
    verdict.checked["entries"] += len(rows)
    expected = 1
    for row in rows:
        if row.seq != expected:
            verdict.note("gaps" if row.seq > expected else "stored twice", f"{conversation_id}: seq {row.seq} where {expected} was due")
        expected = row.seq + 1
    for what, times in Counter(row.client_msg_id for row in rows if row.client_msg_id).items():
        if times > 1:
            verdict.note("stored twice", f"{conversation_id}: id {what} {times} times")
    for said, times in Counter(row.text for row in rows if row.author == "bot" and row.text.startswith("You said: ")).items():
        if times > 1:
            verdict.note("answered twice", f"{conversation_id}: {said!r} {times} times")


def _check_log(verdict: Verdict, log: ClientLog, rows: Sequence[Row], complete: bool) -> None:
    place = f"{log.who} in {log.conversation_id}"
    by_id = {row.client_msg_id: row for row in rows if row.client_msg_id}
    by_seq = {row.seq: row for row in rows}
    verdict.checked["acknowledged"] += len(log.acked)
    for client_msg_id, seq in log.acked.items():
        row = by_id.get(client_msg_id)
        if row is None:
            verdict.note("acked but missing", f"{place}: {client_msg_id}")
        elif row.seq != seq:
            verdict.note("stored twice", f"{place}: {client_msg_id} was acknowledged as {seq}, is stored as {row.seq}")
    order = [by_id[one].seq for one in log.sent if one in by_id]
    for _ in range(sum(later < earlier for earlier, later in pairwise(order))):
        verdict.note("out of order", f"{place}: sent in another order than stored: {order}")
    _check_screen(verdict, place, log, by_seq)
    last = rows[-1].seq if rows else 0
    shown = log.shown[-1].seq if log.shown else 0
    if complete and shown < last:
        verdict.note("not shown", f"{place}: up to {shown} of {last}")


def _check_screen(verdict: Verdict, place: str, log: ClientLog, by_seq: dict[int, Row]) -> None:
    before = 0
    for entry in log.shown:
        if entry.seq == before:
            verdict.note("shown twice", f"{place}: seq {entry.seq}")
        elif entry.seq < before:
            verdict.note("out of order", f"{place}: {entry.seq} shown after {before}")
        elif entry.seq > before + 1:
            verdict.note("gaps", f"{place}: {entry.seq} shown after {before}")
        before = max(before, entry.seq)
        row = by_seq.get(entry.seq)
        if row is None or (row.client_msg_id, row.author, row.text) != (entry.client_msg_id, entry.author, entry.text):
            verdict.note("acked but missing", f"{place}: shows seq {entry.seq} as {entry.author}, which is not what is stored")
    for what, times in Counter(entry.client_msg_id for entry in log.shown if entry.client_msg_id).items():
        if times > 1:
            verdict.note("shown twice", f"{place}: id {what} {times} times")
