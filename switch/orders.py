"""What may be asked of the switch, in the imperative; the names are CSTA's (ECMA-269) where it has one.

An order is obeyed at once or refused with a reason; it changes nothing when it is refused. ``by`` says who asks and is
filled in from the token by whoever took the order in, never by the client. ``agent`` is whose seat it concerns.
"""

import msgspec


class OrderRefused(Exception):
    """What was asked cannot be. ``code`` is a word for programs, the message a sentence for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="method", forbid_unknown_fields=True):
    """The root of all orders."""

    agent: str = ""
    """Whose seat; empty = the asker's own."""


class CallOrder(Order, frozen=True, kw_only=True):
    contact: str = ""
    """Empty = the contact that the agent has now."""


class HouseOrder(Order, frozen=True, kw_only=True):
    """About the house, not about a seat: for supervisors."""


class SupervisorOrder(CallOrder, frozen=True, kw_only=True):
    """About the talk of another seat, for supervisors: `agent` is who talks. The phone of who asks is rung."""


class LogIn(Order, frozen=True, kw_only=True, tag="agent.logIn"):
    """Take the seat. State becomes ``ready`` or ``not_ready``."""

    ready: bool = True


class LogOut(Order, frozen=True, kw_only=True, tag="agent.logOut"):
    """Leave the seat; refused during a talk."""


class SetState(Order, frozen=True, kw_only=True, tag="agent.setState"):
    """Become ``ready`` or ``not_ready``. During a talk it takes effect when the talk ends."""

    state: str
    """ready or not_ready."""
    reason: str = ""


class ExtendWrapUp(Order, frozen=True, kw_only=True, tag="agent.extendWrapUp"):
    seconds: float


class EndWrapUp(Order, frozen=True, kw_only=True, tag="agent.endWrapUp"):
    pass


class MakeCall(Order, frozen=True, kw_only=True, tag="call.make"):
    """Ring the agent's phone, then the number. ``anonymous``: nobody outside is shown who calls."""

    to: str
    anonymous: bool = False


class AnswerCall(CallOrder, frozen=True, kw_only=True, tag="call.answer"):
    """Have the agent's ringing phone pick up, where it allows that (Call-Info answer-after, Alert-Info)."""


class RejectCall(CallOrder, frozen=True, kw_only=True, tag="call.reject"):
    """Turn the offered contact down; it keeps its place in the queue."""


class HoldCall(CallOrder, frozen=True, kw_only=True, tag="call.hold"):
    pass


class RetrieveCall(CallOrder, frozen=True, kw_only=True, tag="call.retrieve"):
    pass


class ClearCall(CallOrder, frozen=True, kw_only=True, tag="call.clear"):
    """End the call for everybody in it; who is only consulted leaves it alone."""


class TransferCall(CallOrder, frozen=True, kw_only=True, tag="call.transfer"):
    """Blind transfer (CSTA Single Step Transfer): the agent is free at once, the caller hears music until the next party
    answers. If nobody does, they come back, and `transfer.state` says why."""

    to: str
    """queue:NAME, agent:NUMBER, or a number."""
    note: str = ""
    """What the next agent's screen shows."""


class RequeueCall(CallOrder, frozen=True, kw_only=True, tag="call.requeue"):
    """Back to the queue that the caller came from, with the place and the priority that they had."""

    note: str = ""


class DeflectCall(CallOrder, frozen=True, kw_only=True, tag="call.deflect"):
    """Send a call that rings on to somebody else, without picking up."""

    to: str
    """queue:NAME, agent:NUMBER, or a number."""
    note: str = ""


class ConsultCall(CallOrder, frozen=True, kw_only=True, tag="call.consult"):
    """Ask somebody, in private, while the caller hears music."""

    to: str
    """queue:NAME, agent:NUMBER, or the number of one."""
    note: str = ""
    """What the screen of who is asked shows."""


class AlternateCall(CallOrder, frozen=True, kw_only=True, tag="call.alternate"):
    """Swap between the caller and the consulted; the other one hears music."""


class CompleteCall(CallOrder, frozen=True, kw_only=True, tag="call.complete"):
    """Attended transfer (CSTA Transfer Call): leave the caller with the consulted; or, while they ring, on the way."""


class CancelConsult(CallOrder, frozen=True, kw_only=True, tag="call.cancelConsult"):
    """Hang up on the consulted and go back to the caller (CSTA Reconnect Call)."""


class ConferenceCall(CallOrder, frozen=True, kw_only=True, tag="call.conference"):
    """Talk with the caller and the consulted at once. Consult again to bring in a fourth."""


class DropParty(CallOrder, frozen=True, kw_only=True, tag="call.drop"):
    """Hang up on one party of a conference or on the consulted (CSTA Clear Connection); the others go on."""

    party: str = ""
    """An agent or a number of the call; empty = leave it oneself."""


