"""I/O: the media worker, a process of its own, so that neither signalling nor media can stall the other.

It keeps to absolute moments: step *n* is due 20 ms after step *n - 1 was due*, not after it was done, so that lateness
does not add up. Right before a step it listens to the switch, and does what it was ordered. A worker that is late
makes up to three steps in a row; what is more than that is left out, because packets in bursts help nobody.

The switch decides how long a worker lives: it ends when the line to the switch is closed, after it has finished its
recordings. So an interrupt from the keyboard, which reaches every process of the terminal, is ignored here, and so is
the request to end that a service manager sends to all at once: the calls are still to be hung up.
"""

import argparse
import gc
import resource
import select
import signal
import socket
import time
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from random import SystemRandom

import msgspec

from media import certificate
from media.control import Line
from media.controls import Controls
from media.matrix import Matrix
from media.orders import AnyOrder, AnyReport, Certified, Change, Close, Load, Open, Trouble
from media.orders import Seats as FreeSeats
from media.pool import Pool, Sounds
from media.reporting import Letter
from media.scheduling import Priority, ordinary, pin
from media.seats import Seat, Seats
from media.sockets import Sockets
from media.transcoder_port import TranscoderPort
from media.writer import Writer

STEP = 0.02
"""Seconds."""
_AT_MOST = 3
_STEPS_A_REPORT = 50
_SETTLING = 25
"""Which of these steps looks for legs whose source is settled."""
_LEFTOVERS = 1024
"""Packets that a step takes in besides one of every row."""
_MANY = 32
"""Orders in a step from which on they are done in two parts."""
_FILES_A_LEG = 3
"""The sound, RTCP, and a guard."""


