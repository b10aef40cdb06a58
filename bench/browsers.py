"""What a browser's leg costs beside a plain one: CPU of the media worker for a second of a call, and of a handshake.

    python -m bench.browsers [--legs 50] [--seconds 5]

The worker is stepped by hand, with real sockets, every leg speaking and hearing music; far ends are in this process, and
only what the worker itself does is counted. A handshake is the worker's part of it: two flights.
"""

import argparse
import socket
import time
from random import Random
from types import SimpleNamespace

import numpy as np

from media import certificate, dtls, stun
from media.control import Line
from media.matrix import Matrix
from media.orders import AnyOrder, AnyReport, Control, Music, Open, Stream, Web
from media.pool import Pool
from media.rtp import build
from media.seats import Seats
from media.srtp import Sealed
from media.worker import Worker

_STEP = 0.02
_WEB = ("ours", "p" * 24, "theirs")


class Far:
    """The far end of a leg; a browser where it is shown a certificate."""

    def __init__(self, leg: int, port: int, shared: dtls.SSL.Context, shown: str) -> None:
        self.seat = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.seat.setblocking(False)
        self.seat.bind(("127.0.0.1", 0))
        self.seat.connect(("127.0.0.1", port))
        self._leg, self._said = leg, 0
        self.handshake = dtls.Handshake(shared, (shown,), active=True) if shown else None
        self._sealed = Sealed(1)

    def check(self) -> None:
        """Ask whether the worker is there."""
        if self.handshake:
            name = [(stun.USERNAME, f"{_WEB[0]}:{_WEB[2]}".encode()), (stun.USE_CANDIDATE, b"")]
            self.seat.send(stun.write(stun.BINDING, bytes(12), name, _WEB[1]))

    def listen(self) -> None:
        """Take what has come; go on with the handshake."""
        while True:
            try:
                octets = self.seat.recv(2048)
            except BlockingIOError:
                return
            if self.handshake is None or self.handshake.keys or octets[0] >= 64:
                continue
            said = self.handshake.begin(0.0) if octets[0] < 4 else self.handshake.receive([octets], 0.0)
            for datagram in said:
                self.seat.send(datagram)
            if self.handshake.keys:
                self._sealed.agree(0, self.handshake.keys, 0.0)

    def speak(self) -> None:
        """The next packet."""
        self._said += 1
        self.seat.send(self._sealed.seal(0, build(0, self._said, self._said * 160, self._leg + 1, bytes(160))))


class Stage:
    """A worker and its far ends."""

    def __init__(self, legs: int, first_port: int, *, browsers: bool) -> None:
        ours, theirs = Line.pair()
        self._line = Line(ours, AnyReport)
        pool = Pool()
        sound = pool.add(np.random.default_rng(1).integers(-8000, 8000, 80_000).astype(np.int16))
        matrix = Matrix(legs, pool, lambda _: sound, Random(1))
        writer = SimpleNamespace(rest=_nothing, write=_nothing, go_on=_nothing, reports=list, close=_nothing)
        self._worker = Worker(Line(theirs, AnyOrder), Seats("127.0.0.1", first_port, first_port + 2 * legs + 600), matrix,
                              writer, lines=legs + 64)  # fmt: skip
        self._now, self.spent = 50.0, 0.0
        self._parts = matrix.parts
        seats = self._worker._announce(self._now)[0].ports
        mine = certificate.make(time.time())
        shared, shown = dtls.context(mine), self._worker._certificate.fingerprint if browsers else ""
        self.far = [Far(leg, seats[leg], shared, shown) for leg in range(legs)]
        for leg, far in enumerate(self.far):
            plain = Stream("127.0.0.1", far.seat.getsockname()[1])
            web = Stream("", 0, control=Control(mux=True), web=Web(*_WEB, (mine.fingerprint,)))
            self._line.send([Open(str(leg), seats[leg], web if browsers else plain), Music(str(leg), "music")])
        self._worker.listen(self._now)
        for far in self.far:
            far.check()

    def step(self) -> None:
        """20 ms."""
        self._now += _STEP
        begun = time.process_time()
        self._worker.step(self._now)
        self.spent += time.process_time() - begun
        self._line.receive()
        for far in self.far:
            far.listen()

    def close(self) -> None:
        """The end."""
        self._worker.finish()
        self._line.close()
        for far in self.far:
            far.seat.close()


def measure(legs: int, seconds: float, first_port: int, *, browsers: bool) -> tuple[float, float]:
    """CPU milliseconds: for a second of a call, for a handshake."""
    stage = Stage(legs, first_port, browsers=browsers)
    before = stage.spent
    for _ in range(20 * legs if browsers else 0):
        stage.step()
        if all(far.handshake.keys for far in stage.far):
            break
    handshakes = stage.spent - before
    for _ in range(300):  # Until sockets of plain legs are connected.
        for far in stage.far:
            far.speak()
        stage.step()
    before, steps = stage.spent, round(seconds / _STEP)
    for _ in range(steps):
        for far in stage.far:
            far.speak()
        stage.step()
    spent = stage.spent - before
    assert all(stage._parts.intake.received[:legs] > steps), "somebody was not heard"
    stage.close()
    return 1000 * spent / legs / (steps * _STEP), 1000 * handshakes / legs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--legs", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    plain, _ = measure(options.legs, options.seconds, 46_000, browsers=False)
    browser, handshake = measure(options.legs, options.seconds, 48_000, browsers=True)
    print(f"{options.legs} legs; CPU ms for a second of a call: plain {plain:.2f}, browser {browser:.2f}")
    print(f"CPU ms of a handshake, with the steps that it takes: {handshake:.2f}")


def _nothing(*_: object) -> None:
    return None


if __name__ == "__main__":
    main()
