"""The registrar: where each user can be reached (RFC 3261 section 10.3).

A user may have several bindings: a desk phone, a softphone, a browser. A phone that restarts behind a NAT comes back
with another port and leaves its old binding behind; so beyond ``limit`` the binding that expires first makes room,
rather than that the phone is locked out until its own ghosts expire.

A binding over TCP lives as long as its connection (RFC 5626 section 5.3): nothing can reach the phone without it.
"""

from .effects import Address, Binding, BindingsChanged
from .errors import PeerError
from .headers import NameAddr, clean, param, parse_name_addr
from .message import Request
from .stack import Stack
from .timers import Timer
from .uri import Uri, parse_uri

Key = tuple[str, str, int | None, str]


class Registrar:
    """All bindings. ``least`` and ``most``: seconds that a binding may last; ``most`` is meant where none are named."""

    def __init__(self, stack: Stack, least: int, most: int, limit: int = 10) -> None:
        self._stack = stack
        self._least = least
        self.most = most
        self._limit = limit
        self._users: dict[str, dict[Key, Binding]] = {}
        self._timers: dict[str, Timer] = {}

    def __len__(self) -> int:
        return sum(map(len, self._users.values()))

    def bindings(self, user: str, now: float) -> tuple[Binding, ...]:
        """Where a user can be reached now, the oldest place first."""
        return tuple([binding for binding in self._users.get(user, {}).values() if binding.expires_at > now])

    def restore(self, bindings: tuple[Binding, ...]) -> None:
        """Take up what was known before a restart; nothing is told."""
        for binding in bindings:
            self._users.setdefault(binding.user, {})[_key(parse_uri(binding.contact))] = binding
            self._watch(binding.user)

    def register(self, user: str, request: Request) -> str:
        """Do what a REGISTER of a proved user asks, wholly or not at all.

        Returns the lines that the 200 must have: all bindings with the seconds that are left. Raises PeerError 400,
        423, or 500 for a request that was overtaken by a later one.
        """
        contacts = request.listed("contact")
        if len(contacts) > self._limit:
            raise PeerError(403, "Too many contacts")
        if contacts == ["*"]:
            wanted = self._everything(user, request)
        elif "*" in contacts:
            raise PeerError(400, "Contact * must stand alone")
        else:
            wanted = dict([self._wish(user, request, contact) for contact in contacts])
        if wanted:
            self._check_order(user, request, wanted)
            self._apply(user, wanted)
        return "".join([self._line(binding) for binding in self.bindings(user, self._stack.now)])

    def lost(self, address: Address) -> None:
        """A connection is closed, and with it the way to those who registered over it."""
        for user, known in list(self._users.items()):
            if any(binding.source == address for binding in known.values()):
                self._users[user] = {key: binding for key, binding in known.items() if binding.source != address}
                self._changed(user, "expired")

    def _everything(self, user: str, request: Request) -> dict[Key, Binding | None]:
        if request.first("expires") != "0":
            raise PeerError(400, "Contact * needs Expires 0")
        return dict.fromkeys(self._users.get(user, {}))

    def _wish(self, user: str, request: Request, contact: str) -> tuple[Key, Binding | None]:
        place = parse_name_addr(contact)
        if not (place.uri.isascii() and place.uri.isprintable() and place.uri.lower().startswith(("sip:", "sips:"))):
            raise PeerError(400, "Contact must be a SIP address")
        uri = parse_uri(place.uri)
        seconds = self._seconds(request, place)
        if seconds == 0:
            return _key(uri), None
        if seconds < self._least:
            raise PeerError(423, "Interval Too Brief", f"Min-Expires: {self._least}\r\n")
        expires_at = self._stack.now + min(seconds, self.most)
        agent = clean(request.first("user-agent"))
        made = Binding(user, place.uri, request.source, expires_at, clean(request.call_id), request.cseq.number, agent)
        return _key(uri), made

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
                known.pop(key, None)
            else:
                why = "registered" if key not in known or why == "registered" else "refreshed"
                known[key] = binding
        while len(known) > self._limit:
            del known[min(known, key=lambda key: known[key].expires_at)]
        self._changed(user, why)

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
        self._users[user] = {key: binding for key, binding in self._users[user].items() if binding.expires_at > now}
        self._changed(user, "expired")

    def _line(self, binding: Binding) -> str:
        return f"Contact: <{binding.contact}>;expires={max(1, round(binding.expires_at - self._stack.now))}\r\n"


def _key(uri: Uri) -> Key:
    """What makes two contacts the same place (RFC 3261 section 19.1.4, as far as phones differ)."""
    return (uri.user, uri.host.lower(), uri.port, uri.param("transport") or "")
