"""Packets into the matrix: RTP from the far end and from strangers, and RTCP on both ports.

An input is packets behind each other: an octet that says where each comes from, two of its length, and it.
"""

import contextlib
from collections.abc import Iterator

from media import rtp as packets
from media.orders import Join
from media.rtcp import Malformed, parse
from tests.media.town import Town

STRANGER = ("203.0.113.9", 4000)
_STEPS = 8


def _pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) > 3:
        length = int.from_bytes(data[1:3], "big") % 2048
        yield data[0], data[3 : 3 + length]
        data = data[3 + length :]


def _town() -> Town:
    town = Town(rows=2)
    town.open("a")
    town.open("b")
    town.obey(Join("a", "b"))
    town.talk(2)
    return town


def _well(town: Town) -> None:
    """After all that, whoever speaks from the right place is heard, bit by bit."""
    speaker = town.phones["a"]
    speaker.ssrc, speaker.said = 0xABCDEF, []
    heard = town.talk(30, "a")
    assert set(speaker.said) & set(heard)


def rtp(data: bytes) -> None:
    """Packets of any kind: the matrix keeps its pace, and the next speaker is heard."""
    town, pieces = _town(), list(_pieces(data))
    for _, octets in pieces:
        packets.parse(octets)
    for at in range(0, min(len(pieces), 8 * _STEPS), 8):
        town.step(*[(kind & 1, octets, STRANGER if kind & 2 else town.phones["ab"[kind & 1]].address)
                    for kind, octets in pieces[at : at + 8] if octets])
    _well(town)


def rtcp(data: bytes) -> None:
    """Reports of any kind, on either port."""
    town = _town()
    town.talk(2)
    for kind, octets in _pieces(data):
        with contextlib.suppress(Malformed):
            parse(octets)
        town.matrix.hear_control(kind & 1, octets, STRANGER if kind & 2 else town.phones["ab"[kind & 1]].address, town.now)
        town.step((kind & 1, octets, town.phones["ab"[kind & 1]].address)) if octets else town.step()
        town.matrix.letters()
    town.now += 30
    town.step()
    for letter in town.matrix.letters():
        parse(letter.octets)
