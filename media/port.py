"""I/O: the switch's side of a media worker. Starts the process, sends it orders, hands over what it reports."""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from media.control import Line
from media.orders import AnyOrder, AnyReport

_ROOT = Path(__file__).resolve().parent.parent
_STARTS_WITHIN = 30.0
"""Seconds that a worker may take to start: on a busy machine, where several start together, ten were too few."""
_PATIENCE = 10.0
"""Seconds that it may take to finish its recordings."""


class MediaError(Exception):
    """The worker did not start."""


class MediaPort:
    """One worker. ``on_reports`` gets reports as they come, ``on_died`` is called when it ends unasked."""

    def __init__(self, on_reports: Callable[[list[AnyReport]], None], on_died: Callable[[], None]) -> None:
        self._on_reports = on_reports
        self._on_died = on_died
        self._line: Line | None = None
        self._process: Process | None = None
        self._writing = False
        self._closing = False
        self._heard = asyncio.Event()
        """The first report has come, or the line is closed."""
        self._ended = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The worker's process; None = it was never started."""
        return self._process.pid if self._process else None

    async def start(
        self,
        *,
        host: str = "127.0.0.1",
        near: bool = False,
        first_port: int = 40000,
        last_port: int = 49998,
        silence_after: float = 3.0,
        timeout: float = 0.0,
        poor_below: float = 0.0,
        dscp: int = 46,
        tones: bool = True,
        transcodes: bool = False,
        real_time: bool = True,
        core: int | None = None,
        preload: Iterable[Path] = (),
    ) -> None:
        """Start the worker, and wait until it has announced its first seats. MediaError when it does not.

        ``near``: this machine alone is heard, see :mod:`media.nearby`. ``silence_after`` and ``timeout`` are in seconds,
        see :mod:`media.watch`; ``poor_below`` is an opinion score, see :mod:`media.reporting`; ``dscp`` marks what is sent;
        ``tones`` is whether keys are listened for as tones (DTMF) where no events were agreed on; ``transcodes``: legs of
        other codecs than G.711 are expected; ``real_time``: ask for real-time priority; ``core``: run on this one alone;
        ``preload`` are folders of sounds that are loaded before the first call.
        """
        ours, theirs = Line.pair()
        options = [f"--line={theirs.fileno()}", f"--host={host}", f"--silence-after={silence_after}"]
        options += [f"--first-port={first_port}", f"--last-port={last_port}"]
        options += [f"--timeout={timeout}", f"--poor-below={poor_below}", f"--dscp={dscp}"]
        options += [*(["--near"] if near else []), *(["--transcodes"] if transcodes else [])]
        options += [*([] if tones else ["--no-tones"]), *([] if real_time else ["--no-real-time"])]
        options += [] if core is None else [f"--core={core}"]
        options += [f"--preload={folder}" for folder in preload]
        with theirs:
            command = (sys.executable, "-m", "media.worker", *options)
            self._process = await asyncio.create_subprocess_exec(
                *command, pass_fds=[theirs.fileno()], env=_environment(), stdin=subprocess.DEVNULL
            )
        self._line = Line(ours, AnyReport)
        asyncio.get_running_loop().add_reader(self._line.fileno(), self._read)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), _STARTS_WITHIN)
        if self._line.closed or not self._heard.is_set():
            await self.close()
            raise MediaError("the media worker did not start; its own words are on standard error")

    def send(self, orders: Iterable[AnyOrder]) -> None:
        """Order; never waits. After the worker's death, orders go nowhere: ``on_died`` has said so."""
        if self._line is None or self._line.closed or self._closing:
            return
        self._line.send(orders)
        self._watch_writing()

    async def close(self) -> None:
        """Hang up, hand over the last reports (recordings are finished now), and wait for the worker's end."""
        if self._line is None or self._process is None or self._closing:
            return
        self._closing = True
        if not self._line.closed:
            with suppress(OSError):
                self._line.end_sending()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), _PATIENCE)
        self._hang_up()
        try:
            await asyncio.wait_for(self._process.wait(), _PATIENCE)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _read(self) -> None:
        assert self._line is not None
        reports = self._line.receive()
        if reports:
            self._heard.set()
            self._on_reports(reports)
        if self._line.closed:
            started = self._heard.is_set()
            self._hang_up()
            if started and not self._closing:
                self._on_died()

    def _hang_up(self) -> None:
        if self._line is not None and self._line.fileno() >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._line.fileno())
            loop.remove_writer(self._line.fileno())
            self._line.close()
        self._heard.set()
        self._ended.set()

    def _watch_writing(self) -> None:
        """Let the loop tell when the worker takes more, as long as it did not take everything."""
        assert self._line is not None
        if self._line.waiting != self._writing:
            self._writing = self._line.waiting
            loop = asyncio.get_running_loop()
            if self._writing:
                loop.add_writer(self._line.fileno(), self._flush)
            else:
                loop.remove_writer(self._line.fileno())

    def _flush(self) -> None:
        if self._line is not None and not self._line.closed:
            self._line.flush()
            self._watch_writing()


def _environment() -> dict[str, str]:
    """Ours, but the worker finds this package wherever we were started, and NumPy starts no threads."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    return os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
