"""The matrix: every leg is a row, every 20 ms is one step over all rows.

No sockets, clock, files or threads in here. Orders go in with :meth:`Matrix.obey`, a step's packets with
:meth:`Matrix.step`; out come reports, packets and blocks for the disk. What a step does, in this order:

    intake    packets that came      -> the ring; pressed keys
    jitter    the ring               -> what each leg says now
    tones     what is said           -> pressed keys, of those who know no events
    mixer     what is said, sounds   -> what each leg hears now
    outgoing  what is heard          -> RTP packets
    recorder  what is said, heard    -> blocks of the files

All parts share the row numbers; a row is a leg from ``Open`` to ``Close``, and then the next leg's. Rows are given out
from the lowest, so that a step need only look at the first few of many.
"""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

import numpy as np

from media.duties import Duties
from media.g711 import SILENCE
from media.legs import Legs, Parts
from media.orders import AnyOrder, AnyReport, Pressed, Unkeyed
from media.pool import Pool, Sound
from media.recorder import Write
from media.reporting import Letter
from media.rtp import Address, Packets
from media.transcoding import AnyPart
from media.watch import Watch

_LOOK = 5
"""Steps between two looks at who is silent, gone, or strange, and whose report is due: nobody minds a tenth of a second, and
what is done seldom is done dearly, with cold caches."""


class Stepped(NamedTuple):
    """What a step brought. The audio packets are in ``Matrix.outgoing``."""

    reports: list[AnyReport]
    events: list[tuple[int, bytes]]
    """Event packets to be sent, and what was sealed: (row, octets)."""
    writes: list[Write]


