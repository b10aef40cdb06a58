"""Messages out of a stream (RFC 3261 sections 7.5 and 18.3, RFC 5626 section 4.4.1).

A stream has no seams, so Content-Length is law there: where it cannot be read, nobody knows where the next message
begins, and the connection must be closed.
"""

import re

from .errors import PeerError

KEEP_ALIVE = b"\r\n\r\n"
"""What a client sends between messages to keep its connection (a ping); it is answered with one CRLF (a pong)."""
PONG = b"\r\n"
"""The answer to a ping of ours."""

_LENGTH = re.compile(rb"\n(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)


class Framer:
    """One direction of one connection. ``limit``: bytes that a message may have, head and body together."""

    __slots__ = ("_buffer", "_scanned", "_whole", "broken", "expects_pong", "limit")

    def __init__(self, limit: int = 256 * 1024) -> None:
        self.limit = limit
        self._buffer = bytearray()
        self._scanned = 0
        self._whole = 0
        self.expects_pong = False
        """Whether a ping of ours is open: then the next line end between messages is its answer."""
        self.broken: PeerError | None = None
        """Why the stream cannot be read any further; None = it can."""

    @property
    def waiting(self) -> bool:
        """Whether a message has begun and not ended."""
        return len(self._buffer) > 2

    def feed(self, data: bytes) -> list[bytes]:
        """Take what the stream brings, return the messages that are whole, KEEP_ALIVE for each ping, PONG for its answer.

        What came whole before the stream broke is returned, however the stream was cut into pieces.
        """
        if self.broken is not None:
            return []
        self._buffer += data
        messages = []
        try:
            while (message := self._next()) is not None:
                messages.append(message)
        except PeerError as error:
            self.broken = error
        return messages

    def _next(self) -> bytes | None:
        if not self._whole:
            if self.expects_pong and self._buffer.startswith(PONG):
                self.expects_pong = False
                del self._buffer[:2]
                return PONG
            if self._skip_line_ends():
                return KEEP_ALIVE
            self._find_end()
        if not self._whole or len(self._buffer) < self._whole:
            return None
        message = bytes(memoryview(self._buffer)[: self._whole])
        del self._buffer[: self._whole]
        self._whole = self._scanned = 0
        return message

    def _skip_line_ends(self) -> bool:
        """Drop a stray line end before a message; a pair of them is a ping."""
        if self._buffer.startswith(KEEP_ALIVE):
            del self._buffer[:4]
            return True
        if len(self._buffer) > 2 and self._buffer.startswith(b"\r\n") and self._buffer[2:3] != b"\r":
            del self._buffer[:2]
        return False

    def _find_end(self) -> None:
        """Once the head is whole, know how long the message is."""
        end = self._buffer.find(b"\r\n\r\n", max(0, self._scanned - 3))
        if end < 0:
            self._scanned = len(self._buffer)
            if self._scanned > self.limit:
                raise PeerError(513, "Message Too Large")
            return
        lengths = set(_LENGTH.findall(self._buffer, 0, end))
        text = (lengths.pop().strip() if lengths else b"0") if len(lengths) < 2 else b""
        if not text.isdigit() or len(text) > 9:
            raise PeerError(400, "Malformed Content-Length")
        self._whole = end + 4 + int(text)
        if self._whole > self.limit:
            raise PeerError(513, "Message Too Large")
