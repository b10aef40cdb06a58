"""Which connections may stay: how many in all, how many of one source, how many that have not said anything yet.

A connection costs us memory and a file handle, and its opener nearly nothing; TLS costs even arithmetic. So one source
can have only so many, and a connection is a guest until its first whole message: guests have few places, and where all
are taken the one that has been silent longest leaves, so that who opens and says nothing only ever pushes out their like.

A source is an IPv4 address, or the 64 bits of an IPv6 address that a household has to itself.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address


@dataclass(frozen=True)
class Limits:
    """What streams may take. Seconds and bytes."""

    connections: int = 4096
    """In all; further ones are closed at once."""
    of_one_source: int = 512
    """A whole office may stand behind one address."""
    guests: int = 1024
    """Connections without a whole message yet, in all."""
    guests_of_one_source: int = 128
    handshake_seconds: float = 5.0
    """How long TLS may take to agree."""
    first_seconds: float = 10.0
    """How long the first whole message may take, from the beginning of the connection."""
    partial_seconds: float = 20.0
    """How long any further message may take to come in whole."""
    connect_seconds: float = 5.0
    """How long a connection of ours may take to open."""
    ping_seconds: float = 30.0
    """How often a connection of ours is pinged (RFC 5626 section 4.4.1); between four fifths of it and the whole."""
    pong_seconds: float = 10.0
    """How long the answer may take of a peer that has answered before."""
    first_bytes: int = 80 * 1024
    """How long the first message may be: who has none yet may not make us keep much."""
    message_bytes: int = 256 * 1024
    unread_bytes: int = 1024 * 1024
    """How much a peer may leave unread before its connection is given up."""


class Admission:
    """The table of who is connected; a ticket names one connection."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._last = 0
        self._sources: dict[int, str] = {}
        self._guests: dict[int, str] = {}
        self._count: dict[str, int] = {}
        self._guest_count: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._sources)

    def enter(self, host: str) -> tuple[int | None, int | None]:
        """A connection from here: its ticket, None when it may not stay; and the ticket of the guest that must go."""
        source, limits = source_of(host), self._limits
        if (
            len(self._sources) >= limits.connections
            or self._count.get(source, 0) >= limits.of_one_source
            or self._guest_count.get(source, 0) >= limits.guests_of_one_source
        ):
            return None, None
        leaving = next(iter(self._guests)) if len(self._guests) >= limits.guests else None
        if leaving is not None:
            self.leave(leaving)
        self._last += 1
        self._sources[self._last] = self._guests[self._last] = source
        _add(self._count, source, 1)
        _add(self._guest_count, source, 1)
        return self._last, leaving

    def spoke(self, ticket: int) -> None:
        """The first whole message has come."""
        source = self._guests.pop(ticket, None)
        if source is not None:
            _add(self._guest_count, source, -1)

    def leave(self, ticket: int) -> None:
        """The connection is over; once is enough."""
        source = self._sources.pop(ticket, None)
        if source is not None:
            self.spoke(ticket)
            _add(self._count, source, -1)


def source_of(host: str) -> str:
    """Whom an address belongs to."""
    if ":" not in host:
        return host
    return IPv6Address(host.partition("%")[0]).packed[:8].hex()


def _add(count: dict[str, int], source: str, step: int) -> None:
    number = count.get(source, 0) + step
    if number:
        count[source] = number
    else:
        count.pop(source, None)
