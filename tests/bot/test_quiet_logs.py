"""What the bot logs when something goes wrong in the middle of a visitor's words: Rasa's own way tells them, ours does not."""

from __future__ import annotations

from typing import Any

import pytest

from leads import quiet_logs
from tests.bot.inside import inside

pytestmark = pytest.mark.timeout(120)

WORDS = ["Marked-Jane", "marked.example", "MARKED-SECRET"]

FAULTS = """
import asyncio, io, threading, warnings
from aiohttp import web
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg import interpolator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.io import configure_colored_logging
from rasa.utils.log_utils import configure_structlog
from bot import quiet_logs

logging.disable(logging.NOTSET)
errors, sys.stderr = sys.stderr, io.StringIO()
configure_logging_and_warnings(None, None)
configure_colored_logging(None)
configure_structlog(None)
log = logging.getLogger("rasa.core.processor")
SAID = "I am Marked-Jane, jane@marked.example, MARKED-SECRET"

async def answer(request):
    call = await request.json()
    said = call["tracker"]["latest_message"]["text"]
    wrong = {"events": [{"event": "slot", "name": 5, "value": said}], "responses": []}
    how = request.path.strip("/")
    if how == "echo":
        return web.json_response({"error": said}, status=500)
    if how == "wrong":
        return web.json_response(wrong)
    if how == "broken":
        return web.Response(text="{" + said, content_type="application/json")
    request.transport.abort()
    return web.Response()

async def actions():
    runner = web.AppRunner(app := web.Application())
    app.add_routes([web.post("/{how}", answer)])
    await runner.setup()
    await (site := web.TCPSite(runner, "127.0.0.1", 0)).start()
    address = runner.addresses[0]
    tracker = DialogueStateTracker("s", [AnySlot("email", [{}])])
    tracker.update(UserUttered(SAID)); tracker.update(SlotSet("email", SAID))
    for how in ("echo", "wrong", "broken", "gone"):
        action = RemoteAction("action_x", EndpointConfig(f"http://{address[0]}:{address[1]}/{how}"))
        try:
            await action.run(None, None, tracker, Domain.empty())
        except Exception:
            log.exception("Encountered an exception while running action 'action_x'.")
    await runner.cleanup()

def thread():
    raise RuntimeError(SAID)

class Unraisable:
    def __del__(self):
        raise RuntimeError(SAID)

def faults(time):
    sys.stderr.seek(0); sys.stderr.truncate()
    asyncio.run(actions())
    interpolator.interpolate_text("Thank you, {no_such_slot}", {"email": SAID})
    interpolator.structlogger.warning("event.deserialization.failed", rasa_event={"value": SAID})
    one = threading.Thread(target=thread); one.start(); one.join()
    Unraisable()
    warnings.warn("the value " + SAID + " is not one of the slot's, " + time)
    try:
        raise ValueError(SAID)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    return sys.stderr.getvalue()

before = faults("first")
quiet_logs.repair(); quiet_logs.repair()
after = faults("second")
import resource
limit = resource.getrlimit(resource.RLIMIT_CORE)[0]
sys.stderr = errors
found([before, after, limit])
"""

SAME = """
from bot import quiet_logs
def fails(text):
    try:
        raise ValueError(text)
    except ValueError as error:
        raise RuntimeError(text) from error
try:
    fails("Marked-Jane")
except RuntimeError as error:
    found(quiet_logs.told(error))
"""


def test_rasas_logs_do_not_tell_what_a_visitor_said() -> None:
    before, after, limit = inside(FAULTS)
    assert [word for word in WORDS if word not in before] == [], "Rasa does not need this repair any more"
    assert [line for line in after.splitlines() if any(word in line for word in WORDS)] == []
    for sign in (  # each fault is told all the same
        "rasa.utils.endpoints.ClientResponseError",
        "jsonschema.exceptions.ValidationError",
        "json.decoder.JSONDecodeError",
        "Couldn't connect to the server",
        "interpolator.interpolate.text",
        "no_such_slot",
        "event.deserialization.failed",
        "a thread ended",
        "nobody could be told",
        "UserWarning in ",
        "this process ends",
    ):
        assert sign in after, sign
    assert limit == 0, "a crash would leave an image of the memory"


def test_both_environments_write_an_exception_alike() -> None:
    def fails(text: str) -> None:
        try:
            raise ValueError(text)
        except ValueError as error:
            raise RuntimeError(text) from error

    with pytest.raises(RuntimeError) as caught:
        fails("-".join(("Marked", "Jane")))  # not as a line of the source
    ours, theirs = quiet_logs.told(caught.value), inside(SAME)
    assert types(ours) == types(theirs) == ["builtins.ValueError", "builtins.RuntimeError"]
    assert "Marked-Jane" not in ours + theirs


def types(told: str) -> list[Any]:
    """The lines that are no frames."""
    return [line for line in told.splitlines() if not line.startswith(" ")]
