"""Events of a supervisor in somebody else's talk, and of what supervisors do to queues."""

from switch.events.root import ContactEvent, Event


class SupervisionEvent(ContactEvent, frozen=True, kw_only=True):
    by: str
    """The supervisor."""
    agent: str
    """Whose talk it is."""
    kind: str
    """monitor (hears everybody), whisper (is heard by the agent alone), barge (is heard by all), take_over."""
    leg: str
    """The supervisor's own leg."""
    tell_agent: bool = False
    """Whether agents learn of it: where they hear it, or the settings have it announced. Supervisors always do."""


class SupervisionBegan(SupervisionEvent, frozen=True, kw_only=True, tag="supervision.began"):
    """The supervisor has picked up, and hears the talk."""


class SupervisionChanged(SupervisionEvent, frozen=True, kw_only=True, tag="supervision.changed"):
    """From now on it is of this kind."""


class SupervisionEnded(SupervisionEvent, frozen=True, kw_only=True, tag="supervision.ended"):
    """The supervisor does not listen any more."""

    why: str
    """stopped, hung_up, agent_left, left (the contact is over, or only two would stay), taken_over (the caller is the
    supervisor's). Of one who never heard anything: no_answer, rejected, unreachable, as their phone said."""


class ContactPulled(ContactEvent, frozen=True, kw_only=True, tag="queue.pulled_forward"):
    """A supervisor has put the caller at the head of the line."""

    queue: str
    by: str
    position: int


class QueueEvent(Event, frozen=True, kw_only=True):
    queue: str
    by: str
    why: str = ""


class QueueClosed(QueueEvent, frozen=True, kw_only=True, tag="queue.closed"):
    """A supervisor has closed the queue by hand, whatever its hours say."""

    until: float | None = None
    """When its hours rule again, POSIX seconds; None = when somebody opens it."""


class QueueOpened(QueueEvent, frozen=True, kw_only=True, tag="queue.opened"):
    """And lets its hours rule again; `by` nobody, when its time was over."""
