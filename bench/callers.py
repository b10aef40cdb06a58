"""Callers of a few lines: INVITE, ACK, BYE as text with the gaps filled in, so that thousands of them cost next to nothing.

They are no model of a phone. They read the status, the To tag, the Contact and the port of the sound, repeat what is not
answered (RFC 3261 timers A and E), and hang up, or do not. All speak from one address and port, as calls behind a border
controller do. Moments of datagrams are the kernel's.
"""

import random
import re
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from bench.screen import receive, stamped
from bench.switch import free_port
from bench.voices import Voices

T1 = 0.5
_GIVE_UP = 32.0
_PORT = re.compile(rb"\r?\nm=audio (\d+)")
_TO = re.compile(rb"\r\nTo: ?([^\r]*)", re.IGNORECASE)
_CONTACT = re.compile(rb"\r\nContact: ?[^<\r]*<([^>\r]*)>", re.IGNORECASE)
_CALL = re.compile(rb"\r\n(?:Call-ID|i): ?([^\r]*)", re.IGNORECASE)
_CSEQ = re.compile(rb"\r\nCSeq: ?(\d+) +(\w+)", re.IGNORECASE)
_COPIED = re.compile(rb"\r\n(?:Via|From|To|Call-ID|CSeq): ?[^\r]*", re.IGNORECASE)


@dataclass
class Call:
    """One call. ``state``: calling, up, leaving, over."""

    name: str
    number: str
    seat: int | None
    state: str = "calling"
    status: int = 0
    """The final status of the INVITE; 0 = none yet."""
    asked_at: float = 0.0
    to: str = ""
    target: str = ""
    port: int = 0
    """Where the switch hears this call."""
    last: bytes = b""
    """The request that is not answered yet."""
    pause: float = T1
    user: str = ""
    up_at: float = 0.0

    def last_for(self) -> float:
        """Seconds since the answer."""
        return time.time() - self.up_at


