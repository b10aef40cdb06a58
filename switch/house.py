"""What all that happens to contacts has in common: the rooms, the tables that lead from a handle to its contact, and the
verbs with which a handler speaks.

A handler runs to its end. What it asks of a room may make the room tell news in turn; that news waits in ``inbox`` and is
handled when the handler has returned, so that nothing ever re-enters a contact in the middle of a change. What is meant
for the outside is collected in ``out``, in the order in which it was said.
"""

import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import media.orders
import switch.acd.effects as acd
import switch.sip.effects as sip
from ivr.prompts import Prompts
from media.orders import Stream
from media.sdp import Browser, Security
from switch.acd.desk import Desk
from switch.acd.rules import QueuePrompt
from switch.addresses import Places, by_browser
from switch.admission import Admission
from switch.contact.state import Contact, Leg
from switch.effects import AfterCommit, Belongs, Effect, Remember
from switch.events import Event, LegEnded, MediaFull, SegmentBegan
from switch.figures import Sound
from switch.followups.deciding import Known, Recent
from switch.hours.doors import Doors, Shut
from switch.journal import Journal
from switch.seating import Seating
from switch.settings import Settings
from switch.sip.effects import Address
from switch.sip.endpoint import Endpoint
from switch.speech.texts import as_prompts
from switch.trunks.ledger import Ledger
from switch.trunks.lines import Lines
from switch.watching.board import Board
from switch.watching.boxes import Boxes


class Next(NamedTuple):
    """The rest of a change, which has to wait for the news that its beginning caused."""

    contact: Contact
    handler: Callable[..., None]
    arguments: tuple[object, ...]


