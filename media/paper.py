"""Media on paper: the same orders and reports as the worker, by duration instead of packets.

A simulated day needs ten thousand calls in seconds, so nothing is sent here: a sound that lasts four seconds is a line
in a heap, four seconds from now. What a leg would hear can be asked at any moment (:meth:`Paper.hears`), and the far
end's part (a pressed key, a phone that falls silent) is an input like any other. The suite in ``tests/contract`` holds
this and the real worker to the same promises.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from media import orders
from media.conference import Conferences
from media.orders import AnyOrder, Report
from media.paper_rows import Hearing, Row, Tape

SEATS = 1000
"""Ports in one offer; another follows when they are used up, so that there is no end of them."""
FIRST_PORT = 40000


@dataclass(slots=True)
class Paper:
    """A media worker without packets. ``seconds`` tells how long a sound lasts, or raises OSError or ValueError."""

    seconds: Callable[[str], float]
    silence: float = 3.0
    """Seconds without a packet after which a leg went silent."""
    rows: dict[str, Row] = field(default_factory=dict)
    tapes: dict[str, Tape] = field(default_factory=dict)
    _conferences: Conferences[str] = field(default_factory=Conferences)
    _free: set[int] = field(default_factory=set)
    _bound: int = 0
    """How many ports were ever offered."""
    _serial: int = 0
    _heap: list[tuple[float, int, str]] = field(default_factory=list)
    """(moment, serial, leg); a line whose serial its row has forgotten is stale."""

    @property
    def deadline(self) -> float | None:
        """When to wake it, POSIX seconds; at once (0.0) while there are no free seats. None = never."""
        if not self._free:
            return 0.0
        while self._heap and not self._live(*self._heap[0][1:]):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def wake(self, now: float) -> list[Report]:
        """Report everything that has come to its end by ``now``, in the order of the ends."""
        reports = [] if self._free else [self._offer()]
        while self._heap and self._heap[0][0] <= now:
            _, serial, leg = heappop(self._heap)
            if self._live(serial, leg):
                reports.append(self._end(leg, self.rows[leg], serial))
        return reports

    def obey(self, order: AnyOrder, now: float) -> list[Report]:
        """Carry out one order at ``now``. What cannot be done is :class:`~media.orders.Trouble`, never an exception."""
        if isinstance(order, orders.Record | orders.Pause | orders.Resume | orders.Finish):
            return _TAPE[type(order)](self, order, now)
        if isinstance(order, orders.Open):
            return self._open(order, now)
        if isinstance(order, orders.Bridge):
            return self._bridge(order)
        legs = (order.one, order.other) if isinstance(order, orders.Join) else (order.leg,)
        for leg in legs:
            if leg not in self.rows:
                # An order and the end of a call cross on the way: what takes something away is done already.
                return [] if isinstance(order, _ENDING) else [orders.Trouble(leg, "there is no such leg")]
        return _LEG[type(order)](self, order, now)

    # -- what the far end does -----------------------------------------------------------------------------------------

    def press(self, leg: str, digit: str, now: float) -> list[Report]:
        """The party of this leg presses a key, and who hears it gets it too. Nothing, where it may not send."""
        row = self.rows.get(leg)
        if row is None or not row.due:
            return []
        for listener in (row.partner,) if row.partner else self._conferences.listeners(leg):
            self.rows[listener].digits += digit
        return [orders.Pressed(leg, digit)]

    def fall_silent(self, leg: str, now: float) -> list[Report]:
        """The party of this leg sends no packet from now on (its network is gone)."""
        row = self.rows.get(leg)
        if row is not None and row.speaking:
            row.count(now)
            row.speaking = False
            self._watch(leg, row, now)
        return []

    def speak_again(self, leg: str, now: float) -> list[Report]:
        """The packets of this leg's party come again."""
        row = self.rows.get(leg)
        if row is None or row.speaking:
            return []
        row.count(now)
        reported, row.speaking, row.quiet, row.reported = row.reported, True, 0, False
        return [orders.HeardAgain(leg)] if reported else []

    def hears(self, leg: str) -> Hearing:
        """What the party of this leg hears now; nothing where the leg is gone, or nothing may be sent to it."""
        row = self.rows.get(leg)
        if row is None or row.stream is None:
            return Hearing()
        if row.stream.direction not in ("sendrecv", "sendonly"):
            return Hearing(digits=row.digits)
        voices = self.voices(leg)
        music = "" if row.partner or self._conferences.confers(leg) else row.music
        return Hearing(row.sounds, music, bool(music and row.sounds), voices, row.digits)

    def voices(self, leg: str) -> tuple[str, ...]:
        """Whom a leg is joined or bridged with so that it hears them."""
        row = self.rows.get(leg)
        if row is None:
            return ()
        return (row.partner,) if row.partner else self._conferences.voices(leg)

    # -- orders about a leg --------------------------------------------------------------------------------------------

    def _open(self, order: orders.Open, now: float) -> list[Report]:
        if order.leg in self.rows:
            return [orders.Trouble(order.leg, f"leg {order.leg} is open already")]
        if order.port not in self._free:
            return [orders.Trouble(order.leg, f"seat {order.port} is not free")]
        self._free.discard(order.port)
        self.rows[order.leg] = Row(order.port, order.stream, counted=now)
        return []

    def _change(self, order: orders.Change, now: float) -> list[Report]:
        row = self.rows[order.leg]
        row.count(now)
        row.stream = order.stream
        self._watch(order.leg, row, now)
        return []

    def _play(self, order: orders.Play, now: float) -> list[Report]:
        row = self.rows[order.leg]
        seconds, troubles = self._measure(order.leg, order.sounds)
        row.play, row.sounds, row.serial = order.play, order.sounds, self._at(now + seconds, order.leg)
        return troubles

    def _measure(self, leg: str, sounds: tuple[str, ...]) -> tuple[float, list[Report]]:
        """How long the sounds last together; those that are missing take no time."""
        total, troubles = 0.0, []
        for sound in sounds:
            try:
                total += self.seconds(sound)
            except (OSError, ValueError) as error:
                troubles.append(orders.Trouble(leg, str(error)))
        return total, troubles

    def _stop(self, order: orders.Stop, now: float) -> list[Report]:
        row = self.rows[order.leg]
        if order.play in ("", row.play):
            row.hush()
        return []

    def _music(self, order: orders.Music, now: float) -> list[Report]:
        seconds, troubles = self._measure(order.leg, (order.sound,) if order.sound else ())
        self.rows[order.leg].music = order.sound if seconds else ""
        return troubles

    def _join(self, order: orders.Join, now: float) -> list[Report]:
        if order.one == order.other:
            return [orders.Trouble(order.one, "a leg cannot be joined with itself")]
        for leg, other in ((order.one, order.other), (order.other, order.one)):
            row = self.rows[leg]
            if row.partner != other:
                self._leave(leg)
            row.partner, row.music = other, ""
            row.hush()
        return []

    def _bridge(self, order: orders.Bridge) -> list[Report]:
        missing = [leg for leg in order.legs if leg not in self.rows]
        members = {leg: leg in order.muted for leg in order.legs if leg in self.rows}
        before = self._conferences.members(order.bridge)
        for leg in members:
            if leg not in before:
                self._leave(leg)
        for leg in (*before, *members):
            self._unjoin(self.rows[leg])
        for leg in self._conferences.set(order.bridge, members, dict(order.whispers)):
            self.rows[leg].music = ""
            self.rows[leg].hush()
        self._pair(order.bridge)
        return [orders.Trouble(leg, "there is no such leg") for leg in missing]

    def _part(self, order: orders.Part, now: float) -> list[Report]:
        self._leave(order.leg)
        return []

    def _press(self, order: orders.Press, now: float) -> list[Report]:
        row = self.rows[order.leg]
        if row.stream is None or row.stream.event_type is None:
            return [orders.Trouble(order.leg, "the far end takes no telephone events")]
        row.digits += order.digits
        return []

    def _close(self, order: orders.Close, now: float) -> list[Report]:
        self._leave(order.leg)
        row = self.rows.pop(order.leg)
        row.count(now)
        self._free.add(row.port)
        quality = orders.Quality(order.leg, received=round(row.received), lost=0, late=0, jitter=0.0)
        return [quality, orders.Seats((row.port,))]

    # -- orders about a recording --------------------------------------------------------------------------------------

    def _record(self, order: orders.Record, now: float) -> list[Report]:
        tape = self.tapes.setdefault(order.recording, Tape(order.path, order.left, order.right, now))
        tape.left, tape.right = order.left, order.right
        return []

    def _pause(self, order: orders.Pause | orders.Resume, now: float) -> list[Report]:
        tape = self.tapes.get(order.recording)
        if tape is None:
            return [_no_recording(order.recording)]
        tape.paused = isinstance(order, orders.Pause)
        return []

    def _finish(self, order: orders.Finish, now: float) -> list[Report]:
        tape = self.tapes.pop(order.recording, None)
        if tape is None:
            return [_no_recording(order.recording)]
        return [orders.Recorded(order.recording, now - tape.began)]

    # -- seats and moments ---------------------------------------------------------------------------------------------

    def _offer(self) -> orders.Seats:
        ports = tuple(FIRST_PORT + 2 * number for number in range(self._bound, self._bound + SEATS))
        self._bound += SEATS
        self._free.update(ports)
        return orders.Seats(ports)

    def _at(self, moment: float, leg: str) -> int:
        self._serial += 1
        heappush(self._heap, (moment, self._serial, leg))
        return self._serial

    def _live(self, serial: int, leg: str) -> bool:
        row = self.rows.get(leg)
        return row is not None and serial in (row.serial, row.quiet)

    def _end(self, leg: str, row: Row, serial: int) -> Report:
        if serial == row.quiet:
            row.quiet, row.reported = 0, True
            return orders.WentSilent(leg, self.silence)
        play = row.play
        row.hush()
        return orders.Played(leg, play)

    def _watch(self, leg: str, row: Row, now: float) -> None:
        """Set the silence alarm where packets are due and do not come; take it back where none are due."""
        row.quiet = self._at(now + self.silence, leg) if row.due and not (row.speaking or row.reported) else 0

    def _leave(self, leg: str) -> None:
        """Out of its join or bridge; two who are left of a bridge are joined like any two."""
        self._unjoin(self.rows[leg])
        if (left := self._conferences.leave(leg)) is not None:
            self._pair(left)

    def _pair(self, bridge: str) -> None:
        if (pair := self._conferences.pair(bridge)) is not None:
            one, other = pair
            self.rows[one].partner, self.rows[other].partner = other, one

    def _unjoin(self, row: Row) -> None:
        if row.partner:
            self.rows[row.partner].partner = ""
            row.partner = ""


def _no_recording(name: str) -> orders.Trouble:
    return orders.Trouble("", f"no recording {name}")


_ENDING = orders.Stop | orders.Part | orders.Close
_LEG = {
    orders.Change: Paper._change,
    orders.Play: Paper._play,
    orders.Stop: Paper._stop,
    orders.Music: Paper._music,
    orders.Join: Paper._join,
    orders.Part: Paper._part,
    orders.Press: Paper._press,
    orders.Close: Paper._close,
}
_TAPE = {
    orders.Record: Paper._record,
    orders.Pause: Paper._pause,
    orders.Resume: Paper._pause,
    orders.Finish: Paper._finish,
}