class MuteParty(CallOrder, frozen=True, kw_only=True, tag="call.mute"):
    """One party hears the others and is not heard."""

    party: str = ""
    """An agent or a number of the call; empty = oneself."""


class UnmuteParty(CallOrder, frozen=True, kw_only=True, tag="call.unmute"):
    party: str = ""
    """An agent or a number of the call; empty = oneself."""


class SendDigits(CallOrder, frozen=True, kw_only=True, tag="call.sendDigits"):
    """Press keys towards the other party."""

    digits: str


class MonitorCall(SupervisorOrder, frozen=True, kw_only=True, tag="call.monitor"):
    """Listen to the talk of `agent`, unheard. Your own phone is rung. Who listens already changes to this."""


class WhisperCall(SupervisorOrder, frozen=True, kw_only=True, tag="call.whisper"):
    """The same, and `agent` hears you, and nobody else does; nor does the recording."""


class BargeIn(SupervisorOrder, frozen=True, kw_only=True, tag="call.barge"):
    """Break in: everybody hears you (CSTA Intrude Call)."""


class TakeOverCall(SupervisorOrder, frozen=True, kw_only=True, tag="call.takeOver"):
    """You have the caller, `agent` is free and has their wrap-up."""


class StopMonitoring(CallOrder, frozen=True, kw_only=True, tag="call.stopMonitoring"):
    """Leave the talk that you are in by one of these; before you have picked up, too. The others go on."""


class PauseRecording(CallOrder, frozen=True, kw_only=True, tag="recording.pause"):
    pass


class ResumeRecording(CallOrder, frozen=True, kw_only=True, tag="recording.resume"):
    pass


class NoteContact(CallOrder, frozen=True, kw_only=True, tag="contact.note"):
    """Say what came of a contact, during the talk or in after-call work; what was said last holds."""

    outcome: str = ""
    """A code of the queue's `outcomes`; empty = none."""
    note: str = ""
    """At most 2,000 characters."""


class MarkVoicemailHeard(Order, frozen=True, kw_only=True, tag="voicemail.markHeard"):
    """The messages of a voice mailbox have been listened to: the lamps of those who watch it go out."""

    box: str


class PullForward(HouseOrder, frozen=True, kw_only=True, tag="queue.pullForward"):
    """Put a waiting caller at the head of their line."""

    contact: str


class QueueOrder(HouseOrder, frozen=True, kw_only=True):
    queue: str
    why: str = ""


class CloseQueue(QueueOrder, frozen=True, kw_only=True, tag="queue.close"):
    """Close one queue by hand, whatever its hours say: whoever comes next meets a closed door. Callers who wait stay or go,
    as the queue says (`at_closing`)."""

    until: str | float = ""
    """`18:00`, `Monday 08:00`, `2030-12-24 18:00` where its hours are, else where the house is, or POSIX seconds; empty =
    until it is opened."""


class OpenQueue(QueueOrder, frozen=True, kw_only=True, tag="queue.open"):
    """Take that back: its hours rule again."""


class HoursOrder(HouseOrder, frozen=True, kw_only=True):
    hours: str
    """A name of `hours.yaml`."""


class CloseHours(HoursOrder, frozen=True, kw_only=True, tag="hours.close"):
    """Close now: whoever comes next meets a closed door. Calls in progress are left alone; callers who wait in a queue stay
    or go, as the queue says."""

    until: str | float = ""
    """`18:00`, `Monday 08:00`, `2030-12-24 18:00` where the calendar is, or POSIX seconds; empty = until it is opened."""
    why: str = ""


class OpenHours(HoursOrder, frozen=True, kw_only=True, tag="hours.open"):
    """Take back what was closed by hand; or, where `force_open` is set, open against the calendar."""

    until: str | float = ""
    """As of `hours.close`; only with `force_open`."""
    why: str = ""


class FollowHours(HoursOrder, frozen=True, kw_only=True, tag="hours.follow"):
    """Let the calendar rule again, whatever was done by hand."""


ORDERS: dict[str, type[Order]] = {
    kind.__struct_config__.tag: kind
    for kind in (
        LogIn, LogOut, SetState, ExtendWrapUp, EndWrapUp, MakeCall, AnswerCall, RejectCall, HoldCall, RetrieveCall,
        ClearCall, TransferCall, RequeueCall, DeflectCall, ConsultCall, AlternateCall, CompleteCall, CancelConsult,
        ConferenceCall, DropParty, MuteParty, UnmuteParty, SendDigits, PauseRecording, ResumeRecording,
        NoteContact, MarkVoicemailHeard, CloseHours, OpenHours, FollowHours, MonitorCall, WhisperCall, BargeIn,
        TakeOverCall, StopMonitoring, PullForward, CloseQueue, OpenQueue,
    )
}
"""Every order by the method name that clients use."""

UNSEEN = frozenset(name for name, kind in ORDERS.items() if issubclass(kind, SupervisorOrder | StopMonitoring))
"""Those of which only supervisors learn that they were given; what comes of them tells whom it may."""
