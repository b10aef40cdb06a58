"""A CTI client as bare as can be (RFC 6455), so that the kernel can say when each of its bytes came.

A library would do the same, but hides the socket. What is needed here is the order of two things in two sockets, and
only the kernel's stamp on each of them tells it, however late this process is woken.
"""

import base64
import json
import os
import socket
import struct
import urllib.request
from typing import Any, NamedTuple

SO_TIMESTAMPNS = 35
"""Linux, asm-generic/socket.h; the socket module does not name it."""
_STAMP = struct.Struct("@qq")


def stamped(sock: socket.socket) -> socket.socket:
    """Have the kernel stamp what comes in."""
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    return sock


def receive(sock: socket.socket, size: int = 1 << 18) -> tuple[bytes, float]:
    """What has come, and when the kernel had it (POSIX seconds). Raises BlockingIOError when nothing has."""
    data, ancillary, _, _ = sock.recvmsg(size, 128)
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = _STAMP.unpack(value[: _STAMP.size])
            return data, seconds + nanoseconds * 1e-9
    return data, 0.0


def frame(text: bytes, mask: bytes) -> bytes:
    """A text message of a client, masked with four octets (section 5.3)."""
    length = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack("!H", len(text))
    return b"\x81" + length + mask + bytes(octet ^ mask[at % 4] for at, octet in enumerate(text))


def take_frames(buffer: bytearray) -> list[tuple[int, bytes]]:
    """Take the whole frames out of what a server sent: (opcode, payload)."""
    frames = []
    while len(buffer) >= 2:
        length, head = buffer[1] & 0x7F, 2
        if length >= 126:
            width = 2 if length == 126 else 8
            length, head = int.from_bytes(buffer[2 : 2 + width], "big"), 2 + width
        if len(buffer) < head + length:
            break
        frames.append((buffer[0] & 0x0F, bytes(buffer[head : head + length])))
        del buffer[: head + length]
    return frames


class Pop(NamedTuple):
    """When one came. The kernel may join what came after it to it; then it is not ``exact``, and came earlier."""

    at: float
    exact: bool


class Client:
    """A session that has begun: its snapshot has come."""

    def __init__(self, token: str, port: int) -> None:
        self.socket = stamped(socket.create_connection(("127.0.0.1", port)))
        self._buffer = bytearray()
        self._upgrade(port)
        self.say({"type": "session.start", "token": token})
        while not any(b'"session.snapshot"' in payload for _, payload in take_frames(self._buffer)):
            self._buffer += self.socket.recv(1 << 18)

    def close(self) -> None:
        self.socket.close()

    def say(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self.socket.sendall(frame(json.dumps(message).encode(), os.urandom(4)))

    def _upgrade(self, port: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(f"GET /cti/v1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
                            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                            f"Sec-WebSocket-Protocol: cti.v1\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            if not (more := self.socket.recv(1)):
                break
            answer += more
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise ConnectionError(f"no websocket: {answer[:200]!r}")


class Screen(Client):
    """The screen of one agent, logged in and ready. ``pops`` came since somebody took them out."""

    def __init__(self, user: str, password: str, port: int) -> None:
        super().__init__(token_of(user, password, port), port)
        self.pops: list[Pop] = []
        self.say({"jsonrpc": "2.0", "id": 1, "method": "agent.logIn"})
        self.socket.setblocking(False)

    def read(self) -> None:
        """Take what has come."""
        try:
            data, at = receive(self.socket)
        except BlockingIOError:
            return
        if not data:
            raise ConnectionError("the switch closed the line of a screen")
        self._buffer += data
        frames = take_frames(self._buffer)
        for number, (opcode, payload) in enumerate(frames, 1):
            if opcode == 9:
                self.socket.sendall(b"\x8a\x80" + os.urandom(4))
            elif opcode == 1 and payload.startswith(b"["):
                pop = Pop(at, exact=number == len(frames) and not self._buffer)
                self.pops += [pop for event in json.loads(payload) if event["type"] == "reservation.created"]


def token_of(user: str, password: str, port: int) -> str:
    """What a session begins with."""
    body = json.dumps({"user": user, "password": password}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/auth/token", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["token"]
