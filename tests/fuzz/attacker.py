"""Somebody who sends what no phone would, by every way there is: SIP over UDP, TCP and TLS, STUN, and packets at the
ports of other people's calls. A seed repeats what is sent, though not when."""

import asyncio
import random
import socket
import ssl
from contextlib import suppress

from tests.fuzz.corpus import inputs
from tests.fuzz.mutation import mutated

_PLACE = ("127.0.0.2", 0)
"""Where it sends from: not where the calls are, but as trusted as they, so that the guard does not end the attempt."""
_LASTS = 40
"""Messages that one connection carries at most."""


class Attacker:
    """``rate``: messages a second, of all kinds."""

    def __init__(self, seed: int, port: int, tls_port: int, rate: float) -> None:
        self.rng = random.Random(seed)
        self.port, self.tls_port, self.rate = port, tls_port, rate
        self.media_ports: list[int] = []
        self.sent: dict[str, int] = dict.fromkeys(("udp", "tcp", "tls", "stun", "rtp", "rtcp"), 0)
        self._known = {name: inputs(name) for name in ("sip", "stream", "stun", "rtp", "rtcp", "sdp")}
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(_PLACE)
        self._datagrams.setblocking(False)
        self._streams: dict[str, asyncio.StreamWriter] = {}
        self._believes = ssl.create_default_context()
        self._believes.check_hostname, self._believes.verify_mode = False, ssl.CERT_NONE

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            with suppress(OSError, ConnectionError, TimeoutError):
                await self._one(self.rng.choice(("udp", "udp", "udp", "tcp", "tls", "stun", "rtp", "rtcp")))
            await asyncio.sleep(1 / self.rate)

    async def _one(self, kind: str) -> None:
        self.sent[kind] += 1
        if kind == "udp":
            self._datagrams.sendto(self._message(), ("127.0.0.1", self.port))
        elif kind == "stun":
            self._datagrams.sendto(self._changed("stun"), ("127.0.0.1", self.port))
        elif kind in ("rtp", "rtcp"):
            if self.media_ports:
                port = self.rng.choice(self.media_ports) + (kind == "rtcp") * self.rng.randrange(2)
                self._datagrams.sendto(self._changed(kind)[3:1500], ("127.0.0.1", port))
        else:
            await self._write(kind)

    async def _write(self, kind: str) -> None:
        stream = self._streams.get(kind)
        if stream is None or stream.is_closing():
            secure = {"ssl": self._believes} if kind == "tls" else {}
            opening = asyncio.open_connection("127.0.0.1", self.tls_port if secure else self.port,
                                              local_addr=_PLACE, **secure)
            _, stream = await asyncio.wait_for(opening, 5)
            self._streams[kind] = stream
        stream.write(self._changed("stream") if self.rng.random() < 0.3 else self._message())
        if self.rng.random() < 1 / _LASTS:
            stream.transport.abort() if self.rng.random() < 0.5 else stream.close()
            del self._streams[kind]

    def _message(self) -> bytes:
        """A SIP message, mostly changed; names of transactions are new, or all would be copies of the first."""
        data = self._changed("sip") if self.rng.random() < 0.9 else self.rng.choice(self._known["sip"])
        fresh = f"{self.rng.getrandbits(40):x}".encode()
        if self.rng.random() < 0.9:
            data = data.replace(b"branch=z9hG4bK", b"branch=z9hG4bK" + fresh)
        if self.rng.random() < 0.5:
            data = data.replace(b"call-1", fresh)
        if self.rng.random() < 0.2:
            head, gap, _ = data.partition(b"\r\n\r\n")
            body = self._changed("sdp")
            data = head.replace(b"Content-Length: 0", b"Content-Type: application/sdp") + gap + body
        return data[:60_000]

    def _changed(self, kind: str) -> bytes:
        return mutated(self.rng, self.rng.choice(self._known[kind]), self._known[kind])

    def close(self) -> None:
        self._datagrams.close()
        for stream in self._streams.values():
            stream.transport.abort()
