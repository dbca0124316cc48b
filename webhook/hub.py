"""The parts of the hub, put together once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from leads.database import Database
from leads.erasure import Eraser
from leads.questions import Questions
from leads.retention import Ages, Retention
from leads.rules import Rules
from leads.settings import Settings
from leads.store import LeadStore
from webhook.agent import AgentNamespace
from webhook.agent_replies import AgentReplies
from webhook.agents_there import AgentsThere
from webhook.append_stores import Store, store_for
from webhook.appends import Appends
from webhook.around import Around
from webhook.away import Away
from webhook.bot_client import BotAddress, BotClient
from webhook.bots import Bots
from webhook.briefing import Briefing
from webhook.calls import Calls
from webhook.chat_consent import ChatConsent
from webhook.contact import ContactForm
from webhook.conversations import Conversations
from webhook.dead_tokens import DeadTokens, Opened
from webhook.deadlines import Deadlines, Parts
from webhook.door import Door, build_door
from webhook.emitter import Emitter
from webhook.erasing import Erasing
from webhook.gaps import Gaps
from webhook.greeting import Greeting, load_greeting
from webhook.handoff import Handoffs
from webhook.hints import CALLS, ROW, Hints
from webhook.hubs import Hubs
from webhook.identity import Identities
from webhook.inbox import Inbox
from webhook.leases import Leases
from webhook.livefile import LiveFile
from webhook.log import Log
from webhook.messages import Messages
from webhook.presence_rows import VISITOR, PresenceRows
from webhook.rasa_protocol import RasaNamespace
from webhook.reader import LeadReader
from webhook.reconciler import Reconciler
from webhook.relay import Relay
from webhook.rescorer import Rescorer
from webhook.retaining import Retaining
from webhook.returns import Returns
from webhook.rings import Rings
from webhook.shared_counts import SharedCounts
from webhook.silence import Silence
from webhook.sites import Sites
from webhook.sockets import GuardedServer, make_server
from webhook.sweep import Sweep
from webhook.texts import Texts, load_texts
from webhook.tuning import Tuning
from webhook.turn_rows import TurnRows
from webhook.turns import Turns
from webhook.typed_lines import TypedLines
from webhook.viewings import Viewings
from webhook.visitor import VisitorNamespace
from webhook.visitor_tokens import Life, VisitorTokens
from webhook.visits import Limits, Visits
from webhook.withdrawing import Withdrawing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hub:
    """What the web application and its background tasks need."""

    server: GuardedServer
    door: Door
    leads: LeadStore
    agent_sockets: AgentNamespace
    bots: Bots
    turns: Turns
    around: Around
    briefing: Briefing
    sweep: Sweep
    visits: Visits
    sites: Sites
    database: Database
    hubs: Hubs
    leases: Leases
    hints: Hints
    relay: Relay
    presence: PresenceRows
    rings: Rings
    reconciler: Reconciler
    rescorer: Rescorer
    counts: SharedCounts
    appends: Appends
    erasing: Erasing
    viewings: Viewings
    retaining: Retaining


def build_hub(
    settings: Settings, database: Database, tuning: Tuning, session: aiohttp.ClientSession, store: Callable[[Database], Store] = store_for
) -> Hub:
    """Every part with what it needs; no part finds anything by itself. ``store`` is where plain lines go.

    Raises:
        FileProblem: a file that people edit is wrong.
    """
    files = settings.bot_files
    questions = Questions.load(files / "bot" / "questions.yml")
    leads = LeadStore(database, questions, Rules.load(files / "bot" / "scoring.yml", questions))
    texts: LiveFile[Texts] = LiveFile(files / "bot" / "widget.yml", load_texts, Texts(), tuning.look_seconds)
    greeting: LiveFile[Greeting | None] = LiveFile(files / "domain.yml", load_greeting, None, tuning.look_seconds)

    hubs = Hubs(database, settings.name, tuning)
    leases = Leases(database, hubs)
    server = make_server(settings.origins, tuning, rasa_protocol=settings.rasa_protocol, polling=not settings.shares_port)
    emitter = Emitter(server)
    addresses = {url: BotAddress(url, settings.bot_token) for url in settings.bot_urls}
    bots = Bots({url: BotClient(session, address, settings.turn_timeout) for url, address in addresses.items()}, tuning)
    hints = Hints(settings.redis_url, database, hubs, tuning)
    presence = PresenceRows(database, hubs, tuning)
    counts = SharedCounts(settings.redis_url, database, hubs)
    gaps = Gaps(database, lambda: bots.online)
    relay = Relay(emitter, gaps, hints, hubs, tuning, lambda conversation_id: briefing.mark_here(conversation_id))
    emitter.on_typing = relay.typed
    chat_log = Log(database, relay.announce, lambda: bots.online)
    sites = Sites(settings, texts.get, tuning.look_seconds)
    lines = lambda: texts.get().lines  # noqa: E731
    reader = LeadReader(leads, lambda: questions)
    visits = Visits(reader, sites.texts, greeting.get, lambda conversation_id: emitter.on_news(conversation_id), presence)
    inbox = Inbox(database, lambda: questions, lambda session, ids: presence.online(session, VISITOR, ids))
    briefing = Briefing(emitter, inbox, leads, lambda conversation_id: hints.tell(ROW, conversation_id))
    emitter.on_news = briefing.mark
    relay.polled = briefing.refresh
    hints.on(ROW, lambda hint: briefing.mark_here(hint[1]))
    presence.changed = lambda kind, keys: _tell_rows(hints, kind, keys)
    there = AgentsThere(database, server, presence, settings.agent_grace, tuning.reconnect_seconds, lambda: hubs.alone)
    calls = Calls(database, lambda session, ids: presence.online(session, VISITOR, ids))
    rings = Rings(calls, there, inbox, emitter, lambda: hints.tell(CALLS), settings.ring_seconds, tuning.sweep_seconds)
    hints.on(CALLS, lambda hint: rings.mark())

    reconciler = Reconciler(database, reader, leases, tuning, lambda conversation_id: emitter.on_news(conversation_id))
    rescorer = Rescorer(leads, leases, tuning, lambda conversation_id: emitter.on_news(conversation_id))
    around = Around(emitter, Away(chat_log, lines), reconciler, visits, briefing)
    turns = Turns(TurnRows(chat_log, lines, hubs), bots, around, tuning)
    handoffs = Handoffs(chat_log, lines, leads, reader, emitter, turns, rings.changed)
    silence = Silence(chat_log, lines, handoffs.address, tuning.agent_silent_seconds)
    deadlines = Deadlines(Parts(calls, handoffs, there, silence, leases), settings.ring_seconds, tuning)
    around.handoffs = handoffs
    conversations = Conversations(chat_log, gaps, hubs.alive)
    tokens = VisitorTokens(database, Life.of(settings, tuning))
    identities = Identities(database, tokens, timedelta(days=settings.visitor_days))
    bots.on_change = around.bot_changed
    around.conversations = conversations
    around.relay = relay

    returns = Returns(chat_log, turns.wake, tuning.return_seconds)
    appends = Appends(store(database), chat_log.tell, relay.room, turns.wake)
    messages = Messages(chat_log, appends, turns.wake, around.started)
    chat_consent = ChatConsent(database, sites.texts)
    contact = ContactForm(chat_log, messages, reader, handoffs, sites.texts)
    door = build_door(settings, database, counts, tuning)
    viewings = Viewings(database, tuning)
    agent_sockets = AgentNamespace(
        frozenset(settings.own_origins),
        door.auth,
        door.sessions,
        door.agents,
        there,
        inbox,
        conversations,
        AgentReplies(chat_log, appends),
        handoffs,
        leads,
        lambda: questions,
        briefing,
        emitter,
        relay,
        rings,
        viewings,
        database,
    )
    there.changed = lambda: around.agents_changed(there, rings)
    limits = Limits(tuning, counts)
    memory: list[Callable[[str], None]] = [visits.forget, briefing.forget, relay.forget]
    erasing = Erasing(database, Eraser(database, settings.data), emitter, bots, leases, memory, tuning)
    visitor_sockets = VisitorNamespace(
        chat_log,
        sites,
        conversations,
        tokens,
        identities,
        messages,
        contact,
        handoffs,
        visits,
        limits,
        emitter,
        relay,
        returns,
        erasing,
        Withdrawing(chat_log, leads, chat_consent, bots, sites.texts, lambda conversation_id: emitter.on_news(conversation_id)),
        chat_consent,
    )
    opened: list[Opened] = [visitor_sockets]
    server.quick[visitor_sockets.namespace, "message"] = TypedLines(visitor_sockets, chat_consent, limits, messages).take
    if settings.rasa_protocol:
        rasa = RasaNamespace(chat_log, conversations, tokens, messages, visits, limits, relay, chat_consent)
        opened.append(rasa)
        emitter.speak = rasa.deliver
        memory.append(rasa.forget)
    for namespace in (*opened, agent_sockets):
        server.register_namespace(namespace)
    dead_tokens = DeadTokens(server, tokens, opened, tuning)
    sweep = Sweep(server, deadlines, there, agent_sockets, dead_tokens, visits, turns, conversations, leases, hubs, tuning)
    return Hub(
        server,
        door,
        leads,
        agent_sockets,
        bots,
        turns,
        around,
        briefing,
        sweep,
        visits,
        sites,
        database,
        hubs,
        leases,
        hints,
        relay,
        presence,
        rings,
        reconciler,
        rescorer,
        counts,
        appends,
        erasing,
        viewings,
        Retaining(Retention(database, Ages(**settings.retention)), leases, tuning),
    )


def _tell_rows(hints: Hints, kind: str, keys: Iterable[str]) -> None:
    """Visitors who came or went look different in the inbox of every hub."""
    for key in keys if kind == VISITOR else ():
        hints.tell(ROW, key)
