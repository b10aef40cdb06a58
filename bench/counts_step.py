"""What one step of media costs, counted: system calls, questions to ``epoll``, memory.

It is one of the media worker with real sockets, when all legs are up, heard, and connected to their phones. What a step is
made of depends on whether the shim was built, so it is taken without: the loops are the same, only in Python.
"""

import socket
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from types import SimpleNamespace
from unittest import mock

import numpy as np

import media.bulk
import media.sockets
from media.control import Line
from media.matrix import Matrix
from media.orders import AnyOrder, AnyReport, Open, Play, Stream
from media.pool import Pool
from media.rtp import build
from media.seats import Seats
from media.worker import Worker

STEPS = 60


class Stage:
    """A media worker that is stepped by hand, and phones that say a packet in every step while they hear a prompt."""

    def __init__(self, legs: int, first_port: int) -> None:
        ours, theirs = Line.pair()
        self._line = Line(ours, AnyReport)
        pool = Pool()
        sound = pool.add(_voice(8000 * 60))
        matrix = Matrix(legs, pool, lambda _: sound, Random(1))
        self._writer = SimpleNamespace(rest=_nothing, write=_nothing, go_on=_nothing, reports=list, close=_nothing)
        self.worker = Worker(Line(theirs, AnyOrder), Seats("127.0.0.1", first_port, first_port + 2 * legs + 600), matrix,
                             self._writer, lines=legs + 64)
        self.now, self._said = 50.0, 0
        self.worker.step(self.now)
        ports = [port for report in self._line.receive() if hasattr(report, "ports") for port in report.ports]
        self._phones = [_phone() for _ in range(legs)]
        self._targets = [("127.0.0.1", port) for port in ports[:legs]]
        for leg, (phone, port) in enumerate(zip(self._phones, ports, strict=False)):
            self._line.send([Open(str(leg), port, Stream("127.0.0.1", phone.getsockname()[1])),
                             Play(str(leg), "prompt", ("sound",))])
            self.worker.listen(self.now)

    def step(self) -> None:
        """Everybody says something, then one step; what the phones hear is thrown away."""
        self.say()
        self.work()
        self._line.receive()
        for phone in self._phones:
            _drain(phone)

    def say(self) -> None:
        """Everybody, a packet."""
        self._said += 1
        for leg, (phone, target) in enumerate(zip(self._phones, self._targets, strict=True)):
            phone.sendto(build(0, self._said & 0xFFFF, self._said * 160, leg, bytes(160)), target)

    def work(self) -> None:
        """The step alone."""
        self.now += 0.02
        self.worker.step(self.now)

    def close(self) -> None:
        for phone in self._phones:
            phone.close()
        self.worker.finish()
        self._line.close()


def of_a_step(legs: int = 20, first_port: int = 45_000) -> dict[str, float]:
    """For one leg and one step: system calls on its socket; for a whole step: questions to ``epoll``, blocks of memory that
    it keeps, bytes of memory that it needs for a moment for each leg, and calls, of Python functions and from Python into
    C (operators are none), but for the four of each leg with which its socket is watched here."""
    calls: Counter[str] = Counter()
    with _watched(calls):
        stage = Stage(legs, first_port)
        try:
            for _ in range(100):
                stage.step()
            calls.clear()
            kept = sys.getallocatedblocks()
            for _ in range(STEPS):
                stage.step()
            kept = sys.getallocatedblocks() - kept
            taken = Counter(calls)
            needed = _needed(stage.step)
            called = _called(stage)
        finally:
            stage.close()
    each = legs * STEPS
    return {
        "received or tried": taken["receive"] / each, "sent": taken["send"] / each,
        "asked epoll, in a step": taken["poll"] / STEPS, "blocks kept, in a step": kept / STEPS,
        "bytes needed for a moment, for a leg": needed / legs, "calls beside sockets, in a step": called - 4 * legs,
    }


def _called(stage: Stage) -> int:
    """The least of some steps: in some of them something is looked after that is not each time."""
    counts = []
    for _ in range(10):
        stage.say()
        events: list[str] = []
        sys.setprofile(lambda _, event, __, events=events: events.append(event))
        try:
            stage.work()
        finally:
            sys.setprofile(None)
        counts.append(events.count("call") + events.count("c_call"))
    return min(counts)


def _needed(step: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        step()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        step()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@contextmanager
def _watched(calls: Counter[str]) -> Iterator[None]:
    """Counts what the worker asks of its sockets, in the loops without the shim."""
    plain = socket.socket

    def receive(seat: socket.socket, line: memoryview) -> int:
        calls["receive"] += 1
        return plain.recv_into(seat, line)

    def send(seat: socket.socket, packet: memoryview) -> int:
        calls["send"] += 1
        return plain.send(seat, packet)

    counted = SimpleNamespace(socket=SimpleNamespace(recv_into=receive, send=send))
    original, epoll = media.sockets.Sockets.__init__, media.sockets.select.epoll

    class Poll:
        def __init__(self) -> None:
            self._epoll = epoll()
            self.register, self.unregister = self._epoll.register, self._epoll.unregister

        def poll(self, *arguments: object) -> list[tuple[int, int]]:
            calls["poll"] += 1
            ready = self._epoll.poll(*arguments)
            calls["receive"] += len(ready)
            return ready

    def build_sockets(self: media.sockets.Sockets, *arguments: object) -> None:
        with mock.patch.object(media.sockets.select, "epoll", Poll):
            original(self, *arguments)

    plain_receiver, plain_sender = media.bulk.receiver, media.bulk.sender
    with (mock.patch.object(media.bulk, "socket", counted),
          mock.patch.object(media.sockets.Sockets, "__init__", build_sockets),
          mock.patch.object(media.sockets, "drains", False),
          mock.patch.object(media.sockets, "receiver", lambda seats, packets: plain_receiver(seats, packets, None)),
          mock.patch.object(media.sockets, "sender", lambda packets: plain_sender(packets, None))):
        yield


def _voice(samples: int) -> np.ndarray:
    return (3000 * np.sin(np.arange(samples) * 0.1)).astype(np.int16)


def _phone() -> socket.socket:
    phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    phone.bind(("127.0.0.1", 0))
    phone.setblocking(False)
    return phone


def _drain(phone: socket.socket) -> None:
    try:
        while True:
            phone.recv(2048)
    except BlockingIOError:
        return


def _nothing(*_: object) -> None:
    return
