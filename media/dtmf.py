"""Digits as RTP events (RFC 4733).

One press of a key is many packets: one every 20 ms while it is held, with a duration that grows, and the last three
times over because any of them may be lost. What makes them *one* press is that all carry the RTP timestamp of the
moment when the key went down. So a press is told at the first packet that brings a new timestamp, whichever of the
packets that is, and every other packet of it is recognised however late or often it comes.
"""

import struct
from collections import deque
from typing import NamedTuple

DIGITS = "0123456789*#ABCD"
"""RFC 4733 section 3.2, table 3: the event's number is the place in this string."""

_EVENT = struct.Struct("!BBH")
_LONGEST = 0xFFFF
_REMEMBERED = 8


class Event(NamedTuple):
    """The payload (section 2.3). ``duration`` is in timestamp units (1/8000 s)."""

    code: int
    end: bool
    volume: int
    duration: int


def parse(payload: bytes) -> Event | None:
    """Read an event; None when it is cut short."""
    if len(payload) < _EVENT.size:
        return None
    code, flags, duration = _EVENT.unpack_from(payload)
    return Event(code, flags >= 0x80, flags & 0x3F, duration)


def build(event: Event) -> bytes:
    """The four octets of an event."""
    return _EVENT.pack(event.code, event.end << 7 | event.volume, event.duration)


class Presses:
    """Which presses one source has made so far, so that each is told once."""

    def __init__(self) -> None:
        self._told: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)
        self._continues: tuple[int, int] | None = None

    def receive(self, event: Event, timestamp: int, ssrc: int) -> str:
        """The digit if this packet is the first of its press, else an empty string."""
        key = (ssrc, timestamp)
        if event.code >= len(DIGITS) or key in self._told:
            self._note_length(event, timestamp)
            return ""
        continued = self._continues == (event.code, timestamp)
        self._told.append(key)
        self._note_length(event, timestamp)
        return "" if continued else DIGITS[event.code]

    def _note_length(self, event: Event, timestamp: int) -> None:
        """A key held for more than 8 s goes on as a new event where the full one ended (section 2.5.1.3)."""
        if event.duration == _LONGEST:
            self._continues = (event.code, timestamp + _LONGEST & 0xFFFFFFFF)


class Sent(NamedTuple):
    """One event packet to be sent: its RTP timestamp, whether it opens the press, and its payload."""

    timestamp: int
    marker: bool
    payload: bytes


class Typing:
    """Digits on their way out, one packet a step: 100 ms of key, three end packets in 60 ms of gap, next digit."""

    TICKS_DOWN = 5
    TICKS = 8
    _VOLUME = 10
    """dBm0 below zero."""

    def __init__(self) -> None:
        self._digits: deque[str] = deque()
        self._tick = 0
        self._began = 0

    def add(self, digits: str) -> None:
        """Queue digits (each one of :data:`DIGITS`)."""
        self._digits.extend(digits)

    def step(self, timestamp: int) -> Sent | None:
        """The packet of this 20 ms step, whose audio would have had ``timestamp``; None when all digits are out."""
        if not self._digits:
            return None
        if self._tick == 0:
            self._began = timestamp
        down = min(self._tick + 1, self.TICKS_DOWN)
        ended = self._tick >= self.TICKS_DOWN
        event = Event(DIGITS.index(self._digits[0]), ended, self._VOLUME, down * 160)
        sent = Sent(self._began, self._tick == 0, build(event))
        self._tick = (self._tick + 1) % self.TICKS
        if self._tick == 0:
            self._digits.popleft()
        return sent
