"""What came back: every acknowledgement and every relay counted once, with how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field

_ACKED = 1
_RELAYED = 2


@dataclass(slots=True)
class Sent:
    """The messages of one visitor: when each was due, and what came back of it."""

    at: list[float] = field(default_factory=list)
    back: bytearray = field(default_factory=bytearray)
    relayed: int = -1  # the newest that was relayed

    def add(self, at: float) -> int:
        """The number of a new message."""
        self.at.append(at)
        self.back.append(0)
        return len(self.at) - 1


@dataclass
class Tally:
    """Counts of one run; latencies of the messages that were due while it was recording, however late they came back."""

    visitors: int
    sent: list[Sent] = field(init=False)
    recording: bool = False
    since: float = float("inf")
    until: float = float("inf")
    acks: int = 0  # while recording
    relays: int = 0
    all_acks: int = 0
    all_relays: int = 0
    ack_seconds: list[float] = field(default_factory=list)
    relay_seconds: list[float] = field(default_factory=list)
    doubled: int = 0
    disordered: int = 0
    refused: int = 0
    strangers: int = 0  # what answers nothing that was said

    def __post_init__(self) -> None:
        self.sent = [Sent() for _ in range(self.visitors)]

    def acked(self, visitor: int, number: int, now: float) -> bool:
        """An acknowledgement; False when it is not the first, or of nothing."""
        sent = self.sent[visitor]
        if not 0 <= number < len(sent.at):
            self.strangers += 1
            return False
        if sent.back[number] & _ACKED:
            self.doubled += 1
            return False
        sent.back[number] |= _ACKED
        self.all_acks += 1
        if self.recording:
            self.acks += 1
        if self.since <= sent.at[number] < self.until:
            self.ack_seconds.append(now - sent.at[number])
        return True

    def relay(self, visitor: int, number: int, now: float) -> None:
        """A relay."""
        if not (0 <= visitor < self.visitors and 0 <= number < len(self.sent[visitor].at)):
            self.strangers += 1
            return
        sent = self.sent[visitor]
        if sent.back[number] & _RELAYED:
            self.doubled += 1
            return
        if number < sent.relayed:
            self.disordered += 1
        sent.back[number] |= _RELAYED
        sent.relayed = number
        self.all_relays += 1
        if self.recording:
            self.relays += 1
        if self.since <= sent.at[number] < self.until:
            self.relay_seconds.append(now - sent.at[number])

    def begin(self, now: float) -> None:
        """Record from here."""
        self.recording, self.since = True, now

    def end(self, now: float) -> float:
        """Record to here; gives the seconds between."""
        self.recording, self.until = False, now
        return now - self.since

    @property
    def messages(self) -> int:
        """How many were sent."""
        return sum(len(sent.at) for sent in self.sent)

    @property
    def settled(self) -> bool:
        """Whether everything has come back."""
        return self.all_acks == self.all_relays == self.messages


def quantile(values: list[float], share: float) -> float | None:
    """The value below which this share of them lies; None without any."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
