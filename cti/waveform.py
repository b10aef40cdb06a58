"""What happened while a recording ran, as moments of it: holds, keys, changes of who talks.

A recording has no clock of its own, but its first sample is that of the step in which ``recording.started`` was written,
and it runs on through holds and pauses; so a moment of the journal is a moment of the recording. What was before it (the
caller's way through the menus, usually) has a negative one.
"""

from collections.abc import Iterable

import msgspec

import switch.events as told
from switch.journal import Entry


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened, ``at`` seconds from the beginning of the recording."""

    at: float
    kind: str
    """hold, pause (of the recording), press, menu, talk, consult, transfer."""
    until: float | None = None
    """When it was over; None = it has no length, or lasted to the end."""
    party: str = ""
    text: str = ""
    """The key, the menu, where it was transferred to."""


class PartyShape(msgspec.Struct, frozen=True, kw_only=True):
    """How loud one party is. All lists are equally long, from the beginning to the end."""

    party: str
    """caller or agent."""
    low: list[int]
    """The lowest sample at each point, down to -128."""
    high: list[int]
    """The highest sample, up to 127."""
    loudness: list[int]
    """Root mean square in decibels below full scale, at its loudest."""
    talk: list[tuple[float, float]]
    """When it speaks: from and to, in seconds."""


class Waveform(msgspec.Struct, frozen=True, kw_only=True):
    """The picture of a recording."""

    recording: str
    contact: str
    seconds: float
    points: int
    parties: list[PartyShape]
    overlap: list[tuple[float, float]]
    """When both speak (cross-talk)."""
    silence: list[tuple[float, float]]
    """When nobody does."""
    marks: list[Mark]


def marks_of(recording: str, entries: Iterable[Entry]) -> list[Mark]:
    """The marks of one recording, in order; none when the journal does not know when it began."""
    entries = list(entries)
    start = next((entry.at for entry in entries if isinstance(entry.event, told.RecordingStarted)
                  and entry.event.recording == recording), None)
    if start is None:
        return []
    fold = _Marks(start)
    for entry in entries:
        fold.add(entry)
    return sorted(fold.marks, key=lambda mark: mark.at)


class _Marks:
    def __init__(self, start: float) -> None:
        self.start = start
        self.marks: list[Mark] = []
        self._open: dict[tuple[str, str], int] = {}
        """What goes on, by kind and party: its place among the marks."""

    def add(self, entry: Entry) -> None:
        event, at = entry.event, round(entry.at - self.start, 3)
        match event:
            case told.Held():
                self._begin("hold", event.party, at)
            case told.Retrieved():
                self._end("hold", event.party, at)
            case told.LegEnded():
                self._end("hold", event.party, at)
            case told.RecordingPaused():
                self._begin("pause", "", at, event.by)
            case told.RecordingResumed():
                self._end("pause", "", at)
            case told.DigitPressed():
                self._mark("press", "caller", at, event.digit)
            case told.MenuEntered():
                self._mark("menu", "", at, event.menu)
            case told.SegmentBegan(kind="talk"):
                self._mark("talk", event.owner, at)
            case told.ConsultationChanged(state="initiated"):
                self._mark("consult", event.by, at, event.to)
            case told.TransferChanged(state="completed"):
                self._mark("transfer", event.by, at, event.party or event.to)

    def _mark(self, kind: str, party: str, at: float, text: str = "") -> None:
        self.marks.append(Mark(at=at, kind=kind, party=party, text=text))

    def _begin(self, kind: str, party: str, at: float, text: str = "") -> None:
        if (kind, party) not in self._open:
            self._open[kind, party] = len(self.marks)
            self._mark(kind, party, at, text)

    def _end(self, kind: str, party: str, at: float) -> None:
        place = self._open.pop((kind, party), None)
        if place is not None:
            self.marks[place] = msgspec.structs.replace(self.marks[place], until=at)
