"""Events of follow-ups: what is sent after the call. The journal is their outbox: what is queued and neither sent nor
failed is still to be sent."""

from switch.events.root import ContactEvent


class FollowupEvent(ContactEvent, frozen=True, kw_only=True):
    followup: str
    """Its name for ever; a gateway is shown it as ``Idempotency-Key``."""
    rule: str


class FollowupQueued(FollowupEvent, frozen=True, kw_only=True, tag="followup.queued"):
    kind: str
    """sms or webhook."""
    sender: str
    to: str = ""
    """The number that gets the text; empty for a webhook."""
    text: str = ""
    parts: int = 0
    """Short messages that the text takes; 0 = it is none."""
    due: float = 0.0
    """Not before this moment, POSIX seconds; 0 = at once."""
    values: dict[str, str] = {}
    """What the sender may say of the contact."""


class FollowupSkipped(FollowupEvent, frozen=True, kw_only=True, tag="followup.skipped"):
    why: str
    """anonymous, no_mobile (not a number that takes texts), too_soon (the caller got it lately)."""


class FollowupSent(FollowupEvent, frozen=True, kw_only=True, tag="followup.sent"):
    """The sender has taken it."""

    tries: int = 1


class FollowupFailed(FollowupEvent, frozen=True, kw_only=True, tag="followup.failed"):
    """It was not sent, and will not be."""

    why: str
    """What the last try came to: status 422, TimeoutError, no sender of this name ..."""
    tries: int = 0
