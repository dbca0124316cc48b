"""What was measured, as tables for people and as JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from handraise.bench.contestants import NO_STORE, NODE, RAW, SOCKETIO, SQLITE
from handraise.bench.rounds import Measuring, Values
from handraise.bench.several import HUBS

COLUMNS = (  # value, heading, decimals
    ("messages_per_second", "messages/s", 0),
    ("messages_per_cpu_second", "per CPU second", 0),
    ("cpu_saturated", "server cores", 2),
    ("generator_cpu", "generator cores", 2),
)
STEADY = (
    ("ack_p50", "ack p50 ms", 2),
    ("ack_p99", "ack p99 ms", 1),
    ("relay_p50", "relay p50 ms", 2),
    ("relay_p99", "relay p99 ms", 1),
    ("cpu_steady", "server cores", 2),
)
IDLE = (
    ("kb_plain", "KB each", 1),
    ("kb_offered", "KB each, compression offered", 1),
    ("connects_per_second", "connects/s", 0),
)
PAIRS = (
    ("acks_per_second", "acks/s", 0),
    ("relays_per_second", "relays/s", 0),
    ("relays_of_acks", "relays of acks", 3),
    ("overload_relay_p50", "relay p50 ms", 0),
    ("overload_relay_p99", "relay p99 ms", 0),
    ("slow_relay_p50", "slow p50 ms", 2),
    ("slow_relay_p99", "slow p99 ms", 1),
    ("steady_relay_p50", "steady p50 ms", 2),
    ("steady_relay_p99", "steady p99 ms", 1),
)


@dataclass(frozen=True)
class Ratio:
    """One value of one server by one of another, both of the same round."""

    title: str
    of: tuple[str, str]
    to: tuple[str, str] | None
    aim: str = ""
    limit: float = 0.0
    at_most: bool = False

    def spread(self, found: dict[str, Values]) -> list[float]:
        """One ratio per round in which both were measured."""
        above = found.get(self.of[0], Values()).values.get(self.of[1], [])
        if self.to is None:
            return [value for value in above if value is not None]
        below = found.get(self.to[0], Values()).values.get(self.to[1], [])
        return [one / other for one, other in zip(above, below, strict=False) if one is not None and other]

    def is_met(self, value: float) -> bool:
        """Whether the aim is reached."""
        return value <= self.limit if self.at_most else value >= self.limit


RATE, BY_CPU = "messages_per_second", "messages_per_cpu_second"
RATIOS = (
    Ratio("SQLite to the hub without a store, messages/s", (SQLITE, RATE), (NO_STORE, RATE), ">= 0.6", 0.6),
    Ratio("the same per CPU second of the server", (SQLITE, BY_CPU), (NO_STORE, BY_CPU), ">= 0.6", 0.6),
    Ratio("SQLite to python-socketio without a store, messages/s", (SQLITE, RATE), (SOCKETIO, RATE), ">= 2", 2),
    Ratio("the same per CPU second of the server", (SQLITE, BY_CPU), (SOCKETIO, BY_CPU), ">= 2", 2),
    Ratio("SQLite to Node.js socket.io without a store, messages/s", (SQLITE, RATE), (NODE, RATE)),
    Ratio("the same per CPU second of the server", (SQLITE, BY_CPU), (NODE, BY_CPU)),
    Ratio("SQLite to aiohttp WebSocket, server cores at the steady rate", (SQLITE, "cpu_steady"), (RAW, "cpu_steady")),
    Ratio("memory of an idle visitor, compression offered to not", (SQLITE, "kb_offered"), (SQLITE, "kb_plain"), "<= 1.1", 1.1, True),
    Ratio("two hubs under overload, relays to acks", (HUBS, "relays_of_acks"), None, ">= 0.95", 0.95),
)


def show(console: Console, titles: dict[str, str], found: dict[str, Values], pairs: dict[str, str], measuring: Measuring) -> None:
    """All tables."""
    rate, slow = f"{measuring.rate:g}", f"{measuring.slow_rate:g}"
    crowd = f"{measuring.visitors} visitors, {measuring.agents} agents"
    console.print(table(f"Saturated: {crowd}, {measuring.in_flight} messages in flight of each", titles, found, COLUMNS))
    console.print(table(f"Steady: {rate} messages/s, an open loop", titles, found, STEADY))
    console.print(table(f"Idle: {measuring.idle} visitors", titles, found, IDLE))
    if pairs:
        console.print(table(f"Two processes over Redis, overloaded; then slow = {slow}/s and steady = {rate}/s", pairs, found, PAIRS))
    console.print(ratios(found, RATIOS))
    for key, title in {**titles, **pairs}.items():
        for line in found[key].notes:
            console.print(f"  {title}: {line}")
        for line in found[key].errors:
            console.print(f"  [red]{title}: {line}[/]")


def table(title: str, titles: dict[str, str], found: dict[str, Values], columns: tuple[tuple[str, str, int], ...]) -> Table:
    """A row for each server, a column for each value: the median of the rounds, and the spread below it."""
    shown = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    shown.add_column("", no_wrap=True)
    for _, heading, _ in columns:
        shown.add_column(heading, justify="right")
    for key, name in titles.items():
        values = found[key].values
        cells = [_cell(values.get(column, []), decimals) for column, _, decimals in columns]
        shown.add_row(name, *cells, style="red" if found[key].errors else "")
    return shown


def _cell(values: list[float | None], decimals: int) -> str:
    """The median, and the spread over the rounds below it."""
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    middle = f"{median(known):,.{decimals}f}"
    return middle if len(known) < 2 else f"{middle}\n[dim]{min(known):,.{decimals}f}-{max(known):,.{decimals}f}[/]"


def ratios(found: dict[str, Values], wanted: tuple[Ratio, ...]) -> Table:
    """A row for each ratio, with its aim."""
    table = Table(title="Ratios, of the same round", title_justify="left", title_style="bold", header_style="dim")
    for heading in ("", "median", "spread", "aim", ""):
        table.add_column(heading, justify="left" if not heading else "right")
    for ratio in wanted:
        spread = ratio.spread(found)
        if not spread:
            table.add_row(ratio.title, "-", "", ratio.aim, "not measured")
            continue
        middle = median(spread)
        verdict = ("[green]met[/]" if ratio.is_met(middle) else "[red]missed[/]") if ratio.aim else ""
        table.add_row(ratio.title, f"{middle:.2f}", f"{min(spread):.2f}-{max(spread):.2f}", ratio.aim, verdict)
    return table


def as_json(
    machine: dict[str, Any], titles: dict[str, str], found: dict[str, Values], missing: dict[str, str], measuring: Measuring
) -> dict[str, Any]:
    """Everything, one value per round."""
    return {
        "machine": machine,
        "measuring": vars(measuring),
        "servers": {
            key: {"title": title, "values": found[key].values, "errors": found[key].errors, "notes": found[key].notes}
            for key, title in titles.items()
        },
        "missing": missing,
        "ratios": ratios_as_json(found, RATIOS),
    }


def ratios_as_json(found: dict[str, Values], wanted: tuple[Ratio, ...]) -> list[dict[str, Any]]:
    """Every ratio with one value per round."""
    told = []
    for ratio in wanted:
        spread = ratio.spread(found)
        met = ratio.is_met(median(spread)) if spread and ratio.aim else None
        told.append({"title": ratio.title, "aim": ratio.aim or None, "rounds": spread, "met": met})
    return told
