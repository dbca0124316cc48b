"""`handraise bench`: everything it promises is measured and printed, and its counting finds what a server loses or says twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handraise.bench.dialects import DIALECTS, FIRST, MARK, origin, template
from handraise.bench.frames import PING, TEXT, Reader, frame
from handraise.bench.report import RATIOS, Ratio
from handraise.bench.rounds import Cores, Values
from handraise.bench.tally import Tally, quantile
from handraise.cli import app
from leads.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
def test_the_hub_is_measured_beside_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HANDRAISE_{name.upper()}", raising=False)
    monkeypatch.setenv("HANDRAISE_BOT_FILES", str(ROOT))
    out = tmp_path / "bench.json"
    result = CliRunner().invoke(app, ["bench", "hub", "--quick", "--json", str(out)])
    found = json.loads(out.read_text())
    errors = {key: server["errors"] for key, server in found["servers"].items() if server["errors"]}
    assert not errors.keys() - {"two-hubs"}, result.output
    told = " ".join(result.output.split())
    for row in [*(server["title"] for server in found["servers"].values()), *found["missing"], *(ratio.title for ratio in RATIOS)]:
        assert row in told
    for key, server in found["servers"].items():
        assert {"sqlite", "python-socketio", "aiohttp", "two-hubs"} <= found["servers"].keys()
        empty = [name for name, values in server["values"].items() if None in values and key != "two-hubs"]
        assert not empty, f"{key} has no {empty}"


def test_a_message_names_itself_and_is_as_long_as_its_frame_says() -> None:
    for dialect in DIALECTS.values():
        first, second, third = template(dialect, b"abcdef", 7)
        whole = b"%b%d%b%d%b" % (first, FIRST + 42, second, FIRST + 42, third)
        ((kind, text),) = Reader().feed(_unmasked(whole))
        assert kind == TEXT
        assert origin(text) == (b"abcdef", 7, 42)
        assert text.count(MARK) == 1


def test_frames_are_read_however_they_arrive() -> None:
    texts = [b"x" * size for size in (0, 1, 125, 126, 65_535, 65_536)]
    stream = b"".join(_unmasked(frame(text)) for text in texts) + _unmasked(frame(b"", PING))
    for size in (1, 2, 3, 1000, len(stream)):
        reader = Reader()
        read = [one for start in range(0, len(stream), size) for one in reader.feed(stream[start : start + size])]
        assert read == [*((TEXT, text) for text in texts), (PING, b"")]


def _unmasked(data: bytes) -> bytes:
    """A client's frame as a server would have written it: without the mark and the four zeros of its mask."""
    size = data[1] & 0x7F
    end = 2 + {126: 2, 127: 8}.get(size, 0)
    return data[:1] + bytes((size,)) + data[2:end] + data[end + 4 :]


def test_the_tally_counts_each_answer_once() -> None:
    tally = Tally(2)
    tally.begin(0.0)
    numbers = [tally.sent[1].add(at) for at in (0.0, 1.0, 2.0)]
    assert [tally.acked(1, number, 3.0) for number in (0, 0, 9)] == [True, False, False]
    for number in (1, 0, 0, 7):
        tally.relay(1, number, 3.0)
    assert (tally.all_acks, tally.all_relays, tally.messages) == (1, 2, len(numbers))
    assert (tally.doubled, tally.strangers, tally.disordered) == (2, 2, 1)
    assert not tally.settled


def test_a_latency_counts_when_its_message_was_due_however_late_it_comes() -> None:
    tally = Tally(1)
    for at in (0.0, 1.0, 2.0):
        tally.sent[0].add(at)
    tally.begin(0.5)
    tally.end(1.5)
    for number in range(3):
        tally.acked(0, number, 10.0)
    assert tally.ack_seconds == [9.0]
    assert (tally.acks, tally.all_acks) == (0, 3)
    assert quantile(tally.ack_seconds, 0.99) == 9.0
    assert quantile([], 0.5) is None


def test_a_ratio_compares_values_of_the_same_round() -> None:
    found = {"a": Values({"x": [2.0, None, 9.0]}), "b": Values({"x": [1.0, 1.0, 3.0]})}
    ratio = Ratio("", ("a", "x"), ("b", "x"), ">= 2.5", 2.5)
    assert ratio.spread(found) == [2.0, 3.0]
    assert ratio.is_met(2.5)
    assert not ratio.is_met(2.4)
    assert Ratio("", ("a", "x"), ("c", "x")).spread(found) == []


def test_servers_that_are_compared_have_the_first_core() -> None:
    assert Cores.of([3]) == Cores(None, None, None, None)
    assert Cores.of([0, 1]) == Cores(0, 1, 1, 1)
    assert Cores.of([2, 4, 5, 7, 9]) == Cores(2, 4, 5, 7)
