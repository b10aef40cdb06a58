"""The switch under test: the real command, as a process, on free ports and in a folder of its own."""

import contextlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import yaml

from switch.journal import Entry, decode
from tests.interop.ports import free_port, media_port

ROOT = Path(__file__).parents[2]
SOUNDS = ROOT / "ivr" / "sounds"
STARTS_WITHIN = 90.0
STOPS_WITHIN = 60.0
ANSWERS_WITHIN = 20.0
GAUGES = ("shoal_contacts", "shoal_legs", "shoal_calls", "shoal_sip_dialogs", "shoal_sip_calls", "shoal_acd_waiting",
          "shoal_acd_reservations", "shoal_media_legs")
"""What must be zero when everybody has hung up."""
ALWAYS_OPEN = {"overload": {"frame_late": 0, "media_busy": 0, "loop_lag": 0}}
"""Frames are late on a machine that does other things, too, and a door that this shuts would fail tests of anything else.
Who tries the door takes it away: ``configure("shoal.yaml", {"overload": None})``."""


def sound(name: str) -> Path:
    """A shipped sound: ``en/goodbye`` or ``music``."""
    return SOUNDS / f"{name}.wav"


class Switch:
    """One switch on a copy of the shipped configuration, which :meth:`configure` may change before :meth:`start`. Its
    callers are asked nothing after the talk, so that a call is over when its agent hangs up, and it is never overloaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.log = folder / "switch.log"
        self.sip_port, self.http_port = free_port(), free_port()
        self.rtp_port = media_port()
        shutil.copytree(ROOT / "config", self.config)
        self.configure("queues.yaml", {"support": {"survey": None}})
        self.configure("shoal.yaml", ALWAYS_OPEN)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def sip(self) -> str:
        return f"127.0.0.1:{self.sip_port}"

    @property
    def sips(self) -> str:
        """Where it speaks TLS."""
        return f"127.0.0.1:{self.sip_port + 1}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def recordings(self) -> Path:
        return self.folder / "var" / "recordings"

    def configure(self, file: str, changes: dict[str, object]) -> None:
        """Merge ``changes`` into one YAML file of the configuration; None takes a key away."""
        path = self.config / file
        path.write_text(yaml.safe_dump(_merged(yaml.safe_load(path.read_text()) or {}, changes), allow_unicode=True,
                                       sort_keys=False))

    def start(self) -> "Switch":
        """Start, and wait until it is healthy."""
        command = [sys.executable, "-m", "switch", "run", "--config", str(self.config), "--sip-port", str(self.sip_port),
                   "--http-port", str(self.http_port), "--rtp-port", str(self.rtp_port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                             cwd=ROOT)
        ends = time.monotonic() + STARTS_WITHIN
        while self.health().get("status") != "ok":
            assert self._process.poll() is None, f"the switch ended:\n{self.said()}"
            assert time.monotonic() < ends, f"the switch is not healthy: {self.health()}\n{self.said()}"
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Ask it to stop, as Ctrl-C does; fails when it does not, or not with 0."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            status = self._process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"the switch did not stop:\n{self.said()}") from None
        assert status == 0, f"the switch ended with {status}:\n{self.said()}"

    def kill(self) -> None:
        """``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def children(self) -> list[int]:
        """The processes that it started: media workers."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text().split()]

    def health(self) -> dict[str, object]:
        """What ``GET /health`` says; empty while nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=ANSWERS_WITHIN) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as unwell:
            return json.load(unwell)
        except OSError:
            return {}

    def metrics(self) -> dict[str, float]:
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=ANSWERS_WITHIN) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, value in (line.split() for line in lines if not line.startswith("#"))}

    def left_over(self) -> dict[str, float]:
        """What is still alive."""
        metrics = self.metrics()
        return {name: metrics[name] for name in GAUGES if metrics.get(name)}

    def journal(self) -> list[Entry]:
        """All that has happened, read from the file as nobody of the house would."""
        with contextlib.closing(sqlite3.connect(self.folder / "var" / "shoal.db")) as db:
            rows = db.execute("SELECT number, at, kind, body FROM journal ORDER BY number").fetchall()
        return [Entry(number, at, decode(kind, body)) for number, at, kind, body in rows]

    def said(self) -> str:
        """The log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def complaints(self, allowed: tuple[str, ...] = ()) -> list[str]:
        """Lines of the log that nobody wants to see, but for those with one of these words."""
        bad = ("Traceback", "exception", "Exception", '"error"', "Error", '"critical"')
        return [line for line in self.said().splitlines()
                if any(word in line for word in bad) and not any(word in line for word in allowed)]


def _merged(old: object, new: object) -> object:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    known = {str(key): key for key in old}  # YAML reads a number as a number
    new = {known.get(str(key), key): value for key, value in new.items()}
    merged = old | {key: _merged(old.get(key), value) for key, value in new.items()}
    return {key: value for key, value in merged.items() if value is not None}
