"""A media worker alone, ordered about by this program as the switch would: what its share of W1 to W4 costs.

    python -m bench.alone prompt recorded --legs 50 500      # CPU for a second of one leg
    python -m bench.alone calls --rate 300                    # for a call that is opened, greeted and closed a second later
    python -m bench.alone recorded --against ../other         # in turns with the worker of another checkout

``talk`` are pairs who hear each other, recorded. ``--plain`` does without the shim. The figure is the least of some turns,
since whatever else the machine does can only make it larger; ``--against`` prints the ratio, which says more than either.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType

from bench import machine
from bench.switch import ROOT
from bench.voices import Voices
from ivr.prompts import SHIPPED
from media.control import Line
from media.orders import AnyOrder, AnyReport, Close, Join, Open, Play, Record, Seats, Stream

_RUN = "import sys; {}; from media.worker import main; main()"
_PLAIN = "sys.modules['media._shim'] = None"
_SOUNDS = tuple(str(path) for path in sorted((SHIPPED / "en").glob("demo-*.wav"))) * 20
_A_SECOND = 50
"""Packets."""
_HOLD = 1.0
_SETTLING = 2.5
"""Seconds until sources are beyond doubt and all sockets are connected."""


class Worker:
    """``with Worker(root) as worker``: the media worker of that checkout. Reports are read and, but for seats, dropped."""

    def __init__(self, root: Path, plain: bool) -> None:
        self._root, self._plain = root, plain
        self.ports: deque[int] = deque()
        """Free seats."""

    def __enter__(self) -> "Worker":
        ours, theirs = Line.pair()
        first = random.randrange(33_000, 45_000, 2)
        options = [f"--line={theirs.fileno()}", f"--first-port={first}", f"--last-port={first + 12_000}",
                   f"--preload={SHIPPED}", "--timeout=0"]
        environment = os.environ | {"PYTHONPATH": str(self._root), "OPENBLAS_NUM_THREADS": "1"}
        code = _RUN.format(_PLAIN if self._plain else "pass")
        with theirs:
            self._process = subprocess.Popen([sys.executable, "-c", code, *options], cwd=self._root, env=environment,
                                             pass_fds=[theirs.fileno()])  # fmt: skip
        self._line = Line(ours, AnyReport)
        while not self.ports:
            self.wait(0.1)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._line.close()
        self._process.wait(20)

    @property
    def cpu(self) -> float:
        """Seconds."""
        return machine.cpu_of(self._process.pid)

    def order(self, orders: Iterable[AnyOrder]) -> None:
        """Never waits."""
        self._line.send(orders)

    def wait(self, seconds: float) -> None:
        """Read what it reports."""
        ends = time.monotonic() + seconds
        while True:
            for report in self._line.receive():
                if isinstance(report, Seats):
                    self.ports.extend(report.ports)
            self._line.flush()
            if (left := ends - time.monotonic()) <= 0:
                return
            time.sleep(min(left, 0.005))


def legs(worker: Worker, scene: str, count: int, seconds: float) -> float:
    """CPU milliseconds for a second of one leg, of so many that say and hear something all the time. A second is what is
    heard in it: on a machine with too much else to do some steps are left out."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="shoal-bench-"))
        voices = stack.enter_context(Voices(count))
        for leg, theirs in enumerate(voices.ports):
            while not worker.ports:
                worker.wait(0.01)
            port = worker.ports.popleft()
            worker.order([Open(str(leg), port, Stream("127.0.0.1", theirs))])
            if scene != "talk":
                worker.order([Play(str(leg), "prompt", _SOUNDS)])
            if scene == "recorded":
                worker.order([Record(str(leg), f"{folder}/{leg}.wav", str(leg), str(leg))])
            if scene == "talk" and leg % 2:
                worker.order([Join(str(leg - 1), str(leg)), Record(str(leg), f"{folder}/{leg}.wav", str(leg - 1), str(leg))])
            voices.start(leg, port)
            worker.wait(0.001)
        worker.wait(_SETTLING)
        voices.reset()
        before = worker.cpu
        worker.wait(seconds)
        spent, heard = worker.cpu - before, voices.tell()
        worker.order([Close(str(leg)) for leg in range(count)])
        worker.wait(0.5)
    return 1e3 * spent * _A_SECOND / heard.heard


def calls(worker: Worker, rate: int, seconds: float) -> float:
    """CPU milliseconds for a call, with so many a second. All say the same port, and nobody reads there, as SIPp does it."""
    theirs = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    theirs.bind(("127.0.0.1", 0))
    stream = Stream(*theirs.getsockname())
    up: deque[tuple[float, str]] = deque()
    begun = time.monotonic()
    before = counted = made = 0
    while (now := time.monotonic() - begun) < 1.5 * _HOLD + seconds:
        if not counted and now > 1.5 * _HOLD:
            counted, before, since = made, worker.cpu, now
        while made < now * rate and worker.ports:
            made += 1
            up.append((now + _HOLD, str(made)))
            worker.order([Open(str(made), worker.ports.popleft(), stream),
                          Play(str(made), "greeting", _SOUNDS[:3])])
        while up and up[0][0] <= now:
            worker.order([Close(up.popleft()[1])])
        worker.wait(0.001)
    spent, done = worker.cpu - before, made - counted
    theirs.close()
    if done < 0.95 * rate * (now - since):
        print(f"only {done} calls were made, for there were no seats", file=sys.stderr)
    return 1e3 * spent / done


def in_turns(roots: list[Path], plain: bool, turns: int, measure: Callable[[Worker], float]) -> list[float]:
    """The least of each checkout."""
    found: list[list[float]] = [[] for _ in roots]
    for _ in range(turns):
        for each, root in zip(found, roots, strict=True):
            with Worker(root, plain) as worker:
                each.append(measure(worker))
    return [min(each) for each in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", nargs="+", choices=["prompt", "recorded", "talk", "calls"])
    parser.add_argument("--legs", type=int, nargs="+", default=[200])
    parser.add_argument("--rate", type=int, nargs="+", default=[300])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--plain", action="store_true", help="without the shim")
    options = parser.parse_args()
    roots = [ROOT, *([options.against.resolve()] if options.against else [])]
    for scene in options.scenes:
        for count in options.rate if scene == "calls" else options.legs:
            least = in_turns(roots, options.plain, options.turns, partial(_measure, scene, count, options.seconds))
            what = f"{scene}, {count}/s, a call" if scene == "calls" else f"{scene}, {count} legs, a leg-second"
            ratio = f"  {least[0] / least[1]:.2f} of {least[1]:.3f}" if len(least) > 1 else ""
            print(f"{what:40}{least[0]:8.3f} ms{ratio}", flush=True)


def _measure(scene: str, count: int, seconds: float, worker: Worker) -> float:
    return calls(worker, count, seconds) if scene == "calls" else legs(worker, scene, count, seconds)


if __name__ == "__main__":
    main()
