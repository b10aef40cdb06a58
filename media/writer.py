"""I/O: recordings on the disk, in a thread of its own, because a disk may take half a second for one write.

The header is written anew with every block: whatever happens to the process, the file is right up to its last block
and plays. ``fdatasync`` is called for a finished file only while nobody waits for the disk. A disk that is full or a
folder that may not be written to is told once per recording; the call goes on, and so does every other recording.
"""

import os
import struct
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread

from media.orders import AnyReport, Recorded, Trouble
from media.recorder import RATE, Begin, Block, End, Spoken, Write

HEADER = 44
"""Octets before the samples."""
_WIDTH = 2
_PATIENCE = 0.02
"""Seconds that a write waits for its turn."""
_BEHIND = 25
"""Steps' worth of writes from which on nothing waits for its turn: half a second, before a second can be lost."""
_LAYOUT = struct.Struct("<4sI4s4sIHHIIHH4sI")


def header(channels: int, octets: int) -> bytes:
    """The head of a WAV file with so many octets of 16 bit samples at 8 kHz."""
    frame = channels * _WIDTH
    form = (16, 1, channels, RATE, RATE * frame, frame, 8 * _WIDTH)
    return _LAYOUT.pack(b"RIFF", octets + HEADER - 8, b"WAVE", b"fmt ", *form, b"data", octets)


_UNOPENED, _GIVEN_UP = -1, -2


@dataclass(slots=True)
class _File:
    path: str
    leg: str
    channels: int
    handle: int = _UNOPENED
    """File descriptor, or one of the two above."""
    octets: int = 0

    @property
    def seconds(self) -> float:
        return self.octets / (self.channels * _WIDTH * RATE)


class Files:
    """The open files. Each method may wait for the disk."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}

    def write(self, write: Write, sync: bool = False) -> list[AnyReport]:
        """Do one thing. ``sync``: let a finished file reach the platter."""
        try:
            return self._do(write, sync)
        except OSError as error:
            told = self._give_up(write.recording, f"recording {write.recording}: {error.strerror or error}")
            return told + (self._end(write.recording, sync=False) if isinstance(write, End) else [])

    def _do(self, write: Write, sync: bool) -> list[AnyReport]:
        match write:
            case Begin():
                self._files[write.recording] = _File(write.path, write.leg, write.channels)
            case Block() | Spoken():
                self._append(self._files[write.recording], write.data)
            case End():
                return self._end(write.recording, sync)
        return []

    def _open(self, file: _File) -> None:
        """A file that is there is gone on with (a worker that died may have begun it); it never loses a sample."""
        os.makedirs(os.path.dirname(file.path) or ".", exist_ok=True)
        handle = os.open(file.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 28, 8) != header(file.channels, 0)[8:36]:
            os.close(handle)
            raise FileExistsError(0, f"{file.path} is there, and is no recording like this one")
        file.handle, file.octets = handle, max(0, size - HEADER)

    def _append(self, file: _File, data: bytes | memoryview) -> None:
        """The file is made with its first half second: by then the switch has its row in the store."""
        if file.handle == _GIVEN_UP:
            return
        if file.handle == _UNOPENED:
            self._open(file)
        written = os.pwrite(file.handle, data, HEADER + file.octets)
        if written != len(data):
            raise OSError(0, "the disk is full")
        file.octets += written
        os.pwrite(file.handle, header(file.channels, file.octets), 0)

    def _end(self, recording: str, sync: bool) -> list[AnyReport]:
        file = self._files[recording]
        self._append(file, b"")
        if file.handle >= 0:
            if sync:
                os.fdatasync(file.handle)
            os.close(file.handle)
        del self._files[recording]
        return [Recorded(recording, file.seconds)]

    def _give_up(self, recording: str, what: str) -> list[AnyReport]:
        file = self._files.get(recording)
        if file is None:
            return [Trouble("", what)]
        if file.handle >= 0:
            os.close(file.handle)
        file.handle = _GIVEN_UP
        return [Trouble(file.leg, what)]


class Writer:
    """The thread. What it has to tell is asked for with :meth:`reports`, so that nothing but a queue is shared.

    Only one thread at a time can compute, and taking turns at every packet is dear; so the writer works between two
    steps, when nothing else is done. Should there be no time between them, it goes on nevertheless: slowly at first, and
    without waiting when half a second of sound has piled up."""

    def __init__(self) -> None:
        self._turn = Event()
        self._turn.set()
        self._queue: SimpleQueue[list[Write]] = SimpleQueue()
        self._reports: deque[AnyReport] = deque()
        self._thread = Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def write(self, writes: Iterable[Write]) -> None:
        """Hand over; returns at once."""
        if handed := list(writes):
            self._queue.put(handed)

    def rest(self) -> None:
        """A step begins."""
        self._turn.clear()

    def go_on(self) -> None:
        """The step is done."""
        self._turn.set()

    def reports(self) -> list[AnyReport]:
        """What happened since the last time."""
        return [self._reports.popleft() for _ in range(len(self._reports))]

    def close(self) -> None:
        """Write everything that was handed over, then stop; waits for it."""
        self.go_on()
        self._queue.put([])
        self._thread.join()

    def _run(self) -> None:
        files = Files()
        while writes := self._queue.get():
            for write in writes:
                if self._queue.qsize() < _BEHIND:
                    self._turn.wait(_PATIENCE)
                self._reports.extend(files.write(write, sync=self._queue.empty()))
