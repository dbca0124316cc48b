"""Every HTTP route with whatever comes: never an inner error, never a trace, and an answer in the shape of docs/protocol.md."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import aiohttp
from hypothesis import strategies as st

from tests.abuse.payloads import ODD_TEXT, anything
from tests.abuse.test_events import examples
from tests.faults.results import NewScenario, Scale
from tests.webhook.conftest import StartHub
from tests.webhook.hub import quick

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]
NOT_BUILT = 503  # what the pages of apps say that are not built
SLOW = ("/socket.io/",)  # a library's own, attacked in test_frames.py


def bodies() -> st.SearchStrategy[bytes]:
    """JSON of any kind, and what is none."""
    broken = st.sampled_from(
        [b"", b"{", b"\xff\xfe", b"[" * 5000, b"null", b'{"a":' * 500, b"a=b", b"x" * 20_000, b'"\\ud800"', b"1e999", b"NaN"]
    )
    named = st.dictionaries(
        st.sampled_from(["email", "password", "code", "token", "name", "role", "scopes", "id", "on", "new", "days"]), anything
    )
    return st.one_of(broken, named.map(_bytes), anything.map(_bytes))


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


async def test_every_route_bears_every_request(new_hub: StartHub, scenario: NewScenario, scale: Scale) -> None:
    tries = scale.of(3000, 150)
    hub = await new_hub(tuning=quick())
    agent = await hub.session("mara@example.com")
    app = hub.runner.app
    assert app is not None
    paths = sorted({route.resource.canonical for route in app.router.routes() if route.resource is not None} - set(SLOW))
    with scenario(
        "F2",
        "No HTTP request leads to an inner error or a trace",
        f"hypothesis makes {tries} requests to the hub's {len(paths)} paths: any method, path part, query, type and body, as nobody and as "
        "a signed-in agent",
        "0 answers of 500 or more, 0 traces, every error of ours in the one shape",
    ) as it:
        words = st.sampled_from([*ODD_TEXT[:20], "1", "x" * 300, "%00", "..%2f..%2fetc%2fpasswd", "index.html"])
        kinds = st.sampled_from(
            ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/json; charset=utf-99", ""]
        )
        shapes = st.tuples(st.sampled_from(METHODS), st.sampled_from(paths), words, words, kinds, bodies(), st.booleans())
        broken: list[str] = []
        shapeless: list[str] = []
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            for method, path, part, query, kind, body, signed_in in examples(shapes, tries):
                filled = re.sub(r"\{[^}]*\}", _path(part).replace("\\", "/"), path)
                headers = {"Origin": hub.url, **({"Content-Type": kind} if kind else {})}
                headers |= {"Cookie": f"handraise_session={agent}"} if signed_in else {}
                url = f"{hub.url}{filled}?q={_path(query)}"
                async with http.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
                    text = await answer.text(errors="replace")
                case = f"{method} {path} {kind} {body[:60]!r} → {answer.status} {text[:120]}"
                broken += [case] if "Traceback" in text or (answer.status >= 500 and answer.status != NOT_BUILT) else []
                if answer.content_type == "application/json" and answer.status >= 400 and method != "HEAD":
                    error = json.loads(text).get("error", {})
                    shapeless += [] if isinstance(error, dict) and error.get("code") and error.get("message") else [case]
        it.must("inner errors", len(broken), why="; ".join(broken[:3]))
        it.must("errors in another shape", len(shapeless), why="; ".join(shapeless[:3]))


def _path(text: str) -> str:
    """A text as a part of a path."""
    return quote(text.encode(errors="replace"), safe="%") or "x"
