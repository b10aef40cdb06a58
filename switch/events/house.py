"""Events of the switch itself and of those who command it."""

import msgspec

from switch.events.root import Event


class SwitchStarted(Event, frozen=True, kw_only=True, tag="switch.started"):
    version: str
    epoch: int
    """How many times this store has been opened by a switch; the first half of a CTI cursor."""


class SwitchDraining(Event, frozen=True, kw_only=True, tag="switch.draining"):
    """No new call is taken from here on; when those that are up are over, the switch stops. Said again when that changes."""

    by: str
    """Who said so; `signal` = SIGTERM or SIGINT."""
    calls: int
    """How many are up."""
    until: float | None = None
    """When whoever is still there is hung up on, POSIX seconds; None = not before the end of the last call."""


class SwitchStopped(Event, frozen=True, kw_only=True, tag="switch.stopped"):
    reason: str


class SourceBanned(Event, frozen=True, kw_only=True, tag="source.banned"):
    """An address is not heard any more, except for phones that are registered from there and calls in progress."""

    source: str
    """IP address."""
    why: str
    """The last offence: wrong_password, scanner, garbage, nowhere."""
    until: float
    """POSIX seconds."""


class SourceForgiven(Event, frozen=True, kw_only=True, tag="source.forgiven"):
    """And is heard again."""

    source: str
    """IP address."""
    why: str
    """served, lifted (by hand), forgotten (there were too many)."""
    by: str = ""
    """Who lifted it."""


class CommandObeyed(Event, frozen=True, kw_only=True, tag="command.obeyed"):
    """Somebody at a CTI client told the switch to do this."""

    by: str
    command: str
    contact: str = ""
    agent: str = ""


class CommandRefused(Event, frozen=True, kw_only=True, tag="command.refused"):
    """Somebody at a CTI client told the switch to do this, and it could not be done; nothing has changed."""

    by: str
    command: str
    code: str
    """The reason as a word, as the client was told."""
    contact: str = ""
    """The contact that it was about; empty = none that there is."""
    agent: str = ""


class HoursEvent(Event, frozen=True, kw_only=True):
    """A door of the house."""

    hours: str
    """A name of `hours.yaml`."""
    why: str
    """The rule: `mon-fri 08:00-18:00`, a holiday's name, `closed now by 2001`."""
    by: str = ""
    """Who did it by hand; empty = the calendar."""
    until: float | None = None
    """When that changes by itself, POSIX seconds; None = not by itself, or not within two years."""


class HoursOpened(HoursEvent, frozen=True, kw_only=True, tag="hours.opened"):
    """It is open from here on, or somebody has opened it."""


class HoursClosed(HoursEvent, frozen=True, kw_only=True, tag="hours.closed"):
    """It is closed from here on, or somebody has closed it. Calls in progress go on."""


class MediaFull(Event, frozen=True, kw_only=True, tag="media.full"):
    """Every RTP port is taken: calls are turned away (503) until one ends. Said once each time."""

    first_port: int
    last_port: int


class HouseOverloaded(Event, frozen=True, kw_only=True, tag="house.overloaded"):
    """New calls are refused (503) from here on, so that those that are up stay good."""

    why: tuple[str, ...]
    """media (frames begin late, or a worker has no time left), signalling (it is late, or more comes than it reads)."""
    contacts: int
    """How many are up."""


class HouseRelieved(Event, frozen=True, kw_only=True, tag="house.relieved"):
    """And are let in again."""

    refused: int
    """How many were turned away meanwhile."""
    seconds: float


class Flaw(msgspec.Struct, frozen=True):
    """A mistake in the configuration."""

    file: str
    line: int
    """The first line is 1; 0 = the file as a whole."""
    what: str
    instead: str
    """What to write."""


class ConfigurationPublished(Event, frozen=True, kw_only=True, tag="configuration.published"):
    """New settings hold from here on: take a new snapshot. Calls in progress keep the tree that they began with."""

    version: int
    by: str
    """A user, ``signal``, or who saved a file."""
    changes: tuple[str, ...]
    """The difference to the version before, in words."""
    restart: tuple[str, ...] = ()
    """What of it holds only when the switch is started anew."""


class ConfigurationRefused(Event, frozen=True, kw_only=True, tag="configuration.refused"):
    """The files cannot be used; everything stays as it was."""

    by: str
    mistakes: tuple[Flaw, ...]
    """The first twenty."""
    count: int
    """How many there are."""
