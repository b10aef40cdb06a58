"""I/O: the sockets beside those of the sound: the RTCP port of every row (the odd one, RFC 3550 section 11), and guards.

A guard stands at the sound's port of a row whose socket is connected. The kernel hands everybody else's packets to the
guard then, so that intruders are counted at no cost to the sound, and do not learn from an error that they are shut out.

Reports are read when they come, not when a step is due, because their moment of arrival is what a round trip is measured
by. So that a flood cannot take the worker's time, only so many are read between two steps.
"""

import select
import socket
from contextlib import suppress
from typing import NamedTuple

from media.reporting import Letter
from media.rtp import Address

_LARGEST = 2048
_A_STEP = 128
"""Datagrams that are read between two steps."""


class Came(NamedTuple):
    """A datagram beside the sound; ``strange``: a guard caught it."""

    row: int
    octets: bytes
    address: Address
    strange: bool


class Controls:
    """The sockets of open rows."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._by_number: dict[int, tuple[int, socket.socket, bool]] = {}
        self._control: dict[int, socket.socket] = {}
        self._guards: dict[int, socket.socket] = {}
        self._left = _A_STEP

    def fileno(self) -> int:
        """For ``select``: something can be read."""
        return self._epoll.fileno()

    @property
    def patient(self) -> bool:
        """Whether more may be read before the next step."""
        return self._left > 0

    def attach(self, row: int, control: socket.socket) -> None:
        """This is the RTCP port of the row."""
        self._control[row] = control
        self._watch(row, control, strange=False)

    def detach(self, row: int) -> None:
        """The row is closed; its control socket is the caller's again."""
        self.withdraw(row)
        self._forget(self._control.pop(row))

    def guard(self, row: int, sound: socket.socket) -> None:
        """The sound's socket of this row is connected now. Where no guard can stand, the kernel drops strangers unseen."""
        if row in self._guards:
            return
        guard = socket.socket(sound.family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        if sound.family == socket.AF_INET6:
            only = sound.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
            guard.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
        try:
            for each in (sound, guard):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            guard.bind(sound.getsockname())
        except OSError:
            guard.close()
            return
        finally:
            sound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        self._guards[row] = guard
        self._watch(row, guard, strange=True)

    def withdraw(self, row: int) -> None:
        """The sound's socket is about to hear everybody itself."""
        if guard := self._guards.pop(row, None):
            self._forget(guard)
            guard.close()

    @property
    def guarded(self) -> set[int]:
        """Rows with a guard."""
        return set(self._guards)

    def begin_step(self) -> None:
        """A step begins."""
        self._left = _A_STEP

    def receive(self) -> list[Came]:
        """What has come."""
        came: list[Came] = []
        if not self._by_number:
            return came
        for file, _ in self._epoll.poll(0, max(1, min(len(self._by_number), self._left))):
            row, seat, strange = self._by_number[file]
            with suppress(OSError):
                octets, address = seat.recvfrom(_LARGEST)
                came.append(Came(row, octets, address, strange))
            self._left -= 1
        return came

    def send(self, letter: Letter) -> None:
        """Send from the RTCP port. What cannot be sent is lost, as on any network."""
        with suppress(OSError, OverflowError):
            self._control[letter.row].sendto(letter.octets, letter.target)

    def close(self) -> None:
        """The worker ends."""
        for row in list(self._control):
            self.detach(row)
        self._epoll.close()

    def _watch(self, row: int, seat: socket.socket, strange: bool) -> None:
        self._by_number[seat.fileno()] = (row, seat, strange)
        self._epoll.register(seat.fileno(), select.EPOLLIN)

    def _forget(self, seat: socket.socket) -> None:
        self._epoll.unregister(seat.fileno())
        del self._by_number[seat.fileno()]
