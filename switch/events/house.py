"""Events of the switch itself and of those who command it."""

from switch.events.root import Event


class SwitchStarted(Event, frozen=True, kw_only=True, tag="switch.started"):
    version: str
    epoch: int
    """How many times this store has been opened by a switch; the first half of a CTI cursor."""


class SwitchStopped(Event, frozen=True, kw_only=True, tag="switch.stopped"):
    reason: str


class CommandObeyed(Event, frozen=True, kw_only=True, tag="command.obeyed"):
    """Somebody at a CTI client told the switch to do this."""

    by: str
    command: str
    contact: str = ""
    agent: str = ""
