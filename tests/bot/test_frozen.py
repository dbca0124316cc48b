"""What the bot has loaded at its start is left out of every later garbage collection, which would hold up a visitor's turn."""

from __future__ import annotations

import pytest

from tests.bot.inside import inside

pytestmark = pytest.mark.timeout(120)

SERVE = """
import gc, socket
from sanic import Sanic
from bot.channel import HubInput

class Loaded:
    pass

loaded, seen = Loaded(), {}
loaded.me = loaded  # as a model is, full of references in circles
app = Sanic("bot")
app.blueprint(HubInput().blueprint(None), url_prefix="/webhooks/handraise")

@app.listener("after_server_start")
async def look(app, loop):
    late = Loaded()
    late.me = late
    looked_at = gc.get_objects()
    seen["loaded"] = any(one is loaded for one in looked_at)
    seen["late"] = any(one is late for one in looked_at)
    app.stop()

sock = socket.socket()
sock.bind(("127.0.0.1", 0))
app.run(sock=sock, access_log=False)
found(seen)
"""


def test_what_was_there_at_the_start_is_not_looked_at_again() -> None:
    assert inside(SERVE) == {"loaded": False, "late": True}
