"""A small town for the joint: phones that do what a test says, one after the other, and everything that the switch said.

Nothing is lost and everything arrives after a millisecond, so that a test reads like a story: somebody dials, ``run``,
somebody answers, ``run``. ``said`` keeps every effect of the exchange with its moment, in order.
"""

from dataclasses import replace
from urllib.parse import quote

from world.net import Weather
from world.town import SWITCH, Town

import media.orders as m
import switch.sip.effects as sip
from media import sdp
from switch.acd.rules import QueueRules
from switch.events import CommandRefused
from switch.orders import LogIn
from switch.settings import ServiceNumber, Settings
from switch.sip.effects import Address
from tests.laws import check_laws

START = 1_900_000_000.0
CUSTOMER = "+4930123"


def arrange(settings: Settings, *, users=None, system=None, trees=None, **queues) -> Settings:
    """The configuration with plain ways in: 70NN leads past the tree. ``queues``: rules by name, changed or new. Callers are
    asked nothing after the talk, unless these say so."""
    numbers = {"7000": "queue:support", "7001": "voicemail:support", "7002": "extension:1001", "7003": "queue:billing"}
    known = {name: replace(rules, survey=None) for name, rules in settings.queues.items()}
    chosen = {name: replace(known.get(name, QueueRules(name=name)), **rules) for name, rules in queues.items()}
    people = {number: replace(settings.users[number], **more) for number, more in (users or {}).items()}
    return replace(
        settings, queues=known | chosen, users=settings.users | people, system=system or settings.system,
        trees=settings.trees | (trees or {}),
        numbers=settings.numbers | {number: ServiceNumber(number, to) for number, to in numbers.items()},
    )


class Telephone:
    """A phone in the hands of the test. ``told`` is everything that it was told."""

    def __init__(self, stage: "Stage", host: str, transport: str = "udp", port: int = 5060) -> None:
        self.stage = stage
        self.phone = stage.phone(Address(transport, host, port), self._hear)
        self.switch = SWITCH._replace(transport=transport)
        self.told: list[sip.Told] = []
        self.call = ""
        """The call that came or went out last."""
        self.offer = sdp.offer(host=host, port=20000, session=7, version=0)
        self.rtp = 0

    def dial(self, number, offer=b"-", user="", password="", caller=CUSTOMER, **more):
        """Call; ``user``: prove to be them."""
        self.call = f"{self.phone.address.host}-{len(self.told)}"
        password = password or (self.stage.settings.users[user].password if user else "")
        self._do("invite", self.call, f"sip:{number}@{SWITCH.host}", self.switch, caller=user or caller,
                 sdp=self.offer if offer == b"-" else offer, credentials=(user, password) if user else None, **more)
        return self.stage.run_for(0.1)

    def ring(self):
        self._do("ring", self.call)
        self.stage.run_for(0.1)

    def answer(self, call=""):
        self._do("answer", call or self.call, self.offer)
        self.stage.run_for(0.1)

    def refuse(self, status):
        self._do("refuse", self.call, status)
        self.stage.run_for(0.1)

    def hang_up(self):
        self._do("hang_up", self.call)
        self.stage.run_for(0.1)

    def reinvite(self, direction):
        """Hold (sendonly) or resume (sendrecv) by the phone."""
        body = sdp.offer(host=self.phone.address.host, port=20000, session=7, version=1, direction=direction)
        self._do("reinvite", self.call, body)
        self.stage.run_for(0.1)

    def refer(self, target, call="", other=""):
        """Transfer by the phone's own keys; ``other``: put together with this call of the phone."""
        calls = self.phone.endpoint._room.calls
        replaces = ""
        if other:
            dialog = calls[other].dialog
            name = f"{dialog.call_id};to-tag={dialog.remote_tag};from-tag={dialog.local_tag}"
            replaces = f"?Replaces={quote(name, safe='')}"
        leg = calls[call or self.call]
        lines = f"Refer-To: <sip:{target}@{SWITCH.host}{replaces}>\r\nContact: <sip:x@{self.phone.address.host}>\r\n"
        leg.request(leg.dialog, "REFER", lines)
        self.stage.act(self.phone, leg.stack.take())
        self.stage.run_for(0.1)

    def press(self, keys):
        """Keys as RFC 4733 events."""
        for key in keys:
            self.stage.press(self.rtp, key)
            self.stage.run_for(0.05)

    def register(self, user):
        self._do("register", user, self.stage.settings.users[user].password, self.switch, 3600)
        self.stage.run_for(0.1)

    def last(self, kind):
        """The newest news of this kind; None = there was none."""
        return next((told for told in reversed(self.told) if type(told) is kind), None)

    def _do(self, wish, *arguments, **more):
        self.stage.act(self.phone, getattr(self.phone.endpoint, wish)(*arguments, now=self.stage.now, **more))

    def _hear(self, told):
        self.told.append(told)
        if type(told) is sip.Offered:
            self.call = told.call
        body = getattr(told, "sdp", None)
        if type(told) in (sip.Offered, sip.Answered) and body:
            self.rtp = int(body.partition(b"m=audio ")[2].partition(b" ")[0])


