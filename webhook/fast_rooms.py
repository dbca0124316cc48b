"""The rooms of the Socket.IO server: an event is encoded and framed once for everybody in a room; see ``fastpath.py``."""

from __future__ import annotations

from typing import Any

import socketio
from engineio import packet

from webhook.fastpath import FastSocket
from webhook.packets import encode, text_frame


class FastManager(socketio.AsyncManager):  # type: ignore[misc]
    """The rooms of the server, with an emit that encodes once and has no task per recipient."""

    async def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **options: Any,
    ) -> None:
        """Send an event to one client, a room or everybody in the namespace."""
        room = to or room
        if not callback:
            there = self._there(namespace, room, skip_sid)
            if not there:
                return
            arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
            payload = encode("2", namespace, None, [event, *arguments])
            if payload is not None:
                await self._leave_to_library(self._write(there, payload), payload)
                return
        await super().emit(event, data, namespace, room=room, skip_sid=skip_sid, callback=callback, **options)

    def members(self, namespace: str, room: str) -> int:
        """How many clients are in a room."""
        members = self.rooms.get(namespace, {}).get(room)
        return 0 if members is None else len(members._fwdm)

    def _there(self, namespace: str, room: Any, skip_sid: Any) -> list[str]:
        """The connections in a room, out of the dict inside the library's bidict, which the library itself uses: to ask the bidict takes
        a dozen calls, some of them for every line."""
        if skip_sid is None and (room is None or isinstance(room, str)):
            members = self.rooms.get(namespace, {}).get(room)
            return [] if members is None else list(members._fwdm.values())
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        return [eio_sid for sid, eio_sid in self.get_participants(namespace, room) if sid not in skipped]

    def _write(self, there: list[str], payload: bytes) -> list[str]:
        """One frame for all of them; those who did not come by WebSocket at once are given back."""
        sockets, frame = self.server.eio.sockets, text_frame(payload)
        others = []
        for eio_sid in there:
            sock = sockets.get(eio_sid)
            if isinstance(sock, FastSocket):
                sock.write(frame)
            elif sock is not None:
                others.append(eio_sid)
        return others

    async def _leave_to_library(self, others: list[str], payload: bytes) -> None:
        if others:
            shared = packet.Packet(packet.MESSAGE, payload[1:].decode())
            for eio_sid in others:
                await self.server._send_eio_packet(eio_sid, shared)
