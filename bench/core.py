"""The Exchange alone: one call after the other, INVITE, ACK, BYE, media's last word, with a world that answers at once and
nothing on a wire.

What is left is Python, the same amount each time, so that a change shows where the machine's noise would hide it.
"""

import cProfile
import pstats
import random
import time
from collections import Counter

from bench.switch import CONFIG
from media.orders import Close, Quality, Seats
from switch.effects import FindCustomer
from switch.exchange import Exchange
from switch.loading import load
from switch.sip.effects import Address, Transmit

PEER = Address("udp", "127.0.0.1", 5070)
SDP = ("v=0\r\no=sipp 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")


def request(method: str, call: int, to_tag: str = "", body: str = "") -> bytes:
    """A request of the caller as SIPp writes it."""
    to = f"<sip:5000@127.0.0.1:5060>{';tag=' + to_tag if to_tag else ''}"
    number = 2 if method == "BYE" else 1
    contact = "Contact: <sip:sipp@127.0.0.1:5070>\r\n" if body else ""
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return (f"{method} sip:5000@127.0.0.1:5060 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-{call}-{method}\r\n"
            f'From: "Caller {call}" <sip:0207{call}@127.0.0.1:5070>;tag=1-{call}\r\nTo: {to}\r\n'
            f"Call-ID: {call}-1@127.0.0.1\r\nCSeq: {number} {method}\r\n{contact}Max-Forwards: 70\r\n"
            f"{kind}Content-Length: {len(body)}\r\n\r\n{body}").encode()


class World:
    """Media with seats, and nobody known."""

    def __init__(self) -> None:
        settings = load(CONFIG)
        self.exchange = Exchange(settings, settings.prompts, random.Random(1), recordings="")
        self.now = 1_000_000.0
        self.pause = 0.0
        """Seconds that the process sleeps before each input."""
        self.spent: Counter[str] = Counter()
        """CPU seconds by input."""
        self.effects: Counter[str] = Counter()
        self.exchange.media(Seats(list(range(10_000, 12_000, 2))), self.now)

    def call(self, number: int) -> None:
        """One call, from INVITE to the answer to BYE."""
        effects = self._touch("INVITE", request("INVITE", number, body=SDP))
        tag = next(effect.data for effect in effects if type(effect) is Transmit and b" 200 OK" in effect.data)
        tag = tag.partition(b"\r\nTo:")[2].partition(b";tag=")[2].partition(b"\r\n")[0].decode()
        for asked in [effect for effect in effects if type(effect) is FindCustomer]:
            self._time("customer", self.exchange.customer, asked.contact, None)
        self._touch("ACK", request("ACK", number, tag))
        self.now += 0.1
        self._time("timers", self._wake)
        effects = self._touch("BYE", request("BYE", number, tag))
        for freed in [effect.leg for effect in effects if type(effect) is Close]:
            self._time("last word", self.exchange.media, Quality(freed, 50, 0, 0, 0.0))
            self.exchange.house.seats.append(10_000 + 2 * (number % 1000))

    def refused(self, number: int) -> None:
        """One call that is too much: INVITE, 503, ACK."""
        told = next(effect.data for effect in self._touch("INVITE", request("INVITE", number, body=SDP)))
        assert told.startswith(b"SIP/2.0 503")
        tag = told.partition(b"\r\nTo:")[2].partition(b";tag=")[2].partition(b"\r\n")[0].decode()
        self._touch("ACK", request("ACK", number, tag).replace(b"-ACK\r\n", b"-INVITE\r\n"))

    def _touch(self, name: str, data: bytes) -> list[object]:
        return self._time(name, self.exchange.receive, data, PEER)

    def _wake(self, now: float) -> list[object]:
        due = self.exchange.deadline
        return self.exchange.wake(now) if due is not None and due <= now else []

    def _time(self, name: str, door: object, *arguments: object) -> list[object]:
        if self.pause:
            time.sleep(self.pause)
        begun = time.process_time()
        effects = door(*arguments, self.now)
        self.spent[name] += time.process_time() - begun
        self.effects.update(type(effect).__name__ for effect in effects)
        return effects


def profile(calls: int = 3000) -> None:
    """Print microseconds of CPU per call by input, by room and by function."""
    world = World()
    for number in range(500):
        world.call(number)
    world.spent.clear()
    world.effects.clear()
    journal = world.exchange.journal.last
    for number in range(500, 500 + calls):
        world.call(number)
    total = sum(world.spent.values())
    print(f"core: {1e6 * total / calls:.0f} us of CPU a call")
    print("  " + ", ".join(f"{name} {1e6 * spent / calls:.0f}" for name, spent in world.spent.items()))
    print(f"  {(world.exchange.journal.last - journal) / calls:.1f} journal entries a call; effects: "
          + ", ".join(f"{name} {count / calls:.1f}" for name, count in world.effects.items()))
    _cold(world)
    _by_function(world, calls, total)


def _cold(world: World, calls: int = 100) -> None:
    """The same with the processor asleep for two milliseconds before each message."""
    world.spent.clear()
    world.pause = 0.002
    for number in range(2_000_000, 2_000_000 + calls):
        world.call(number)
    world.pause = 0.0
    print(f"  {1e6 * sum(world.spent.values()) / calls:.0f} us with 2 ms of sleep before each message")


def _by_function(world: World, calls: int, total: float) -> None:
    profiler = cProfile.Profile()
    first = 1_000_000
    profiler.enable()
    for number in range(first, first + calls):
        world.call(number)
    profiler.disable()
    statistics = pstats.Stats(profiler)
    rooms: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in statistics.stats.items():
        rooms[_room(file)] += own
    scale = 1e6 * total / sum(rooms.values()) / calls
    print("  by room, as shares of that: " + ", ".join(f"{room} {own * scale:.0f}" for room, own in rooms.most_common(12)))
    statistics.sort_stats("tottime").print_stats(25)


def _room(file: str) -> str:
    for room in ("switch/sip", "switch/contact", "switch/acd", "switch", "ivr", "media", "bench"):
        if f"/{room}/" in file:
            return room
    return "built in"
