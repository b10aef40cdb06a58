"""I/O: the media worker's side of the transcoder process. It is started with the worker where such legs are expected, or the
first of them would hear nothing until it is there; otherwise when a leg needs it."""

import os
import subprocess
import sys
from pathlib import Path

from media.control import Line
from media.scheduling import ordinary
from media.transcoding import AnyPart, Begin, End, Transcoding

_ROOT = Path(__file__).resolve().parent.parent


class TranscoderPort:
    """Brings what is in the outbox of ``transcoding`` to the process."""

    def __init__(self, transcoding: Transcoding) -> None:
        self._transcoding = transcoding
        self._line: Line | None = None
        self._process: subprocess.Popen | None = None

    @property
    def lines(self) -> list[Line]:
        """What to listen to; nothing as long as there was no such leg."""
        return [self._line] if self._line else []

    def bring(self) -> None:
        """Empty the outbox; never waits. While the process is behind, packets are thrown away: they would be too old
        when their turn comes."""
        outbox, self._transcoding.outbox = self._transcoding.outbox, []
        if not outbox:
            return
        self.start()
        self._line.flush()
        if self._line.waiting:
            outbox = [part for part in outbox if isinstance(part, Begin | End)]
        self._line.send(outbox)

    def listen(self) -> list[AnyPart]:
        """What it has made. A process that died is followed by another: the calls go on."""
        if self._line is None:
            return []
        made = self._line.receive()
        if self._line.closed:
            self.close()
            self._line = None
            self.start()
            self._transcoding.begin_anew()
        return made

    def close(self) -> None:
        """Hang up; the process ends by itself."""
        if self._line and self._process:
            self._line.close()
            self._process.wait()

    def start(self) -> None:
        """Have a process, if there is none."""
        if self._line is not None:
            return
        ours, theirs = Line.pair()
        with theirs:
            command = (sys.executable, "-m", "media.transcoder", f"--line={theirs.fileno()}")
            path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.DEVNULL,
                preexec_fn=ordinary,
            )
        self._line = Line(ours, AnyPart)
