"""What the CTI room asks of the house, as protocols: the front door hands in an object that can do this.

CTI never sees the switch itself. It reads the journal, takes a snapshot, submits orders, and asks the store. Everything
``async`` may take as long as a disk takes; everything else answers at once and touches nothing outside memory.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any, Protocol

import msgspec

from cti.protocol import CustomerEntry, Figures
from cti.report_agents import AgentFigures
from cti.scoring import FormState, Judged, ScoreWish
from cti.states import Snapshot
from switch.events import Event
from switch.journal import Entry, Journal
from switch.orders import Order
from switch.traces import SipMessage


class Person(msgspec.Struct, frozen=True):
    """Who a client is. ``user`` is an agent's number."""

    user: str
    name: str = ""
    role: str = "agent"
    """agent, supervisor, or quality (hears and judges what is over, gives no orders)."""
    team: str = ""
    """Of a supervisor: whom they see and act for; of quality people: whom they hear. Empty = everybody."""

    @property
    def reviews(self) -> bool:
        """Whether this person hears and judges what others said."""
        return self.role in ("supervisor", "quality")


class Store(Protocol):
    """Questions about what is over. All dictionaries are JSON-able; lists come newest first."""

    async def contact(self, contact: str) -> dict[str, Any] | None:
        """The record of one contact; its ``agents`` lists everyone who had it (absent = nobody)."""

    async def timeline(self, contact: str) -> tuple[list[Entry], list[SipMessage]]:
        """Every entry of the journal and every SIP message of a contact, each in order."""

    async def contacts(self, *, limit: int = 50, offset: int = 0, **filters: Any) -> list[dict[str, Any]]:
        """Records that fit all the filters that are given, by the names of :data:`cti.searching.FILTERS`; moments are POSIX
        seconds, compared with the offering; a range is a pair of which each may be None.

        ``agents``: whom at least one of these had; the empty text among them stands for contacts that nobody had."""

    async def recordings(
        self, *, contact: str = "", agents: Collection[str] | None = None, queue: str = "",
        since: float | None = None, until: float | None = None, limit: int = 50, offset: int = 0,
    ) -> list[dict[str, Any]]:
        """Rows of recordings, deleted ones included, each with ``recording``, ``contact`` and ``agent``."""

    async def recording(self, recording: str) -> dict[str, Any] | None:
        """One row of :meth:`recordings`."""

    async def recording_path(self, recording: str) -> Path | None:
        """The sound file; None when it is deleted or never was."""

    async def shape(self, recording: str, points: int) -> dict[str, Any] | None:
        """The picture of a recording, ``points`` wide, in the shape of :class:`~cti.waveform.Waveform` without its names and
        marks; None when its sound is gone."""

    async def customers(self, *, text: str = "", limit: int = 50, offset: int = 0) -> list[dict[str, Any]]:
        """Customers whose number or name contains ``text``."""

    async def customer(self, number: str) -> dict[str, Any] | None:
        """One customer, in the shape of :class:`switch.events.Customer`."""

    async def take_customers(self, customers: Sequence[CustomerEntry]) -> tuple[int, list[str]]:
        """Write those that can be; how many were written, and what is wrong with the others."""

    async def put_customers(self, customers: Sequence[CustomerEntry]) -> int:
        """Write these down, each replacing the one of the same ``number``; how many were written.

        Raises :class:`ValueError` when one of them cannot be written; then none is."""

    async def report(self, *, first: str, last: str) -> dict[str, Any]:
        """The figures of the days from ``first`` to ``last`` (YYYY-MM-DD, both included)."""

    async def agent_today(self, agent: str) -> AgentFigures:
        """The figures of one agent, today so far."""


class Published(Protocol):
    """What came of publishing."""

    version: int
    published: bool
    changes: tuple[str, ...]
    restart: tuple[str, ...]
    mistakes: Sequence[Any]
    """Each with ``file``, ``line``, ``what`` and ``instead``; none = it was not refused."""


class Kept(Protocol):
    """A version of the configuration."""

    number: int
    at: float
    by: str
    changes: tuple[str, ...]


class Phone(Protocol):
    """A websocket that speaks SIP, as the house sees it."""

    def heard(self, data: bytes) -> None:
        """One message has come."""

    def closed(self) -> None:
        """It is gone."""


class PhoneSocket(Protocol):
    """And as the house speaks through it."""

    def say(self, data: bytes) -> int:
        """Send one message; how many octets then wait to be sent."""

    def abort(self) -> None:
        """End it at once."""


