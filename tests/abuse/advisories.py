"""OSV, a package index and an npm registry, as far as an audit asks them; each can be away, out of order, or know of holes."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from handraise.ports import free_port

PAGE = 10  # holes in one answer to a query; OSV gives a token for the rest
KNOWN = ("minimist", "0.0.8")  # what the audit asks about to see whether a registry knows of holes at all
AT = "2026-01-01T00:00:00Z"


@dataclass(frozen=True)
class Hole:
    """A record of OSV: its own id, the other ids it goes by, and the version of the package that has it."""

    id: str
    package: str
    version: str
    aliases: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """As ``GET /v1/vulns/{id}`` answers."""
        events = [{"introduced": "0"}, {"fixed": "9999"}]
        affected = {"package": {"name": self.package, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        about = {"summary": f"made up, in {self.package}", "details": "", "references": [], "schema_version": "1.6.0"}
        return {"id": self.id, "aliases": list(self.aliases), "modified": AT, "published": AT, "affected": [affected], **about}


@dataclass
class Advisories:
    """``trouble``, when set, is the status and body of every answer instead."""

    port: int = field(default_factory=free_port)
    holes: list[Hole] = field(default_factory=list)
    npm: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: npm_advisory(KNOWN[0], "GHSA-known-known-0001"))  # by package
    trouble: tuple[int, str] | None = None
    asked: set[tuple[str, str]] = field(default_factory=set)  # package and version, of OSV
    asked_npm: dict[str, list[str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where all of it is."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        """Answer until the block ends."""
        app = web.Application(client_max_size=10_000_000, middlewares=[self._troubled])
        app.add_routes([web.post("/v1/querybatch", self._batch), web.get("/v1/vulns/{id}", self._one)])
        app.add_routes([web.post("/-/npm/v1/security/advisories/bulk", self._bulk), web.get("/{package:.+}", self._packument)])
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self.port).start()
            yield self
        finally:
            await runner.cleanup()

    @web.middleware
    async def _troubled(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.trouble is not None:
            return web.Response(status=self.trouble[0], text=self.trouble[1])
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _batch(self, request: web.Request) -> web.Response:
        results = []
        for query in (await request.json())["queries"]:
            assert query["package"]["ecosystem"] == "PyPI"
            name, version, begin = query["package"]["name"], query["version"], int(query.get("page_token") or 0)
            self.asked.add((name, version))
            ids = [hole.id for hole in self.holes if (hole.package, hole.version) == (name, version)]
            result: dict[str, Any] = {"vulns": [{"id": id, "modified": AT} for id in ids[begin : begin + PAGE]]} if ids else {}
            results.append(result | ({"next_page_token": str(begin + PAGE)} if len(ids) > begin + PAGE else {}))
        return web.json_response({"results": results})

    async def _one(self, request: web.Request) -> web.Response:
        for hole in self.holes:
            if hole.id == request.match_info["id"]:
                return web.json_response(hole.record())
        return web.json_response({"code": 5, "message": "Bug not found."}, status=404)

    async def _bulk(self, request: web.Request) -> web.Response:
        body = await request.read()  # unpacked already when the library did it
        asked = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        self.asked_npm |= asked
        return web.json_response({name: found for name, found in self.npm.items() if name in asked})

    async def _packument(self, request: web.Request) -> web.Response:
        """What versions there are: those that are locked, and none that is mended."""
        name = request.match_info["package"]
        versions = {version: {"name": name, "version": version} for version in self.asked_npm.get(name, [])}
        if not versions:
            return web.json_response({"error": "Not found"}, status=404)
        return web.json_response({"name": name, "versions": versions, "dist-tags": {"latest": max(versions)}})


def npm_advisory(package: str, id: str) -> dict[str, list[dict[str, Any]]]:
    """An advisory for every version of a package, as the registry tells it."""
    about = {"title": "made up", "severity": "high", "vulnerable_versions": ">=0", "cwe": [], "cvss": {"score": 0, "vectorString": None}}
    return {package: [{"id": 1, "url": f"https://github.com/advisories/{id}", **about}]}
