"""SIP over a websocket (RFC 7118), for the phone in a browser: what comes is handed to the house, as it came.

A browser says which page wants to connect, and it must be one of ours, as for the CTI websocket; and both sides must want
SIP to be spoken. What is said is written to the socket as a whole frame, so that nothing here ever waits.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from cti.answers import RestRefused
from cti.connection import origin_allowed
from cti.line import text_frame

if TYPE_CHECKING:
    from cti.house import House

SUBPROTOCOL = "sip"
PING_EVERY = 10.0
"""Seconds; who has not answered after half of it is gone. A caller hears nobody until then."""
MOST_BYTES = 64 * 1024
"""Of one message."""


class Socket:
    """What the house speaks through."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def say(self, data: bytes) -> int:
        """Send one message; how many octets then wait to be sent."""
        if self._transport.is_closing():
            return 0
        self._transport.write(frame(data))
        return self._transport.get_write_buffer_size()

    def abort(self) -> None:
        """End it at once."""
        self._transport.abort()


def frame(data: bytes) -> bytes:
    """A SIP message as one frame: text where it is text, else binary (RFC 7118 section 4.2)."""
    made = text_frame(data)
    try:
        data.decode()
    except UnicodeDecodeError:
        return b"\x82" + made[1:]
    return made


def route(house: "House", origins: frozenset[str]) -> web.RouteDef:
    """``GET /sip``."""
    async def serve(request: web.Request) -> web.StreamResponse:
        _check(request, origins)
        socket = web.WebSocketResponse(protocols=(SUBPROTOCOL,), heartbeat=PING_EVERY, max_msg_size=MOST_BYTES,
                                       compress=False, timeout=5.0)
        await socket.prepare(request)
        if request.transport is not None:
            await _run(house.take_phone, request.transport, request.secure, socket)
        return socket
    return web.get("/sip", serve)


def _check(request: web.Request, origins: frozenset[str]) -> None:
    if not origin_allowed(request, origins):
        raise RestRefused(403, "forbidden", "pages of this origin may not connect")
    wanted = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
    if request.headers.get("Upgrade", "").lower() != "websocket" or SUBPROTOCOL not in [each.strip() for each in wanted]:
        raise RestRefused(400, "not_sip", "here is a websocket with the subprotocol sip (RFC 7118)")


async def _run(take: Callable, transport: asyncio.Transport, secure: bool, socket: web.WebSocketResponse) -> None:
    """Until it is closed."""
    host, port = transport.get_extra_info("peername")[:2]
    line = take(host, port, secure, Socket(transport))
    if line is None:
        await socket.close(code=1013, message=b"there is no room for another connection")
        return
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                line.heard(message.data.encode("utf-8", "surrogatepass"))
            elif message.type is WSMsgType.BINARY:
                line.heard(message.data)
    finally:
        line.closed()
