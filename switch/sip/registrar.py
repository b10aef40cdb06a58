"""The registrar: where each user can be reached (RFC 3261 section 10.3).

A user may have several bindings: a desk phone, a softphone, a browser. A phone that restarts behind a NAT comes back
with another port and leaves its old binding behind; so beyond ``limit`` the binding that expires first makes room,
rather than that the phone is locked out until its own ghosts expire.

A binding over TCP, TLS or a websocket lives as long as its connection (RFC 5626 section 5.3): nothing can reach the phone
without it. A websocket is watched by its own pings (RFC 6455 section 5.5.2), so its device is not asked to send any.

A device that speaks outbound (RFC 5626) names itself and counts its ways to us; then a new registration by the same way
replaces the old one, whatever address it comes from, and only the way that was refreshed last is used for calls.
"""

from collections.abc import Callable

from .effects import WEB, Address, Binding, BindingsChanged, Watch
from .errors import PeerError
from .gruu import Gruus, Phone, flow_of, instance_of
from .headers import NameAddr, clean, param, parse_name_addr
from .message import Request
from .stack import Stack
from .timers import Timer
from .uri import Uri, parse_uri

Key = tuple[str, str, int | None, str]
FLOW_SECONDS = 120
"""How often a device shall show that its connection lives (RFC 5626 section 4.4)."""
_GRACE = 30.0
"""Seconds beyond that until a device that is silent has lost its connection."""
_EXTENSIONS = "Supported: outbound, gruu\r\n"