class Matrix:
    """Up to ``rows`` legs. ``find`` gives the sound of a path in ``pool``, or raises ``SoundError``.

    ``silence_after`` and ``timeout`` are those of :class:`media.watch.Watch`; ``poor_below`` and ``wall`` those of
    :class:`media.reporting.Reporting`. ``tones`` is whether keys are listened for as tones where no telephone events
    were agreed on.
    """

    def __init__(
        self,
        rows: int,
        pool: Pool,
        find: Callable[[str], Sound],
        random: Random,
        silence_after: float = 3.0,
        *,
        timeout: float = 0.0,
        poor_below: float = 0.0,
        wall: float = 0.0,
        tones: bool = True,
    ) -> None:
        self.parts = Parts.make(rows, pool, random, wall, poor_below)
        self.legs = Legs(rows, self.parts, tones)
        self._duties = Duties(self.legs, self.parts, find)
        self.outgoing = self.parts.outgoing
        self.targets = self.parts.sources.targets
        """Where each row's packets go to, (host, port)."""
        self._watch = Watch(rows, self.legs, self.parts, silence_after, timeout)
        self._steps = 0
        self._hushed: set[int] = set()
        """Rows whose tone is not to be heard."""

    def obey(self, order: AnyOrder) -> list[AnyReport]:
        """Do as ordered, from the next step on. What cannot be done is answered with ``Trouble``."""
        return self._duties.obey(order)

    def step(self, packets: Packets, now: float) -> Stepped:
        """20 ms. ``packets`` came since the last step; ``now`` (seconds) is for silence and jitter only."""
        self._steps += 1
        rows, parts = self.legs.high, self.parts
        self.legs.begin_step(now)
        reports = self._serve_browsers(packets, now) if parts.browsers else []
        if parts.sealed:
            parts.sealed.open_all(packets, now)
        if parts.transcoding:
            parts.transcoding.exchange(packets, parts.sources, now)
        reports += self._tell_presses(parts.intake.take_in(packets, now))
        if parts.intake.controls:
            reports += self._hear_controls(now)
        said = parts.jitter.take(rows)
        if parts.tones:
            reports += self._tell_tones(said)
        for row in parts.mixer.compose(said, parts.outgoing.payloads[:rows]):
            reports += self._duties.play_on(int(row))
        if parts.dialling:
            parts.dialling.step(parts.outgoing.payloads, parts.ring.codec)
        self.legs.retarget()
        events = parts.outgoing.step(rows)
        if parts.transcoding:
            parts.transcoding.encode(parts.outgoing.take_coded())
        if parts.sealed:
            audio = [(row, parts.outgoing.packets[row].tobytes()) for row in parts.outgoing.sealed]
            events = self._seal([*events, *audio])
        parts.recorder.step(said, parts.outgoing.payloads, parts.ring.codec, self.legs.rows, rows)
        if self._steps % _LOOK == 0:
            reports += self._watch.look(rows, now) + parts.reporting.step(now)
        return Stepped(reports, events, parts.recorder.take_writes())

    def hear_control(self, row: int, octets: bytes, address: Address, now: float) -> list[AnyReport]:
        """A datagram that came on the RTCP port of a row, at this moment."""
        if row in self.parts.sealed:
            octets = self.parts.sealed.open(row, octets, now)
        return self.parts.reporting.hear(row, octets, address, now, shared=False)

    def intrude(self, row: int, address: Address) -> None:
        """A stranger's datagram was caught before it could come here."""
        self.parts.sources.intrude(row, address)

    def letters(self) -> list[Letter]:
        """RTCP that is to be sent now, and what browsers are sent besides the sound."""
        letters, self.parts.reporting.letters = self.parts.reporting.letters, []
        if beside := self.parts.browsers.letters:
            letters += [Letter(row, octets, target, shared=True) for row, octets, target in beside]
            self.parts.browsers.letters = []
        return letters

    def settled(self, now: float) -> list[int]:
        """Rows that need only be sent to, and received from, their target. A browser may come another way at any time."""
        return [row for row in self.parts.sources.settled(now).tolist() if row not in self.parts.browsers]

    def skip(self, steps: int) -> None:
        """So many steps could not be made in time and are left out."""
        self.parts.outgoing.skip(self.legs.high, steps)
        self.parts.recorder.skip(steps)

    def finish(self) -> list[Write]:
        """The end: close all recordings."""
        self.parts.recorder.finish_all()
        return self.parts.recorder.take_writes()

    def transcoded(self, parts: list[AnyPart]) -> list[tuple[int, bytes]]:
        """What the transcoder has made. Gives packets to be sent now: (row, octets)."""
        made = self.parts.transcoding.receive(parts)
        return self._seal(made) if self.parts.sealed else made

    def _seal(self, packets: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """SRTP for those of the rows that have keys."""
        sealed = [(row, self.parts.sealed.seal(row, octets)) for row, octets in packets]
        return [(row, octets) for row, octets in sealed if octets]

    def _serve_browsers(self, packets: Packets, now: float) -> list[AnyReport]:
        """What they sent besides the sound."""
        broken = self.parts.browsers.step(packets, now)
        return [Unkeyed(self.legs.at(row).name, why, final) for row, why, final in broken]

    def _tell_presses(self, presses: list[tuple[int, str]]) -> list[AnyReport]:
        """Tell each key; whoever hears its leg gets it too, as a tone if they take no events."""
        outgoing, dialling = self.parts.outgoing, self.parts.dialling
        for row, digit in presses:
            for listener in self.parts.mixer.listeners(row):
                if not outgoing.type(listener, digit):
                    dialling.type(listener, digit)
        return [Pressed(self.legs.at(row).name, digit) for row, digit in presses]

    def _hear_controls(self, now: float) -> list[AnyReport]:
        """Reports that came on the ports of the sound."""
        controls, self.parts.intake.controls = self.parts.intake.controls, []
        hear = self.parts.reporting.hear
        return [told for row, octets, address in controls for told in hear(row, octets, address, now, shared=True)]

    def _tell_tones(self, said: np.ndarray) -> list[AnyReport]:
        """The same of keys that came as tones. Who gets the event does not hear the rest of the tone, or would count two."""
        parts = self.parts
        pressed = parts.tones.step(said, parts.ring.codec)
        for row, digit in pressed:
            if any([parts.outgoing.type(listener, digit) for listener in parts.mixer.listeners(row)]):
                self._hushed.add(row)
        for row in list(self._hushed):
            if parts.tones.down[row] < 0:
                self._hushed.discard(row)
            else:
                said[row] = SILENCE[parts.ring.codec[row]]
        return [Pressed(self.legs.at(row).name, digit) for row, digit in pressed]
