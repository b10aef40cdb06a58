"""The trunks as they stand: there or not, registered or not, and how many calls began in this second.

    unknown --answer--> up --`down_after` questions without an answer--> down --`up_after` answers--> up
    unknown --`down_after` questions without an answer--> down

A trunk of which nothing is known yet may be used: a switch that has just started calls out at once. How many calls a trunk
has is not kept here: whoever asks counts the legs that live.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from switch.trunks.rules import Outside, Trunk

BESIDES = frozenset({501, 505})
"""Answers of the 5xx class that speak of OPTIONS or of the version, not of the trunk."""


@dataclass
class Line:
    """One trunk."""

    name: str
    rules: Trunk
    state: str = "unknown"
    """unknown, up, down."""
    since: float = 0.0
    """When the state began, POSIX seconds."""
    registration: str = ""
    """registered, unregistered or failed; empty = it does not register, or has no answer yet."""
    ask_at: float | None = None
    """When it is asked next whether it is there; None = it is being asked, or never is."""
    run: int = 0
    """Answers in a row (above 0) or questions without one (below)."""
    aside_until: float = 0.0
    """Until when it has asked to be left alone, POSIX seconds."""
    recent: deque[float] = field(default_factory=deque)
    """When the last calls began, where their rate is limited."""

    @property
    def there(self) -> bool:
        """Whether calls may be sent to it."""
        return self.state != "down" and (self.rules.register is None or self.registration in ("", "registered"))

    def probed(self, status: int, now: float) -> bool:
        """A question was answered, or not (408, 503); whether the state has changed."""
        probe = self.rules.probe
        self.ask_at = now + probe.every if probe.every else None
        answered = status != 408 and (status < 500 or status in BESIDES)
        self.run = max(self.run, 0) + 1 if answered else min(self.run, 0) - 1
        if answered and self.state != "up" and (self.state == "unknown" or self.run >= probe.up_after):
            return self._become("up", now)
        if self.state != "down" and -self.run >= probe.down_after:
            return self._become("down", now)
        return False

    def _become(self, state: str, now: float) -> bool:
        self.state, self.since = state, now
        return True

    def began(self, now: float) -> None:
        """A call begins."""
        if self.rules.calls_per_second:
            self.recent.append(now)

    def refusal(self, live: int, now: float) -> str:
        """Why it can take no further call: ``down``, ``full``, ``too_fast``; empty = it can. ``live``: calls it has."""
        if not self.there or now < self.aside_until:
            return "down"
        if self.rules.calls and live >= self.rules.calls:
            return "full"
        return "too_fast" if self.rules.calls_per_second and not self._room(now) else ""

    def _room(self, now: float) -> bool:
        """Whether one more call keeps to the limit. Less than one a second: one in so many seconds."""
        rate = self.rules.calls_per_second
        window = max(1.0, 1 / rate)
        while self.recent and now - self.recent[0] >= window:
            self.recent.popleft()
        return len(self.recent) < max(1, int(rate))


class Lines:
    """All trunks, by name."""

    def __init__(self, outside: Outside, now: float = 0.0) -> None:
        self.lines: dict[str, Line] = {}
        self._learnt: dict[str, str] = {}
        self.configure(outside, now)

    def configure(self, outside: Outside, now: float) -> None:
        """New rules. A trunk that is reached as before keeps its state; another one begins anew, whatever its name."""
        self.outside = outside
        before, self.lines = self.lines, {}
        for name, rules in outside.trunks.items():
            line = before.get(name)
            self.lines[name] = Line(name, rules, ask_at=now if rules.probe.every else None)
            if line is not None and _reached(line.rules) == _reached(rules):
                self.lines[name] = line
                if bool(line.rules.probe.every) != bool(rules.probe.every):
                    line.ask_at = now if rules.probe.every else None
                line.rules = rules
        self._learnt = {host: name for host, name in self._learnt.items()
                        if name in self.lines and self.lines[name] is before.get(name)}
        self._know_places(outside)

    def _know_places(self, outside: Outside) -> None:
        """Whose calls come from where."""
        self._places: dict[tuple[str, int], str] = {}
        self._hosts: dict[str, str] = {}
        self._certificates = {rules.certificate.lower(): name for name, rules in outside.trunks.items() if rules.certificate}
        self._networks: list[tuple[IPv4Network | IPv6Network, str]] = []
        for name, rules in outside.trunks.items():
            self._learn(name, rules)
        for host, name in self._learnt.items():
            self._hosts.setdefault(host, name)

    @property
    def deadline(self) -> float | None:
        """When the next trunk is to be asked whether it is there; None = none ever."""
        return min([line.ask_at for line in self.lines.values() if line.ask_at is not None], default=None)

    def due(self, now: float) -> list[str]:
        """The trunks that are to be asked now; each is not asked again before :meth:`Line.probed`."""
        found = [line for line in self.lines.values() if line.ask_at is not None and line.ask_at <= now]
        for line in found:
            line.ask_at = None
        return [line.name for line in found]

    def of(self, host: str, port: int, names: tuple[str, ...] = ()) -> str:
        """The trunk that speaks from here; empty = none does. ``names``: what its certificate proves, lower case."""
        if not self.lines:
            return ""
        if names and (certified := self.certified(names)):
            return certified
        name = self._places.get((host, port)) or self._hosts.get(host, "")
        if not name and self._networks:
            address = _address(host)
            name = next((name for network, name in self._networks if address is not None and address in network), "")
        return name

    def certified(self, names: tuple[str, ...]) -> str:
        """The trunk whose certificate proves one of these names; empty = none does."""
        return next((self._certificates[name] for name in names if name in self._certificates), "")

    def speaks_from(self, host: str) -> bool:
        """Whether a trunk has this address, whatever its port."""
        return bool(self.of(host, 0)) or any(place == host for place, _ in self._places)

    def learn(self, name: str, place: tuple[str, str, int] | None) -> None:
        """A trunk that is known by name has answered from this address: calls from there are its own."""
        rules = self.outside.trunks[name]
        if place is not None and network_of(rules.host) is None and not rules.certificate:
            self._hosts.setdefault(place[1], name)
            self._learnt.setdefault(place[1], name)

    def why_not(self, live: Callable[[str], int], now: float) -> Callable[[str], str]:
        """Asked of a name: why that trunk can take no call. ``live``: how many calls a trunk has."""
        return lambda name: self.lines[name].refusal(live(name) if self.lines[name].rules.calls else 0, now)

    def _learn(self, name: str, rules: Trunk) -> None:
        if rules.certificate:
            return
        exact = [place for text in rules.sources if (place := place_of(text)) is not None]
        for place in exact:
            self._places.setdefault(place, name)
        homes = [rules.host, *([rules.register.registrar] if rules.register and rules.register.registrar else [])]
        for text in (*homes, *rules.sources):
            if place_of(text) is not None or (text in homes and any(host == text for host, _ in exact)):
                continue
            if (network := network_of(text)) is None:
                continue
            if network.num_addresses == 1:
                self._hosts.setdefault(str(network.network_address), name)
            else:
                self._networks.append((network, name))


def _reached(rules: Trunk) -> tuple[object, ...]:
    """What makes two trunks the same line: where it is, and as whom we are known there."""
    return rules.host, rules.port, rules.transport, rules.domain, rules.certificate, rules.register


def network_of(text: str) -> IPv4Network | IPv6Network | None:
    """``203.0.113.0/28``, ``2001:db8::1``; None when it is none of these (a name)."""
    try:
        return ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def place_of(text: str) -> tuple[str, int] | None:
    """``203.0.113.9:5060``, ``[2001:db8::1]:5060``; None when it is no address with a port."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or (":" in host and not host.startswith("[")) or network_of(host) is None:
        return None
    return host.strip("[]"), int(port)


def _address(host: str):  # noqa: ANN202 (the union has no shorter name)
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
