"""Times and limits that are not settings: the tests make them small, nobody else has a reason to change them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tuning:
    """Seconds unless the name says otherwise."""

    join_seconds: float = 10.0  # a socket that has not joined by then is cut
    sweep_seconds: float = 1.0
    look_seconds: float = 0.1  # a file that people edit is not looked at more often: its words are asked for at every line
    away_seconds: float = 11.0  # a message without an answer for so long: the visitor is told
    known_away_seconds: float = 2.0  # the same when the bot has been away for a while
    tell_again_seconds: float = 1.0  # before that is tried again when the database did not take it
    turns_seconds: float = 5.0  # how often turns are looked for that something left behind
    probe_seconds: float = 1.0  # how often an absent bot is looked for
    retry_seconds: tuple[float, ...] = (0.3, 1.0)  # before the second and the third try of a turn
    breaker_failures: int = 5
    breaker_window: float = 30.0
    breaker_rest: float = 3.0
    turn_runs: int = 2  # of all tries, before a turn that never ends is given up
    hopeless_seconds: float = 300.0  # the same while the bot answers nobody else either
    parallel_turns: int = 16
    turn_looks: int = 4  # how many conversations look for their next turn at the same time
    unread_seconds: float = 20.0  # a message that the bot has not read by then is read by the hub
    reconcile_seconds: float = 5.0  # how often such messages are looked for
    rescore_seconds: float = 60.0  # how often leads are looked for whose score time has changed
    return_seconds: float = 6 * 3600.0  # nothing was said for so long: who comes back is greeted
    renew_seconds: float = 900.0  # a visitor's token younger than this is not replaced
    token_grace_seconds: float = 60.0  # how long the one before goes on when the new one is in use
    dead_token_seconds: float = 2.0  # how often it is looked for connections whose token has died
    stale_seconds: float = 60.0  # an older message than this is answered only if it is the newest
    abandoned_seconds: float = 3600.0  # an older turn than this is not answered at all
    nobody_seconds: float = 10.0  # how long it rings when no agent is there
    reconnect_seconds: float = 10.0  # how long agents have after a start of the hub to come back
    messages_per_minute: float = 30.0  # of one visitor
    message_burst: int = 10  # people write several short lines at once
    signals_per_minute: float = 120.0  # typing, page, seen, sync
    signal_burst: int = 30
    handshakes_per_minute: float = 60.0  # of one address
    local_handshakes_per_minute: float = 6000.0  # of this machine, where a proxy may stand for everybody
    connections_per_address: int = 100  # at the same time: a company's or a carrier's people may share one
    local_connections: int = 50_000
    unjoined_per_address: int = 20  # of these, how many may not have joined yet
    local_unjoined: int = 10_000
    body_seconds: float = 10.0  # a request's body has to be there by then
    poll_body_seconds: float = 20.0  # the same for a polling request, whose events are handled meanwhile
    new_chats_per_minute: float = 20.0  # of one address
    local_new_chats_per_minute: float = 6000.0
    site_new_chats_per_minute: float = 6000.0  # of one site, from all addresses together
    queued_packets: int = 200  # towards one socket
    frame_bytes: int = 16_384
    body_bytes: int = 16_384
    login_free_tries: int = 5
    login_lock_seconds: float = 30.0  # doubled with every further wrong try, up to 15 minutes
    agent_silent_seconds: float = 120.0  # a visitor has waited so long for a line of the agent: both are told
    retention_seconds: float = 600.0  # how often it is looked whether something is due to be deleted for its age
    viewings_seconds: float = 1.0  # how often it is written who looked at what
    same_viewing_seconds: float = 900.0  # looking at the same thing again within that time is not written once more
    erase_seconds: float = 2.0  # how often it is looked for what was erased elsewhere, and what bots have yet to forget
    purge_seconds: float = 3600.0
    unstarted_hours: float = 48.0  # how long a chat in which nothing was said is kept
    beat_seconds: float = 1.0  # how often a hub among several says that it lives
    lone_beat_seconds: float = 2.0  # the same for one that knows of no other
    dead_seconds: float = 8.0  # a hub whose count stands still for so long is dead
    forget_seconds: float = 600.0  # the row of a dead hub is removed
    presence_seconds: float = 1.0  # how often hubs tell each other who is connected
    poll_seconds: float = 5.0  # how often the database is asked for news that nobody told of
    quick_poll_seconds: float = 1.0  # the same while other hubs live and hints do not arrive
    ping_seconds: float = 1.0  # how often a hub says something to itself over Redis
    hint_seconds: float = 1.0  # a hint of our own that has not come back by then: hints are not to be relied on
    deaf_seconds: float = 10.0  # nothing heard for so long: subscribe anew
    deaf_peer_seconds: float = 1.0  # a hub that does not confirm hints is waited for so long
    hints_outstanding: int = 500  # hints that may be on their way before acknowledgements wait
