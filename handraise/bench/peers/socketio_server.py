"""`python -m handraise.bench.peers.socketio_server PORT [REDIS_URL]`: python-socketio as it comes, without a store."""

from __future__ import annotations

import sys
from typing import Any

import socketio
from aiohttp import web

from handraise.bench.names import is_signed
from handraise.bench.peers.serving import start


def make(redis_url: str = "") -> web.Application:
    """The application."""
    manager = {"client_manager": socketio.AsyncRedisManager(redis_url)} if redis_url else {}
    server = socketio.AsyncServer(
        async_mode="aiohttp", transports=["websocket"], async_handlers=False, cors_allowed_origins=[], ping_interval=25, **manager
    )
    rooms: dict[str, str] = {}
    lines: dict[str, int] = {}

    async def connect(sid: str, environ: dict[str, Any], auth: dict[str, Any]) -> bool:
        if not is_signed(auth["token"]):
            return False
        for room in auth.get("rooms", []):
            await server.enter_room(sid, room)
        if "room" in auth:
            rooms[sid] = auth["room"]
        return True

    async def message(sid: str, data: dict[str, str]) -> dict[str, Any]:
        room = rooms[sid]
        seq = lines[room] = lines.get(room, 0) + 1
        await server.emit("entry", {"conversation_id": room, "entry": {"seq": seq, **data}}, room=room)
        return {"ok": True, "seq": seq}

    async def disconnect(sid: str, reason: str) -> None:
        rooms.pop(sid, None)

    server.on("connect", connect)
    server.on("message", message)
    server.on("disconnect", disconnect)
    app = web.Application()
    server.attach(app)
    return app


if __name__ == "__main__":
    start(make(*sys.argv[2:3]))
