"""The way into the bot: one turn in, its replies and a snapshot of the conversation out.

``POST /webhooks/handraise/turn``, ``POST /webhooks/handraise/forget`` and ``GET /webhooks/handraise/`` (health). The hub is the
only client.
"""

from __future__ import annotations

import asyncio
import gc
import hmac
import logging
from collections import OrderedDict
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text, Tuple

import rasa.shared.utils.io
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import clauses, one_session, person, remote, repairs
from bot.tracker_store import RecentTrackerStore, State
from bot.turn import BadTurn, Turn, as_pressed, check_senders, check_turn, harmless

logger = logging.getLogger(__name__)

MAX_BODY = 128 * 1024  # bytes of a turn: 4000 characters of any script, and where the visitor is
HEALTH = "/webhooks/handraise"
SERVED = 1000  # turns whose answers are remembered
KNOWN = 5000  # conversations of which it is remembered how far they were served here
QUESTIONS = Path(__file__).with_name("questions.yml")
NO_LINE: Dict[Text, Any] = {"text": "", "buttons": []}
Answer = Tuple[int, Dict[Text, Any]]  # HTTP status and body


class HubInput(InputChannel):
    """Rasa input channel ``bot.channel.HubInput``; ``token`` in the credentials file guards it and every other route of the server."""

    def __init__(self, token: Text = "", choices: Optional[Dict[Text, List[Dict[Text, Text]]]] = None) -> None:
        self._token = token
        self._choices = choices or {}
        self._served: OrderedDict[Text, asyncio.Task] = OrderedDict()
        self._locks: Dict[Text, Tuple[asyncio.Lock, int]] = {}
        self._served_to: OrderedDict[Text, int] = OrderedDict()  # conversation → the entry of its last turn here
        self._offered: OrderedDict[Text, Dict[Text, Any]] = OrderedDict()  # conversation → the newest line with its buttons

    @classmethod
    def name(cls) -> Text:
        """The part of the address after ``/webhooks/``."""
        return "handraise"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> HubInput:
        """Called by Rasa at the start."""
        repairs.repair()
        return cls(str((credentials or {}).get("token") or ""), read_choices(QUESTIONS))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The two routes."""
        routes = Blueprint("handraise")

        @routes.listener("before_server_start")
        async def guard(app: Sanic, _loop: Any) -> None:
            app.config.REQUEST_MAX_SIZE = MAX_BODY
            app.request_middleware.appendleft(self._refuse_strangers)  # before that of the library which answers OPTIONS

        @routes.listener("after_server_start")
        async def leave_out(_app: Sanic, _loop: Any) -> None:
            gc.collect()
            gc.freeze()  # Rasa and its model stay: no collection need look at them again

        @routes.listener("after_server_stop")
        async def close(_app: Sanic, _loop: Any) -> None:
            await one_session.close()

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = _agent(request)
            about = {"model": agent.processor.model_filename if agent else None} if self._is_known(request) else {}
            return response.json({"ok": agent is not None, **about}, status=200 if agent else 503)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            agent = _agent(request)
            if agent is None:
                return _respond(_error(503, "model_missing", "The bot has no model loaded; run `handraise train`."))
            try:
                checked = check_turn(_json(request), agent.domain.intents)
            except BadTurn as problem:
                return _respond(_error(400, "bad_request", str(problem)))
            return _respond(await self.serve(agent, checked))

        @routes.post("/forget")
        async def forget(request: Request) -> HTTPResponse:
            try:
                senders = check_senders(_json(request))
            except BadTurn as problem:
                return _respond(_error(400, "bad_request", str(problem)))
            for sender_id in senders:
                await self.forget(_agent(request), sender_id)
            return _respond((200, {"ok": True}))

        return routes

    def _is_known(self, request: Request) -> bool:
        """Whether the request shows the secret; everybody is known when there is none."""
        return hmac.compare_digest(request.headers.get("X-Handraise-Token", "").encode(), self._token.encode()) or not self._token

    async def _refuse_strangers(self, request: Request) -> Optional[HTTPResponse]:
        """In front of every route, Rasa's own included; only that it lives may be asked by anybody."""
        if self._is_known(request) or (request.method == "GET" and request.path.rstrip("/") == HEALTH):
            return None
        return _respond(_error(401, "unauthorized", "The token is missing or wrong."))

    async def forget(self, agent: Optional[Agent], sender_id: Text) -> None:
        """Drop a conversation of an erased person, after the turn that runs: its state, its answers, how far it was served."""

        async def drop() -> None:
            store = _store(agent) if agent else None
            if store:
                store.go_back(sender_id, None)
            self._served_to.pop(sender_id, None)
            self._offered.pop(sender_id, None)

        await self._one_at_a_time(sender_id, drop)
        for key in [key for key, task in self._served.items() if key.startswith(f"{sender_id} ") and task.done()]:
            del self._served[key]

    async def serve(self, agent: Agent, turn: Turn) -> Answer:
        """The answer to a turn: a new one, the one that is being made, or the one that was given before.

        A failed turn is forgotten, so that the hub may try it again. The work goes on when the hub hangs up.
        """
        key = f"{turn.sender_id} {turn.turn_id}"
        task = self._served.get(key)
        if task is None:
            task = self._served[key] = asyncio.ensure_future(self._one_at_a_time(turn.sender_id, lambda: self._run(agent, turn)))
            while len(self._served) > SERVED:
                self._served.popitem(last=False)
        self._served.move_to_end(key)
        status, body = await asyncio.shield(task)
        if status != 200 and self._served.get(key) is task:
            del self._served[key]
        return status, body

    async def _one_at_a_time(self, sender_id: Text, work: Callable[[], Awaitable[Any]]) -> Any:
        """Turns of one conversation run one after the other; Rasa's own lock would poll once a second."""
        lock, users = self._locks.get(sender_id, (asyncio.Lock(), 0))
        self._locks[sender_id] = (lock, users + 1)
        try:
            async with lock:
                return await work()
        finally:
            lock, users = self._locks.pop(sender_id)
            if users > 1:
                self._locks[sender_id] = (lock, users - 1)

    async def _run(self, agent: Agent, turn: Turn) -> Answer:
        store = _store(agent)
        if store and self._is_behind(turn):
            store.go_back(turn.sender_id, None)  # begun anew from the answers that are known
        mark = store.mark(turn.sender_id) if store else None
        failed: List[Text] = []
        remote.failures.set(failed)
        try:
            replies = Replies(self._choices)
            message = await _message(agent, turn, replies, self._on_offer(turn))
            await agent.handle_message(message)
            state = await _state(agent, store, turn.sender_id)
            if not failed and state.slots.get("last_read") == turn.turn_id:
                self._remember(turn, replies.collected)
                return 200, {
                    "turn_id": turn.turn_id,
                    "replies": replies.collected,
                    "snapshot": snapshot(state, message.parse_data["intent"]),
                }
            code, message = "actions_unavailable", "The action server did not do its part of the turn."
        except Exception as error:  # whatever went wrong inside Rasa, the hub must hear that the turn failed
            logger.error("A turn failed: %s", type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))
            code, message = "turn_failed", "The bot could not finish the turn."
            if failed:
                code, message = "actions_unavailable", "The action server did not do its part of the turn."
        if store:
            store.go_back(turn.sender_id, mark)
        return _error(503, code, message)

    def _is_behind(self, turn: Turn) -> bool:
        """Whether another bot has served the conversation since: its tracker here would ask what was answered there."""
        return turn.after is not None and self._served_to.get(turn.sender_id, -1) < turn.after

    def _on_offer(self, turn: Turn) -> Dict[Text, Any]:
        """The line with the buttons that the visitor sees; after a restart those of the question that waits."""
        asked = {"text": "", "buttons": self._choices.get(turn.metadata.get("asked") or "", [])}
        return self._offered.get(turn.sender_id, asked) if turn.kind == "text" else NO_LINE

    def _remember(self, turn: Turn, replies: List[Dict[Text, Any]]) -> None:
        for known, value in (
            (self._served_to, max(turn.metadata["seq"] or 0, self._served_to.get(turn.sender_id, 0))),
            (self._offered, replies[-1] if replies else NO_LINE),
        ):
            known[turn.sender_id] = value
            known.move_to_end(turn.sender_id)
            while len(known) > KNOWN:
                known.popitem(last=False)


