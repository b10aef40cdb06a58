"""The legs that speak G.722 or Opus, in the matrix: what goes to the transcoder for them, and what comes back.

To everything else in the matrix such a leg is one in PCMU. A step's packets of it are taken out and put into
:attr:`Transcoding.outbox`, whence the worker brings them to the transcoder (a process, see :mod:`media.transcoder`);
what has become of those of the step before takes their place. So such a leg is heard one step later than another.
Whoever is a stranger to a row (:mod:`media.sources`) is dropped before that: a decoder that was fed with other things
would not recover.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from media.orders import Stream
from media.rtp import WIDTH, Address, Packets
from media.sources import Sources

_REPORTS = 0xC0
"""RTCP on the port of the sound is none of the transcoder's: 192 to 223 (RFC 5761 section 4)."""


class Begin(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """This leg is to be transcoded as agreed on, from now on; or it was agreed on anew."""

    leg: int
    """A number that no other leg ever had."""
    stream: Stream


class End(msgspec.Struct, frozen=True, array_like=True, tag=True):
    leg: int


class Said(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A packet of the phone: on the way there as it came, on the way back as the matrix takes it."""

    leg: int
    octets: bytes
    source: int = 0
    """:func:`media.rtp.number` of where it came from."""


class Hears(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A packet for the phone: on the way there as the matrix made it, on the way back as it is to be sent."""

    leg: int
    octets: bytes
    event: bool = False


class Step(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """20 ms are over."""


AnyPart = Begin | End | Said | Hears | Step


class Transcoding:
    """The transcoded rows of a matrix."""

    def __init__(self) -> None:
        self.outbox: list[AnyPart] = []
        """For the transcoder; whoever brings it there takes it away."""
        self._number = 0
        self._legs: dict[int, tuple[int, Stream]] = {}
        """Each transcoded row's leg, by the number under which the transcoder knows it, and what was agreed on."""
        self._rows: dict[int, int] = {}
        self._addresses: dict[int, Address] = {}
        self._said: list[Said] = []

    def __bool__(self) -> bool:
        """Whether there is any such row."""
        return bool(self._legs)

    def __contains__(self, row: int) -> bool:
        """Whether this row is one of them."""
        return row in self._legs

    def agree(self, row: int, stream: Stream) -> None:
        """This row is to be transcoded as agreed on, or anew."""
        if row not in self._legs:
            self._number += 1
            self._rows[self._number] = row
        number = self._legs[row][0] if row in self._legs else self._number
        stream = msgspec.structs.replace(stream, keys=None)  # They are none of another process's business.
        self._legs[row] = (number, stream)
        self.outbox.append(Begin(number, stream))

    def reset(self, row: int) -> None:
        """This row is not transcoded, or not any more."""
        if row in self._legs:
            number, _ = self._legs.pop(row)
            del self._rows[number]
            self.outbox.append(End(number))
        if not self._legs:
            self._addresses.clear()

    def exchange(self, packets: Packets, sources: Sources, now: float) -> None:
        """In a step's packets, those of transcoded rows go, and those that were transcoded come."""
        self.outbox.append(Step())
        count = packets.count
        coded = np.isin(packets.rows[:count], list(self._legs)) & (packets.lengths[:count] > 0)
        coded &= packets.data[:count, 1] & 0xE0 != _REPORTS
        lines = np.flatnonzero(coded)
        strange = sources.strange(packets.rows[lines], packets.sources[lines], now)
        for line in lines[strange].tolist():
            sources.intrude(int(packets.rows[line]), packets.addresses[line])
        friends = lines[~strange]
        self.outbox += [self._part(packets, line) for line in friends.tolist() if _welcome(packets, line, sources, now)]
        packets.lengths[lines] = 0
        said, self._said = self._said, []
        for part in said:
            row = self._rows.get(part.leg)
            if row is not None and part.source in self._addresses and packets.count < len(packets.rows):
                _append(packets, row, part, self._addresses[part.source])

    def encode(self, coded: Iterable[tuple[int, bytes, bool]]) -> None:
        """These packets of the matrix, (row, octets, whether it is an event), are to be sent in the row's codec."""
        self.outbox += [Hears(self._legs[row][0], octets, event) for row, octets, event in coded]

    def receive(self, parts: Iterable[AnyPart]) -> list[tuple[int, bytes]]:
        """What the transcoder has made. Gives what is to be sent now, (row, octets); the rest waits for the step."""
        made = []
        for part in parts:
            if isinstance(part, Said):
                self._said.append(part)
            elif isinstance(part, Hears) and part.leg in self._rows:
                made.append((self._rows[part.leg], part.octets))
        return made

    def begin_anew(self) -> None:
        """Another transcoder, which knows nothing yet."""
        self.outbox[:0] = [Begin(number, stream) for number, stream in self._legs.values()]

    def _part(self, packets: Packets, line: int) -> Said:
        source = int(packets.sources[line])
        self._addresses[source] = packets.addresses[line]
        octets = packets.data[line, : min(int(packets.lengths[line]), WIDTH)].tobytes()
        return Said(self._legs[int(packets.rows[line])][0], octets, source)


def _welcome(packets: Packets, line: int, sources: Sources, now: float) -> bool:
    row, source = int(packets.rows[line]), int(packets.sources[line])
    return sources.welcome(row, source, packets.addresses[line], now)


def _append(packets: Packets, row: int, part: Said, address: Address) -> None:
    line, octets = packets.count, part.octets[:WIDTH]
    packets.data[line, : len(octets)] = np.frombuffer(octets, np.uint8)
    packets.rows[line], packets.lengths[line], packets.sources[line] = row, len(octets), part.source
    packets.addresses.append(address)
    packets.count += 1
