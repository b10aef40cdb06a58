"""Phones on real sockets, for demonstrations: SIP by the switch's own endpoint, RTP from a sound that ships with it.

They are poor phones (what they hear goes nowhere); sound is proved with phones of other people, in ``tests/interop``.
"""

import asyncio
import random
from collections.abc import Callable

import numpy as np

import switch.sip.effects as sip
from ivr.prompts import SHIPPED
from media import dtmf, g711, rtp, sdp
from media.orders import Stream
from media.sounds import read
from switch.clock import Clock
from switch.sip.effects import Address
from switch.sip.endpoint import Endpoint
from switch.sip.transport import Transport

FRAME = 160
"""Samples of one packet: 20 ms."""


class Voice(asyncio.DatagramProtocol):
    """One RTP stream: says a sound, listens for a while, says it again; and presses keys."""

    def __init__(self, sound: str, rng: random.Random) -> None:
        spoken = read(SHIPPED / sound)
        spoken = np.concatenate([spoken, np.zeros(rng.randrange(1, 3) * len(spoken), np.int16)])
        self._frames = g711.encode(spoken, np.zeros(len(spoken), np.uint8)).tobytes()
        self._typing = dtmf.Typing()
        self._sequence, self._timestamp, self._ssrc = (rng.getrandbits(bits) for bits in (16, 31, 32))
        self._place = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self, host: str) -> int:
        """Bind a port; gives it."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        return self._transport.get_extra_info("sockname")[1]

    def speak(self, stream: Stream) -> None:
        """Begin to send, as it was agreed on."""
        self._task = asyncio.ensure_future(self._run(stream))

    def press(self, digits: str) -> None:
        """Press keys (RFC 4733)."""
        self._typing.add(digits)

    def close(self) -> None:
        """Hang up."""
        if self._task is not None:
            self._task.cancel()
        self._transport.close()

    async def _run(self, stream: Stream) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._transport.sendto(self._packet(stream), (stream.host, stream.port))
            due += 0.02
            await asyncio.sleep(due - loop.time())

    def _packet(self, stream: Stream) -> bytes:
        self._sequence += 1
        self._timestamp += FRAME
        if (event := self._typing.step(self._timestamp)) is not None and stream.event_type is not None:
            return rtp.build(stream.event_type, self._sequence, event.timestamp, self._ssrc, event.payload, event.marker)
        self._place = (self._place + FRAME) % (len(self._frames) - FRAME)
        payload = self._frames[self._place:self._place + FRAME]
        return rtp.build(stream.payload_type, self._sequence, self._timestamp, self._ssrc, payload)


class LivePhone:
    """A phone at the switch's machine. ``hear`` is told what happens to its calls."""

    def __init__(self, switch: Address, sound: str, hear: Callable[[sip.Told], None], rng: random.Random) -> None:
        self.switch = switch
        self._sound = sound
        self._hear = hear
        self._rng = rng
        self._clock = Clock()
        self._transport = Transport(self._received, lambda address: self._do(self._endpoint.lost(address, self._now)))
        self._timer: asyncio.TimerHandle | None = None
        self._voices: dict[str, Voice] = {}
        self._offers: dict[str, bytes] = {}

    async def open(self) -> None:
        """Take a port and be ready."""
        await self._transport.start(self.switch.host, 0)
        self._endpoint = Endpoint(realm="", passwords={}, rng=self._rng, host=self.switch.host,
                                  port=self._transport.port, user_agent="Shoal demo phone")

    async def close(self) -> None:
        """Unplug."""
        for voice in self._voices.values():
            voice.close()
        if self._timer is not None:
            self._timer.cancel()
        await self._transport.close()

    def register(self, user: str, password: str) -> None:
        """Register as this user."""
        self._do(self._endpoint.register(user, password, self.switch, 3600, self._now))

    async def dial(self, number: str, caller: str, name: str) -> str:
        """Call a number; gives the call's handle."""
        call = f"{self._rng.getrandbits(64):016x}"
        port = await self._voice(call)
        self._offers[call] = sdp.offer(host=self.switch.host, port=port, session=1, version=0)
        uri = f"sip:{number}@{self.switch.host}:{self.switch.port}"
        self._do(self._endpoint.invite(call, uri, self.switch, self._now, caller=caller, caller_name=name,
                                       sdp=self._offers[call]))
        return call

    def ring(self, call: str) -> None:
        """Ring."""
        self._do(self._endpoint.ring(call, self._now))

    async def pick_up(self, call: str, offer: bytes) -> None:
        """Answer a call that came in with this offer."""
        port = await self._voice(call)
        agreed = sdp.answer(offer, host=self.switch.host, port=port, session=1, version=0)
        self._voices[call].speak(agreed.stream)
        self._do(self._endpoint.answer(call, agreed.sdp, self._now))

    def press(self, call: str, digits: str) -> None:
        """Press keys."""
        if call in self._voices:
            self._voices[call].press(digits)

    def hang_up(self, call: str) -> None:
        """End a call."""
        self._quiet(call)
        self._do(self._endpoint.hang_up(call, self._now))

    @property
    def _now(self) -> float:
        return self._clock.now()

    async def _voice(self, call: str) -> int:
        self._voices[call] = Voice(self._sound, self._rng)
        return await self._voices[call].open(self.switch.host)

    def _quiet(self, call: str) -> None:
        if (voice := self._voices.pop(call, None)) is not None:
            voice.close()

    def _received(self, data: bytes, source: Address) -> None:
        self._do(self._endpoint.receive(data, source, self._now))

    def _do(self, effects: list[sip.Effect]) -> None:
        for effect in effects:
            if isinstance(effect, sip.Transmit):
                self._transport.send(effect)
            else:
                self._told(effect)
        if self._timer is not None:
            self._timer.cancel()
        if (deadline := self._endpoint.deadline) is not None:
            delay = max(0.0, deadline - self._now)
            self._timer = asyncio.get_running_loop().call_later(
                delay, lambda: self._do(self._endpoint.wake(self._now)))

    def _told(self, told: sip.Told) -> None:
        call = getattr(told, "call", "")
        if isinstance(told, sip.Answered) and call in self._voices:
            self._voices[call].speak(sdp.agree(self._offers.pop(call), told.sdp))
        elif isinstance(told, sip.Ended | sip.Refused):
            self._quiet(call)
        self._hear(told)
