"""The far ends of calls: a process of its own that says and hears RTP for thousands of legs, and costs less than the switch.

Each leg has a seat: a socket of its own, or (``shared``) all have one, as the calls behind a border controller do. All say
a packet of PCMU every 20 ms, a tenth of them every 2 ms, as real phones do. Packets are rows of one array, and sockets are
read and written as the media worker does it (:mod:`media.bulk`, in C where that was built), or by :mod:`bench.mmsg`.

What is heard is counted. Of some legs (the *probes*) each packet's moment is taken from the kernel: how late it is against
the steady 20 ms of its own stream, by its timestamps. That is the lateness of frames as a phone sees it, whatever server is
measured, and however late this process itself is.
"""

import socket
import time
from collections import defaultdict
from collections.abc import Iterable
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from bench.mmsg import Basket, Burst
from bench.player import Player
from bench.screen import receive, stamped
from ivr.prompts import SHIPPED
from media import g711
from media.bulk import receiver, sender
from media.rtp import FRAME, HEADER
from media.sounds import read

PROBES = 64
SLICES = 10
STEP = 0.02
_WIDTH = 256
_DRAIN = 16
"""Every so many steps all that waits at a probe is read, not only the packet that is due."""


class Heard(NamedTuple):
    """What went since the last reset. Lateness in seconds."""

    seconds: float
    said: int
    heard: int
    frames: int
    """Of the probes."""
    missing: int
    """Frames that they should have heard between their first and their last, and did not."""
    late_p99: float
    late_p999: float
    late_max: float
    behind: float
    """How late this process itself was, at most."""
    cpu: float
    """Seconds of CPU that it took."""


class Voices(Player):
    """``with Voices(seats) as voices``: the handle of the process. A seat is a number; ``port`` of one is where it hears."""

    def __init__(self, seats: int, shared: bool = False) -> None:
        super().__init__(_speak, seats, shared)
        self._free = list(range(seats))[::-1]

    @property
    def ports(self) -> list[int]:
        """Where each seat hears."""
        return self.ready

    def take(self) -> int:
        """A seat that is free."""
        return self._free.pop()

    def give(self, seat: int) -> None:
        """It is free again."""
        self.stop(seat)
        self._free.append(seat)

    def start(self, seat: int, port: int) -> None:
        """Speak from there to this port of 127.0.0.1, and hear what comes back."""
        self.say(("start", seat, port))

    def stop(self, seat: int) -> None:
        """Say no more."""
        self.say(("stop", seat, 0))

    def reset(self) -> None:
        """Count from here."""
        self.say(("reset", 0, 0))

    def tell(self) -> Heard:
        """What went since the reset."""
        return self.ask(("tell", 0, 0))


