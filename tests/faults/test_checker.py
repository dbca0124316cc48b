"""The checker itself: it is content with a good run and complains of each kind of damage."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import Row, Verdict, check
from tests.faults.proxy import Frames, drops_acks
from tests.faults.screen import ClientLog, Screen, Shown
from tests.faults.visitors import LONGEST_WAIT, SHORTEST_WAIT, SOON

Log = list[ClientLog]
Rows = list[Row]


def good() -> tuple[Log, Rows]:
    """A visitor says three things, the bot answers the first two, an agent looks on."""
    rows = [Row("c", 1, None, "bot", "Hi")]
    for number in (1, 2):
        rows.append(Row("c", 2 * number, f"m{number}", "visitor", f"line {number}"))
        rows.append(Row("c", 2 * number + 1, None, "bot", f"You said: line {number}"))
    rows.append(Row("c", 6, "m3", "visitor", "line 3"))
    shown = [Shown(row.seq, row.client_msg_id, row.author, row.text) for row in rows]
    visitor = ClientLog("visitor", "c", sent=["m1", "m2", "m3"], acked={"m1": 2, "m2": 4, "m3": 6}, shown=list(shown))
    return [visitor, ClientLog("agent", "c", shown=list(shown))], rows


def judged(damage: Callable[[Log, Rows], None]) -> Verdict:
    logs, rows = deepcopy(good())
    damage(logs, rows)
    return check(logs, rows)


def test_a_good_run_is_good() -> None:
    verdict = check(*good())
    assert (verdict.total, verdict.checked["entries"], verdict.checked["acknowledged"], verdict.checked["screens"]) == (0, 6, 3, 2)


def lose_row(logs: Log, rows: Rows) -> None:
    rows.pop()
    for log in logs:
        log.shown.pop()


def move_row(logs: Log, rows: Rows) -> None:
    logs[0].acked["m3"] = 5


def store_twice(logs: Log, rows: Rows) -> None:
    rows.append(replace(rows[-1], seq=7))


def same_seq(logs: Log, rows: Rows) -> None:
    rows.append(replace(rows[-1], client_msg_id="m4", text="other"))


def gap_in_database(logs: Log, rows: Rows) -> None:
    rows.append(Row("c", 8, None, "bot", "late"))


def show_twice(logs: Log, rows: Rows) -> None:
    logs[1].shown.append(logs[1].shown[-1])


def show_id_twice(logs: Log, rows: Rows) -> None:
    logs[0].shown.append(Shown(7, "m3", "visitor", "line 3"))


def swap_screen(logs: Log, rows: Rows) -> None:
    logs[0].shown[2], logs[0].shown[3] = logs[0].shown[3], logs[0].shown[2]


def skip_on_screen(logs: Log, rows: Rows) -> None:
    del logs[1].shown[2]


def swap_sends(logs: Log, rows: Rows) -> None:
    logs[0].sent.reverse()


def stop_early(logs: Log, rows: Rows) -> None:
    logs[1].shown.pop()


def answer_twice(logs: Log, rows: Rows) -> None:
    rows.append(Row("c", 7, None, "bot", "You said: line 2"))


def show_what_is_not_stored(logs: Log, rows: Rows) -> None:
    logs[0].shown[4] = Shown(5, None, "bot", "You said: something else")


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (lose_row, "acked but missing"),
        (move_row, "stored twice"),
        (store_twice, "stored twice"),
        (same_seq, "stored twice"),
        (gap_in_database, "gaps"),
        (show_twice, "shown twice"),
        (show_id_twice, "shown twice"),
        (swap_screen, "out of order"),
        (skip_on_screen, "gaps"),
        (swap_sends, "out of order"),
        (stop_early, "not shown"),
        (answer_twice, "answered twice"),
        (show_what_is_not_stored, "acked but missing"),
    ],
)
def test_damage_is_noticed(damage: Callable[[Log, Rows], None], kind: str) -> None:
    verdict = judged(damage)
    assert verdict.counts[kind] >= 1, verdict
    assert any(case.startswith(kind) for case in verdict.cases)


def test_a_screen_waits_for_what_is_missing() -> None:
    screen = Screen(ClientLog("visitor", "c"))

    def entry(seq: int) -> dict[str, Any]:
        return {"seq": seq, "client_msg_id": None, "author": "bot", "text": str(seq), "data": {}}

    assert [one.seq for one in screen.hear(entry(1))] == [1]
    assert screen.hear(entry(3)) == []
    assert screen.has_gap
    assert [one.seq for one in screen.hear(entry(2))] == [2, 3]
    assert screen.hear(entry(2)) == []
    assert (screen.last_seq, screen.has_gap) == (3, False)


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
def test_the_proxy_cuts_a_stream_into_frames(size: int) -> None:
    head = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
    long, longer = b"x" * 300, b"y" * 70_000
    masked = bytes(byte ^ b"abcd"[place % 4] for place, byte in enumerate(b"hello"))
    stream = head + b"\x81\x02hi" + b"\x81\x85abcd" + masked + b"\x89\x00"
    stream += b"\x81\x7e" + len(long).to_bytes(2) + long + b"\x81\x7f" + len(longer).to_bytes(8) + longer
    frames = Frames()
    pieces = [piece for at in range(0, len(stream), size) for piece in frames.feed(stream[at : at + size])]
    assert b"".join(raw for raw, _ in pieces) == stream
    assert [text for _, text in pieces if text is not None] == ["hi", "hello", long.decode(), longer.decode()]


def test_only_acknowledgements_of_sends_are_dropped() -> None:
    rule = drops_acks(1.0, random.Random(1))
    assert rule("down", '43/visitor,3[{"ok":true,"seq":4,"at":"…"}]')
    assert not rule("down", '43/visitor,1[{"ok":true,"token":"…","state":{"last_seq":4},"entries":[{"seq":4}]}]')
    assert not rule("down", '42/visitor,["entry",{"entry":{"seq":4}}]')
    assert not rule("up", '43/visitor,3[{"ok":true,"seq":4,"at":"…"}]')


def test_visitors_come_back_as_the_widget_does() -> None:
    code = (Path(__file__).parents[2] / "widget" / "protocol" / "src" / "backoff.ts").read_text()
    waits = [float(number.replace("_", "")) / 1000 for number in re.findall(r"const (?:SHORTEST|LONGEST|SOON) = ([\d_]+);", code)]
    assert waits == [SHORTEST_WAIT, LONGEST_WAIT, SOON / 1000]
    assert "Math.min(LONGEST, 1000 * 2 ** tries)" in code
    assert "SHORTEST + random() * (span - SHORTEST)" in code
    assert "tries < SOON ? Math.min(tries, 1) : tries - SOON + 2" in code
