"""What all machines of one endpoint share: this moment, chance, timers, and the tray of what is to be sent and told.

The endpoint's door sets ``now`` once for each input; inside, nobody needs to hand time and lists of effects about. The
tray keeps order: what was sent first stands first.
"""

from collections import deque
from collections.abc import Callable
from hashlib import blake2b
from random import Random

from .effects import SECURE, Address, Effect, Resolve, Told, Transmit, Watch
from .headers import quoted
from .here import Here
from .locating import Locator
from .message import Request
from .timers import Timer, Timers
from .uri import known_as_ip
from .writing import Draft, respond

ALLOW = (
    "Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, OPTIONS, INFO, NOTIFY, REGISTER, SUBSCRIBE, REFER\r\n"
)
EXTENSIONS = ("100rel", "timer", "replaces", "norefersub")
"""What a peer may require of us (RFC 3261 section 19.2)."""
SUPPORTED = f"Supported: {', '.join(EXTENSIONS)}\r\n"
SDP = "Content-Type: application/sdp\r\n"

_REMEMBERED = 4096
_TOGETHER = 0.25


class Stack:
    """The common ground of an endpoint. ``here``: what peers shall write to, ``t1``: seconds."""

    __slots__ = (
        "_domains", "_key", "_lingering", "agent", "aliases", "aside", "cancel", "deadlines", "here", "locator", "no_tcp",
        "now", "rng", "t1", "tray",
    )  # fmt: skip

    def __init__(self, rng: Random, here: Here, t1: float, agent: str) -> None:
        self.rng = rng
        self.here = here
        self.t1 = t1
        self.agent = agent
        self.now = 0.0
        self.deadlines = Timers()
        self.cancel = self.deadlines.cancel
        self.tray: list[Effect] = []
        self.locator = Locator(self.after, self.tray_put, rng, here.transports, here.has_ipv6)
        self.no_tcp: dict[Address, float] = {}
        """Places with UDP alone, and until when we believe so."""
        self.aside: dict[Address, float] = {}
        """Places that have asked to be left alone, and until when."""
        self.aliases: dict[Address, Address] = {}
        """Places that are reached over a connection which their peer has opened (RFC 5923)."""
        self._domains: dict[Address, str] = {}
        self._lingering: deque[tuple[float, Callable[[], None]]] = deque()
        self._key = rng.randbytes(16)

    def send(self, destination: Address, data: bytes) -> None:
        """Put bytes for the wire on the tray."""
        if destination.transport == "tls":
            self.tray.append(Transmit(destination, data, self._domains.get(destination, "")))
        else:
            self.tray.append(Transmit(destination, data))

    def dispatch(self, draft: Draft) -> None:
        """Send a request that is no transaction: the ACK of a 2xx."""
        if known_as_ip(draft.destination.host):
            self.send(draft.destination, self.encode(draft))
        else:
            self.locator.find(draft.destination, lambda places: self._dispatch(draft, places))

    def _dispatch(self, draft: Draft, places: list[Address]) -> None:
        self.remember_domains(places, draft.destination.host)
        places = places or self.instead(draft)
        if places:
            self.dispatch(draft._replace(destination=places[0]))

    def stay_with_udp(self, place: Address, until: float) -> None:
        """Whatever its length, what goes to this place goes by UDP."""
        if len(self.no_tcp) >= _REMEMBERED:
            self.no_tcp = {place: moment for place, moment in self.no_tcp.items() if moment > self.now}
        if len(self.no_tcp) < 4 * _REMEMBERED:
            self.no_tcp[place] = until

    def set_aside(self, place: Address, until: float) -> None:
        """Try others first for so long."""
        if len(self.aside) >= _REMEMBERED:
            self.aside.clear()
        self.aside[place] = until

    def instead(self, draft: Draft) -> list[Address]:
        """Where a request goes whose destination nobody knows; what was meant to be secret stays so."""
        known = draft.fallback
        secure = draft.destination.transport in SECURE
        return [known] if known is not None and (known.transport in SECURE or not secure) else []

    def remember_domains(self, places: list[Address], name: str) -> None:
        """These were found under this name, which is the one that a certificate must have (RFC 5922 section 7.2)."""
        if len(self._domains) > _REMEMBERED:
            self._domains.clear()
        self._domains.update({place: name for place in places if place.transport == "tls"})

    def tray_put(self, wish: Resolve | Watch) -> None:
        """Put something else that we ask of the world on the tray."""
        self.tray.append(wish)

    def tell(self, news: Told) -> None:
        """Put news for the house on the tray."""
        self.tray.append(news)

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Have ``action`` called in so many seconds."""
        return self.deadlines.set(self.now + seconds, action)

    def linger(self, gone: Callable[[], None]) -> None:
        """Have ``gone`` called in 64*T1 or a little later, for what is over and only waits for late copies. Nothing depends
        on the moment, so that those of a quarter of a second are called together, and cost no heap and no wake-up each."""
        if not self._lingering:
            self.after(64 * self.t1, self._let_go)
        self._lingering.append((self.now + 64 * self.t1, gone))

    def _let_go(self) -> None:
        lingering = self._lingering
        while lingering and lingering[0][0] <= self.now:
            lingering.popleft()[1]()
        if lingering:
            self.deadlines.set(max(lingering[0][0], self.now + _TOGETHER), self._let_go)

    def take(self) -> list[Effect]:
        """Empty the tray."""
        effects, self.tray = self.tray, []
        return effects

    def token(self) -> str:
        """A word that nobody can guess and that is unique in space and time (RFC 3261 section 19.3)."""
        return f"{self.rng.getrandbits(80):020x}"

    def branch(self) -> str:
        """A name for a transaction (section 8.1.1.7)."""
        return f"z9hG4bK{self.rng.getrandbits(80):020x}"

    def contact(self, peer: Address, secure: bool = False) -> str:
        """The line that says where we want to be reached; ``secure``: by TLS alone (RFC 3261 section 12.1.1)."""
        return f"Contact: <{self.here.contact(peer, secure)}>\r\n"

    def encode(self, draft: Draft) -> bytes:
        """A request of ours as bytes."""
        return draft.encode(self.here.via(draft.destination))

    def reply(self, request: Request, status: int, reason: str, extra: str = "", body: bytes = b"") -> None:
        """Answer without keeping a transaction (section 8.2.7).

        The To-tag follows from the request, so that each copy of the request gets the very same answer.
        """
        name = f"{request.call_id}\n{request.first('cseq')}\n{request.first('via')}\n{request.first('from')}"
        tag = blake2b(name.encode("utf-8", "surrogateescape"), key=self._key, digest_size=8).hexdigest()
        self.send(request.reply_to, respond(request, status, reason, tag, f"Server: {self.agent}\r\n{extra}", body))

    def reason_line(self, q850: int, text: str) -> str:
        """Why a call is cleared (RFC 3326). 26 (non-selected user clearing) also says that somebody else has answered,
        so that the phones that rang along do not show a missed call."""
        elsewhere = 'SIP;cause=200;text="Call completed elsewhere", ' if q850 == 26 else ""
        return f"Reason: {elsewhere}Q.850;cause={q850}{f';text={quoted(text)}' if text else ''}\r\n"
