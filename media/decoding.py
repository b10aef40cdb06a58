"""What a phone says in G.722 or Opus, as packets that the matrix understands: mu-law on a clock of 8000.

Both codecs remember: a packet can only be decoded after the one before it. So one that comes too early is kept until
the missing one is there, or for two steps, or until three wait. Then what is missing is put in its place, as well as
the codec can (Opus: from the copy in the following packet, or a guess), and goes to the matrix in one packet with what
came. The sequence number of what was lost never appears, so that the loss is counted as such; and the jitter buffer
has a say over everything, as with any other leg.
"""

from media import dtmf
from media.codecs import LONGEST, Codec
from media.comfort import COMFORT_NOISE
from media.rtp import Packet, build, parse

PAYLOAD_TYPE = 0
"""What audio is called in the packets that come out: PCMU."""
_PATIENCE = 2
"""Steps that a packet waits for an earlier one."""
_MOST = 3
"""Packets that wait."""
_JUMP = 100
"""A sequence number that is so far away begins anew (RFC 3550 appendix A.1 allows more; speech does not)."""


class Decoding:
    """One leg's way in. ``event_ratio`` is the clock of its events over 8000."""

    def __init__(self, codec: Codec, payload_type: int, event_type: int | None, event_ratio: int = 1) -> None:
        self.payload_type, self.event_type, self.event_ratio = payload_type, event_type, event_ratio
        self._codec = codec
        self._ssrc: int | None = None
        self._expected = 0
        self._waiting: dict[int, Packet] = {}
        """By how far their number was counted on since the first one, which never wraps."""
        self._waited = 0
        self._theirs, self._ours = 0, 0
        """A moment on their clock, and the same on ours."""
        self._heard = 0
        """The moment on our clock up to which everything was decoded."""

    def put(self, octets: bytes) -> list[bytes]:
        """A packet from the phone. Gives those for the matrix, in the order in which they were sent."""
        packet = parse(octets)
        if packet is None or packet.payload_type not in (self.payload_type, self.event_type, COMFORT_NOISE):
            return []
        ahead = (packet.sequence - self._expected + 0x8000 & 0xFFFF) - 0x8000
        if packet.ssrc != self._ssrc or abs(ahead) > _JUMP:
            self._begin(packet)
            ahead = 0
        if ahead < 0:
            return []
        self._waiting.setdefault(self._expected + ahead, packet)  # The second of two alike is left out.
        made = self._take_following()
        while len(self._waiting) >= _MOST:
            made += self._take(min(self._waiting)) + self._take_following()
        return made

    def step(self) -> list[bytes]:
        """20 ms are over: what has waited long enough waits no more."""
        if not self._waiting:
            return []
        self._waited += 1
        if self._waited < _PATIENCE:
            return []
        return self._take(min(self._waiting)) + self._take_following()

    def _begin(self, packet: Packet) -> None:
        """A new source, or another time: their clock and ours are the same in this moment."""
        if packet.ssrc != self._ssrc:
            self._theirs, self._ours = packet.timestamp, packet.timestamp // self._codec.ratio
            self._heard = self._ours
        self._ssrc, self._expected = packet.ssrc, packet.sequence
        self._waiting.clear()

    def _take_following(self) -> list[bytes]:
        made = []
        while self._expected in self._waiting:
            made += self._take(self._expected)
        return made

    def _take(self, place: int) -> list[bytes]:
        packet = self._waiting.pop(place)
        lost = place - self._expected
        self._expected, self._waited = place + 1, 0
        moment = self._moment(packet.timestamp)
        if packet.payload_type == self.event_type:
            return [self._event(packet, moment)]
        if packet.payload_type == COMFORT_NOISE:
            return [build(COMFORT_NOISE, packet.sequence, moment, packet.ssrc, packet.payload, packet.marker)]
        return self._audio(packet, moment, lost)

    def _audio(self, packet: Packet, moment: int, lost: int) -> list[bytes]:
        missing = moment - self._heard
        hole = self._codec.conceal(missing, packet.payload) if lost and 0 < missing <= LONGEST else b""
        words = self._codec.decode(packet.payload)
        if not words:
            return []
        self._heard = moment + len(words)
        begun = moment - len(hole)
        return [build(PAYLOAD_TYPE, packet.sequence, begun, packet.ssrc, hole + words, packet.marker)]

    def _event(self, packet: Packet, moment: int) -> bytes:
        payload = packet.payload
        event = dtmf.parse(payload)
        if event is not None and self.event_ratio != 1:
            payload = dtmf.build(event._replace(duration=event.duration // self.event_ratio))
        assert self.event_type is not None, "an event that was not agreed on"
        return build(self.event_type, packet.sequence, moment, packet.ssrc, payload, packet.marker)

    def _moment(self, timestamp: int) -> int:
        """Their timestamp on our clock. Both wrap, at different moments; so it is counted on from the one before."""
        ratio = self._codec.ratio
        passed = (timestamp - self._theirs + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        moment = self._ours + passed // ratio
        if passed > 0:
            self._theirs = self._theirs + passed // ratio * ratio & 0xFFFFFFFF
            self._ours = moment
        return moment