class Registrar:
    """All bindings. ``least`` and ``most``: seconds that a binding may last; ``most`` is meant where none are named."""

    def __init__(self, stack: Stack, least: int, most: int, limit: int = 10) -> None:
        self._stack = stack
        self._least = least
        self.most = most
        self._limit = limit
        self._users: dict[str, dict[Key, Binding]] = {}
        self._timers: dict[str, Timer] = {}
        self.gruus = Gruus(stack)
        self.moved: Callable[[Address], None] = lambda _: None
        """Told of a websocket whose device has registered by another one: it is dead, though nobody may have noticed."""

    def __len__(self) -> int:
        return sum(map(len, self._users.values()))

    def bindings(self, user: str, now: float) -> tuple[Binding, ...]:
        """Where a user can be reached now, the oldest place first; of a device with several ways the freshest alone."""
        alive = [binding for binding in self._users.get(user, {}).values() if binding.expires_at > now]
        if not any(binding.reg_id for binding in alive):
            return tuple(alive)
        freshest = {}
        for binding in alive:
            name = (binding.instance.lower(), "") if binding.reg_id else ("", binding.contact)
            if name not in freshest or freshest[name].expires_at <= binding.expires_at:
                freshest[name] = binding
        return tuple(freshest.values())

    def restore(self, bindings: tuple[Binding, ...]) -> None:
        """Take up what was known before a restart; nothing is told."""
        for binding in bindings:
            self._users.setdefault(binding.user, {})[_key_of(binding)] = binding
            self._watch(binding.user)

    def register(self, user: str, request: Request) -> str:
        """Do what a REGISTER of a proved user asks, wholly or not at all.

        Returns the lines that the 200 must have: all bindings with the seconds that are left. Raises PeerError 400,
        423, or 500 for a request that was overtaken by a later one.
        """
        contacts = request.listed("contact")
        offered = {option.lower() for option in request.listed("supported")} if "supported" in request.fields else set()
        if len(contacts) > self._limit:
            raise PeerError(403, "Too many contacts")
        if contacts == ["*"]:
            wanted = self._everything(user, request)
        elif "*" in contacts:
            raise PeerError(400, "Contact * must stand alone")
        else:
            wanted = dict([self._wish(user, request, contact, "outbound" in offered) for contact in contacts])
        if wanted:
            self._check_order(user, request, wanted)
            self._apply(user, wanted)
        flows = [binding for binding in wanted.values() if binding is not None and binding.reg_id]
        if flows and request.source.transport in ("tcp", "tls"):
            self._stack.tray_put(Watch(request.source, FLOW_SECONDS + _GRACE))
        lines = [self._line(binding, request, "gruu" in offered) for binding in self._users.get(user, {}).values()
                 if binding.expires_at > self._stack.now]
        return "".join(lines) + _flow_lines(request, [binding for binding in wanted.values() if binding is not None])

    def drop(self, user: str) -> None:
        """There is no such user any more."""
        if user in self._users:
            self._keep(user, lambda _: False, "removed")

    def lost(self, address: Address) -> None:
        """A connection is closed, and with it the way to those who registered over it."""
        for user, known in list(self._users.items()):
            if any(binding.source == address for binding in known.values()):
                self._keep(user, lambda binding: binding.source != address)

    def _everything(self, user: str, request: Request) -> dict[Key, Binding | None]:
        if request.first("expires") != "0":
            raise PeerError(400, "Contact * needs Expires 0")
        return dict.fromkeys(self._users.get(user, {}))

    def _wish(self, user: str, request: Request, contact: str, outbound: bool) -> tuple[Key, Binding | None]:
        place = parse_name_addr(contact)
        if not (place.uri.isascii() and place.uri.isprintable() and place.uri.lower().startswith(("sip:", "sips:"))):
            raise PeerError(400, "Contact must be a SIP address")
        uri = parse_uri(place.uri)
        seconds = self._seconds(request, place)
        instance = instance_of(place)
        flow = flow_of(place) if instance and outbound else 0
        if flow and len(request.listed("via")) > 1:
            raise PeerError(439, "First Hop Lacks Outbound Support")
        key = _flow_key(instance, flow) if flow else _key(uri)
        if seconds == 0:
            return key, None
        if seconds < self._least:
            raise PeerError(423, "Interval Too Brief", f"Min-Expires: {self._least}\r\n")
        expires_at = self._stack.now + min(seconds, self.most)
        agent = clean(request.first("user-agent"))
        made = Binding(user, place.uri, request.source, expires_at, clean(request.call_id), request.cseq.number, agent,
                       instance, flow)  # fmt: skip
        return key, made

    def _seconds(self, request: Request, place: NameAddr) -> int:
        """The wish of one contact; what is no number counts as none (section 20.19)."""
        text = param(place.params, "expires") or request.first("expires")
        return min(int(text[:10]), 2**32) if text.isascii() and text.isdigit() else self.most

    def _check_order(self, user: str, request: Request, wanted: dict[Key, Binding | None]) -> None:
        known, call_id = self._users.get(user, {}), clean(request.call_id)
        for key in wanted:
            old = known.get(key)
            if old is not None and old.call_id == call_id and request.cseq.number <= old.cseq:
                raise PeerError(500, "CSeq out of order")

    def _apply(self, user: str, wanted: dict[Key, Binding | None]) -> None:
        known = self._users.setdefault(user, {})
        why = "unregistered"
        for key, binding in wanted.items():
            if binding is None:
                self._forget(known.pop(key, None))
            else:
                why = "registered" if key not in known or why == "registered" else "refreshed"
                self._left(known.get(key), binding)
                known[key] = binding
                if binding.reg_id and binding.source.transport == "udp":
                    self._stack.stay_with_udp(binding.source, binding.expires_at)  # this way alone (RFC 5626 5.3)
        while len(known) > self._limit:
            self._forget(known.pop(min(known, key=lambda key: known[key].expires_at)))
        self._changed(user, why)

    def _left(self, old: Binding | None, new: Binding) -> None:
        if old is not None and old.source != new.source and old.source.transport in WEB:
            self.moved(old.source)

    def _changed(self, user: str, why: str) -> None:
        left = tuple(self._users[user].values())
        self._watch(user)
        self._stack.tell(BindingsChanged(user, left, why))

    def _watch(self, user: str) -> None:
        """Be woken when the next binding of this user expires; forget a user who has none."""
        self._stack.cancel(self._timers.pop(user, None))
        known = self._users[user]
        if known:
            moment = min(binding.expires_at for binding in known.values())
            self._timers[user] = self._stack.deadlines.set(moment, lambda: self._expire(user))
        else:
            del self._users[user]

    def _expire(self, user: str) -> None:
        now = self._stack.now
        self._keep(user, lambda binding: binding.expires_at > now)

    def _keep(self, user: str, alive: Callable[[Binding], bool], why: str = "expired") -> None:
        known = self._users[user]
        self._users[user] = {key: binding for key, binding in known.items() if alive(binding)}
        for binding in known.values():
            if not alive(binding):
                self._forget(binding)
        self._changed(user, why)

    def _forget(self, binding: Binding | None) -> None:
        if binding is None or not binding.instance:
            return
        others = self._users.get(binding.user, {}).values()
        if not any(other.instance.lower() == binding.instance.lower() and other is not binding for other in others):
            self.gruus.forget(Phone(binding.user, binding.instance.lower()))

    def _line(self, binding: Binding, request: Request, named: bool) -> str:
        more = f';+sip.instance="<{binding.instance}>"' if binding.instance else ""
        more += f";reg-id={binding.reg_id}" if binding.reg_id else ""
        if named and binding.instance:
            domain = parse_uri(request.to.uri).host
            more += self.gruus.parameters(Phone(binding.user, binding.instance.lower()), binding.call_id, domain)
        seconds = max(1, round(binding.expires_at - self._stack.now))
        return f"Contact: <{binding.contact}>;expires={seconds}{more}\r\n"


def _flow_lines(request: Request, made: list[Binding]) -> str:
    """What a 200 says of what was done (RFC 5626 section 6); the time is for connections, a NAT wants UDP more often."""
    if not any(binding.reg_id for binding in made):
        return _EXTENSIONS if "supported" in request.fields and made else ""
    timer = f"Flow-Timer: {FLOW_SECONDS}\r\n" if request.source.transport in ("tcp", "tls") else ""
    return f"Require: outbound\r\n{_EXTENSIONS}{timer}"


def _key_of(binding: Binding) -> Key:
    return _flow_key(binding.instance, binding.reg_id) if binding.reg_id else _key(parse_uri(binding.contact))


def _flow_key(instance: str, flow: int) -> Key:
    return (instance.lower(), "", flow, "flow")


def _key(uri: Uri) -> Key:
    """What makes two contacts the same place (RFC 3261 section 19.1.4, as far as phones differ)."""
    return (uri.user, uri.host.lower(), uri.port, uri.param("transport") or "")
