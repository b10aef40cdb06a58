"""What a leg hears, in packets as long as its phone likes (``a=ptime``).

The matrix makes a packet of 20 ms in every step. Most phones get just that; for the others its packets are taken apart
and put together anew: 10 ms are two packets a step, 30 ms are a packet in two of three steps. A codec that is not the
matrix's own is applied on the way. The timestamps of what comes out follow from those that went in, so that a press, a
pause or steps that were left out stay where they were.
"""

from collections.abc import Callable

from media import dtmf
from media.rtp import build, parse

_MILLISECOND = 8
"""Samples, and octets of G.711."""


class Packing:
    """One leg's way out. ``encode`` makes a payload of G.711 words; ``ratio`` is its clock over 8000."""

    def __init__(
        self,
        ptime: int,
        payload_type: int,
        event_ratio: int = 1,
        encode: Callable[[bytes], bytes] = bytes,
        ratio: int = 1,
    ) -> None:
        self._words = bytearray()
        self._begun = 0
        self._marker = False
        self.sequence: int | None = None
        """The number of the next packet; None = that of the first one that comes."""
        self._ssrc = 0
        self.agree(ptime, payload_type, event_ratio)
        self._encode, self._ratio = encode, ratio

    def agree(self, ptime: int, payload_type: int, event_ratio: int) -> None:
        """As agreed on, or anew: ``ptime`` in milliseconds. The numbers of the stream go on."""
        self._size, self._payload_type, self._event_ratio = ptime * _MILLISECOND, payload_type, event_ratio

    def put(self, octets: bytes, event: bool = False) -> list[bytes]:
        """A packet of the matrix: G.711 of 20 ms, or an ``event`` (RFC 4733). Gives the packets that are to be sent."""
        packet = parse(octets)
        if packet is None:
            return []
        if self.sequence is None:
            self.sequence = packet.sequence
        self._ssrc = packet.ssrc
        if event:
            return [*self._flush(), self._event(packet.payload_type, packet.timestamp, packet.payload, packet.marker)]
        sent = [] if packet.timestamp == self._due() else self._flush()
        if not self._words:
            self._begun, self._marker = packet.timestamp, packet.marker
        self._words += packet.payload
        while len(self._words) >= self._size:
            sent.append(self._send(self._size))
        return sent

    def _due(self) -> int:
        return self._begun + len(self._words) & 0xFFFFFFFF

    def _flush(self) -> list[bytes]:
        """What is left goes out as a shorter packet; it can only be tens of milliseconds, which every codec can do."""
        return [self._send(len(self._words))] if self._words else []

    def _send(self, size: int) -> bytes:
        payload = self._encode(bytes(self._words[:size]))
        octets = self._build(self._payload_type, self._begun, payload, self._marker)
        del self._words[:size]
        self._begun, self._marker = self._begun + size & 0xFFFFFFFF, False
        return octets

    def _event(self, payload_type: int, timestamp: int, payload: bytes, marker: bool) -> bytes:
        event = dtmf.parse(payload)
        if event is not None and self._event_ratio != 1:
            payload = dtmf.build(event._replace(duration=min(event.duration * self._event_ratio, 0xFFFF)))
        return self._build(payload_type, timestamp, payload, marker)

    def _build(self, payload_type: int, timestamp: int, payload: bytes, marker: bool) -> bytes:
        assert self.sequence is not None, "nothing was put in"
        octets = build(payload_type, self.sequence, timestamp * self._ratio, self._ssrc, payload, marker)
        self.sequence += 1
        return octets