class Replies(OutputChannel):
    """Collects what the bot says in one turn; a question gets the buttons that questions.yml gives it."""

    def __init__(self, choices: Dict[Text, List[Dict[Text, Text]]]) -> None:
        self.collected: List[Dict[Text, Any]] = []
        self._choices = choices

    @classmethod
    def name(cls) -> Text:
        """The channel's name, for response variations of one channel."""
        return "handraise"

    async def send_text_message(self, recipient_id: Text, text: Text, **kwargs: Any) -> None:
        """A line of text."""
        asked = str(kwargs.get("utter_action") or "").removeprefix("utter_ask_")
        self.collected.append({"text": text, "buttons": list(self._choices.get(asked, []))})

    async def send_text_with_buttons(self, recipient_id: Text, text: Text, buttons: List[Dict[Text, Any]], **kwargs: Any) -> None:
        """A line of text with the buttons that the flow's author gave it."""
        shown = [{"title": str(b["title"]), "payload": str(b.get("payload") or b["title"])} for b in buttons if b.get("title")]
        self.collected.append({"text": text, "buttons": shown})


def snapshot(state: State, intent: Dict[Text, Any]) -> Dict[Text, Any]:
    """What the hub keeps of the conversation: slots, intent, confidence, active form and the question that waits."""
    return {
        "slots": state.slots,
        "intent": intent.get("name"),
        "confidence": round(float(intent.get("confidence") or 0.0), 4),
        "active_form": state.loop,
        "asked": state.slots.get("requested_slot") if state.loop else None,
    }