class Worker:
    """One matrix with its sockets, its disk and its line to the switch. ``now`` is of a clock that never runs back."""

    def __init__(self, line: Line, seats: Seats, matrix: Matrix, writer: Writer, lines: int,
                 priority: Priority | None = None) -> None:
        self._line = line
        self._seats = seats
        self._matrix = matrix
        self._writer = writer
        self._sockets = Sockets(lines, matrix.outgoing)
        self.transcoder = TranscoderPort(matrix.parts.transcoding)
        self._controls = Controls()
        self._priority = priority
        self._taken: dict[str, tuple[int, Seat]] = {}
        self._lateness: list[float] = []
        self._ordered = 0
        """How many orders there were at once."""
        self._certificate = certificate.make(time.time())
        matrix.parts.browsers.certify(self._certificate)

    def listen(self, now: float) -> None:
        """Do what the switch ordered meanwhile."""
        try:
            orders = self._line.receive()
        except msgspec.DecodeError as error:
            self._line.send([Trouble("", f"an order cannot be read: {error}")])
            return
        self._ordered = len(orders)
        if orders:
            self._line.send([report for order in orders for report in self._obey(order, now)])

    def step(self, now: float, late: float = 0.0) -> None:
        """One step, which began ``late`` seconds after its moment."""
        self._writer.rest()
        packets = self._sockets.receive()
        self._deliver()
        if len(self._lateness) == _SETTLING:
            self._settle(now)
        self._controls.begin_step()
        self._hear_controls(now)
        reports, events, writes = self._matrix.step(packets, now)
        self._sockets.send(self._matrix.targets, events)
        self.transcoder.bring()
        self._post(self._matrix.letters())
        self._writer.write(writes)
        self._writer.go_on()
        reports += self._writer.reports() + self._announce(now)
        self._lateness.append(late)
        if len(self._lateness) >= _STEPS_A_REPORT:
            reports.append(self._load())
        self._line.send(reports)

    def run(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Step until the switch hangs up."""
        self._line.send([*self._announce(clock()), Certified(self._certificate.fingerprint)])
        due = clock() + STEP
        while not self._line.closed:
            self._wait(due, clock)
            now = clock()
            late = now - due
            if (behind := int(late / STEP)) > _AT_MOST:
                self._matrix.skip(behind)
                due += behind * STEP
            self.step(now, late)
            due += STEP
        self.finish()

    def _wait(self, due: float, clock: Callable[[], float]) -> None:
        """Until a step is due, do what comes. What was ordered is done last, all at once: it shows in the step and no
        sooner, and to be woken for each order, with cold caches, is dearer than the order. Where there are many of them some
        are done midway, so that the step is not late."""
        midway = due - STEP / 2 if self._ordered > _MANY else due
        for until in sorted({midway, due}):
            while (left := until - clock()) > 0:
                lines = [*self.transcoder.lines, *([self._controls] if self._controls.patient else [])]
                ready = select.select(lines, [], [], left)[0]
                if self._controls in ready:
                    self._hear_controls(clock())
                if ready and ready != [self._controls]:
                    self._deliver()
            self.listen(clock())

    def _deliver(self) -> None:
        """Send at once what the transcoder has made."""
        if made := self._matrix.transcoded(self.transcoder.listen()):
            self._sockets.send_odd(self._matrix.targets, made)

    def finish(self) -> None:
        """Close every recording and tell of it, if anybody still listens."""
        self._writer.write(self._matrix.finish())
        self._writer.close()
        self.transcoder.close()
        self._controls.close()
        for _, seat in self._taken.values():
            seat.close()
        self._seats.close()
        self._line.closed = False
        self._line.send(self._writer.reports())
        self._line.close()

    def _obey(self, order: AnyOrder, now: float) -> list[AnyReport]:
        if isinstance(order, Open):
            return self._open(order)
        if isinstance(order, Change) and order.leg in self._taken:
            self._loosen(self._matrix.legs.rows[order.leg])
        row = self._matrix.legs.rows.get(order.leg) if isinstance(order, Close) else None
        reports = self._matrix.obey(order)
        if row is not None and order.leg in self._taken:
            self._post(self._matrix.letters())
            self._sockets.detach(row)
            self._controls.detach(row)
            self._seats.leave(*self._taken.pop(order.leg), now)
        return reports

    def _open(self, order: Open) -> list[AnyReport]:
        seat = None if order.leg in self._taken else self._seats.take(order.port)
        if seat is None and order.leg not in self._taken:
            return [Trouble(order.leg, f"port {order.port} is not a free seat")]
        reports = self._matrix.obey(order)
        if seat is not None:
            self._taken[order.leg] = (order.port, seat)
            row = self._matrix.legs.rows[order.leg]
            self._sockets.attach(row, seat.sound)
            self._controls.attach(row, seat.control)
        return reports

    # -- beside the sound ------------------------------------------------------------------------------------------

    def _settle(self, now: float) -> None:
        """Connect the sockets of rows that need only talk to one, and have a guard count the others' packets."""
        settled = self._matrix.settled(now)
        for row in self._controls.guarded.difference(settled):
            self._controls.withdraw(row)
        self._sockets.settle(settled, self._matrix.targets)
        for row, seat in self._sockets.connected():
            self._controls.guard(row, seat)

    def _loosen(self, row: int) -> None:
        self._controls.withdraw(row)
        self._sockets.loosen(row)

    def _hear_controls(self, now: float) -> None:
        """Reports, at the moment when they came, and what the guards caught."""
        reports: list[AnyReport] = []
        for row, octets, address, strange in self._controls.receive():
            if strange:
                self._matrix.intrude(row, address)
            else:
                reports += self._matrix.hear_control(row, octets, address, now)
        if reports:
            self._line.send(reports)

    def _post(self, letters: list[Letter]) -> None:
        for letter in letters:
            if letter.shared:
                self._sockets.send_one(letter.row, letter.octets, letter.target)
            else:
                self._controls.send(letter)

    def _announce(self, now: float) -> list[AnyReport]:
        ports = self._seats.announce(now)
        return [FreeSeats(ports)] if ports else []

    def _load(self) -> Load:
        late = sorted(self._lateness)
        self._lateness = []
        cpu = time.process_time()
        late_steps = len(late) - bisect_right(late, STEP)
        if self._priority is not None and not late_steps:
            self._priority.take()
        return Load(len(self._taken), len(late), late[int(0.99 * (len(late) - 1))], late[-1], late_steps, cpu)


def main() -> None:
    """Serve the switch at the other end of the line that was handed over."""
    parser = argparse.ArgumentParser(prog="python -m media.worker")
    parser.add_argument("--line", type=int, required=True, help="file descriptor of the line to the switch")
    parser.add_argument("--host", default="127.0.0.1", help="IP address to bind")
    parser.add_argument("--near", action="store_true", help="hear this machine alone, at every address that it has")
    parser.add_argument("--first-port", type=int, default=40000)
    parser.add_argument("--last-port", type=int, default=49998)
    parser.add_argument("--silence-after", type=float, default=3.0, help="seconds")
    parser.add_argument("--timeout", type=float, default=0.0, help="seconds without sound and reports; 0 = never")
    parser.add_argument("--poor-below", type=float, default=0.0, help="opinion score that is told of")
    parser.add_argument("--dscp", type=int, default=46, help="class of service of RTP and RTCP")
    parser.add_argument("--transcodes", action="store_true", help="start the transcoder ahead")
    parser.add_argument("--no-tones", action="store_true", help="do not listen for keys as tones")
    parser.add_argument("--no-real-time", action="store_true", help="do not ask for real-time priority")
    parser.add_argument("--core", type=int, help="run on this core alone")
    parser.add_argument("--preload", type=Path, action="append", default=[], help="folder of sounds to load at once")
    options = parser.parse_args()
    line = Line(socket.socket(fileno=options.line), AnyOrder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    rows = min((_open_files() - 64) // _FILES_A_LEG, (options.last_port - options.first_port) // 2 + 1)
    sounds = Sounds(pool := Pool())
    for folder in options.preload:
        sounds.preload(folder)
    matrix = Matrix(rows, pool, sounds.find, SystemRandom(), options.silence_after, timeout=options.timeout,
                    poor_below=options.poor_below, wall=time.time() - time.monotonic(),
                    tones=not options.no_tones)  # fmt: skip
    writer = Writer()
    if options.core is not None:
        pin({options.core})
    ordinary()
    priority = Priority(not options.no_real_time)
    _settle()
    writer.start()
    seats = Seats(options.host, options.first_port, options.last_port, options.dscp, near=options.near,
                  most=rows)
    worker = Worker(line, seats, matrix, writer, rows + _LEFTOVERS, priority)
    if options.transcodes:
        worker.transcoder.start()
    worker.run()
    priority.leave()  # while Python tidies up, nobody hears the kernel's signal


def _open_files() -> int:
    """As many files as we may have open."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most if most != resource.RLIM_INFINITY else 1 << 16


def _settle() -> None:
    """What is there now need not be looked at by the garbage collector."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
