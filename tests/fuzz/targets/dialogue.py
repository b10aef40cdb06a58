"""A whole endpoint with a caller, a phone and a watcher in the midst of it.

An input is a script: pieces divided by lines that begin with ``%%``. The line says what happens, and what follows it is
the message where one comes:

    %%udp, %%tcp, %%other     a message from the peer, over a connection, from somebody else
    %%web, %%gone             a message from a page in a browser; its websocket is closed
    %%ring %%early %%answer %%refuse %%challenge %%hang_up %%reinvite %%talk %%refer    the house, about the newest call
    %%invite %%offerless %%page %%probe %%register     the house begins something
    %%publish %%unpublish     the house tells the newest watcher
    %%wait N                  so many seconds pass

In a message ``{tag}``, ``{call}``, ``{from}``, ``{branch}`` and ``{cseq}`` stand for what belongs to the dialog that is
up: our tag of the last response; Call-ID, our tag, branch and CSeq of our last request. So a change of a few octets
still meets a dialog. The law: nothing is raised, what goes out can be read again and nobody has put a line into it, and
when all have hung up and a day has passed, nothing is left.
"""

import contextlib
import random
from collections.abc import Callable

from switch.sip.documents import MessageSummary
from switch.sip.effects import Address, Offered, Referred, Reoffered, Subscribed, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.errors import PeerError
from switch.sip.message import Request
from switch.sip.parsing import parse

PEER, STREAM, OTHER = (Address("udp", "192.0.2.10", 5070), Address("tcp", "192.0.2.10", 40000),
                       Address("udp", "192.0.2.66", 5060))
PAGE = Address("wss", "192.0.2.10", 40001)
SOURCES = {b"udp": PEER, b"tcp": STREAM, b"other": OTHER, b"web": PAGE}
SDP = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
STEPS = 40
"""Pieces of one input that are played."""
INVISIBLE = "x-smuggled"
"""A header that no message of ours has: whoever gets it in has broken out of a header."""


class Stand:
    """One endpoint, and the house that plays along."""

    def __init__(self) -> None:
        self.endpoint = Endpoint(realm="shoal", passwords={"1001": "demo-1001"}, rng=random.Random(7), host="192.0.2.1",
                                 port=5060)
        self.now = 1_000_000.0
        self.call = self.watcher = ""
        self.referred: list[str] = []
        self.watchers: list[str] = []
        self.names = dict.fromkeys((b"{tag}", b"{call}", b"{from}", b"{branch}"), b"none") | {b"{cseq}": b"1 INVITE"}
        self.verbs: dict[bytes, Callable[[], list]] = {
            b"ring": lambda: self.end("ring"), b"early": lambda: self.end("ring", sdp=SDP),
            b"answer": lambda: self.end("answer", SDP), b"refuse": lambda: self.end("refuse", 486),
            b"challenge": lambda: self.end("challenge"), b"hang_up": lambda: self.end("hang_up"),
            b"reinvite": lambda: self.end("reinvite", SDP), b"talk": lambda: self.end("notify_answer"),
            b"refer": lambda: self.refer(180) + self.refer(200),
            b"invite": lambda: self.invite(SDP), b"page": lambda: self.invite(SDP, PAGE),
            b"gone": lambda: self.endpoint.lost(PAGE, self.now), b"offerless": lambda: self.invite(None),
            b"probe": lambda: self.endpoint.probe("p", "sip:192.0.2.10", PEER, self.now),
            b"register": lambda: self.endpoint.register("1001", "secret", PEER, 60, self.now),
            b"publish": lambda: self.endpoint.publish(self.watcher, MessageSummary(1), self.now),
            b"unpublish": lambda: self.endpoint.end_subscription(self.watcher, self.now),
        }

    def play(self, piece: bytes) -> None:
        verb, _, message = piece.partition(b"\n")
        verb, _, amount = verb.strip().partition(b" ")
        if verb == b"wait":
            self.wait(min(int(amount), 4000) if amount[:6].isdigit() else 1)
        elif verb in self.verbs:
            self.take(self.verbs[verb]())
        else:
            for name, value in self.names.items():
                message = message.replace(name, value)
            self.take(self.endpoint.receive(message, SOURCES.get(verb, PEER), self.now))

    def end(self, verb: str, *words: object, **named: object) -> list:
        return getattr(self.endpoint, verb)(self.call, *words, self.now, **named)

    def refer(self, status: int) -> list:
        return self.endpoint.refer_outcome(self.referred[-1], status, self.now) if self.referred else []

    def invite(self, sdp: bytes | None, peer: Address = PEER) -> list:
        self.call = "ours"
        if "ours" in self.endpoint._room.calls:
            return []
        return self.endpoint.invite("ours", "sip:1001@192.0.2.10", peer, self.now, caller="5000", sdp=sdp,
                                    credentials=("1001", "secret"))

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.endpoint.deadline) is not None and due <= end:
            self.now = max(self.now, due)
            self.take(self.endpoint.wake(self.now))
        self.now = end

    def take(self, effects: list) -> None:
        for effect in effects:
            if isinstance(effect, Transmit):
                self.look(effect.data)
            elif isinstance(effect, Referred):
                self.referred.append(effect.call)
            elif isinstance(effect, Offered | Reoffered):
                self.call = effect.call
            elif isinstance(effect, Subscribed):
                self.watcher = effect.subscription
                self.watchers.append(effect.subscription)

    def look(self, data: bytes) -> None:
        """Learn the names of what goes out; it must be something that can be read."""
        message = parse(data)
        assert not message.flaw, f"{message.flaw}: {data!r}"
        assert INVISIBLE not in message.fields, data
        if isinstance(message, Request):
            message.check()
            self.names |= {b"{call}": _octets(message.call_id), b"{from}": _octets(message.from_tag),
                           b"{branch}": _octets(message.via.branch), b"{cseq}": _octets(message.first("cseq"))}
        else:
            with contextlib.suppress(PeerError):  # of a request whose To could not be read
                self.names[b"{tag}"] = _octets(message.to_tag) or self.names[b"{tag}"]

    def leave(self) -> None:
        """The house decides on whatever still waits for its word, and hangs up."""
        for call in self.referred:
            self.take(self.endpoint.refer_outcome(call, 500, self.now))
        for watcher in self.watchers:
            self.take(self.endpoint.end_subscription(watcher, self.now))
        for call in list(self.endpoint._room.calls):
            self.take(self.endpoint.hang_up(call, self.now))
        self.take(self.endpoint.register("1001", "secret", PEER, 0, self.now))
        self.wait(90_000)
        left = {name: count for name, count in self.endpoint.counts().items() if count}
        assert not left, left


def endpoint(data: bytes) -> None:
    """Play a script."""
    stand = Stand()
    for piece in data.split(b"%%")[1 : STEPS + 1]:
        stand.play(piece)
    stand.leave()


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
