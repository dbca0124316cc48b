"""Who is connected right now. A hint only: it is swept against the live connections, never trusted from a goodbye."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from leads.clock import iso, now

PAGES_KEPT = 20


class Room[K: Hashable]:
    """Clients by what they belong to."""

    def __init__(self) -> None:
        self._members: defaultdict[K, set[str]] = defaultdict(set)
        self._of: dict[str, K] = {}

    def enter(self, key: K, sid: str) -> bool:
        """True when it is the first one there."""
        self.leave(sid)
        self._of[sid] = key
        self._members[key].add(sid)
        return len(self._members[key]) == 1

    def leave(self, sid: str) -> K | None:
        """What the client belonged to, if it was the last one there."""
        key = self._of.pop(sid, None)
        if key is None:
            return None
        self._members[key].discard(sid)
        if self._members[key]:
            return None
        del self._members[key]
        return key

    def of(self, sid: str) -> K | None:
        """What the client belongs to."""
        return self._of.get(sid)

    def __contains__(self, key: object) -> bool:
        return key in self._members

    def everything(self) -> list[K]:
        """Everything somebody belongs to."""
        return list(self._members)

    def sids(self, key: K | None = None) -> list[str]:
        """The clients, of one or of all."""
        return list(self._of) if key is None else list(self._members.get(key, ()))

    def sweep(self, alive: Callable[[str], bool]) -> list[K]:
        """Drop clients whose connection is gone; gives what nobody belongs to any more."""
        gone = [self.leave(sid) for sid in self.sids() if not alive(sid)]
        return [key for key in gone if key is not None]


@dataclass
class Trail:
    """The pages of one visitor until they are stored."""

    current: dict[str, str] | None = None
    unsaved: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=PAGES_KEPT))


class Trails:
    """Page views by conversation; kept in memory until the visitor says something. The oldest are forgotten."""

    def __init__(self, kept: int = 20_000) -> None:
        self._kept = kept
        self._trails: dict[str, Trail] = {}

    def visit(self, conversation_id: str, url: str, title: str) -> None:
        """Note a page, unless the visitor was on it already."""
        trail = self._trails.pop(conversation_id, None) or Trail()
        self._trails[conversation_id] = trail
        page = {"url": url, "title": title}
        if trail.current != page:
            trail.current = page
            trail.unsaved.append({**page, "at": iso(now())})
        if len(self._trails) > self._kept:
            del self._trails[next(iter(self._trails))]

    def was_on(self, conversation_id: str, url: str) -> None:
        """The last page that is stored: who is still there has not come to it anew."""
        trail = self._trails.get(conversation_id)
        if trail is not None and trail.unsaved and trail.unsaved[0]["url"] == url:
            trail.unsaved.popleft()

    def forget(self, conversation_id: str) -> None:
        """The conversation is gone."""
        self._trails.pop(conversation_id, None)

    def current(self, conversation_id: str) -> dict[str, str] | None:
        """The page the visitor looks at."""
        trail = self._trails.get(conversation_id)
        return trail.current if trail else None

    def take_unsaved(self, conversation_id: str) -> list[dict[str, str]]:
        """Pages that are not stored yet; they are the caller's now."""
        trail = self._trails.get(conversation_id)
        if trail is None:
            return []
        pages = list(trail.unsaved)
        trail.unsaved.clear()
        return pages
