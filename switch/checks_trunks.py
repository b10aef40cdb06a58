"""What ``trunks.yaml`` must keep to: names that exist, numbers that are numbers, and addresses that tell trunks apart."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC

from media.sdp.formats import CODECS
from switch.mistakes import Mistake, suggest
from switch.settings import Settings
from switch.trunks import choosing
from switch.trunks.ledger import REASONS, Ledger
from switch.trunks.lines import network_of, place_of
from switch.trunks.numbers import E164
from switch.trunks.rules import Outside, Reading, Route, Trunk

TRUNKS = "trunks.yaml"
COUNTRY = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
PREFIX = re.compile(r"\+[0-9]{0,15}", re.ASCII)
DIGITS = re.compile(r"[0-9*#+]*", re.ASCII)
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
NAME = re.compile(r"\w[\w-]*")

At = Callable[..., Callable[[str, str], Mistake]]
"""``at(file, *place)`` makes mistakes for this place."""


def trunk_mistakes(settings: Settings, everywhere: At) -> Iterator[Mistake]:
    """Every mistake of the file that its types do not show."""
    yield from _Checks(settings, lambda *place: everywhere(TRUNKS, *place)).run()


def unreachable(outside: Outside, number: str) -> str:
    """Why the house itself can never call this number (E.164); empty = it can."""
    if not outside.trunks:
        return f"no trunk leads to {number}"
    if not choosing.shares(outside, number):
        return f"no route leads to {number}"
    why = Ledger(outside, UTC).refusal("", number, 0, True, 0.0)
    return f"{number} cannot be called: {REASONS[why]}" if why else ""


class _Checks:
    def __init__(self, settings: Settings, at: At) -> None:
        self.settings = settings
        self.outside = settings.outside
        self.at = at

    def run(self) -> Iterator[Mistake]:
        outside = self.outside
        if (outside.trunks or outside.country) and not COUNTRY.fullmatch(outside.country):
            yield self.at("country")(
                f"`{outside.country}` is no country code" if outside.country else "`country` is missing",
                "write the digits behind the plus sign, such as `country: 49`")
        yield from self._reading(outside.dialling, "dialling")
        for index, number in enumerate(outside.emergency):
            yield from self._digits(number, "emergency", str(index))
        for index, name in enumerate(outside.emergency_trunks):
            yield from self._known(name, outside.trunks, "trunk", "emergency_trunks", str(index))
        for name, trunk in outside.trunks.items():
            yield from self._trunk(trunk, "trunks", name)
        yield from self._told_apart()
        for name, route in outside.routes.items():
            yield from self._route(route, "routes", name)
        yield from self._toll()

    # -- one trunk ----------------------------------------------------------------------------------------------------

    def _trunk(self, trunk: Trunk, *place: str) -> Iterator[Mistake]:
        if not NAME.fullmatch(place[-1]):
            yield self.at(*place)(f"`{place[-1]}` is no name", "write letters, digits, `-` and `_`, without spaces")
        hosts = [("host", trunk.host)]
        if trunk.register is not None:
            hosts.append(("register", trunk.register.registrar))
        for key, host in hosts:
            if host and not _is_host(host):
                yield self.at(*place, key)(f"`{host}` is no address", "write `203.0.113.10`, `2001:db8::1` or a name")
        for index, source in enumerate(trunk.sources):
            if network_of(source) is None and place_of(source) is None:
                yield self.at(*place, "sources", str(index))(
                    f"`{source}` is no address", "write `203.0.113.10`, `203.0.113.0/28` or `203.0.113.10:5060`")
        if bool(trunk.user) != bool(trunk.password):
            given, missing = ("user", "password") if trunk.user else ("password", "user")
            yield self.at(*place, given)(f"there is a `{given}` without a `{missing}`", f"write `{missing}: ...`, too")
        if trunk.sips and trunk.transport != "tls":
            yield self.at(*place, "sips")("`sips` is for TLS alone", "write `transport: tls`, too, or remove it")
        if trunk.certificate:
            yield from self._certificate(trunk, *place, "certificate")
        for index, codec in enumerate(trunk.codecs):
            yield from self._known(codec, CODECS, "codec", *place, "codecs", str(index))
        yield from self._reading(trunk.incoming, *place, "incoming")
        for key in ("international", "national", "add"):
            yield from self._digits(getattr(trunk.outgoing, key), *place, "outgoing", key)
        yield from self._own_numbers(trunk, *place)

    def _certificate(self, trunk: Trunk, *place: str) -> Iterator[Mistake]:
        """Nobody could prove the name."""
        tls = self.settings.system.sip.tls
        if not self.settings.system.sip.tls_port or not tls.ca or tls.clients == "no":
            yield self.at(*place)(
                "no client is asked for a certificate",
                "write `sip: {tls: {ca: FILE}}` in shoal.yaml, and leave `clients: no` out")

    def _own_numbers(self, trunk: Trunk, *place: str) -> Iterator[Mistake]:
        if trunk.caller:
            yield from self._e164(trunk.caller, *place, "caller")
        for agent, number in trunk.callers.items():
            yield from self._known(agent, self.settings.users, "agent", *place, "callers", agent)
            yield from self._e164(number, *place, "callers", agent)
        own = {*self.settings.numbers, *self.settings.users}
        for number, service in trunk.numbers.items():
            yield from self._e164(number, *place, "numbers", number)
            yield from self._known(service, own, "number", *place, "numbers", number)

    def _reading(self, reading: Reading, *place: str) -> Iterator[Mistake]:
        for key in ("strip", "international", "national"):
            for index, text in enumerate(getattr(reading, key)):
                yield from self._digits(text, *place, key, str(index))
        yield from self._digits(reading.add, *place, "add")
        yield from self._digits(reading.area, *place, "area")

    def _told_apart(self) -> Iterator[Mistake]:
        """Two trunks that speak from one place could not be told apart."""
        owners: dict[str, str] = {}
        for name, trunk in self.outside.trunks.items():
            if trunk.certificate:
                continue  # its calls are known by that
            exact = {place[0] for text in trunk.sources if (place := place_of(text)) is not None}
            homes = [] if trunk.host in exact else [trunk.host]
            for text in dict.fromkeys((*homes, *trunk.sources)):
                first = owners.setdefault(text, name)
                if first != name:
                    yield self.at("trunks", name, "host" if text == trunk.host else "sources")(
                        f"calls from {text} could be of trunk `{first}`, too",
                        "give one of them `sources` with a port, or make one trunk of both")

    # -- routes and toll ----------------------------------------------------------------------------------------------

    def _route(self, route: Route, *place: str) -> Iterator[Mistake]:
        for index, prefix in enumerate(route.prefixes):
            yield from self._prefix(prefix, *place, "prefixes", str(index))
        if not route.trunks:
            yield self.at(*place)("the route has no trunk", "write `trunks: {NAME: 1}`")
        yield from self._hours(route.hours, *place, "hours")
        for name in route.trunks:
            yield from self._known(name, self.outside.trunks, "trunk", *place, "trunks", name)

    def _toll(self) -> Iterator[Mistake]:
        toll = self.outside.toll
        for key in ("countries", "blocked"):
            for index, prefix in enumerate(getattr(toll, key)):
                yield from self._prefix(prefix, "toll", key, str(index))
        for agent in toll.agents:
            yield from self._known(agent, self.settings.users, "agent", "toll", "agents", agent)
        yield from self._hours(toll.hours, "toll", "hours")

    def _hours(self, name: str, *place: str) -> Iterator[Mistake]:
        if name and name not in self.settings.hours:
            yield self.at(*place)(f"there is no entry in hours.yaml called `{name}`", suggest(name, self.settings.hours))

    # -- words --------------------------------------------------------------------------------------------------------

    def _known(self, name: str, known: Collection[str], what: str, *place: str) -> Iterator[Mistake]:
        if name not in known:
            yield self.at(*place)(f"there is no {what} `{name}`", suggest(name, known))

    def _e164(self, number: str, *place: str) -> Iterator[Mistake]:
        if not E164.fullmatch(number):
            yield self.at(*place)(f"`{number}` is no whole number", "write it with its country: `\"+49301234560\"`")

    def _prefix(self, prefix: str, *place: str) -> Iterator[Mistake]:
        if not PREFIX.fullmatch(prefix):
            yield self.at(*place)(f"`{prefix}` is no prefix", "write `\"+49\"`: a plus sign and the first digits")

    def _digits(self, text: str, *place: str) -> Iterator[Mistake]:
        if not DIGITS.fullmatch(text):
            yield self.at(*place)(f"`{text}` cannot be dialled", "write digits, without spaces")


def _is_host(text: str) -> bool:
    """An address, or a name that DNS may know; four numbers that are no address are not taken for a name."""
    network = network_of(text)
    if network is not None:
        return "/" not in text
    return HOST.fullmatch(text) is not None and not text.replace(".", "").isdecimal()
