"""What has happened, in the past tense: the only things that the journal holds.

Everybody outside the switch (screens, MQTT, records, reports) reads these and nothing else, so every figure that a
manager sees can be recomputed from them. An event says *what*, never *when* or *which number*: the journal's
:class:`~switch.journal.Entry` adds both. One file for each room that they come from.

Shapes: identifiers are strings; moments are POSIX seconds (float); durations are seconds (float). The tag (``type``)
is the name that clients see. Segments are told by their beginnings alone: a ``contact.segment`` ends the one before it,
so the tiling of a contact has no gap and no overlap by construction.
"""

from switch.events.calls import (
    Conferenced,
    ConsultationChanged,
    Delivered,
    Diverted,
    Established,
    Held,
    LegEnded,
    LegEvent,
    MediaFair,
    MediaHeard,
    MediaIntruded,
    MediaPoor,
    MediaQuality,
    MediaSilent,
    MediaTimedOut,
    MediaTrouble,
    Muted,
    PhoneLost,
    Retrieved,
    TransferChanged,
    Transferred,
    Unmuted,
)
from switch.events.contacts import (
    ContactAnswered,
    ContactEnded,
    ContactNoted,
    ContactOffered,
    Customer,
    CustomerFound,
    SegmentBegan,
)
from switch.events.followups import FollowupEvent, FollowupFailed, FollowupQueued, FollowupSent, FollowupSkipped
from switch.events.house import (
    CommandObeyed,
    CommandRefused,
    ConfigurationPublished,
    ConfigurationRefused,
    Flaw,
    HoursClosed,
    HoursOpened,
    MediaFull,
    SourceBanned,
    SourceForgiven,
    SwitchStarted,
    SwitchStopped,
)
from switch.events.people import AgentStateChanged, PhoneRegistered, PhoneUnregistered
from switch.events.recordings import (
    PartySpeech,
    RecordingDeleted,
    RecordingEvent,
    RecordingPaused,
    RecordingResumed,
    RecordingSaved,
    RecordingStarted,
    SpeechMeasured,
    VoicemailHeard,
    VoicemailLeft,
)
from switch.events.root import ContactEvent, Event
from switch.events.surveys import SurveyAnswered, SurveyEnded, SurveyEvent, SurveyStarted
from switch.events.trunks import (
    EmergencyCalled,
    Failed,
    Originated,
    TollRefused,
    TollSpike,
    TrunkDown,
    TrunkRegistered,
    TrunkUnregistered,
    TrunkUp,
)
from switch.events.waits import (
    ContactDequeued,
    ContactQueued,
    Pop,
    ReservationAccepted,
    ReservationCanceled,
    ReservationCompleted,
    ReservationCreated,
    ReservationEvent,
    ReservationRejected,
    ReservationRescinded,
    ReservationTimedOut,
    Step,
    WaitAnnounced,
)
from switch.events.walks import (
    DigitPressed,
    DigitsCollected,
    LookedUp,
    MenuEntered,
    MenuMissed,
    NodePassed,
    OptionChosen,
    TreeLeft,
)

__all__ = [
    "KINDS",
    "AgentStateChanged",
    "CommandObeyed",
    "CommandRefused",
    "Conferenced",
    "ConfigurationPublished",
    "ConfigurationRefused",
    "ConsultationChanged",
    "ContactAnswered",
    "ContactDequeued",
    "ContactEnded",
    "ContactEvent",
    "ContactNoted",
    "ContactOffered",
    "ContactQueued",
    "Customer",
    "CustomerFound",
    "Delivered",
    "DigitPressed",
    "DigitsCollected",
    "Diverted",
    "EmergencyCalled",
    "Established",
    "Event",
    "Failed",
    "Flaw",
    "FollowupEvent",
    "FollowupFailed",
    "FollowupQueued",
    "FollowupSent",
    "FollowupSkipped",
    "Held",
    "HoursClosed",
    "HoursOpened",
    "LegEnded",
    "LegEvent",
    "LookedUp",
    "MediaFair",
    "MediaFull",
    "MediaHeard",
    "MediaIntruded",
    "MediaPoor",
    "MediaQuality",
    "MediaSilent",
    "MediaTimedOut",
    "MediaTrouble",
    "MenuEntered",
    "MenuMissed",
    "Muted",
    "NodePassed",
    "OptionChosen",
    "Originated",
    "PartySpeech",
    "PhoneLost",
    "PhoneRegistered",
    "PhoneUnregistered",
    "Pop",
    "RecordingDeleted",
    "RecordingEvent",
    "RecordingPaused",
    "RecordingResumed",
    "RecordingSaved",
    "RecordingStarted",
    "ReservationAccepted",
    "ReservationCanceled",
    "ReservationCompleted",
    "ReservationCreated",
    "ReservationEvent",
    "ReservationRejected",
    "ReservationRescinded",
    "ReservationTimedOut",
    "Retrieved",
    "SegmentBegan",
    "SourceBanned",
    "SourceForgiven",
    "SpeechMeasured",
    "Step",
    "SurveyAnswered",
    "SurveyEnded",
    "SurveyEvent",
    "SurveyStarted",
    "SwitchStarted",
    "SwitchStopped",
    "TollRefused",
    "TollSpike",
    "TransferChanged",
    "Transferred",
    "TreeLeft",
    "TrunkDown",
    "TrunkRegistered",
    "TrunkUnregistered",
    "TrunkUp",
    "Unmuted",
    "VoicemailHeard",
    "VoicemailLeft",
    "WaitAnnounced",
]


def _concrete(root: type[Event]) -> list[type[Event]]:
    """Every event that can be written: the classes that have a tag of their own."""
    found = []
    for child in root.__subclasses__():
        children = _concrete(child)
        found += children or [child]
    return found


KINDS: dict[str, type[Event]] = dict(sorted((kind.__struct_config__.tag, kind) for kind in _concrete(Event)))
"""Every event by the name that clients see, in the order of these names."""
