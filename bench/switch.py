"""The switch that is measured: the real command, as a process, in a temporary folder with a copy of bench/config."""

import json
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from bench import machine

ROOT = Path(__file__).parents[1]
CONFIG = Path(__file__).parent / "config"
_PATIENCE = 30.0


class BenchError(Exception):
    """It could not be measured; the message says why."""


class Switch:
    """``with Switch(folder) as switch``: runs within the block. ``changes`` are merged into the files of the
    configuration: ``{"shoal.yaml": {"media": {"timeout": 5}}}``."""

    def __init__(self, folder: Path, changes: Mapping[str, Mapping[Any, Any]] | None = None) -> None:
        self.folder = folder
        self._changes = changes or {}
        self.log = folder / "switch.log"
        self.sip_port, self.http_port = free_port(), free_port()
        self.rtp_port = random.randrange(10_000, 15_000, 2)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def sip(self) -> tuple[str, int]:
        return "127.0.0.1", self.sip_port

    def __enter__(self) -> "Switch":
        shutil.copytree(CONFIG, self.folder / "config")
        for file, change in self._changes.items():
            path = self.folder / "config" / file
            path.write_text(yaml.safe_dump(merged(yaml.safe_load(path.read_text()) or {}, change), sort_keys=False))
        command = [sys.executable, "-m", "switch", "run", "--config", str(self.folder / "config"), "--log", "warning",
                   "--sip-port", str(self.sip_port), "--http-port", str(self.http_port), "--rtp-port", str(self.rtp_port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT)
        ends = time.monotonic() + _PATIENCE
        while self.health().get("status") != "ok":
            if self._process.poll() is not None or time.monotonic() > ends:
                self.__exit__()
                raise BenchError(f"the switch did not start:\n{self.said()}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def health(self) -> dict[str, object]:
        """What ``GET /health`` says, whether all is well or not; empty while nobody answers."""
        try:
            return json.loads(self.ask("/health"))
        except urllib.error.HTTPError as unwell:
            return json.loads(unwell.read())
        except OSError:
            return {}

    @property
    def trouble(self) -> str:
        """What it says is wrong with it; empty = all is well."""
        return ", ".join(self.health().get("trouble", ()))

    def counts(self) -> dict[str, Any]:
        """What ``GET /debug/counts`` says. Raises OSError."""
        return json.loads(self.ask("/debug/counts"))

    def metrics(self) -> dict[str, float]:
        """What ``GET /metrics`` says, by name with labels. Raises OSError."""
        lines = [line for line in self.ask("/metrics").decode().splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def ask(self, path: str) -> bytes:
        """GET. Raises OSError."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=5) as answer:
            return answer.read()

    @property
    def memory(self) -> int:
        """Bytes, of all its processes together."""
        return sum(self.memories.values())

    @property
    def memories(self) -> dict[str, int]:
        """Bytes by process."""
        return {f"{name} {pid}": machine.memory_of(pid) for pid, name in self.processes.items()}

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def processes(self) -> dict[int, str]:
        """Process number to name, of all that there are now."""
        return {pid: _name(pid) if number else "switch" for number, pid in enumerate(machine.family(self._process.pid))}

    def look(self) -> machine.Reading:
        """CPU time of each of its processes."""
        return machine.look(self.processes)

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-4000:]


def merged(old: Any, new: Any) -> Any:
    """``new`` laid over ``old``, section by section."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}


def crew(count: int) -> dict[int, dict[str, Any]]:
    """So many agents for ``agents.yaml``, 1001 and on, whose passwords are ``bench-NUMBER``."""
    return {number: {"name": f"Agent {number}", "password": f"bench-{number}", "queues": {"support": 1}}
            for number in range(1001, 1001 + count)}


def _name(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return "gone"
    names = {b"media.worker": "media worker", b"media.transcoder": "transcoder"}
    return next((name for module, name in names.items() if module in command), "speech measurement")


def free_port() -> int:
    """A loopback port that is free, with the next one (TLS), for UDP and TCP, and that the kernel gives to nobody else."""
    while True:
        port = random.randrange(20_000, 25_000, 2)
        with ExitStack() as stack:
            try:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    for each in (port, port + 1):
                        stack.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", each))
            except OSError:
                continue
            return port
