"""Events of recordings and voice mails."""

import msgspec

from switch.events.root import ContactEvent, Event


class RecordingEvent(ContactEvent, frozen=True, kw_only=True):
    recording: str


class RecordingStarted(RecordingEvent, frozen=True, kw_only=True, tag="recording.started"):
    path: str
    """Relative to the recordings folder."""
    agent: str = ""
    queue: str = ""
    keep_until: float = 0.0
    """POSIX seconds; 0 = for ever."""


class RecordingPaused(RecordingEvent, frozen=True, kw_only=True, tag="recording.paused"):
    by: str = ""


class RecordingResumed(RecordingEvent, frozen=True, kw_only=True, tag="recording.resumed"):
    by: str = ""


class RecordingSaved(RecordingEvent, frozen=True, kw_only=True, tag="recording.saved"):
    seconds: float


class RecordingDeleted(RecordingEvent, frozen=True, kw_only=True, tag="recording.deleted"):
    why: str
    """retention."""


class PartySpeech(msgspec.Struct, frozen=True, kw_only=True):
    talk: float
    silence: float
    longest_hold: float = 0.0


class SpeechMeasured(RecordingEvent, frozen=True, kw_only=True, tag="recording.measured"):
    """Voice activity of the finished recording: seconds of talk and silence per party, of both at once, of neither."""

    caller: PartySpeech
    agent: PartySpeech
    overlap: float
    silence: float


class VoicemailLeft(ContactEvent, frozen=True, kw_only=True, tag="voicemail.left"):
    box: str
    path: str
    seconds: float
    caller: str


class VoicemailHeard(Event, frozen=True, kw_only=True, tag="voicemail.heard"):
    """All messages of this box have been listened to: the lamps go out."""

    box: str
    by: str
    messages: int
    """How many were new."""
