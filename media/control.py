"""I/O: the line between the switch and a media worker, the same at both ends.

A Unix socket that keeps messages apart (``SOCK_SEQPACKET``); each message is a msgpack array of orders or reports, so
that many travel for the price of one. Nothing here ever waits: what the other end does not take now is kept and sent
later, in order.
"""

import socket
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from media.orders import AnyOrder, AnyReport

LARGEST = 60_000
"""Octets of one message; the kernel takes at most some 200,000."""
_AT_ONCE = 64


class Line:
    """One end. ``kind`` is what comes in: ``AnyOrder`` in the worker, ``AnyReport`` in the switch."""

    def __init__(self, end: socket.socket, kind: Any) -> None:
        self.closed = False
        """The other end is gone."""
        self._end = end
        self._end.setblocking(False)
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(list[kind]).decode
        self._kept: deque[bytes] = deque()

    @classmethod
    def pair(cls) -> tuple[socket.socket, socket.socket]:
        """Two ends that are connected with each other."""
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def fileno(self) -> int:
        """For ``select`` and its like."""
        return self._end.fileno()

    @property
    def waiting(self) -> bool:
        """Whether :meth:`flush` has something to send."""
        return bool(self._kept)

    def send(self, messages: Iterable[AnyOrder | AnyReport]) -> None:
        """Send, or keep what does not go now."""
        self._kept.extend(self._pack(list(messages)))
        self.flush()

    def flush(self) -> None:
        """Send what was kept, as far as the other end takes it."""
        try:
            while self._kept and not self.closed:
                self._end.send(self._kept[0])
                self._kept.popleft()
        except BlockingIOError:
            return
        except OSError:
            self.closed = True

    def receive(self) -> list[AnyOrder] | list[AnyReport]:
        """All that has come; empty when nothing has. msgspec.DecodeError when the other end talks nonsense."""
        messages = []
        try:
            for _ in range(_AT_ONCE):
                data = self._end.recv(2 * LARGEST)
                if not data:
                    self.closed = True
                    break
                messages += self._decode(data)
        except BlockingIOError:
            pass
        except ConnectionError:
            self.closed = True
        return messages

    def end_sending(self) -> None:
        """Tell the other end that nothing more will come; it can still tell us something."""
        self._end.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Hang up."""
        self.closed = True
        self._end.close()

    def _pack(self, messages: list[AnyOrder | AnyReport]) -> Iterator[bytes]:
        """As few messages as will do; a single one that is too large can only be an error of ours."""
        if not messages:
            return
        data = self._encode(messages)
        if len(data) <= LARGEST or len(messages) == 1:
            yield data
            return
        middle = len(messages) // 2
        yield from self._pack(messages[:middle])
        yield from self._pack(messages[middle:])
