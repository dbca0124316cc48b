"""`handraise bench`: everything it promises is measured and printed, and its counting finds what a server loses or says twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from handraise.bench.chart import slope, spark
from handraise.bench.dialects import DIALECTS, FIRST, MARK, origin, template
from handraise.bench.frames import PING, TEXT, Reader, frame
from handraise.bench.idle import Sample, judge
from handraise.bench.report import RATIOS, Ratio
from handraise.bench.rounds import Cores, Values
from handraise.bench.tally import Tally, quantile
from handraise.cli import app
from leads.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.mark.alone
@pytest.mark.full
@pytest.mark.timeout(400)
def test_the_hub_is_measured_beside_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HANDRAISE_{name.upper()}", raising=False)
    monkeypatch.setenv("HANDRAISE_BOT_FILES", str(ROOT))
    out = tmp_path / "bench.json"
    result = CliRunner().invoke(app, ["bench", "hub", "--quick", "--json", str(out)])
    found = json.loads(out.read_text())
    errors = {key: server["errors"] for key, server in found["servers"].items() if server["errors"]}
    assert errors == {}, result.output
    assert result.exit_code == 0, result.output
    told = " ".join(result.output.split())
    for row in [*(server["title"] for server in found["servers"].values()), *found["missing"], *(ratio.title for ratio in RATIOS)]:
        assert row in told
    for key, server in found["servers"].items():
        assert {"sqlite", "python-socketio", "aiohttp", "two-hubs"} <= found["servers"].keys()
        empty = [name for name, values in server["values"].items() if None in values]
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


@pytest.mark.alone
@pytest.mark.full
@pytest.mark.timeout(200)
def test_a_hub_is_soaked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HANDRAISE_{name.upper()}", raising=False)
    monkeypatch.setenv("HANDRAISE_BOT_FILES", str(ROOT))
    out = tmp_path / "soak.json"
    words = ["--visitors", "20", "--talking", "4", "--minutes", "0.1", "--churn", "5", "--json", str(out)]
    result = CliRunner().invoke(app, ["bench", "idle", *words])
    found = json.loads(out.read_text())
    verdicts = {verdict["name"]: verdict["good"] for verdict in found["verdicts"]}
    assert verdicts.keys() == {"memory", "tasks", "open files", "late", "lost", "doubled", "cut", "refused"}
    assert verdicts["lost"] and verdicts["doubled"] and verdicts["cut"], result.output
    assert found["end"]["relays"] > 0
    assert found["end"]["came"] > 0
    assert {"rss_mb", "tasks", "files", "lag_ms", "late"} <= found["samples"][-1].keys()


def sample(at: float, **values: float) -> Sample:
    known: dict[str, Any] = {
        "rss_mb": 100.0,
        "files": 50,
        "cpu": 0.1,
        "tasks": 300,
        "lag_ms": 1.0,
        "gc_ms": 1.0,
        "p99_ms": 2.0,
        "worst_ms": 3.0,
        "late": 0,
    }
    return Sample(at=at, **{**known, **values})


END = {"late": 0, "lost": 0, "doubled": 0, "closed": 0, "refused": 0, "messages": 9, "replies": 9, "relays": 9, "shown": 9}


@pytest.mark.parametrize(
    ("values", "end", "bad"),
    [
        (lambda at: {}, {}, None),
        (lambda at: {"rss_mb": 100 + at / 50}, {}, "memory"),
        (lambda at: {"rss_mb": min(100 + at, 180)}, {}, None),
        (lambda at: {"tasks": 300 + at / 5}, {}, "tasks"),
        (lambda at: {"files": 50 + at / 5}, {}, "open files"),
        (lambda at: {}, {"late": 1}, "late"),
        (lambda at: {}, {"lost": 1}, "lost"),
        (lambda at: {}, {"doubled": 1}, "doubled"),
        (lambda at: {}, {"closed": 1}, "cut"),
        (lambda at: {}, {"refused": 1}, "refused"),
    ],
)
def test_the_verdict_of_a_soak(values: Callable[[float], dict[str, float]], end: dict[str, int], bad: str | None) -> None:
    samples = [sample(at, **values(at)) for at in range(0, 600, 5)]
    assert [name for name, good, _ in judge(samples, {**END, **end}) if not good] == ([bad] if bad else [])


def test_charts_and_slopes() -> None:
    assert spark([1.0, 2.0, 3.0]) == "▁▅█"
    assert spark([5.0, 5.0]) == "▁▁"
    assert len(spark(list(range(1000)))) <= 60
    assert slope([0, 1, 2], [1.0, 3.0, 5.0]) == pytest.approx(2.0)
    assert slope([1], [1.0]) == 0.0
