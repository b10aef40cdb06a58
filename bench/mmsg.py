"""Many datagrams by one system call (``sendmmsg``, ``recvmmsg``), from one socket, without a compiler.

A load that comes from one address and port, as every call behind a border controller does, is one socket; calling it once
for each packet would cost the generator more than the switch that is measured. The tables that the kernel reads are NumPy
arrays, made once; a send is then one call of the C library. The layouts are those of 64-bit Linux (socket.h).
"""

import ctypes
import socket
import struct
from collections.abc import Sequence

import numpy as np

_PIECE = np.dtype([("base", "u8"), ("length", "u8")])
_MESSAGE = np.dtype([("name", "u8"), ("name_length", "u4"), ("_a", "u4"), ("pieces", "u8"), ("count", "u8"),
                     ("control", "u8"), ("control_length", "u8"), ("flags", "i4"), ("_b", "u4"), ("length", "u4"),
                     ("_c", "u4")])
_NAME = 16
"""Octets of an IPv4 socket address."""
_MOST = 1024
"""Messages of one call (UIO_MAXIOV)."""
_LIBC = ctypes.CDLL(None, use_errno=True)
_POINTER = ctypes.c_void_p


def _names(targets: Sequence[tuple[str, int]]) -> np.ndarray:
    rows = [struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)
            for host, port in targets]
    return np.frombuffer(b"".join(rows), np.uint8).reshape(-1, _NAME).copy()


class Burst:
    """Sends rows of ``packets`` (uint8, (rows, width)), each to its target. ``lengths``: octets of each; None = all."""

    def __init__(self, packets: np.ndarray, targets: Sequence[tuple[str, int]], rows: Sequence[int] | None = None,
                 lengths: Sequence[int] | None = None) -> None:
        count = len(targets)
        chosen = np.arange(count) if rows is None else np.asarray(rows, np.int64)
        self._kept = packets, names, pieces, messages = (packets, _names(targets), np.zeros(count, _PIECE),
                                                         np.zeros(count, _MESSAGE))
        pieces["base"] = packets.ctypes.data + chosen * packets.strides[0]
        pieces["length"] = packets.shape[1] if lengths is None else lengths
        messages["name"] = names.ctypes.data + np.arange(count) * _NAME
        messages["name_length"], messages["count"] = _NAME, 1
        messages["pieces"] = pieces.ctypes.data + np.arange(count) * _PIECE.itemsize
        self._count = count

    def send(self, way: socket.socket, first: int = 0, count: int | None = None) -> int:
        """Send these; gives how many went. What a full buffer does not take is lost."""
        end = self._count if count is None else min(self._count, first + count)
        messages, sent = self._kept[3], 0
        while first < end:
            done = _LIBC.sendmmsg(way.fileno(), _POINTER(messages.ctypes.data + first * _MESSAGE.itemsize),
                                  min(_MOST, end - first), socket.MSG_DONTWAIT)
            sent += max(0, done)
            first += max(1, done)
        return sent


class Basket:
    """Takes in what has come to one socket, ``lines`` datagrams at once at most, and keeps the last of them."""

    def __init__(self, lines: int = 256, width: int = 256) -> None:
        self.data = np.zeros((lines, width), np.uint8)
        self._pieces, self._messages = np.zeros(lines, _PIECE), np.zeros(lines, _MESSAGE)
        self._pieces["base"] = self.data.ctypes.data + np.arange(lines) * width
        self._pieces["length"] = width
        self._messages["pieces"] = self._pieces.ctypes.data + np.arange(lines) * _PIECE.itemsize
        self._messages["count"] = 1
        self._lines = lines

    def take(self, way: socket.socket) -> int:
        """How many came."""
        done = _LIBC.recvmmsg(way.fileno(), _POINTER(self._messages.ctypes.data), self._lines, socket.MSG_DONTWAIT, None)
        return max(0, done)
