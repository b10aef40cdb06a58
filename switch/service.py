"""What systemd is told (sd_notify(3)): that the doors are open, that the loop still turns, that we are going.

A datagram of a few words to the socket in NOTIFY_SOCKET; without that variable nobody wants to know, and nothing is done.
When signs of life are due and deserved, :mod:`switch.pulse` decides.
"""

import socket
from collections.abc import Mapping
from contextlib import suppress


class Service:
    """``environ``: where systemd has written what it wants to hear."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        where = environ.get("NOTIFY_SOCKET", "")
        self._where = "\0" + where[1:] if where.startswith("@") else where
        micros = environ.get("WATCHDOG_USEC", "")
        self.pause = int(micros) / 2e6 if self._where and micros.isascii() and micros.isdigit() and int(micros) else None
        """Seconds between two signs of life; None = nobody waits for them."""

    def tell(self, words: str) -> None:
        """``READY=1``, ``STOPPING=1``. That nobody listens any more is no reason to stop a call."""
        if not self._where:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(words.encode(), self._where)
