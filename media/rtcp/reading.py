"""Compounds as others write them.

Kinds that we have no use for (APP, feedback) are passed over; a length that does not fit the datagram, another version,
or a compound that begins with neither report makes the whole of it :class:`Malformed`.
"""

import struct
from collections.abc import Iterator

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


class Malformed(ValueError):
    """No RTCP, or cut short."""


def is_rtcp(second: int) -> bool:
    """Whether a datagram on a port that RTP shares is RTCP, by its second octet (RFC 5761 section 4)."""
    return 192 <= second <= 223


def parse(data: bytes) -> list[Report]:
    """Read a compound. Raises :class:`Malformed`, and nothing else."""
    reports: list[Report] = []
    try:
        for number, (kind, count, body) in enumerate(_packets(data)):
            if number == 0 and kind not in (SR, RR):
                raise Malformed("a compound begins with a report")
            if reader := _READERS.get(kind):
                reports += reader(count, body)
    except (struct.error, IndexError) as error:
        raise Malformed("cut short") from error
    return reports


def _packets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Kind, count and body of each packet of a compound."""
    if len(data) < 8 or len(data) % 4:
        raise Malformed("no whole words")
    start = 0
    while start < len(data):
        first, kind, words = HEADER.unpack_from(data, start)
        end = start + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise Malformed("another version, or cut short")
        body = data[start + 4 : end]
        if first & 0x20:
            if end != len(data) or not body or not 0 < body[-1] <= len(body):
                raise Malformed("padding where none may be")
            body = body[: -body[-1]]
        yield kind, first & 0x1F, body
        start = end


def _sender(count: int, body: bytes) -> list[Report]:
    return [SenderReport(*SENDER.unpack_from(body), _blocks(count, body[SENDER.size :]))]


def _receiver(count: int, body: bytes) -> list[Report]:
    return [ReceiverReport(*WORD.unpack_from(body), _blocks(count, body[4:]))]


def _blocks(count: int, body: bytes) -> tuple[Block, ...]:
    return tuple(_block(*BLOCK.unpack_from(body, BLOCK.size * number)) for number in range(count))


def _block(ssrc: int, losses: int, highest: int, jitter: int, last: int, delay: int) -> Block:
    lost = (losses & 0xFFFFFF ^ 0x800000) - 0x800000
    return Block(ssrc, losses >> 24, lost, highest, jitter, last, delay)


def _description(count: int, body: bytes) -> list[Report]:
    found, start = [], 0
    for _ in range(count):
        (ssrc,) = WORD.unpack_from(body, start)
        start += 4
        while item := body[start]:
            text = body[start + 2 : start + 2 + body[start + 1]]
            if item == CNAME:
                found.append(Description(ssrc, text.decode("utf-8", "replace")))
            start += 2 + body[start + 1]
        start += 4 - start % 4
    return found


def _bye(count: int, body: bytes) -> list[Report]:
    sources = struct.unpack_from(f"!{count}I", body)
    rest = body[4 * count :]
    return [Bye(sources, rest[1 : 1 + rest[0]].decode("utf-8", "replace") if rest else "")]


def _extended(_: int, body: bytes) -> list[Report]:
    (ssrc,) = WORD.unpack_from(body)
    found: list[Report] = []
    start = 4
    while start < len(body):
        kind, _, words = HEADER.unpack_from(body, start)
        block = body[start + 4 : start + 4 + 4 * words]
        if len(block) != 4 * words:
            raise Malformed("a block is cut short")
        if kind == REFERENCE:
            found.append(ReferenceTime(ssrc, *REFERENCE_TIME.unpack_from(block)))
        elif kind == DELAYS:
            found += [Delay(ssrc, *DELAY.unpack_from(block, at)) for at in range(0, len(block), DELAY.size)]
        elif kind == VOIP_METRICS:
            found.append(VoipMetrics(ssrc, *VOIP.unpack_from(block)))
        start += 4 + 4 * words
    return found


_READERS = {SR: _sender, RR: _receiver, SDES: _description, BYE: _bye, XR: _extended}
