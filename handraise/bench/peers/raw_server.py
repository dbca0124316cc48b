"""`python -m handraise.bench.peers.raw_server PORT`: aiohttp's WebSocket and JSON, nothing else; the limit of the Python stack."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import WSMsgType, web

from handraise.bench.names import is_signed
from handraise.bench.peers.serving import start


def make() -> web.Application:
    """The application."""
    listeners: dict[str, set[web.WebSocketResponse]] = {}
    lines: dict[str, int] = {}

    async def message(socket: web.WebSocketResponse, room: str, data: dict[str, Any]) -> None:
        seq = lines[room] = lines.get(room, 0) + 1
        relay = _packed({"entry": {"seq": seq, **data["message"]}, "conversation_id": room})
        for listener in listeners.get(room, ()):
            await listener.send_str(relay)
        await socket.send_str(_packed({"ack": data["id"], "ok": True, "seq": seq}))

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=25)
        await socket.prepare(request)
        auth = json.loads((await socket.receive()).data)
        if not is_signed(auth["token"]):
            await socket.close()
            return socket
        rooms = auth.get("rooms", [])
        for room in rooms:
            listeners.setdefault(room, set()).add(socket)
        await socket.send_str('{"ok":true}')
        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    break
                await message(socket, auth["room"], json.loads(frame.data))
        finally:
            for room in rooms:
                listeners[room].discard(socket)
        return socket

    app = web.Application()
    app.router.add_get("/ws", serve)
    return app


def _packed(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    start(make())