class Callers:
    """``with Callers(switch, voices) as callers``. ``voices`` None = nobody speaks. ``ended``: called when a call is over
    for whatever reason but our own wish."""

    def __init__(self, switch: tuple[str, int], voices: Voices | None, rng: random.Random,
                 ended: Callable[[Call], None] = lambda _: None) -> None:
        self.calls: dict[str, Call] = {}
        self.answers: list[float] = []
        """Seconds from INVITE to 200, of each."""
        self.refusals: list[tuple[int, float]] = []
        """Status and seconds, of each INVITE that was refused."""
        self.repeated = self.unanswered = self.dialled = 0
        """Requests that were sent again; INVITEs given up; calls made."""
        self.socket = stamped(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.port = free_port()
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.setblocking(False)
        self._switch, self._voices, self._rng, self._ended = switch, voices, rng, ended
        self._due: list[tuple[float, str, bytes]] = []
        self._deaf: set[str] = set()
        """Calls that are gone without a word."""

    def __enter__(self) -> "Callers":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def up(self) -> list[Call]:
        """The calls that talk."""
        return [call for call in self.calls.values() if call.state == "up"]

    def dial(self, number: str) -> Call:
        """Call this number."""
        self.dialled += 1
        seat = self._voices.take() if self._voices else None
        call = Call(f"{self.dialled}-{self._rng.getrandbits(48):x}", number, seat,
                    user=f"0207{self.dialled:06}")
        self.calls[call.name] = call
        sound = self._voices.ports[seat] if self._voices else 9
        body = (f"v=0\r\no=- {self.dialled} 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                f"m=audio {sound} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")
        call.to = f"<sip:{number}@{self._switch[0]}:{self._switch[1]}>"
        call.target = f"sip:{number}@{self._switch[0]}:{self._switch[1]}"
        call.asked_at = time.time()
        self._ask(call, "INVITE", 1, f"Contact: <sip:{call.user}@127.0.0.1:{self.port}>\r\n"
                                     f"Content-Type: application/sdp\r\n", body)
        return call

    def hang_up(self, call: Call) -> None:
        """BYE; the voice is silent at once."""
        if call.state == "up":
            call.state = "leaving"
            self._silence(call)
            self._ask(call, "BYE", 2)

    def vanish(self, call: Call) -> None:
        """Gone without a word: the BYE got lost, and every copy of it; and nothing is answered any more."""
        self._deaf.add(call.name)
        self._forget(call)

    def run(self, seconds: float) -> None:
        """Read and repeat for so long."""
        ends = time.time() + seconds
        while (left := ends - time.time()) > 0:
            self.wake()
            until = min(left, 0.1, max(0.0, self._due[0][0] - time.time()) if self._due else 0.1)
            if select.select([self.socket], [], [], until)[0]:
                self.read()

    def read(self) -> None:
        """Take what has come."""
        try:
            for _ in range(500):
                data, at = receive(self.socket, 65535)
                self._hear(data, at)
        except BlockingIOError:
            return

    def wake(self) -> None:
        """Repeat what was not answered in time."""
        now = time.time()
        while self._due and self._due[0][0] <= now:
            _, name, sent = heappop(self._due)
            call = self.calls.get(name)
            if call is None or call.last is not sent:
                continue
            if now - call.asked_at > _GIVE_UP:
                self.unanswered += call.state == "calling"
                self._end(call)
                continue
            self.repeated += 1
            call.pause = min(2 * call.pause, 64 * T1 if call.state == "calling" else 4.0)
            self._send(call, sent)

    # -- the wire -----------------------------------------------------------------------------------------------------

    def _ask(self, call: Call, method: str, number: int, more: str = "", body: str = "") -> None:
        call.last, call.pause = self._request(call, method, number, more, body), T1
        call.asked_at = time.time()
        self._send(call, call.last)

    def _send(self, call: Call, data: bytes) -> None:
        self.socket.sendto(data, self._switch)
        heappush(self._due, (time.time() + call.pause, call.name, data))

    def _request(self, call: Call, method: str, number: int, more: str = "", body: str = "") -> bytes:
        mark = method
        if method == "ACK":  # that of a refusal belongs to its INVITE (section 17.1.1.3), that of a 200 to nothing
            mark = "INVITE" if call.status >= 300 else "ACK"
        branch = f"z9hG4bK{call.name}{mark}"
        return (f"{method} {call.target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch}\r\n"
                f"From: <sip:{call.user}@127.0.0.1:{self.port}>;tag={call.name}\r\nTo: {call.to}\r\n"
                f"Call-ID: {call.name}\r\nCSeq: {number} {method}\r\nMax-Forwards: 70\r\n"
                f"{more}Content-Length: {len(body)}\r\n\r\n{body}").encode()

    def _hear(self, data: bytes, at: float) -> None:
        named = _CALL.search(data)
        if named and named[1].decode() in self._deaf:
            return
        call = self.calls.get(named[1].decode()) if named else None
        if not data.startswith(b"SIP/2.0 "):
            self._serve(call, data)
            return
        counted = _CSEQ.search(data)
        status = int(data[8:11])
        if call is None or counted is None or status < 200:
            if call is not None and counted is not None and counted[2] == b"INVITE":
                call.last = b""  # it has come
            return
        if counted[2] == b"BYE":
            self._end(call, told=False)
        elif counted[2] == b"INVITE":
            self._decided(call, status, data, at)

    def _decided(self, call: Call, status: int, data: bytes, at: float) -> None:
        first, call.status, call.last = not call.status, status, b""
        call.to = _TO.search(data)[1].decode()
        if status < 300:
            if (contact := _CONTACT.search(data)) is not None:
                call.target = contact[1].decode()
            self.socket.sendto(self._request(call, "ACK", 1), self._switch)
            if first:
                self.answers.append(at - call.asked_at)
                self._up(call, data)
            return
        self.socket.sendto(self._request(call, "ACK", 1), self._switch)
        self.refusals.append((status, at - call.asked_at))
        self._end(call)

    def _up(self, call: Call, data: bytes) -> None:
        call.state, call.up_at = "up", time.time()
        found = _PORT.search(data)
        call.port = int(found[1]) if found else 0
        if self._voices and call.port:
            self._voices.start(call.seat, call.port)

    def _serve(self, call: Call | None, data: bytes) -> None:
        """Whatever is asked is done; a BYE ends the call."""
        method = data[: data.find(b" ")]
        if method == b"ACK":
            return
        status = b"SIP/2.0 200 OK" if call is not None else b"SIP/2.0 481 Call/Transaction Does Not Exist"
        head = b"".join(_COPIED.findall(data[: data.find(b"\r\n\r\n") + 2]))
        self.socket.sendto(status + head + b"\r\nContent-Length: 0\r\n\r\n", self._switch)
        if call is not None and method == b"BYE":
            self._end(call)

    def _end(self, call: Call, told: bool = True) -> None:
        self._forget(call)
        if told:
            self._ended(call)

    def _silence(self, call: Call) -> None:
        if self._voices and call.seat is not None:
            self._voices.give(call.seat)
            call.seat = None

    def _forget(self, call: Call) -> None:
        self._silence(call)
        call.state = "over"
        self.calls.pop(call.name, None)
