"""Events of quality work: who listened to a recording, and how a talk was scored."""

import msgspec

from switch.events.recordings import RecordingEvent
from switch.events.root import ContactEvent


class RecordingPlayed(RecordingEvent, frozen=True, kw_only=True, tag="recording.played"):
    """Somebody was given the sound of a recording. Told once for a listening, in however many pieces it was fetched."""

    by: str
    how: str = "played"
    """played, or exported (it left the house in a vCon)."""


class Remark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A comment at a moment of a recording."""

    recording: str
    at: float
    """Seconds from its beginning."""
    text: str


class ContactScored(ContactEvent, frozen=True, kw_only=True, tag="quality.scored"):
    """A talk was judged by a form. What the same person said before of this agent by this form no longer holds."""

    by: str
    agent: str
    """Who was judged."""
    form: str
    version: str
    """Of the form: another one for each change of it."""
    score: float
    """0 to 100."""
    passed: bool = True
    """Whether it reached the form's pass mark, without a fatal error."""
    fatal: tuple[str, ...] = ()
    """Fatal errors, by name; with any of them the score is 0."""
    answers: dict[str, int] = {}
    """Marks by question, as `section.question`."""
    not_applicable: tuple[str, ...] = ()
    """Questions that the talk gave no occasion for."""
    remarks: tuple[Remark, ...] = ()
    note: str = ""
