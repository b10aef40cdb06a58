"""Compounds as we write them."""

import struct
from collections.abc import Iterable

from media.rtcp.layout import (
    BLOCK,
    BYE,
    CNAME,
    DELAY,
    DELAYS,
    HEADER,
    REFERENCE,
    REFERENCE_TIME,
    RR,
    SDES,
    SENDER,
    SR,
    VOIP,
    VOIP_METRICS,
    WORD,
    XR,
)
from media.rtcp.words import Block, Bye, Delay, Description, ReceiverReport, ReferenceTime, Report, SenderReport, VoipMetrics


def build(reports: Iterable[Report]) -> bytes:
    """A compound of these, in this order; numbers are cut to their field's width."""
    return b"".join(_WRITERS[type(report)](report) for report in reports)


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return HEADER.pack(0x80 | count, kind, len(body) // 4) + body


def _of_sender(report: SenderReport) -> bytes:
    head = (report.timestamp & _MOST, report.packets & _MOST, report.octets & _MOST)
    return _packet(SR, len(report.blocks), SENDER.pack(report.ssrc, report.ntp, *head) + _of_blocks(report.blocks))


def _of_receiver(report: ReceiverReport) -> bytes:
    return _packet(RR, len(report.blocks), WORD.pack(report.ssrc) + _of_blocks(report.blocks))


def _of_blocks(blocks: tuple[Block, ...]) -> bytes:
    return b"".join(
        BLOCK.pack(each.ssrc, (each.fraction & 0xFF) << 24 | max(-0x800000, min(each.lost, 0x7FFFFF)) & 0xFFFFFF,
                    each.highest & _MOST, each.jitter & _MOST, each.last, each.delay & _MOST)
        for each in blocks)  # fmt: skip


def _of_description(report: Description) -> bytes:
    text = report.cname.encode()[:255]
    chunk = WORD.pack(report.ssrc) + bytes([CNAME, len(text)]) + text
    return _packet(SDES, 1, chunk + bytes(4 - len(chunk) % 4))


def _of_bye(report: Bye) -> bytes:
    text = report.reason.encode()[:255]
    rest = bytes([len(text)]) + text if text else b""
    return _packet(BYE, len(report.sources), struct.pack(f"!{len(report.sources)}I", *report.sources) + _filled(rest))


def _of_extended(ssrc: int, kind: int, block: bytes) -> bytes:
    return _packet(XR, 0, WORD.pack(ssrc) + HEADER.pack(kind, 0, len(block) // 4) + block)


def _of_metrics(report: VoipMetrics) -> bytes:
    fields = [getattr(report, name) for name in VoipMetrics.__struct_fields__]
    return _of_extended(report.ssrc, VOIP_METRICS, VOIP.pack(*fields[1:]))


def _filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


_MOST = 0xFFFFFFFF
_WRITERS = {
    SenderReport: _of_sender,
    ReceiverReport: _of_receiver,
    Description: _of_description,
    Bye: _of_bye,
    ReferenceTime: lambda report: _of_extended(report.ssrc, REFERENCE, REFERENCE_TIME.pack(report.ntp)),
    Delay: lambda report: _of_extended(report.ssrc, DELAYS, DELAY.pack(report.of, report.last, report.delay)),
    VoipMetrics: _of_metrics,
}
