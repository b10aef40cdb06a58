"""What media on paper knows of a leg and of a recording, and what a party hears of all that."""

from dataclasses import dataclass

from media.orders import Stream

PACKETS = 50
"""Packets in a second of sound, one for each 20 ms."""


@dataclass(slots=True)
class Row:
    """One leg."""

    port: int
    stream: Stream | None
    play: str = ""
    sounds: tuple[str, ...] = ()
    serial: int = 0
    """Number of the line in the heap that ends the foreground; 0 = nothing plays."""
    music: str = ""
    partner: str = ""
    speaking: bool = True
    """Whether the far end sends packets."""
    quiet: int = 0
    """Number of the line in the heap that raises the silence alarm; 0 = none."""
    reported: bool = False
    """Whether the silence was reported."""
    received: float = 0.0
    counted: float = 0.0
    """Until when packets are counted in ``received``, POSIX seconds."""
    digits: str = ""
    """What was pressed towards the far end."""

    @property
    def due(self) -> bool:
        """Whether packets should come: the stream is agreed on and lets the far end send."""
        return self.stream is not None and self.stream.direction in ("sendrecv", "recvonly")

    def count(self, now: float) -> None:
        """Bring the number of packets up to ``now``."""
        if self.due and self.speaking:
            self.received += (now - self.counted) * PACKETS
        self.counted = now

    def hush(self) -> None:
        """Nothing plays in the foreground."""
        self.play, self.sounds, self.serial = "", (), 0


@dataclass(slots=True)
class Tape:
    """One recording: who is on its channels, and since when it runs (POSIX seconds)."""

    path: str
    left: str
    right: str
    began: float
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Hearing:
    """What reaches the ear of a leg's party."""

    foreground: tuple[str, ...] = ()
    background: str = ""
    """The music, where there is no partner."""
    ducked: bool = False
    """Whether the music is turned down under the foreground."""
    voices: tuple[str, ...] = ()
    """The legs that are heard."""
    digits: str = ""
    """All keys that were pressed towards this party so far."""

    @property
    def partner(self) -> str:
        """The only one who is heard; empty = nobody, or several."""
        return self.voices[0] if len(self.voices) == 1 else ""
