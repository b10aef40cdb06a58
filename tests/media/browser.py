"""A browser as the matrix meets it: signs its checks, begins the handshake of DTLS, and seals its sound."""

from random import Random

from media import certificate, dtls, stun
from media.orders import Change, Control, Open, Stream, Web
from media.rtp import parse
from media.srtp import Sealed
from tests.media.town import Phone, Town

OURS = certificate.make(1_700_000_000.0)
THEIRS = certificate.make(1_700_000_000.0)
OTHER = certificate.make(1_700_000_000.0)
PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"
WEB = Web("evtj", PASSWORD, "h6vY", (THEIRS.fingerprint,))


def check(web=WEB, *, password="", name="", chosen=True, transaction=bytes(12), more=(), controls=True, priority=0):
    """A binding request as a browser signs it."""
    attributes = [(stun.USERNAME, (name or f"{web.ufrag}:{web.theirs}").encode()), (stun.PRIORITY, priority.to_bytes(4))]
    attributes += [(stun.CONTROLLING if controls else stun.CONTROLLED, bytes(8)), *more]
    attributes += [(stun.USE_CANDIDATE, b"")] if chosen else []
    return stun.write(stun.BINDING, transaction, attributes, password or web.password)


class Browser(Phone):
    """The far end of a row, which sends what is due to it in :meth:`BrowserTown.meet`."""

    def __init__(self, row, web, *, shown=THEIRS, trusted=OURS):
        super().__init__(row, 0, row)
        self.web = web
        self.handshake = dtls.Handshake(dtls.context(shown), (trusted.fingerprint,), active=not web.active)
        self.far = Sealed(1)
        self.answers: list[stun.Message] = []
        self.due: list[bytes] = []
        self.begun = False

    def check(self, **more):
        return (self.row, check(self.web, **more), self.address)

    def get(self, octets, now):
        """A datagram has come."""
        if octets[0] < 4:
            self.answers.append(stun.read(octets))
            if not self.begun:
                self.begun = True
                self.due += self.handshake.begin(now)
        elif octets[0] < 64:
            had = self.handshake.keys
            self.due += self.handshake.receive([octets], now)
            if self.handshake.keys and not had:
                self.far.agree(0, self.handshake.keys, now)

    def seal(self, packet):
        return (packet[0], self.far.seal(0, packet[1]), packet[2])


class BrowserTown(Town):
    """A town in which some have browsers. ``sent`` is what went out besides the sound in the last step."""

    def __init__(self, **more) -> None:
        super().__init__(**more)
        self.matrix.parts.browsers.certify(OURS)
        self.sent = []
        self.lost = Random(1)
        self.loss = 0.0

    def browse(self, leg, web=WEB, **more):
        row = len(self.phones)
        phone = self.phones[leg] = Browser(row, web, **more)
        self.obey(Open(leg, 40000 + 2 * row), Change(leg, Stream("", 0, control=Control(mux=True), web=web)))
        return phone

    def step(self, *packets):
        told = super().step(*packets)
        self.sent = self.matrix.letters()
        for letter in self.sent:
            phone = self.at(letter.row)
            if isinstance(phone, Browser) and self.lost.random() >= self.loss:
                phone.get(letter.octets, self.now)
        return told

    def at(self, row):
        return next(phone for phone in self.phones.values() if phone.row == row)

    def meet(self, leg, steps=12):
        """Checks, and the handshake, until there are keys."""
        phone = self.phones[leg]
        self.step(phone.check())
        for _ in range(steps):
            self.flow(phone)
            if phone.handshake.keys and self.matrix.parts.sources.locked[phone.row]:
                return True
        return False

    def flow(self, phone):
        """A step in which the browser sends what is due."""
        due, phone.due = phone.due, []
        if phone.handshake.deadline is not None and phone.handshake.deadline <= self.now:
            due += phone.handshake.wake(self.now)
        self.step(*((phone.row, octets, phone.address) for octets in due if self.lost.random() >= self.loss))

    def opened(self, leg):
        """What a browser heard in the last step."""
        phone = self.phones[leg]
        return [parse(phone.far.open(0, octets, self.now)) for at, octets in self.last.events if at == phone.row]
