"""Where a name leads: NAPTR, SRV, A and AAAA (RFC 3263 section 4). The decisions; the questions are asked by the shell.

A far end that is known by name is an Address whose host is no IP address, whose port may be 0 (none was said) and whose
transport may be empty (none was said). ``locate`` is one search, told as the RFC tells it: it yields questions, is sent
the answers, and returns addresses in the order in which they are to be tried (section 4.3).

    transport said?    yes: that one; no, but a port: UDP; neither: NAPTR, else the SRV records that there are
    port said?         yes: A and AAAA; no: SRV, in the order of RFC 2782; none: A and AAAA with the usual port
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from random import Random
from typing import Literal, NamedTuple

from .effects import PORTS, Address, Naptr, Question, Records, Resolve, Srv

MOST = 24
"""Places that are tried at most, and records of one answer that are looked at."""
PATIENCE = 10.0
"""Seconds after which a question that nobody answered counts as answered with nothing."""
_SERVICES = {"SIP+D2U": "udp", "SIP+D2T": "tcp", "SIPS+D2T": "tls"}
_PREFIXES = {"udp": "_sip._udp", "tcp": "_sip._tcp", "tls": "_sips._tcp"}
Search = Generator[Sequence[Question], Mapping[Question, Records], list[Address]]


class Place(NamedTuple):
    """A server that a search has found, still by name."""

    transport: Literal["udp", "tcp", "tls"]
    name: str
    port: int


def locate(target: Address, rng: Random, transports: Sequence[str], six: bool) -> Search:
    """``transports``: what we speak, best first. ``six``: whether we have IPv6, which is then tried first."""
    transport, name, port = target
    if port:
        places = [Place(transport or "udp", name, port)]
    elif transport:
        places = yield from _servers([(transport, f"{_PREFIXES[transport]}.{name}")], rng)
    else:
        places = yield from _pointed(name, rng, transports)
        if not places:
            places = yield from _servers([(each, f"{_PREFIXES[each]}.{name}") for each in transports], rng)
    if places is None:
        return []
    transport = transport or "udp"
    return (yield from _addresses(places or [Place(transport, name, PORTS[transport])], six))


def _pointed(name: str, rng: Random, transports: Sequence[str]) -> Generator[Sequence[Question], Mapping, list[Place]]:
    """Section 4.1: "services that the client does not support are discarded", the rest stands in order."""
    question = Question(name, "NAPTR")
    found = (yield [question])[question][:MOST]
    ways = []
    for record in sorted((each for each in found if isinstance(each, Naptr)), key=lambda each: each[:2]):
        way = _SERVICES.get(record.service.upper())
        if way in transports and record.flags.lower() == "s" and record.replacement:
            ways.append((way, record.replacement))
    return (yield from _servers(ways, rng)) or [] if ways else []


def _servers(
    ways: Sequence[tuple[str, str]], rng: Random
) -> Generator[Sequence[Question], Mapping, "list[Place] | None"]:
    """The servers that SRV records name, transport by transport; None = there is decidedly no service."""
    questions = [Question(name, "SRV") for _, name in ways]
    answers = yield questions
    places, refused = [], False
    for (transport, _), question in zip(ways, questions, strict=True):
        records = [record for record in answers[question][:MOST] if isinstance(record, Srv)]
        if len(records) == 1 and records[0].target in ("", "."):
            refused = True
            continue
        places += [Place(transport, record.target, record.port) for record in in_order(records, rng)]
    return None if refused and not places else places


def in_order(records: Sequence[Srv], rng: Random) -> list[Srv]:
    """RFC 2782: the lowest priority first; among equals by lot, each as likely as its weight, and those without a weight
    (which stand first while lots are drawn) hardly ever."""
    ordered = []
    for priority in sorted({record.priority for record in records}):
        left = sorted((record for record in records if record.priority == priority), key=lambda record: record.weight)
        while left:
            lot = rng.randint(0, sum(record.weight for record in left))
            for chosen in left:
                lot -= chosen.weight
                if lot <= 0:
                    break
            left.remove(chosen)
            ordered.append(chosen)
    return ordered


def _addresses(places: Sequence[Place], six: bool) -> Search:
    kinds = ("AAAA", "A") if six else ("A",)
    questions = [Question(name, kind) for name in dict.fromkeys(place.name for place in places) for kind in kinds]
    answers = yield questions[: 2 * MOST]
    found = [
        Address(place.transport, host, place.port)
        for place in places
        for kind in kinds
        for host in answers.get(Question(place.name, kind), ())[:MOST]
        if isinstance(host, str)
    ]
    return list(dict.fromkeys(found))[:MOST]


class Locator:
    """All searches of one endpoint. ``ask`` puts a question to the world; each is asked once, whoever waits for it."""

    __slots__ = ("_ask", "_rng", "_six", "_timed", "_transports", "_waiting")

    def __init__(
        self, timed: Callable[[float, Callable[[], None]], object], ask: Callable[[Resolve], None],
        rng: Random, transports: Sequence[str], six: bool,
    ) -> None:  # fmt: skip
        self._timed = timed
        self._ask = ask
        self._rng = rng
        self._transports = transports
        self._six = six
        self._waiting: dict[Question, list[_Running]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def find(self, target: Address, done: Callable[[list[Address]], None]) -> None:
        """Have ``done`` called with the places of this target, best first; none = it cannot be found."""
        if target.transport and target.transport not in self._transports:
            self._timed(0.0, lambda: done([]))
            return
        search = locate(target, self._rng, self._transports, self._six)
        self._go_on(_Running(search, done), next(search))

    def answer(self, question: Question, records: Records) -> None:
        """The world's answer; one that nobody waits for is no mistake."""
        for running in self._waiting.pop(question, ()):
            running.answers[question] = records
            running.left.discard(question)
            if not running.left:
                answers, running.answers = running.answers, {}
                try:
                    asked = running.search.send(answers)
                except StopIteration as end:
                    running.done(end.value)
                else:
                    self._go_on(running, asked)

    def _go_on(self, running: "_Running", asked: Sequence[Question]) -> None:
        running.left = set(asked)
        for question in dict.fromkeys(asked):
            known = self._waiting.get(question)
            if known is not None:
                known.append(running)
                continue
            self._waiting[question] = [running]
            self._ask(Resolve(question))
            self._timed(PATIENCE, lambda question=question: self.answer(question, ()))


class _Running:
    """One search that waits."""

    __slots__ = ("answers", "done", "left", "search")

    def __init__(self, search: Search, done: Callable[[list[Address]], None]) -> None:
        self.search = search
        self.done = done
        self.answers: dict[Question, Records] = {}
        self.left: set[Question] = set()