def voice() -> np.ndarray:
    """What everybody says: a shipped sound, PCMU, uint8 (frames, 160)."""
    samples = read(SHIPPED / "en" / "demo-main-menu.wav")
    words = g711.encode(samples, np.zeros(len(samples), np.uint8))
    return words[: len(words) // FRAME * FRAME].reshape(-1, FRAME)


def lateness(arrivals: Iterable[tuple[int, float]]) -> tuple[list[float], int]:
    """Of one stream, frames with the number that follows from their timestamp and the moment they came (seconds): how much
    later than the earliest of them each was against steady 20 ms, and how many are missing between first and last."""
    frames = dict(arrivals)
    if len(frames) < 2:
        return [], 0
    offsets = np.array([at - STEP * number for number, at in frames.items()])
    return (offsets - offsets.min()).tolist(), max(frames) - min(frames) + 1 - len(frames)


class Crowd:
    """The process's inside: all legs, stepped slice by slice."""

    def __init__(self, seats: int, shared: bool) -> None:
        self._sockets = [_bound(stamp=seat < PROBES and not shared) for seat in range(1 if shared else seats)]
        self._shared = shared
        self.ports = [each.getsockname()[1] for each in self._sockets] * (seats if shared else 1)
        self._packets = np.zeros((seats, HEADER + FRAME), np.uint8)
        self._packets[:, 0] = 0x80
        self._sequence = self._packets[:, 2:4].view(">u2")
        self._timestamp = self._packets[:, 4:8].view(">u4")
        self._packets[:, 8:12].view(">u4")[:, 0] = 1000 + np.arange(seats)
        self._voice = voice()
        self._sender = sender(self._packets)
        self._targets: dict[int, int] = {}
        self._stale = set(range(SLICES))
        self._plans: list[_Slice] = [_Slice([], [], lambda: 0, lambda: None, None) for _ in range(SLICES)]
        self._basket = Basket()
        self._step = 0
        self.reset()

    def reset(self) -> None:
        self._said = self._heard = 0
        self._since, self._cpu, self.behind = time.monotonic(), time.process_time(), 0.0
        self._arrivals: dict[tuple[int, bytes], list[tuple[int, float]]] = defaultdict(list)

    def start(self, seat: int, port: int) -> None:
        self._targets[seat] = port
        if not self._shared:
            self._sockets[seat].connect(("127.0.0.1", port))
            self._sender.seat(seat, self._sockets[seat])
        self._stale.add(seat % SLICES)

    def stop(self, seat: int) -> None:
        if self._targets.pop(seat, None) is not None:
            self._stale.add(seat % SLICES)

    def speak(self, part: int) -> None:
        """One slice: a packet of each leg in it, and what has come for them."""
        if part in self._stale:
            self._stale.discard(part)
            self._plans[part] = self._plan(part)
        plan = self._plans[part]
        if part == 0:
            self._step += 1
        rows = plan.rows
        if len(rows):
            self._sequence[rows] += 1
            self._timestamp[rows] += FRAME
            self._packets[rows, HEADER:] = self._voice[(rows * 7 + self._step) % len(self._voice)]
            plan.send()
            self._said += len(rows)
        if self._shared:
            while count := self._basket.take(self._sockets[0]):
                self._heard += count
            return
        plan.receive()
        if plan.lines is not None:
            self._heard += int(np.count_nonzero(plan.lines.lengths))
        drain = self._step % _DRAIN == 0
        for seat in plan.probes:
            self._probe(seat, drain)

    def tell(self) -> Heard:
        seconds, cpu = time.monotonic() - self._since, time.process_time() - self._cpu
        late, missing = [], 0
        for arrivals in self._arrivals.values():
            of_stream, lost = lateness(arrivals)
            late += of_stream
            missing += lost
        p99, p999, most = np.quantile(late, (0.99, 0.999, 1.0)) if late else (0.0, 0.0, 0.0)
        return Heard(seconds, self._said, self._heard, len(late), missing, float(p99), float(p999), float(most),
                     self.behind, cpu)

    def _plan(self, part: int) -> "_Slice":
        seats = sorted(seat for seat in self._targets if seat % SLICES == part)
        rows = np.array(seats, np.int64)
        if self._shared:
            burst = Burst(self._packets, [("127.0.0.1", self._targets[seat]) for seat in seats], seats)
            return _Slice(rows, [], lambda: burst.send(self._sockets[0]), lambda: None, None)
        others = [self._sockets[seat] for seat in seats if seat >= PROBES]
        lines = SimpleNamespace(data=np.zeros((len(others), _WIDTH), np.uint8), lengths=np.zeros(len(others), np.int64))
        return _Slice(rows, [seat for seat in seats if seat < PROBES], lambda: self._sender.send(rows),
                      receiver(others, lines), lines)

    def _probe(self, seat: int, drain: bool) -> None:
        """What has come here, with the kernel's moment: the one packet that is due, or all, which costs a vain look."""
        try:
            again = True
            while again:
                again = drain
                data, at = receive(self._sockets[seat], 2048)
                self._heard += 1
                if len(data) > HEADER and data[1] & 0x7F == 0:
                    number = int.from_bytes(data[4:8]) // FRAME
                    self._arrivals[seat, data[8:12]].append((number, at))
        except OSError:
            return


class _Slice(NamedTuple):
    rows: np.ndarray
    probes: list[int]
    send: object
    receive: object
    lines: SimpleNamespace | None


def _bound(stamp: bool) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)
    return stamped(made) if stamp else made


def _speak(line: Connection, seats: int, shared: bool) -> None:
    """Until the handle is closed. A slice that is late is not made up for: phones do not burst either."""
    crowd = Crowd(seats, shared)
    line.send(crowd.ports)
    due, part = time.monotonic(), 0
    try:
        while True:
            while line.poll():
                what, seat, port = line.recv()
                if what == "tell":
                    line.send(crowd.tell())
                elif what == "reset":
                    crowd.reset()
                else:
                    crowd.start(seat, port) if what == "start" else crowd.stop(seat)
            crowd.speak(part)
            part = (part + 1) % SLICES
            due += STEP / SLICES
            left = due - time.monotonic()
            crowd.behind = max(crowd.behind, -left)
            if left > 0:
                time.sleep(left)
            elif left < -1.0:
                due = time.monotonic()
    except (EOFError, OSError):
        return