class House:
    """The rooms and the tables. ``now`` is the moment of the step that is under way, POSIX seconds."""

    def __init__(self, settings: Settings, journal: Journal, endpoint: Endpoint, desk: Desk, prompts: Prompts,
                 rng: random.Random, recordings: str) -> None:
        self.settings = settings
        self.journal = journal
        self.endpoint = endpoint
        self.desk = desk
        self.prompts = prompts
        self.rng = rng
        self.recordings = recordings
        self.now = 0.0
        self.out: list[Effect] = []
        self.inbox: deque[sip.Told | acd.Effect | Next] = deque()
        self.contacts: dict[str, Contact] = {}
        self.calls: dict[str, tuple[Contact, Leg]] = {}
        self.rows: dict[str, Contact] = {}
        self.seats = Seating()
        self.admission = Admission(settings.system.overload)
        self.shut_since: float | None = None
        """Since when new calls are refused, and it was said; None = they are let in."""
        self.refused_before = 0
        """How many had been refused then."""
        self.zone = ZoneInfo(settings.system.time_zone)
        self.doors = Doors(settings.hours)
        """What is open now."""
        self.shut = Shut()
        """Queues that somebody has closed by hand."""
        self.lines = Lines(settings.outside)
        """The trunks as they stand."""
        self.ledger = Ledger(settings.outside, self.zone)
        """What has been called out."""
        self.toll_refused = self.toll_spikes = 0
        self.touched: set[str] = set()
        self.unsaved: set[str] = set()
        """Recordings that a crash cut off, until it is known how long they are."""
        self.sound = Sound()
        self.draining = False
        """Whether no new call is taken, because the switch is about to stop."""
        self.full = False
        """Whether it was said that every port is taken."""
        self.places = Places(settings.system)
        self.nearby: tuple[str, ...] = ()
        """Further addresses at which browsers on this machine reach media."""
        self.fingerprint = ""
        """Of the certificate that media shows to browsers; empty = not known yet."""
        self.secrets: random.Random = random.SystemRandom()
        """For keys alone, which must not follow from anything that was ever sent."""
        self.board = Board()
        self.boxes = Boxes()
        self.ended_of: dict[str, Known] = {}
        """The last contact of each agent that has ended, where rules ask what came of it."""
        self.followed = Recent()
        """Who was sent what lately."""

    def take(self, settings: Settings) -> None:
        """These settings hold from now on; :mod:`switch.configuring` does the rest."""
        self.settings, self.prompts = settings, settings.prompts
        self.zone = ZoneInfo(settings.system.time_zone)
        self.ledger.configure(settings.outside, self.zone)
        self.admission.rules = settings.system.overload

    # -- verbs --------------------------------------------------------------------------------------------------------

    def tell(self, event: Event) -> int:
        """Write down what has happened; gives its number in the journal."""
        return self.journal.append(event, self.now).number

    def settle(self, effects: Iterable[sip.Effect | acd.Effect]) -> None:
        """Take what a room gave back: what it asks of the world goes out, what it tells is handled next."""
        for effect in effects:
            if type(effect) is sip.Transmit or type(effect) in (sip.Resolve, sip.Watch):
                self.out.append(effect)
            else:
                self.inbox.append(effect)

    def then(self, contact: Contact, handler: Callable[..., None], *arguments: object) -> None:
        """Go on with this when the news that has been told so far is handled."""
        self.inbox.append(Next(contact, handler, arguments))

    def order(self, order: "media.orders.AnyOrder") -> None:
        """Order something of media."""
        self.out.append(order)

    def ask(self, effect: Effect) -> None:
        """Ask something of the world."""
        self.out.append(effect)

    def remember(self, key: str, value: dict[str, Any] | None) -> None:
        """Keep a value across a crash; None = forget it."""
        self.out.append(Remember(key, value))

    def hold_back(self) -> None:
        """Send what this step has to send only when what was written down is safe."""
        self.out = [AfterCommit(effect) if type(effect) is sip.Transmit else effect for effect in self.out]

    # -- contacts and legs --------------------------------------------------------------------------------------------

    def new_contact(self, *, caller: str, caller_name: str, called: str, direction: str) -> Contact:
        """A contact begins; nothing has been told yet. Its name begins with the second, so that what the store keeps of
        those who called together lies together: of ten pages a call that it wrote for their names' sake one is left."""
        name = f"{int(self.now):08x}{self.rng.getrandbits(48):012x}"
        contact = Contact(name, caller, caller_name, called, direction, self.now)
        contact.language = self.settings.system.language
        self.contacts[contact.id] = contact
        self.remember(f"contact/{contact.id}", {"at": self.now})
        return contact

    def forget(self, contact: Contact) -> None:
        """It came to nothing before it was told."""
        del self.contacts[contact.id]
        self.remember(f"contact/{contact.id}", None)

    def new_leg(self, contact: Contact, party: str, *, agent: str = "", peer: Address | None = None) -> Leg | None:
        """A leg with a seat in media, beside the contact's other legs; None when every seat there is taken."""
        port = self.seats.take(contact.worker)
        if port is None:
            self._tell_full(contact.worker)
            return None
        if contact.worker is None:
            contact.worker = self.seats.worker_of(port)
        leg = Leg(f"{contact.id}-{len(contact.legs) + 1}-{self.rng.getrandbits(16):04x}", party, port,
                  self.rng.getrandbits(31), agent, since=self.now, peer=peer, rules=self.settings.system.media)
        contact.legs[leg.id] = leg
        self.rows[leg.id] = contact
        return leg

    def _tell_full(self, worker: int | None) -> None:
        """Every port is taken: said once, until one is free again."""
        self.sound.no_seat += 1
        if not self.full:
            self.full = True
            rules = self.settings.system.media
            first, last = self.seats.span(worker) or (rules.first_port, rules.last_port)
            self.tell(MediaFull(first_port=first, last_port=last))

    def bind(self, contact: Contact, leg: Leg, call: str) -> None:
        """This SIP session, which the SIP room knows already, belongs to this leg."""
        self.calls[call] = (contact, leg)
        self._belongs(call)

    def belongings(self) -> None:
        """Whose each session is: for timelines that begin now."""
        for call in self.calls:
            self._belongs(call)

    def _belongs(self, call: str) -> None:
        if self.settings.system.store.trace != "off":
            contact, leg = self.calls[call]
            self.out.append(Belongs(self.endpoint.call_id(call), contact.id, leg.party))

    def segment(self, contact: Contact, kind: str, owner: str) -> None:
        """From now on the contact is here."""
        if contact.segment == (kind, owner):
            return
        if contact.segment[0] == "ivr":
            contact.ivr_seconds += self.now - contact.segment_since
        contact.segment = (kind, owner)
        contact.segment_since = self.now
        self.tell(SegmentBegan(contact=contact.id, kind=kind, owner=owner))

    def hang_up(self, leg: Leg, *, q850: int = 16, text: str = "") -> None:
        """End every SIP session of this leg, in whatever state it is."""
        for call in (*leg.forks, *([leg.call] if leg.call else [])):
            if self.calls.pop(call, None) is not None:
                self.settle(self.endpoint.hang_up(call, self.now, q850=q850, text=text))
        leg.forks.clear()

    def drop(self, contact: Contact, leg: Leg, ended_by: str, cause: str, status: int = 0) -> None:
        """The leg is over: free its row, say so."""
        self.hang_up(leg)
        if leg.id not in contact.legs:
            return
        if not leg.referred:  # it hears music, until its phone has heard what came of its wish
            self.order(media.orders.Close(leg.id))
        if leg.outward is not None and self.ledger.ended(leg.outward.agent, leg.id, self.now):
            self.remember(f"toll/{leg.outward.agent}", self.ledger.plain(leg.outward.agent))
        contact.closing[leg.id] = contact.legs.pop(leg.id)
        if leg.up:
            self.tell(LegEnded(contact=contact.id, leg=leg.id, party=leg.party, ended_by=ended_by, cause=cause,
                               sip_status=status))

    def play(self, leg: Leg, play: str, sounds: Sequence[str]) -> None:
        """Say this in the foreground of a leg."""
        self.order(media.orders.Play(leg.id, play, tuple(sounds)))

    def music(self, contact: Contact, leg: Leg, sound: str | QueuePrompt) -> None:
        """Music, or what else a waiting party hears: a sound by its name, or what a queue says."""
        if isinstance(sound, str):
            path = self.prompts.sound(sound, contact.language)
        else:
            path = next(iter(self.prompts.paths(as_prompts(sound), {}, contact.language)), "")
        self.order(media.orders.Music(leg.id, path))

    def open(self, leg: Leg, stream: Stream | None = None) -> None:
        """Open the leg's row in media."""
        peers = self._peers(leg)
        self.order(media.orders.Open(leg.id, leg.port, stream, peers[0].host if peers else ""))

    def ours(self, leg: Leg, phone: Address | None = None) -> dict[str, Any]:
        """Our side of a leg's session, as :mod:`media.sdp` takes it for our next offer or answer; ``phone``: to this one of
        those that its agent has."""
        peers = [phone] if phone is not None else self._peers(leg)
        host = self.places.host(peers[0].host if peers else "", leg.side)
        return {"host": host, "port": leg.port, "session": leg.session, "previous": leg.offer,
                "codecs": self._codecs(leg), "security": self._security(leg, peers), "browser": self._browser(leg, peers)}

    def _peers(self, leg: Leg) -> list[Address]:
        """Where the leg's signalling comes from, or where it will ring."""
        if leg.peer is not None or not leg.agent:
            return [leg.peer] if leg.peer else []
        return [binding.source for binding in self.endpoint.registrar.bindings(leg.agent, self.now)]

    def _security(self, leg: Leg, peers: list[Address]) -> Security:
        """Keys that stand in SDP are as secret as SDP is; so they are offered over TLS only, unless operations say
        otherwise. An offer of theirs is answered however it came."""
        rules = leg.rules
        read = not (peers and all(peer.transport in sip.SECURE for peer in peers))
        hidden = rules.srtp == "offer" and read and not rules.srtp_without_tls
        agreed = leg.stream.keys if leg.stream is not None else None
        return Security(rules.srtp, self.secrets.randbytes, leg.keys, agreed, "off" if hidden else rules.srtp, short=read)

    def _browser(self, leg: Leg, peers: list[Address]) -> Browser:
        """A browser speaks SIP over a websocket, and is offered what only a browser takes; who spoke so before goes on."""
        agreed = leg.stream.web if leg.stream is not None else None
        offers = agreed is not None if leg.stream is not None else bool(peers) and all(map(by_browser, peers))
        named = (agreed.ufrag, agreed.password) if agreed is not None else ("", "")
        offers = offers and bool(self.fingerprint)
        return Browser(self.fingerprint, self.secrets.randbytes, *named, agreed, offers, self.nearby)

    def _codecs(self, leg: Leg) -> tuple[str, ...]:
        """Those that we speak; with a trunk those that it may use."""
        line = self.lines.lines.get(leg.trunk)
        return (line.rules.codecs if line is not None else ()) or leg.rules.codecs
