"""Everything that lets people and programs in, put together once."""

from __future__ import annotations

from dataclasses import dataclass

from leads.database import Database
from leads.settings import Settings
from webhook.agents import Agents
from webhook.api_tokens import ApiTokens
from webhook.auth import Auth
from webhook.links import Links
from webhook.second_factor import SecondFactors
from webhook.sessions import Sessions
from webhook.shared_counts import SharedCounts
from webhook.tries import Tries
from webhook.tuning import Tuning


@dataclass(frozen=True)
class Door:
    """The parts behind signing in, and behind every request and event afterwards."""

    auth: Auth
    sessions: Sessions
    agents: Agents
    factors: SecondFactors
    links: Links
    tokens: ApiTokens
    tries: Tries


def build_door(settings: Settings, database: Database, counts: SharedCounts, tuning: Tuning) -> Door:
    """The door of one hub; what was tried wrong is counted at all of them together."""
    tries = Tries(counts, tuning.login_free_tries, tuning.login_lock_seconds)
    sessions = Sessions(database, settings.session_days, settings.session_idle_hours)
    tokens = ApiTokens(database)
    secure = settings.url.startswith("https://")
    return Door(
        Auth(database, sessions, tokens, tries, secure=secure, needs_factor=settings.second_factor),
        sessions,
        Agents(database, tries),
        SecondFactors(database, tries),
        Links(database, settings.url),
        tokens,
        tries,
    )
