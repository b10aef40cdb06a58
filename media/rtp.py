"""RTP on the wire (RFC 3550 section 5.1).

A packet that is as expected is never parsed: :mod:`media.intake` compares its first bytes with what the row expects,
for all rows at once. :func:`parse` is for the others, one by one. Sources are numbers for the same reason: a column of
64-bit numbers is compared in one go, a list of ``(host, port)`` pairs is not.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address

import numpy as np

FRAME = 160
"""Samples (and G.711 octets) in 20 ms."""
HEADER = 12
"""Octets of an RTP header without contributing sources and extension."""
WIDTH = 1472
"""Octets kept of a packet: all that fits into Ethernet (a flight of DTLS may be that large). No power of two, or all headers
would fight for the same cache lines."""

_HEADER = struct.Struct("!BBHII")

Address = tuple
"""``(host, port)`` as the socket module has it (IPv6 adds two fields)."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One parsed RTP packet. ``payload`` has no padding, contributing sources or extension in it."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse(data: bytes | memoryview) -> Packet | None:
    """Read one packet; None when it is not RTP version 2, is cut short, or is RTCP (RFC 5761 section 4)."""
    if len(data) < HEADER:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2 or 192 <= second <= 223:
        return None
    start = HEADER + 4 * (first & 0x0F)
    if first & 0x10:
        if len(data) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    end = len(data)
    if first & 0x20:
        end -= data[-1]
        if data[-1] == 0:
            return None
    if end < start:
        return None
    return Packet(second & 0x7F, second >= 0x80, sequence, timestamp, ssrc, bytes(data[start:end]))


def build(payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool = False) -> bytes:
    """The octets of one packet; numbers are cut to their field's width."""
    second = payload_type | 0x80 if marker else payload_type
    return _HEADER.pack(0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc & 0xFFFFFFFF) + payload


_MAPPED = "::ffff:"
"""How a socket of IPv6 writes an address of IPv4 (RFC 4291 section 2.5.5.2)."""


def plain_host(host: str) -> str:
    """An IPv4 address as itself, whichever socket told it."""
    return host.removeprefix(_MAPPED) if "." in host else host


def number(host: str, port: int) -> int:
    """A 64-bit number for an address, never 0, and the same on a socket of both families. ValueError when ``host`` is
    not an IP address."""
    return _number_of_host(host) << 16 | port


@lru_cache(1024)
def _number_of_host(host: str) -> int:
    address = ip_address(host.partition("%")[0])
    packed = (getattr(address, "ipv4_mapped", None) or address).packed
    if len(packed) == 16:
        packed = b"\x01" + blake2b(packed, digest_size=5).digest()
    return int.from_bytes(packed, "big")


@dataclass(slots=True)
class Packets:
    """What one step drained from the sockets, as columns; only the first ``count`` lines are valid."""

    data: np.ndarray
    """uint8 (lines, WIDTH)."""
    rows: np.ndarray
    """int64 (lines): the leg's row."""
    lengths: np.ndarray
    """int64 (lines): octets."""
    sources: np.ndarray
    """int64 (lines): :func:`number` of the sender."""
    addresses: list[Address] = field(default_factory=list)
    """The same as the socket told it."""
    count: int = 0

    @classmethod
    def room_for(cls, lines: int) -> "Packets":
        """An empty one with room for ``lines`` packets."""
        columns = (np.zeros(lines, np.int64) for _ in range(3))
        return cls(np.zeros((lines, WIDTH), np.uint8), *columns)

    @classmethod
    def of(cls, received: Iterable[tuple[int, bytes, Address]], spare: int = 0) -> "Packets":
        """From ``(row, octets, address)``, in the order of arrival, with ``spare`` lines for more."""
        received = list(received)
        packets = cls.room_for(len(received) + spare)
        for line, (row, octets, address) in enumerate(received):
            kept = octets[:WIDTH]
            packets.data[line, : len(kept)] = np.frombuffer(kept, np.uint8)
            packets.rows[line], packets.lengths[line] = row, len(kept)
            packets.sources[line] = number(address[0], address[1])
            packets.addresses.append(address)
        packets.count = len(received)
        return packets
