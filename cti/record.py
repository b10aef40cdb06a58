"""What is kept of a contact when everybody has hung up: its shapes, and the figures computed from the rest of it."""

import msgspec

from switch.events import Customer, MediaQuality, Remark, SpeechMeasured, Step, VoicemailLeft

OUTCOMES = {
    "answered": "somebody talked with the caller",
    "voicemail": "the caller left a message",
    "abandoned": "the caller hung up in a queue",
    "callback": "the caller asked to be called back",
    "turned_away": "a queue gave the caller away, and nobody else talked with them",
    "self_served": "the tree said goodbye",
    "left_in_ivr": "the contact ended in the tree",
    "unanswered": "the called party never picked up",
}
"""How a contact went, in one word; the first that is true."""


class Segment(msgspec.Struct, frozen=True):
    """A stretch of the contact with one owner. Moments in POSIX seconds; ``ended`` 0 = it goes on."""

    kind: str
    owner: str
    began: float
    ended: float = 0.0


class Visit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stay in one queue. ``why`` is empty while the caller is still there."""

    queue: str
    joined: float
    why: str = ""
    waited: float = 0.0
    announced_wait: float | None = None
    agent: str = ""


class WrapUp(msgspec.Struct, frozen=True):
    """After-call work of one agent for this contact; after a transfer it runs beside the contact's next segment."""

    agent: str
    began: float
    ended: float = 0.0


class Transfer(msgspec.Struct, frozen=True):
    at: float
    by: str
    to: str
    note: str = ""
    outcome: str = ""
    """completed, failed, canceled; empty = it is under way."""
    party: str = ""
    """Who took the caller, or did not."""
    why: str = ""


class Talk(msgspec.Struct, frozen=True):
    """One agent with the caller, alone or in a conference, without the time on hold. ``ended`` 0 = it goes on."""

    agent: str
    began: float
    ended: float = 0.0


class Consult(msgspec.Struct, frozen=True, omit_defaults=True):
    """One party of the talk asked somebody else. It runs beside the segments: the caller was on hold meanwhile."""

    consultation: str
    by: str
    to: str
    began: float
    party: str = ""
    """Who answered, or did not; empty = nobody was found."""
    answered: float = 0.0
    """0 = nobody did."""
    ended: float = 0.0
    outcome: str = ""
    """transferred, conferenced, canceled, failed; empty = it goes on."""
    why: str = ""


class Supervised(msgspec.Struct, frozen=True, omit_defaults=True):
    """A supervisor in the talk of an agent, in one way; ``ended`` 0 = it goes on."""

    by: str
    agent: str
    kind: str
    """monitor, whisper, barge: of these only the last is heard by the caller, and in the recording; take_over = they have
    the caller from then on, like an agent."""
    began: float
    ended: float = 0.0
    tell_agent: bool = False


class Noted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an agent said came of it."""

    agent: str
    at: float
    outcome: str = ""
    note: str = ""


class Followup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was sent after the call, or was not."""

    followup: str
    rule: str
    state: str
    """queued, sent, failed, skipped."""
    at: float
    """When it came to that."""
    to: str = ""
    text: str = ""
    why: str = ""


class Survey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the caller said of the talk. ``outcome``: completed, hung_up, timeout, cut_off; empty = it goes on."""

    survey: str
    version: str
    agent: str
    queue: str
    began: float
    ended: float = 0.0
    outcome: str = ""
    answers: dict[str, int] = {}
    """Scores by question, 1 to 5."""
    score: float | None = None
    """Their mean."""
    tell_agent: bool = False


class Score(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How somebody judged an agent's talk, by a form; the last word of each judge."""

    by: str
    at: float
    agent: str
    form: str
    version: str
    score: float
    """0 to 100."""
    passed: bool = True
    fatal: tuple[str, ...] = ()
    answers: dict[str, int] = {}
    """Marks by question, as `section.question`."""
    not_applicable: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    note: str = ""


class ContactRecord(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Everything that is kept of one contact. Moments in POSIX seconds, 0 = it has not happened."""

    contact: str
    direction: str = "inbound"
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    started: float = 0.0
    answered: float = 0.0
    ended: float = 0.0
    complete: bool = False
    """The contact has ended and no agent has work with it any more."""
    outcome: str = ""
    """One of :data:`OUTCOMES`; empty = not ended."""
    ended_by: str = ""
    cause: str = ""
    sip_status: int = 0
    csta_cause: str = ""
    customer: Customer | None = None
    trees: tuple[str, ...] = ()
    tree_outcome: str = ""
    way: tuple[Step, ...] = ()
    collected: dict[str, str] = {}
    look_ups: dict[str, str] = {}
    visits: tuple[Visit, ...] = ()
    agents: tuple[str, ...] = ()
    """Who talked with the caller, in order."""
    transfers: tuple[Transfer, ...] = ()
    consults: tuple[Consult, ...] = ()
    talks: tuple[Talk, ...] = ()
    """Who of the agents talked with the caller, and when; in a conference several at once."""
    segments: tuple[Segment, ...] = ()
    wrap_ups: tuple[WrapUp, ...] = ()
    seconds: dict[str, float] = {}
    """By kind of segment: ivr, queue, ring, talk, hold, consult, wrap_up, survey, voicemail, closing. wrap_up sums all its
    agents', consult all consultations, in which the caller was on hold or had left."""
    recordings: tuple[str, ...] = ()
    recorded: float = 0.0
    """Seconds in the saved files."""
    deleted: tuple[str, ...] = ()
    """Recordings that are gone."""
    speech: SpeechMeasured | None = None
    quality: tuple[MediaQuality, ...] = ()
    voicemails: tuple[VoicemailLeft, ...] = ()
    supervisions: tuple[Supervised, ...] = ()
    """Supervisors in the talk; beside the segments, like consultations."""
    noted: tuple[Noted, ...] = ()
    """What its agents said came of it, the last word of each."""
    survey: Survey | None = None
    followups: tuple[Followup, ...] = ()
    scores: tuple[Score, ...] = ()

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues that it stood in, each once, in order."""
        return tuple(dict.fromkeys(visit.queue for visit in self.visits))

    @property
    def length(self) -> float:
        """Seconds from the first sign to the last hang-up; 0 = not ended."""
        return self.ended - self.started if self.ended else 0.0


def seconds_of(record: ContactRecord) -> dict[str, float]:
    """Seconds by kind of segment; ``wrap_up`` and ``consult`` sum what ran beside other segments, too."""
    totals: dict[str, float] = {}
    for segment in record.segments:
        if segment.ended and segment.kind != "wrap_up":
            totals[segment.kind] = totals.get(segment.kind, 0.0) + segment.ended - segment.began
    work = sum(work.ended - work.began for work in record.wrap_ups if work.ended)
    asked = sum(consult.ended - consult.answered for consult in record.consults if consult.answered and consult.ended)
    if asked:
        totals["consult"] = totals.get("consult", 0.0) + asked
    return totals | {"wrap_up": work} if record.wrap_ups else totals


def outcome_of(record: ContactRecord) -> str:
    """One word for how it went, from the best thing that happened down."""
    last = record.visits[-1].why if record.visits else ""
    if not record.ended:
        return ""
    if record.agents:
        return "answered"
    if record.voicemails:
        return "voicemail"
    if record.visits:
        return last if last in ("abandoned", "callback") else "turned_away"
    if record.direction != "inbound" or not record.trees:
        return "unanswered"
    return "self_served" if record.tree_outcome == "goodbye" else "left_in_ivr"
