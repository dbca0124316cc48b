"""What a batch of plain lines becomes, without a database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.clock import now
from webhook.append_plan import Earlier, Facts, Plan, Request, Row, Stored, decide

AT = now()
VISITOR = Request("c", "m1", "Hello")
AGENT = Request("c", "a1", "Hi", "agent", "Mara", "mara", epoch=3, seen_seq=7)
BOT_ROW = Row("c", "bot", 2, None, 7, "handraise", True)
AGENT_ROW = Row("c", "agent", 3, "mara", 7, "handraise", True)


def plan(*requests: Request, row: Row | None = BOT_ROW, earlier: tuple[Earlier, ...] = (), visitor_seq: int = 0) -> Plan:
    rows = {} if row is None else {row.id: row}
    return decide(requests, Facts(rows, {(one.conversation_id, one.client_msg_id): one for one in earlier}, {"c": visitor_seq}), AT)


def stored(outcome: Stored | None) -> Stored:
    assert outcome is not None
    return outcome


def test_a_line_is_stored_with_a_turn_while_the_bot_may_speak() -> None:
    for holder in ("bot", "queue"):
        made = plan(VISITOR, row=BOT_ROW._replace(holder=holder))
        (line,), (turn,) = made.lines, made.turns
        assert (line.seq, line.kind, line.author, line.text, line.client_msg_id, line.at) == (8, "message", "visitor", "Hello", "m1", AT)
        assert (turn.conversation_id, turn.seq, turn.payload, turn.epoch) == ("c", 8, {"text": "Hello"}, 2)
        assert made.last_seq == {"c": 8} and stored(made.outcomes[0]).asks_bot


def test_no_turn_while_an_agent_holds_it() -> None:
    made = plan(VISITOR, AGENT, row=AGENT_ROW)
    assert [line.author for line in made.lines] == ["visitor"] and not made.turns
    assert made.outcomes[1] is None  # the visitor's line came first and was not seen


@pytest.mark.parametrize(
    "row",
    [None, BOT_ROW._replace(started=False), BOT_ROW._replace(holder="closed"), BOT_ROW._replace(protocol="rasa")],
    ids=["unknown", "not begun", "closed", "other protocol"],
)
def test_what_is_not_plain_goes_the_long_way(row: Row | None) -> None:
    made = plan(VISITOR, row=row)
    assert made.outcomes == [None] and not made.lines and not made.last_seq


@pytest.mark.parametrize(
    "change",
    [{"agent_id": "jo"}, {"epoch": 2}, {"epoch": 4}, {"seen_seq": 5}],
    ids=["another agent", "an old epoch", "a later epoch", "newer lines"],
)
def test_an_agent_who_may_not_speak_goes_the_long_way(change: dict[str, object]) -> None:
    made = plan(replace(AGENT, **change), row=AGENT_ROW, visitor_seq=6)  # type: ignore[arg-type]
    assert made.outcomes == [None] and not made.lines
    assert plan(AGENT, row=AGENT_ROW, visitor_seq=7).lines[0].name == "Mara"
    for holder in ("bot", "queue", "closed"):
        assert plan(AGENT, row=AGENT_ROW._replace(holder=holder)).outcomes == [None]


def test_a_known_id_gives_the_first_answer_or_goes_the_long_way() -> None:
    then = AT - timedelta(days=1)
    first = Earlier("c", "m1", 4, "message", "visitor", "Hello", then)
    assert plan(VISITOR, earlier=(first,)).outcomes == [Stored(4, then)]
    for other in (first._replace(text="Other"), first._replace(kind="choice"), first._replace(author="agent")):
        made = plan(VISITOR, earlier=(other,))
        assert made.outcomes == [None] and not made.lines


def test_a_known_id_is_answered_whoever_holds_it_now() -> None:
    first = Earlier("c", "a1", 4, "message", "agent", "Hi", AT)
    assert plan(AGENT, earlier=(first,), row=AGENT_ROW._replace(holder="bot", agent_id=None, epoch=9)).outcomes == [Stored(4, AT)]


def test_the_same_id_twice_in_a_batch() -> None:
    made = plan(VISITOR, VISITOR, replace(VISITOR, text="Other"))
    assert [outcome and outcome.seq for outcome in made.outcomes] == [8, 8, None]
    assert len(made.lines) == len(made.turns) == 1 and stored(made.outcomes[1]).line is None


@dataclass
class Model:
    """One conversation after another batch, the slow and plain way."""

    holder: str
    last_seq: int = 1
    said: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    visitor_seq: int = 0

    def say(self, request: Request) -> int | None:
        if request.client_msg_id in self.said:
            seq, author, text = self.said[request.client_msg_id]
            return seq if (author, text) == (request.author, request.text) else None
        if request.author == "visitor" and self.holder == "closed":
            return None
        if request.author == "agent" and (
            self.holder != "agent" or request.agent_id != "mara" or request.epoch != 3 or self.visitor_seq > request.seen_seq
        ):
            return None
        self.last_seq += 1
        self.said[request.client_msg_id] = (self.last_seq, request.author, request.text)
        if request.author == "visitor":
            self.visitor_seq = self.last_seq
        return self.last_seq


ids, texts = st.sampled_from("abcdef"), st.sampled_from(["x", "y"])
conversations = st.sampled_from(["c", "d", "none"])
visitors = st.builds(Request, conversations, ids, texts)
agents = st.builds(
    Request,
    conversations,
    ids,
    texts,
    st.just("agent"),
    st.just("Mara"),
    st.sampled_from(["mara", "jo"]),
    st.sampled_from([2, 3]),
    st.integers(0, 12),
)


@given(st.lists(st.lists(visitors | agents, max_size=8), max_size=5), st.sampled_from(["bot", "queue", "agent", "closed"]))
def test_batches_do_what_one_after_the_other_does(batches: list[list[Request]], holder: str) -> None:
    models = {name: Model(holder) for name in ("c", "d")}
    last = {"c": 1, "d": 1}
    kept: dict[tuple[str, str], Earlier] = {}
    for batch in batches:
        rows = {name: Row(name, holder, 3, "mara" if holder == "agent" else None, last[name], "handraise", True) for name in last}
        newest = {name: max((one.seq for one in kept.values() if one[0] == name and one.author == "visitor"), default=0) for name in last}
        made = decide(batch, Facts(rows, kept, newest), AT)
        said = [models[request.conversation_id].say(request) if request.conversation_id in models else None for request in batch]
        assert [outcome and outcome.seq for outcome in made.outcomes] == said
        for line in made.lines:
            kept[line.conversation_id, line.client_msg_id] = Earlier(
                line.conversation_id, line.client_msg_id, line.seq, line.kind, line.author, line.text, line.at
            )
        last |= made.last_seq
        asking = [line for line in made.lines if line.author == "visitor" and holder in ("bot", "queue")]
        assert [(turn.conversation_id, turn.seq) for turn in made.turns] == [(line.conversation_id, line.seq) for line in asking]
    assert last == {name: model.last_seq for name, model in models.items()}
