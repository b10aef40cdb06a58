"""A phone of a few lines: our own endpoint on a UDP socket, and sound that it says and counts. For calls that must go on
while somebody else makes noise."""

import asyncio
import random
import re
import socket
import time

from media import rtp
from switch.sip.effects import Address, Answered, Ended, Offered, Refused, RegistrationState, Reoffered, Transmit
from switch.sip.endpoint import Endpoint

_PORT = re.compile(rb"m=audio (\d+)")
_TICK = 0.02


class Party:
    """One phone, at 127.0.0.1, with at most one call."""

    def __init__(self, user: str, switch: Address) -> None:
        self.user, self.switch = user, switch
        self.rng = random.SystemRandom()
        self.signal, self.sound = _bound(), _bound()
        self.endpoint = Endpoint(realm="shoal", passwords={}, rng=self.rng, host="127.0.0.1",
                                 port=self.signal.getsockname()[1])
        self.call = self.state = ""
        self.target: tuple[str, int] | None = None
        self.said = self.heard = 0
        self.heard_at = self.longest_gap = self.marked_at = 0.0
        self._timestamp = self.rng.getrandbits(31)
        self._ssrc = self.rng.getrandbits(32)

    @property
    def media_port(self) -> int:
        """Where the switch hears this phone."""
        return self.target[1] if self.target else 0

    def register(self) -> None:
        self._do(self.endpoint.register(self.user, f"demo-{self.user}", self.switch, 3600, time.time()))

    def dial(self, number: str) -> None:
        self.call = "out"
        self._do(self.endpoint.invite("out", f"sip:{number}@127.0.0.1", self.switch, time.time(), caller=self.user,
                                      sdp=self._offer()))

    def hang_up(self) -> None:
        self._do(self.endpoint.hang_up(self.call, time.time()))
        self.state = "gone"

    def close(self) -> None:
        self.signal.close()
        self.sound.close()

    def mark(self) -> None:
        """Count from here."""
        self.said = self.heard = 0
        self.longest_gap, self.heard_at = 0.0, time.monotonic()
        self.marked_at = self.heard_at

    @property
    def due(self) -> int:
        """Packets that should have come since then."""
        return int((time.monotonic() - self.marked_at) / _TICK)

    async def run(self) -> None:
        """Read, wake and speak until cancelled."""
        due = time.monotonic()
        while True:
            self._listen()
            now = time.time()
            while (deadline := self.endpoint.deadline) is not None and deadline <= now:
                self._do(self.endpoint.wake(now))
            self._speak()
            due = max(due + _TICK, time.monotonic() - 0.2)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _listen(self) -> None:
        for data in _drained(self.signal):
            self._do(self.endpoint.receive(data, self.switch, time.time()))
        for data in _drained(self.sound):
            if rtp.parse(data) is not None:
                now = time.monotonic()
                self.longest_gap = max(self.longest_gap, now - self.heard_at) if self.heard_at else 0.0
                self.heard, self.heard_at = self.heard + 1, now

    def _speak(self) -> None:
        if self.target is None or self.state != "up":
            return
        self.said += 1
        self._timestamp += rtp.FRAME
        self.sound.sendto(rtp.build(0, self.said, self._timestamp, self._ssrc, bytes(rtp.FRAME)), self.target)

    def _do(self, effects: list) -> None:
        for effect in effects:
            if isinstance(effect, Transmit):
                self.signal.sendto(effect.data, (effect.destination.host, effect.destination.port))
            elif isinstance(effect, Offered | Reoffered):
                self.call = effect.call
                self._up(effect.sdp)
                self._do(self.endpoint.answer(effect.call, self._offer(), time.time()))
            elif isinstance(effect, Answered):
                self._up(effect.sdp)
            elif isinstance(effect, Refused | Ended):
                self.state = f"ended: {effect}"
            elif isinstance(effect, RegistrationState) and self.state == "":
                self.state = effect.state

    def _up(self, sdp: bytes | None) -> None:
        if sdp and (found := _PORT.search(sdp)):
            self.target = ("127.0.0.1", int(found[1]))
        self.state = "up"

    def _offer(self) -> bytes:
        return (f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                f"m=audio {self.sound.getsockname()[1]} RTP/AVP 0\r\n").encode()


def _bound() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)
    return made


def _drained(each: socket.socket) -> list[bytes]:
    found = []
    try:
        while len(found) < 200:
            found.append(each.recv(65536))
    except OSError:
        pass
    return found