class House(Protocol):
    """The switch, as far as CTI knows it."""

    journal: Journal
    epoch: int
    """The first half of a cursor; the same number as in this epoch's ``switch.started``."""
    store: Store

    def snapshot(self) -> Snapshot | dict[str, Any]:
        """Everything that is now, at ``journal.last``, as a ``Snapshot`` or the same in dictionaries."""

    async def figures(self) -> Figures:
        """What waits, and today so far."""

    async def submit(self, order: Order, by: str) -> dict[str, Any]:
        """Obey the order and answer when its consequence is durable. Raises :class:`switch.orders.OrderRefused`."""

    def authenticate(self, user: str, password: str) -> Person | None:
        """Who this is; None when user or password is wrong."""

    def take_phone(self, host: str, port: int, secure: bool, socket: PhoneSocket) -> Phone | None:
        """A websocket for SIP has been opened from there; None = there is no room for it."""

    def phone_pass(self, user: str, until: float) -> dict[str, str]:
        """What a program of this user's may register with as a phone until that moment (POSIX seconds): ``uri``, ``login``,
        ``password`` and ``realm``, as in :class:`~cti.protocol.PhonePass`."""

    def password_mark(self, user: str) -> bytes:
        """Octets that are others when the user's password is another; empty for nobody."""

    def person(self, user: str) -> Person | None:
        """Who has this number now; None = nobody."""

    async def entries(self, after: int, limit: int) -> list[Entry]:
        """The first ``limit`` entries after number ``after``, from the store."""

    async def write_down(self, event: Event) -> None:
        """Something that a client did and that belongs in the journal; returns when it is safe."""

    def zone(self) -> tzinfo:
        """Where the calendar is."""

    def quality_forms(self, queues: Collection[str] | None) -> list[FormState]:
        """The forms by which talks of these queues are judged; None = all forms."""

    def judge(self, wish: ScoreWish, queues: Collection[str], agents: Collection[str],
              recordings: Collection[str]) -> Judged:
        """What this judgement of a contact comes to. Raises :class:`switch.orders.OrderRefused`, code ``changed`` when
        the form is another one by now."""

    def bans(self) -> list[dict[str, Any]]:
        """Which addresses are not heard, each in the shape of :class:`~cti.protocol.BanState`."""

    def lift_ban(self, source: str, by: str) -> bool:
        """Hear an address again; whether it was banned."""

    def hours_week(self, name: str, at: str) -> str | None:
        """The week of these opening hours as a picture for a terminal; None = there are none of this name. ``at``: a moment
        as people say it; empty = now. Raises :class:`ValueError` for what is none."""

    async def publish(self, by: str, preview: bool) -> "Published":
        """Publish what the files of the configuration say, or only look what would come of it."""

    async def rollback(self, number: int, by: str) -> "Published":
        """Write the files of a version back and publish them. Raises LookupError when there is no such version."""

    def stop(self, by: str, seconds: float | None, to_the_end: bool) -> dict[str, Any]:
        """Take no new calls, and stop when those that are up are over: after so many seconds at the latest (None = as the
        settings say), unless it is ``to_the_end``. In the shape of :class:`~cti.protocol.StopState`."""

    def stop_state(self) -> dict[str, Any]:
        """Whether the switch is being stopped, in the same shape."""

    def versions(self) -> "Sequence[Kept]":
        """All versions of the configuration, the newest first; may take as long as a disk takes."""

    async def tree_figures(self, tree: str, day: str) -> list[dict[str, Any]] | None:
        """What callers did in a tree on a day (YYYY-MM-DD; empty = today so far), each version in the shape of
        :class:`~cti.report_trees.TreeFigures`; None = there is no such tree. Raises :class:`ValueError`
        for what is no day."""

    async def tree_picture(self, tree: str, day: str, shape: str, language: str, accepted: str) -> str | None:
        """The same as a picture of the tree: ``svg``, or ``txt`` for a terminal; None = no such tree or shape."""

    def health(self) -> dict[str, Any]:
        """What ``GET /health`` answers; ``status`` is ``ok`` when all is well."""

    async def held(self) -> dict[str, Any]:
        """What ``GET /debug/counts`` answers: how much there is of everything that must be given back; ``alive`` in the
        house by name, ``processes`` with memory and handles by process number."""

    def live(self) -> dict[str, Any]:
        """What ``GET /health/live`` answers; ``status`` is ``live`` when calls are served."""

    def ready(self) -> dict[str, Any]:
        """What ``GET /health/ready`` answers; ``status`` is ``ready`` when new calls would be served."""

    def counts(self) -> Mapping[str, float | dict[tuple[str, str], float]]:
        """Figures for Prometheus by name, without prefix; a name that ends in ``_total`` only ever rises. Where there is
        one for each of several things: by label and its value."""
