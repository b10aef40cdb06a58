"""The whole switch without sockets and without a clock: inputs go in with ``now``, effects come out.

Every input runs the same way: the room that it belongs to takes it, the news that the room tells are handled one after the
other until none is left, and what is meant for the outside is returned in the order in which it was said. An exception in
the handling of one contact ends that contact and is written down; the house goes on.

           SIP bytes      media reports     orders      answers of the world
               |                |              |                |
               +--------> one step at ``now`` <-----------------+
                                |
              effects to perform; entries in the journal
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog

import media.orders as m
from ivr.prompts import Prompts
from media.speech import Measured
from switch import commands, configuring, news, opening, overload, recovery, trunking, view
from switch.acd.desk import Desk
from switch.addresses import Places
from switch.contact import arrival, ending, media_news, recording, ringing, walking
from switch.contact.state import Contact
from switch.deadlines import Deadlines
from switch.difference import in_force, needs_restart
from switch.effects import Effect, Measure
from switch.events import ConfigurationPublished, Customer, Event, SwitchStarted, SwitchStopped
from switch.house import House
from switch.journal import Entry, Journal
from switch.orders import Order
from switch.settings import Settings
from switch.sip.effects import Address, Question, Records
from switch.sip.endpoint import Endpoint
from switch.sip.guard import Ban, Guard
from switch.sip.notifier import Limits
from switch.sip.passes import Pass
from switch.watching import telling

log = structlog.get_logger("exchange")


class Exchange:
    """One switch. ``deadline`` is when it wants to be woken (POSIX seconds; None = never)."""

    def __init__(self, settings: Settings, prompts: Prompts, rng: random.Random, *, recordings: str,
                 journal: Journal | None = None, epoch: int = 1) -> None:
        system = settings.system
        places = Places(system)
        endpoint = Endpoint(
            realm=system.sip.realm, passwords=configuring.passwords_of(settings), rng=rng,
            host=places.outside, near=places.inside,
            is_near=places.is_local if system.media.local_networks else None, port=system.sip.port,
            tls_port=system.sip.tls_port, web_port=system.http.port, t1=system.sip.t1,
            digest=system.sip.digest, qop=("auth", "auth-int") if system.sip.auth_int else ("auth",),
            guard=Guard(system.guard), ring_limit=system.sip.ring_limit,
            session_expires=system.sip.session_expires, min_se=system.sip.min_se,
            register_expires=system.sip.register_expires, register_least=system.sip.register_least,
            subscriptions=Limits(system.sip.subscribe_least, system.sip.subscribe_expires,
                                 system.sip.subscriptions_per_user, system.sip.subscriptions_per_source))
        desk = Desk(settings.queues, configuring.agents_of(settings), rng)
        self.house = House(settings, journal or Journal(), endpoint, desk, prompts, rng, recordings)
        endpoint.guard.trusted = self.house.lines.speaks_from
        endpoint.guard.certified = lambda source: bool(self.house.lines.certified(endpoint.names(source)))
        endpoint.public = lambda number: number in self.house.settings.numbers
        self.epoch = epoch
        self._deadlines = Deadlines()

    @property
    def journal(self) -> Journal:
        """What has happened so far."""
        return self.house.journal

    @property
    def deadline(self) -> float | None:
        """When to wake the exchange; None = never."""
        soonest = self._deadlines.next
        house = self.house
        for moment in (house.endpoint.deadline, house.desk.deadline, house.lines.deadline, house.doors.deadline,
                       house.shut.deadline):
            if moment is not None and (soonest is None or moment < soonest):
                soonest = moment
        return soonest

    # -- inputs -------------------------------------------------------------------------------------------------------

    def start(self, version: str, memory: Mapping[str, dict[str, Any]], open_contacts: list[list[Entry]],
              now: float) -> list[Effect]:
        """Take up what was remembered across a stop, close what was cut off by it."""
        self.house.now, away = now, max(0.0, now - self.journal.at)
        self.house.tell(SwitchStarted(version=version, epoch=self.epoch))
        recovery.recover(self.house, memory, open_contacts, away)
        opening.start(self.house)
        trunking.start(self.house)
        return self._finish()

    def receive(self, data: bytes, source: Address, now: float) -> list[Effect]:
        """One SIP datagram, or one whole message from a TCP connection."""
        self.house.now = now
        self.house.settle(self.house.endpoint.receive(data, source, now))
        return self._finish()

    def lost(self, address: Address, now: float) -> list[Effect]:
        """A connection is gone, or could not be opened."""
        self.house.now = now
        self.house.settle(self.house.endpoint.lost(address, now))
        return self._finish()

    def proved(self, address: Address, names: tuple[str, ...], now: float) -> list[Effect]:
        """The peer of a TLS connection has shown a certificate that we believe, with these names."""
        self.house.now = now
        self.house.endpoint.proved(address, names)
        return self._finish()

    def resolved(self, question: Question, records: Records, now: float) -> list[Effect]:
        """What the DNS says to :class:`~switch.sip.effects.Resolve`."""
        self.house.now = now
        self.house.settle(self.house.endpoint.resolved(question, records, now))
        return self._finish()

    def media(self, report: m.AnyReport, now: float, worker: int = 0) -> list[Effect]:
        """A media worker tells something."""
        self.house.now = now
        if type(report) is m.Seats:
            self.house.seats.extend(report.ports, worker)
            self.house.full = False
            return []
        if type(report) is m.Certified:
            self.house.fingerprint = report.fingerprint
            return []
        contact = media_news.contact_of(self.house, report)
        if contact is not None:
            self._guard(contact, media_news.hear, report)
        return self._finish()

    def media_lost(self, now: float, worker: int = 0) -> list[Effect]:
        """A media worker has died: its calls, which have no sound any more, are ended."""
        house = self.house
        house.now = now
        house.seats.lose(worker)
        house.admission.media_gone(worker)
        overload.mind(house)
        lost = [contact for contact in house.contacts.values() if contact.worker == worker]
        for contact in lost:
            self._guard(contact, recording.cut_off)
            self._guard(contact, lambda house, contact: ending.end(house, contact, ended_by="system", status=500))
        effects = self._finish()
        for contact in lost:  # nobody is left who could tell how these legs were
            contact.closing.clear()
            house.touched.add(contact.id)
        house.rows = {leg: contact for leg, contact in house.rows.items() if contact.worker != worker}
        return effects + self._finish()

    def media_load(self, worker: int, load: m.Load, now: float) -> list[Effect]:
        """A media worker says how it keeps up."""
        self.house.now = now
        self.house.admission.media(worker, load, now)
        return self._mind_the_door()

    def signalling_load(self, lag: float, read_on: float, busy: float, now: float) -> list[Effect]:
        """How signalling keeps up: see :meth:`switch.admission.Admission.signalling`."""
        self.house.now = now
        self.house.admission.signalling(lag, read_on, busy, now)
        return self._mind_the_door()

    def _mind_the_door(self) -> list[Effect]:
        overload.mind(self.house)
        return self._finish()

    def obey(self, order: Order, by: str, now: float) -> tuple[dict[str, Any], list[Effect]]:
        """Do what somebody asks. Raises :class:`~switch.orders.OrderRefused`; then nothing has changed."""
        self.house.now = now
        result = commands.obey(self.house, order, by)
        return result, self._finish()

    def popped(self, reservation: str, contact: str, now: float) -> list[Effect]:
        """The screens have been told of this reservation."""
        return self._answer(contact, now, ringing.popped, reservation)

    def customer(self, contact: str, customer: Customer | None, now: float) -> list[Effect]:
        """The answer to :class:`~switch.effects.FindCustomer`; None = nobody knows them."""
        return self._answer(contact, now, arrival.recognised, customer)

    def fetched(self, contact: str, node: str, outcome: str, values: dict[str, str], now: float) -> list[Effect]:
        """The answer to :class:`~switch.effects.Fetch`: found, not_found or failed, and the values of a found one."""
        return self._answer(contact, now, walking.fetched, node, outcome, values)

    def measured(self, asked: Measure, told: Measured, now: float) -> list[Effect]:
        """The answer to :class:`~switch.effects.Measure`."""
        self.house.now = now
        recording.measured(self.house, asked, told)
        return self._finish()

    def wake(self, now: float) -> list[Effect]:
        """A deadline has come."""
        house = self.house
        house.now = now
        if house.endpoint.deadline is not None and house.endpoint.deadline <= now:
            house.settle(house.endpoint.wake(now))
        if house.desk.deadline is not None and house.desk.deadline <= now:
            house.settle(house.desk.wake(now))
        trunking.wake(house)
        opening.wake(house)
        for identity in self._deadlines.due(now):
            if (contact := house.contacts.get(identity)) is not None:
                self._guard(contact, media_news.wake)
        return self._finish()

    def configure(self, settings: Settings, version: int, by: str, changes: tuple[str, ...], now: float) -> list[Effect]:
        """New settings, checked by :mod:`switch.loading`, hold from now on, but for what only a restart can change.
        ``changes``: the difference, in words. No call in progress notices; see :mod:`switch.configuring`."""
        house = self.house
        house.now = now
        system = in_force(house.settings.system, settings.system)
        self.note(ConfigurationPublished(version=version, by=by, changes=changes,
                                         restart=tuple(needs_restart(system, settings.system))), now)
        configuring.configure(house, replace(settings, system=system))
        return self._finish()

    def note(self, event: Event, now: float) -> None:
        """Something outside the exchange that belongs in the journal."""
        self.house.now = now
        self.house.tell(event)

    def stop(self, reason: str, now: float) -> list[Effect]:
        """Hang up on everybody: the switch is being stopped."""
        self.house.now = now
        for contact in list(self.house.contacts.values()):
            self._guard(contact, lambda house, contact: ending.end(house, contact, ended_by="system", q850=41))
        trunking.stop(self.house)
        effects = self._finish()
        self.house.settle(self.house.endpoint.end_subscriptions(now))
        effects += self._finish()
        self.house.tell(SwitchStopped(reason=reason))
        return effects

    def snapshot(self, now: float) -> dict[str, Any]:
        """Everything that a screen needs to begin with, as of the journal's last entry."""
        return view.snapshot(self.house, self.epoch, now)

    def counts(self) -> dict[str, float]:
        """How many of everything are alive."""
        return view.counts(self.house)

    @property
    def deadlines(self) -> int:
        """How many contacts want to be woken."""
        return len(self._deadlines)

    def phone_pass(self, user: str, until: float, now: float) -> Pass:
        """What a program of this user's may register with as a phone, until that moment."""
        self.house.now = now
        return self.house.endpoint.let_in(user, until, now)

    def bans(self) -> list[Ban]:
        """Which addresses are not heard, the newest last."""
        return self.house.endpoint.guard.bans()

    def lift_ban(self, source: str, by: str, now: float) -> tuple[bool, list[Effect]]:
        """Hear an address again; whether it was banned."""
        self.house.now = now
        done, effects = self.house.endpoint.lift(source, by, now)
        self.house.settle(effects)
        return done, self._finish()

    # -- one step -----------------------------------------------------------------------------------------------------

    def _answer(self, contact: str, now: float, handler: Callable[..., None], *arguments: object) -> list[Effect]:
        self.house.now = now
        known = self.house.contacts.get(contact)
        if known is not None and not known.ended:
            self._guard(known, handler, *arguments)
        return self._finish()

    def _finish(self) -> list[Effect]:
        """Handle the news until there is none, then give away what was said to the outside."""
        house = self.house
        while house.inbox:
            news.hear(house, house.inbox.popleft(), self._guard)
        telling.tell(house)
        for identity in house.touched:
            self._settle_contact(identity)
        house.touched.clear()
        out, house.out = house.out, []
        return out

    def _settle_contact(self, identity: str) -> None:
        contact = self.house.contacts.get(identity)
        if contact is None:
            return
        self._deadlines.set(identity, contact.deadline)
        if contact.over:
            del self.house.contacts[identity]

    def _guard(self, contact: Contact, handler: Callable[..., None], *arguments: object) -> None:
        """Run a handler for one contact; if it fails, the contact ends, the house goes on."""
        self.house.touched.add(contact.id)
        try:
            handler(self.house, contact, *arguments)
        except Exception:
            log.exception("contact failed", contact=contact.id, handler=handler.__name__)
            if not contact.ended:
                self._guard(contact, lambda house, failed: ending.end(house, failed, ended_by="system", status=500))
