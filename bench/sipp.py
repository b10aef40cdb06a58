"""SIPp, the caller that nobody here wrote. It is driven by a scenario and asked for its statistics every second."""

import csv
import random
import shutil
import socket
import subprocess
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from bench.switch import BenchError, free_port

SCENARIOS = Path(__file__).parent / "scenarios"


class Counts(NamedTuple):
    """Since its start."""

    created: int = 0
    successful: int = 0
    failed: int = 0
    retransmissions: int = 0
    now: int = 0
    """Calls that are up."""
    at: float = 0.0
    """When it was written, POSIX seconds."""
    refused: int = 0
    """With 503, where the scenario counts that; they are among the successful, too."""


def counts_of(text: str) -> Counts:
    """The last whole line of a statistics file; all zero before the first."""
    lines = text.split("\n")[:-1]
    if len(lines) < 2:
        return Counts()
    head, last = (next(csv.reader(StringIO(line), delimiter=";")) for line in (lines[0], lines[-1]))
    values = dict(zip(head, last, strict=False))
    fields = {"created": "TotalCallCreated", "successful": "SuccessfulCall(C)", "failed": "FailedCall(C)",
              "retransmissions": "Retransmissions(C)", "now": "CurrentCall", "refused": "GenericCounter1(C)"}
    at = (values.get("CurrentTime") or "").split("\t")[-1]
    return Counts(**{name: int(values.get(column) or 0) for name, column in fields.items()}, at=float(at or 0))


def times_of(text: str) -> list[float]:
    """The response times, in seconds, of a file that ``-trace_rtt`` wrote; SIPp's clock has steps of 4 ms."""
    rows = [line.split(";") for line in text.split("\n")[1:-1]]
    return [float(row[1]) / 1e3 for row in rows if len(row) == 3]


def _media_port() -> int:
    """Where the callers' RTP ports begin: below those of the switch, and not where another SIPp has its own."""
    while True:
        port = random.randrange(6000, 9000, 2)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Sipp:
    """``with Sipp(...) as caller``. calls a second ``rate``, at most ``at_once``, ``calls`` in all (0 = no end). ``users``:
    a file of those who call, for ``-inf``."""

    def __init__(self, scenario: str, number: str, switch: tuple[str, int], folder: Path, *, rate: float, at_once: int,
                 calls: int = 0, hold: float = 0.0, users: Path | None = None) -> None:
        self._statistics = folder / f"{scenario}.csv"
        self._errors = folder / f"{scenario}.errors"
        self._folder = folder
        program = shutil.which("sipp")
        if program is None:
            raise BenchError("SIPp is not installed (Debian: apt install sip-tester)")
        self._command = [
            program, "{}:{}".format(*switch), "-sf", str(SCENARIOS / f"{scenario}.xml"), "-key", "number", number,
            "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", str(free_port()), "-mp", str(_media_port()), "-r", str(rate),
            "-l", str(at_once), "-d", str(int(1000 * hold)), "-nostdin", "-trace_stat",
            "-stf", str(self._statistics), "-fd", "1",
            "-trace_err", "-error_file", str(self._errors), "-trace_rtt", "-rtt_freq", "100", "-timer_resol", "1",
            *(["-m", str(calls)] if calls else []), *(["-inf", str(users)] if users else []),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Sipp":
        for left in (self._statistics, self._errors):
            left.unlink(missing_ok=True)
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL, cwd=self._folder)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def counts(self) -> Counts:
        """What it has counted, at most a second old."""
        return counts_of(self._statistics.read_text()) if self._statistics.exists() else Counts()

    def wait(self, seconds: float) -> Counts:
        """Wait for its end."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise BenchError(f"SIPp does not end: {self.counts()}\n{self.errors()}") from None
        return self.counts()

    def times(self) -> list[float]:
        """Seconds from request to final answer, of all calls that it has written down."""
        files = self._folder.glob(f"*_{self._process.pid}_rtt.csv")
        return [each for file in files for each in times_of(file.read_text())]

    def errors(self) -> str:
        """What it complained of first."""
        return self._errors.read_text(errors="replace")[:2000] if self._errors.exists() else ""
