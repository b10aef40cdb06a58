"""What goes out in a step: one RTP packet for every leg that may be sent to, its header built as columns.

The stream never stops while a leg is connected (silence is sent as silence), so sequence numbers and timestamps need
no thought: both are columns that grow by 1 and 160. While digits are sent as events, audio is withheld; its timestamps
go on, as RFC 4733 section 2.2 wants it.
"""

from random import Random

import numpy as np

from media.dtmf import Typing
from media.packing import Packing
from media.rtcp import Sent
from media.rtp import FRAME, HEADER, build


class Outgoing:
    """Columns for ``rows`` legs."""

    def __init__(self, rows: int, random: Random) -> None:
        self.packets = np.zeros((rows, HEADER + FRAME), np.uint8)
        self.payloads = self.packets[:, HEADER:]
        self.audio = np.zeros(0, np.int64)
        """Rows whose packet is to be sent in this step as it is; another array whenever they are others."""
        self.sealed: list[int] = []
        """Rows whose packet is to be sealed before (SRTP)."""
        self.moved: set[int] = set()
        """Rows that have another target now; whoever sends takes them away."""
        self._random = random
        self._shorts = self.packets.view(">u2")
        self._words = self.packets.view(">u4")
        self._sequence = np.zeros(rows, np.uint16)
        self._timestamp = np.zeros(rows, np.uint32)
        self._ssrc = [0] * rows
        self._payload_type = [0] * rows
        self._event_type: list[int | None] = [None] * rows
        self._may = np.zeros(rows, bool)
        self._seals = np.zeros(rows, bool)
        self._typing: dict[int, Typing] = {}
        self.coded: list[tuple[int, bytes, bool]] = []
        """Packets that are to be transcoded before they are sent: (row, octets, whether it is an event)."""
        self._aside: dict[int, Packing | None] = {}
        """Rows whose packets are not sent as they are; None = they are to be transcoded."""
        self._now_aside: list[int] = []
        self._unmarked: list[int] = []
        self._fresh: set[int] = set()
        self._audio = np.zeros(0, np.int64)
        self._stale = False

    def begin(self, row: int) -> None:
        """A new stream: all its numbers start at random (RFC 3550 section 5.1)."""
        self._ssrc[row] = self._random.getrandbits(32)
        self._sequence[row] = self._random.getrandbits(15)  # Far from the wrap, where SRTP might miss it (RFC 3711 3.3.1).
        self._timestamp[row] = self._random.getrandbits(32)
        self._words[row, 2] = self._ssrc[row]
        self._fresh.add(row)

    def sent(self, row: int) -> Sent:
        """Where the stream of this row is."""
        return Sent(self._ssrc[row], int(self._sequence[row]), int(self._timestamp[row]), FRAME)

    def agree(self, row: int, payload_type: int, event_type: int | None) -> None:
        """What was agreed on for this row; the stream's numbers go on."""
        self._payload_type[row], self._event_type[row] = payload_type, event_type
        self._shorts[row, 0] = 0x8000 | payload_type
        if event_type is None:
            self._typing.pop(row, None)
        self._stale = True

    def seal(self, row: int, seals: bool) -> None:
        """Whether this row's packets are sealed."""
        self._seals[row] = seals
        self._stale = True

    def repack(self, row: int, ptime: int, payload_type: int) -> None:
        """Send this row's audio in packets of ``ptime`` milliseconds."""
        packing = self._aside.get(row)
        if packing is None:
            self.set_back(row)
            packing = self._aside[row] = Packing(ptime, payload_type)
        packing.agree(ptime, payload_type, 1)
        self._stale = True

    def transcode(self, row: int) -> None:
        """This row's packets go to :attr:`coded`."""
        self.set_back(row)
        self._aside[row] = None
        self._stale = True

    def set_back(self, row: int) -> None:
        """Send this row's packets as they are. Numbers never fall: they go on where the others ended, or (who knows how
        far the transcoder is?) another stream begins."""
        if row not in self._aside:
            return
        packing = self._aside.pop(row)
        if packing is None:
            self.begin(row)
        elif packing.sequence is not None:
            self._sequence[row] = packing.sequence - 1 & 0xFFFF
        self._stale = True

    def retarget(self, row: int, may_send: bool) -> None:
        """The row has another target, or none, or the direction does not let us send."""
        self._may[row] = may_send
        self.moved.add(row)
        self._stale = True

    def end(self, row: int) -> None:
        """Send nothing more."""
        self._may[row] = self._seals[row] = False
        self._event_type[row] = None
        self._typing.pop(row, None)
        self._aside.pop(row, None)
        self._fresh.discard(row)
        self._stale = True

    def type(self, row: int, digits: str) -> bool:
        """Send digits as events, after those already on their way. False when the far end does not take them."""
        if self._event_type[row] is None:
            return False
        self._typing.setdefault(row, Typing()).add(digits)
        self._stale = True
        return True

    def step(self, rows: int) -> list[tuple[int, bytes]]:
        """Complete the headers of :attr:`packets` for :attr:`audio`. Gives event packets besides: (row, octets)."""
        for row in self._unmarked:
            self._shorts[row, 0] = 0x8000 | self._payload_type[row]
        self._unmarked.clear()
        events = self._type_on() if self._typing else []
        if self._stale:
            self._sort()
        self._sequence[self._audio] += 1
        self._timestamp[:rows] += FRAME
        self._shorts[:rows, 1] = self._sequence[:rows]
        self._words[:rows, 1] = self._timestamp[:rows]
        return self._put_aside(events) if self._aside else events

    def take_coded(self) -> list[tuple[int, bytes, bool]]:
        """What was put into :attr:`coded`, taken away."""
        coded, self.coded = self.coded, []
        return coded

    def skip(self, rows: int, steps: int) -> None:
        """Steps that were not made: time went on."""
        self._timestamp[:rows] += np.uint32(FRAME * steps)

    def _sort(self) -> None:
        may = self._may.copy()
        may[list(self._typing)] = False
        self._audio = np.flatnonzero(may)
        self._now_aside = [row for row in self._aside if may[row]]
        may[self._now_aside] = False
        self.audio = np.flatnonzero(may & ~self._seals)
        self.sealed = np.flatnonzero(may & self._seals).tolist()
        for row in self._fresh.intersection(self._audio.tolist()):
            self._shorts[row, 0] = 0x8080 | self._payload_type[row]
            self._fresh.discard(row)
            self._unmarked.append(row)
        self._stale = False

    def _put_aside(self, events: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """The packets of rows that are not sent as they are; a row has audio or an event in a step."""
        made: list[tuple[int, bytes]] = []
        for row, octets in events:
            made += self._pass(row, octets, True) if row in self._aside else [(row, octets)]
        for row in self._now_aside:
            made += self._pass(row, self.packets[row].tobytes(), False)
        return made

    def _pass(self, row: int, octets: bytes, event: bool) -> list[tuple[int, bytes]]:
        packing = self._aside[row]
        if packing is None:
            self.coded.append((row, octets, event))
            return []
        return [(row, packet) for packet in packing.put(octets, event)]

    def _type_on(self) -> list[tuple[int, bytes]]:
        events = []
        for row, typing in list(self._typing.items()):
            sent = typing.step(int(self._timestamp[row]) + FRAME)
            if sent is None:
                del self._typing[row]
                self._stale = True
            elif self._may[row]:
                self._sequence[row] += 1
                head = (self._event_type[row], int(self._sequence[row]), sent.timestamp, self._ssrc[row])
                events.append((row, build(*head, sent.payload, sent.marker)))
        return events
