"""What browsers report about our Content-Security-Policy: counted, and logged without anything personal."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from webhook.limits import Buckets
from webhook.policies import REPORTS

log = logging.getLogger(__name__)

_TYPES = ("application/csp-report", "application/reports+json", "application/json")
_WORDS = ("inline", "eval", "data", "blob", "self", "trusted-types-policy", "trusted-types-sink", "wasm-eval")
_PER_MINUTE, _AT_ONCE = 30.0, 10


class CspReports:
    """Takes reports from anybody, so it believes nothing: a few of each address, only known words are logged."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.dropped = 0
        self._of_address = Buckets(_PER_MINUTE, _AT_ONCE)
        self._of_all = Buckets(10 * _PER_MINUTE, 10 * _AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Where browsers send them."""
        return [web.post(REPORTS, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """Count and log; the answer is the same whatever came."""
        if self._of_address.take(request.remote or "") or self._of_all.take("all"):
            self.dropped += 1
        elif request.content_type in _TYPES:
            try:
                for report in _reports(json.loads(await request.read())):
                    self._note(report)
            except (ValueError, RecursionError, web.HTTPRequestEntityTooLarge):
                self.dropped += 1
        return web.Response(status=204)

    def _note(self, report: dict[str, Any]) -> None:
        what = describe(report)
        if len(self.counts) < 200 or what in self.counts:
            self.counts[what] += 1
            log.warning("the Content-Security-Policy stopped something (%d): %s", self.counts[what], what)


def _reports(body: Any) -> list[dict[str, Any]]:
    """The reports in a body of either kind, at most ten."""
    if isinstance(body, dict) and isinstance(body.get("csp-report"), dict):
        return [body["csp-report"]]
    found = [one["body"] for one in body if isinstance(one, dict) and isinstance(one.get("body"), dict)] if isinstance(body, list) else []
    return found[:10]


def describe(report: dict[str, Any]) -> str:
    """Page, directive and what was stopped, in known words: no address, sample or other text of the browser."""
    directive = _field(report, "effective-directive", "effectiveDirective") or _field(report, "violated-directive", "violatedDirective")
    name = directive.split(" ")[0]
    page = urlsplit(_field(report, "document-uri", "documentURL")).path
    place = "console" if page.startswith("/console") else "frame" if page.startswith("/widget/frame") else "another page"
    known = name if name and all(sign.isascii() and (sign.isalpha() or sign == "-") for sign in name) and len(name) <= 40 else "?"
    return f"{known} in {place}: {_blocked(_field(report, 'blocked-uri', 'blockedURL'))}"


def _blocked(blocked: str) -> str:
    if blocked in _WORDS:
        return blocked
    scheme = blocked.split(":")[0]
    return (
        f"something at a {scheme} address" if scheme in ("http", "https", "ws", "wss", "data", "blob") else "something of the browser's own"
    )


def _field(report: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := report.get(name), str)), "")
