"""What a compound of RTCP can say; the names of the fields are those of RFC 3550 section 6 and RFC 3611."""

import msgspec

_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970."""


class Block(msgspec.Struct, frozen=True):
    """What a party heard of the source ``ssrc`` (section 6.4.1)."""

    ssrc: int
    fraction: int = 0
    """Packets lost since the last report, of 256."""
    lost: int = 0
    """Packets lost since the beginning; below zero where there were duplicates."""
    highest: int = 0
    """The highest sequence number, with its wraps in the upper half."""
    jitter: int = 0
    """Timestamp units."""
    last: int = 0
    """Middle bits of the NTP time of the last sender report that came; 0 = none came."""
    delay: int = 0
    """1/65536 s since it came."""


class SenderReport(msgspec.Struct, frozen=True):
    ssrc: int
    ntp: int
    """64 bits."""
    timestamp: int
    """RTP time of the same moment."""
    packets: int
    octets: int
    blocks: tuple[Block, ...] = ()


class ReceiverReport(msgspec.Struct, frozen=True):
    ssrc: int
    blocks: tuple[Block, ...] = ()


class Description(msgspec.Struct, frozen=True):
    """Who is behind a source: its CNAME, the rest is not kept (section 6.5)."""

    ssrc: int
    cname: str


class Bye(msgspec.Struct, frozen=True):
    sources: tuple[int, ...]
    reason: str = ""


class ReferenceTime(msgspec.Struct, frozen=True):
    """The time of ``ssrc``, who sends no sender reports (RFC 3611 section 4.4)."""

    ssrc: int
    ntp: int


class Delay(msgspec.Struct, frozen=True):
    """``ssrc`` got the reference time ``last`` of ``of``, ``delay`` (1/65536 s) ago (RFC 3611 section 4.5)."""

    ssrc: int
    of: int
    last: int
    delay: int


class VoipMetrics(msgspec.Struct, frozen=True):
    """What ``ssrc`` heard of the source ``of``, as a telephone sees it (RFC 3611 section 4.7); 127 = not known."""

    ssrc: int
    of: int
    loss_rate: int = 0
    """Of 256; so are discards and densities."""
    discard_rate: int = 0
    burst_density: int = 0
    gap_density: int = 0
    burst_duration: int = 0
    """Milliseconds, as all durations and delays."""
    gap_duration: int = 0
    round_trip: int = 0
    end_system_delay: int = 0
    signal_level: int = 127
    noise_level: int = 127
    echo_return_loss: int = 127
    gmin: int = 16
    r_factor: int = 127
    external_r_factor: int = 127
    mos_lq: int = 127
    """Ten times the opinion score."""
    mos_cq: int = 127
    config: int = 0
    jb_nominal: int = 0
    jb_maximum: int = 0
    jb_limit: int = 0


Report = SenderReport | ReceiverReport | Description | Bye | ReferenceTime | Delay | VoipMetrics


def ntp(wall: float) -> int:
    """POSIX seconds as a 64-bit NTP timestamp."""
    return int((wall + _NTP_EPOCH) * 4294967296) & 0xFFFFFFFFFFFFFFFF


def middle(stamp: int) -> int:
    """The 32 bits of an NTP timestamp that blocks carry."""
    return stamp >> 16 & 0xFFFFFFFF
