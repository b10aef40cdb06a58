"""The switch as the CTI room sees it (:class:`cti.house.House`): the only place where the two meet."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from cti.house import Person
from cti.protocol import Figures
from cti.scoring import FormState, Judged, ScoreWish
from switch import figures_now, gauges, opening
from switch.addresses import announced
from switch.archive import Archive
from switch.events import Event
from switch.health import Health
from switch.held import held
from switch.journal import Entry
from switch.language.choosing import of_request
from switch.orders import Order
from switch.publisher import Outcome, Publisher
from switch.pulse import Pulse
from switch.quality import judging
from switch.settings import Settings
from switch.shell import Shell
from switch.sip.uri import bracketed
from switch.sip.websocket import Socket, Websocket
from switch.stopping import Stopping
from switch.trees.pictures import SHAPES, picture
from switch.versions import Version


class Front:
    """The switch as its clients see it."""

    def __init__(self, shell: Shell, archive: Archive, publisher: Publisher, pulse: Pulse) -> None:
        self._shell = shell
        self.pulse = pulse
        self.condition = Health(shell, publisher, pulse)
        self.health, self.live, self.ready = self.condition.whole, self.condition.live, self.condition.ready
        self.stopping = Stopping(shell, self.condition)
        self.outboxes: dict[str, gauges.Outbox] = {}
        """What waits to be sent out, by where."""
        self.publisher = publisher
        self.store = archive
        self.journal = shell.exchange.journal
        self.epoch = shell.exchange.epoch

    def snapshot(self) -> dict[str, Any]:
        """Everything that is now."""
        return self._shell.exchange.snapshot(self._shell.clock.now())

    async def figures(self) -> Figures:
        """What waits, and today so far."""
        return figures_now.figures(self._shell.exchange.house, await self.store.queues_today(), self._shell.clock.now())

    async def submit(self, order: Order, by: str) -> dict[str, Any]:
        """Obey an order; answers when its consequence is safe."""
        return await self._shell.submit(order, by)

    def authenticate(self, user: str, password: str) -> Person | None:
        """Who this is; the comparison takes the same time whoever it is."""
        known = self._shell.exchange.house.settings.users.get(user)
        right = hmac.compare_digest(_sum(known.password if known else secrets.token_hex(8)), _sum(password))
        return self.person(user) if known is not None and right else None

    def take_phone(self, host: str, port: int, secure: bool, socket: Socket) -> Websocket | None:
        """A websocket for SIP has been opened from there; None = there is no room for it."""
        return self._shell.transport.take(host, port, secure, socket)

    def phone_pass(self, user: str, until: float) -> dict[str, str]:
        """What a page of this user's may register with as a phone, until that moment."""
        made = self._shell.exchange.phone_pass(user, until, self._shell.clock.now())
        system = self._shell.exchange.house.settings.system
        uri = f"sip:{quote(user, safe='')}@{bracketed(announced(system)[0])}"
        return {"uri": uri, "login": made.name, "password": made.password, "realm": system.sip.realm}

    def password_mark(self, user: str) -> bytes:
        """Another one for each password."""
        known = self._shell.exchange.house.settings.users.get(user)
        return _sum(known.password) if known is not None else b""

    def person(self, user: str) -> Person | None:
        """Who has this number now."""
        known = self._shell.exchange.house.settings.users.get(user)
        return None if known is None else Person(user, known.rules.name, known.role, known.rules.team)

    async def write_down(self, event: Event) -> None:
        """Something that a client did and that belongs in the journal; returns when it is safe."""
        self._shell.write_down(event)
        await self._shell.store.committed(self.journal.last)

    def zone(self) -> ZoneInfo:
        """Where the calendar is."""
        return ZoneInfo(self._shell.exchange.house.settings.system.time_zone)

    def quality_forms(self, queues: Collection[str] | None) -> list[FormState]:
        """The forms by which talks of these queues are judged; None = all forms."""
        return judging.forms(self._shell.exchange.house.settings.quality, queues)

    def judge(self, wish: ScoreWish, queues: Collection[str], agents: Collection[str],
              recordings: Collection[str]) -> Judged:
        """What this judgement comes to. Raises OrderRefused."""
        return judging.judge(self._shell.exchange.house.settings.quality, wish, queues, agents, recordings)

    def bans(self) -> list[dict[str, Any]]:
        """Which addresses are not heard."""
        return [ban._asdict() for ban in self._shell.exchange.bans()]

    @property
    def settings(self) -> Settings:
        """Those that hold now."""
        return self._shell.exchange.house.settings

    def lift_ban(self, source: str, by: str) -> bool:
        """Hear an address again; whether it was banned."""
        return self._shell.lift_ban(source, by)

    def hours_week(self, name: str, at: str) -> str | None:
        """The week of these opening hours as a picture, and how they stand; None = there are none of this name."""
        return opening.week(self._shell.exchange.house.doors, name, at, self._shell.clock.now())

    async def publish(self, by: str, preview: bool) -> Outcome:
        """Publish what the files of the configuration say, or only look what would come of it."""
        return await self.publisher.publish(by, preview=preview)

    def stop(self, by: str, seconds: float | None, to_the_end: bool) -> dict[str, Any]:
        """Stop when the calls that are up are over, or after so many seconds (None = as the settings say), or only then."""
        drain = self._shell.exchange.house.settings.system.drain
        self.stopping.ask(by, None if to_the_end else drain if seconds is None else seconds)
        return self.stopping.state()

    def stop_state(self) -> dict[str, Any]:
        """Whether it is being stopped, and how many calls are up."""
        return self.stopping.state()

    async def rollback(self, number: int, by: str) -> Outcome:
        """Write the files of a version back and publish them. Raises LookupError."""
        return await self.publisher.rollback(number, by)

    def versions(self) -> list[Version]:
        """All that were published, the newest first."""
        return self.publisher.versions.all()[::-1]

    async def entries(self, after: int, limit: int) -> list[Entry]:
        """Entries that memory no longer holds."""
        return await self._shell.store.entries(after, limit)

    async def tree_figures(self, tree: str, day: str) -> list[dict[str, Any]] | None:
        """What callers did in a tree, version by version."""
        if tree not in self._shell.exchange.house.settings.trees:
            return None
        report = await self.store.report(first=day or self._today(), last=day or self._today())
        return [each for each in report["trees"] if each["tree"] == tree]

    async def tree_picture(self, tree: str, day: str, shape: str, language: str = "", accepted: str = "") -> str | None:
        """The tree as it is published now, with these figures; in the language that is asked for, or accepted."""
        figures = await self.tree_figures(tree, day)
        settings = self._shell.exchange.house.settings
        if figures is None or shape not in SHAPES:
            return None
        words = of_request(language, accepted, settings.system.language)
        return picture(settings.trees[tree], settings.prompts, shape, figures, day or f"{self._today()} so far", words)

    def _today(self) -> str:
        zone = ZoneInfo(self._shell.exchange.house.settings.system.time_zone)
        return datetime.fromtimestamp(self._shell.clock.now(), zone).date().isoformat()

    async def held(self) -> dict[str, Any]:
        """What there is of everything that must be given back."""
        return await held(self._shell)

    def counts(self) -> Mapping[str, gauges.Figure]:
        """Figures for Prometheus."""
        return gauges.figures(self._shell, self.pulse, self.outboxes)


def _sum(password: str) -> bytes:
    """Of one length whatever the password is, so that the comparison does not even tell its length."""
    return hashlib.blake2b(password.encode("utf-8", "surrogatepass")).digest()