class Stage(Town):
    """The town of one test."""

    def __init__(self, settings: Settings, seed: int = 1, **more) -> None:
        self.said: list[tuple[float, object]] = []
        super().__init__(settings, seed, START, weather=Weather(delay=0.001, jitter=0), **more)
        self.run_for(0.1)

    def run_for(self, seconds):
        self.run(self.now + seconds)

    def telephone(self, place=2):
        return Telephone(self, f"10.0.1.{place}")

    def agent(self, number, place=1, ready=True):
        """An agent at work: the phone is registered, the seat taken."""
        phone = Telephone(self, f"10.0.{int(number) % 100 + 2}.{place}")
        phone.register(number)
        if place == 1:
            self.obey(LogIn(ready=ready), number)
            self.run_for(0.1)
        return phone

    def page(self, number, load=1):
        """A page of an agent in a browser, whose phone is registered over a websocket; ``load``: another for each time that
        it is loaded."""
        phone = Telephone(self, f"10.0.{int(number) % 100 + 2}.1", "ws", 40000 + load)
        phone.register(number)
        return phone

    def cut(self, phone):
        super().cut(phone)
        self.run_for(0.1)

    def caller(self, number="7000", place=2, **more):
        """Somebody who has dialled."""
        phone = self.telephone(place)
        phone.dial(number, **more)
        return phone

    def talk(self, number="7000", agent="1001", place=2, **more):
        """A caller and an agent who hear each other."""
        phone = self.agent(agent)
        caller = self.caller(number, place, **more)
        phone.ring()
        phone.answer()
        assert self.state(agent).state == "busy"
        return caller, phone

    def state(self, agent):
        return self.exchange.house.desk.state(agent)

    @property
    def journal(self):
        return self.exchange.journal.since(0)

    def facts(self):
        """What has happened, apart from what was refused."""
        return [entry for entry in self.journal if type(entry.event) is not CommandRefused]

    def events(self, *kinds):
        return [entry.event for entry in self.journal if type(entry.event) in kinds]

    def event(self, kind):
        """The only event of a kind."""
        (event,) = self.events(kind)
        return event

    @property
    def contact(self):
        """The only contact."""
        (contact,) = self.exchange.house.contacts.values()
        return contact

    def orders(self, *kinds):
        """What media was ordered."""
        return [effect for _, effect in self.said if type(effect) in kinds]

    def sent(self, start):
        """What was sent whose first words are these: moment and destination."""
        return [(at, effect.destination) for at, effect in self.said
                if type(effect) is sip.Transmit and effect.data.startswith(start)]

    @property
    def outcomes(self):
        """What phones were told of their transfers."""
        texts = [effect.data.decode() for _, effect in self.said if type(effect) is sip.Transmit]
        return [int(text.rpartition("SIP/2.0 ")[2][:3]) for text in texts if "\r\nEvent: refer" in text]

    def hears(self, phone):
        return self.paper.hears(self._legs.get(phone.rtp, ""))

    def over(self):
        """Everybody has gone: nothing is left, and the laws hold."""
        self.run_for(60)
        check_laws(self.journal, finished=True)
        counts = self.exchange.counts()
        names = ("contacts", "legs", "calls", "acd_waiting", "acd_reservations", "acd_busy", "acd_reserved",
                 "sip_calls", "sip_dialogs", "sip_transactions")
        assert {name: counts[name] for name in names if counts[name]} == {}
        assert self.paper.rows == {}

    def _do(self, effects):
        self.said += [(self.now, getattr(effect, "effect", effect)) for effect in effects]
        super()._do(effects)


def sounds(order: m.Play) -> list[str]:
    """The names of what is played."""
    return [path.rpartition("/")[2].removesuffix(".wav") for path in order.sounds]
