"""How well one hears: an opinion score out of loss, its bursts, and delay.

The score is the E-model's (ITU-T G.107), in the short form that monitoring uses, with all that a switch cannot know
(noise, echo, loudness) at its default:

    R = 93.2 - Id - Ie,eff
    Id = 0.024 d + 0.11 (d - 177.3) H(d - 177.3)           d = one way from mouth to ear, milliseconds (G.107 7.4, fitted)
    Ie,eff = Ie + (95 - Ie) Ppl / (Ppl / BurstR + Bpl)      Ppl = loss in per cent (G.107 equation 7-29)
    MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6           (G.107 annex B), never below 1

Ie = 0 and Bpl = 25.1 are those of G.711 with lost packets concealed (ITU-T G.113 appendix I). G.722 and Opus are
scored alike, because the narrow-band scale has no better for them: for those the figure tells of the network only.
"""

from dataclasses import dataclass

_BPL = 25.1
_GMIN = 16
"""Packets in a row that end a burst (RFC 3611 section 4.7.2)."""
BEST = 4.41
"""What a call without any loss and delay gets, which is the most."""


def rating(loss: float, delay: float, burst_ratio: float = 1.0) -> float:
    """R, 0 to 93.2. ``loss`` of 1, lost and late together; ``delay`` in seconds, mouth to ear; ``burst_ratio``: how much
    longer bursts of loss are than chance would make them, at least 1."""
    percent, milliseconds = 100 * loss, 1000 * delay
    slow = 0.024 * milliseconds + 0.11 * max(0.0, milliseconds - 177.3)
    torn = 95 * percent / (percent / max(1.0, burst_ratio) + _BPL)
    return min(93.2, max(0.0, 93.2 - slow - torn))


def mos(r: float) -> float:
    """The opinion score of a rating of at most 100, 1 to 4.5."""
    if r <= 0:
        return 1.0
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


@dataclass(slots=True)
class Losses:
    """How losses of one source lie in time: the counters of RFC 3611 appendix A.2, which know bursts from gaps, and
    what BurstR needs."""

    runs: int = 0
    """Times that one packet or several in a row were lost."""
    lost: int = 0
    _since: int = 0
    """Packets that came since the last loss."""
    _in_burst: int = 0
    _c11: int = 0
    _c13: int = 0
    _c14: int = 0
    _c22: int = 0
    _c23: int = 0
    _c33: int = 0

    def receive(self, packets: int) -> None:
        """So many came."""
        self._since += packets

    def lose(self, packets: int) -> None:
        """So many in a row did not."""
        self.runs += packets > 0
        self.lost += packets
        for _ in range(min(packets, 1000)):
            self._lose_one()

    def _lose_one(self) -> None:
        if self._since >= _GMIN:
            if self._in_burst == 1:
                self._c14 += 1
            else:
                self._c13 += 1
            self._in_burst = 1
            self._c11 += self._since
        else:
            self._in_burst += 1
            if self._since == 0:
                self._c33 += 1
            else:
                self._c23 += 1
                self._c22 += self._since - 1
        self._since = 0

    def longest(self) -> float:
        """Packets lost in a row, on average; 0 = none."""
        return self.lost / self.runs if self.runs else 0.0

    def burst_ratio(self, loss: float) -> float:
        """How much longer runs are than those of as many losses by chance (G.107 section 7.5)."""
        return max(1.0, self.longest() * (1 - loss))

    def densities(self) -> tuple[int, int]:
        """How much is lost within bursts and between them, of 256."""
        losing = self._c13 + self._c23 + self._c33
        leave = self._c23 / losing if losing else 1.0
        enter = 1 - self._c22 / (self._c22 + self._c23) if self._c22 + self._c23 else 1.0
        burst = 256 * enter / (enter + leave) if self._bursts else 0.0
        calm = self._c11 + self._c14
        return min(255, int(burst)), min(255, int(256 * self._c14 / calm)) if calm else 0

    def durations(self, packet: float) -> tuple[int, int]:
        """How long bursts last, and the gaps between them, on average, in milliseconds; a packet lasts ``packet``."""
        if not self._bursts:
            return 0, min(0xFFFF, int(1000 * packet * (self._c11 + self._c14 + self._since)))
        calm = self._c11 + self._c14 + self._c13
        total = calm + self._c22 + 2 * self._c23 + self._c13 + self._c33
        gap = calm * packet / self._c13
        return min(0xFFFF, int(1000 * (total * packet / self._c13 - gap))), min(0xFFFF, int(1000 * gap))

    @property
    def _bursts(self) -> bool:
        return bool(self._c13 and (self._c23 or self._c33))