def _store(agent: Agent) -> Optional[RecentTrackerStore]:
    """Our store inside Rasa's fail-safe wrapper; endpoints.yml may name another: then nothing is undone."""
    inner = getattr(agent.tracker_store, "_tracker_store", None)
    return inner if isinstance(inner, RecentTrackerStore) else None


async def _state(agent: Agent, store: Optional[RecentTrackerStore], sender_id: Text) -> State:
    """The conversation after the turn; our store has it at hand, any other has to load it."""
    known = store.mark(sender_id) if store else None
    return known or State.of(await agent.tracker_store.get_or_create_tracker(sender_id, append_action_listen=False))


def read_choices(path: Path) -> Dict[Text, List[Dict[Text, Text]]]:
    """The buttons of each question, ``{slot: [{title, payload}]}``; none when the file is not there."""
    if not path.exists():
        return {}
    questions = (rasa.shared.utils.io.read_yaml_file(str(path)) or {}).get("questions") or {}
    return {
        slot: [{"title": str(c["title"]), "payload": str(c.get("value") or c["title"])} for c in question["choices"]]
        for slot, question in questions.items()
        if question.get("choices")
    }


async def _message(agent: Agent, turn: Turn, replies: Replies, line: Dict[Text, Any]) -> UserMessage:
    button = clauses.picked(turn.text, line["buttons"])
    if button:  # typed, and as good as pressed
        turn = as_pressed(turn, button, agent.domain.intents)
    parsed, beside, likely = await _parse(agent, turn)
    button = None if turn.intent else clauses.agreed(_guess(parsed), line["text"], line["buttons"])
    if button:  # and so is a yes
        turn = as_pressed(turn, button, agent.domain.intents)
        parsed, beside, likely = await _parse(agent, turn)
    return UserMessage(
        text=turn.text,
        output_channel=replies,
        sender_id=turn.sender_id,
        parse_data=parsed,
        input_channel=HubInput.name(),
        message_id=turn.turn_id,
        metadata={**turn.metadata, "beside": beside, "likely": likely},
    )


async def _parse(agent: Agent, turn: Turn) -> Tuple[Dict[Text, Any], List[Text], List[Text]]:
    """What the message means, what it asks beside, what it may have meant; typed text is classified as a whole and in parts."""
    if turn.intent is not None:
        return {"text": turn.text, "intent": {"name": turn.intent, "confidence": 1.0}, "entities": []}, [], []
    parsed = await agent.parse_message(turn.text)
    parts = [_guess(await agent.parse_message(harmless(part))) for part in clauses.clauses(turn.text)]
    wishes = {"person": person.asks_for_person(turn.text), "nobody": person.wants_nobody(turn.text)}
    leader, beside = clauses.choose(_guess(parsed), parts, **wishes, long=clauses.is_long(turn.text))
    parsed["text"] = turn.text
    parsed["intent"] = {"name": leader.name, "confidence": leader.confidence}
    ranking = [clauses.Guess(one["name"], one["confidence"]) for one in parsed.get("intent_ranking") or []]
    return parsed, beside, clauses.likely(ranking)


def _guess(parsed: Dict[Text, Any]) -> clauses.Guess:
    intent = parsed.get("intent") or {}
    return clauses.Guess(intent.get("name") or "nlu_fallback", float(intent.get("confidence") or 0.0))


def _agent(request: Request) -> Optional[Agent]:
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _json(request: Request) -> Any:
    try:
        return request.json
    except Exception as error:  # sanic's own exception differs between versions
        raise BadTurn("The body must be JSON.") from error


def _error(status: int, code: Text, message: Text) -> Answer:
    return status, {"error": {"code": code, "message": message}}


def _respond(answer: Answer) -> HTTPResponse:
    status, body = answer
    return response.json(body, status=status)
