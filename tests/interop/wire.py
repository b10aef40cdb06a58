"""Wires between one phone and the switch, which the phone takes for the switch.

``Watched`` looks at what is known when an INVITE comes by. ``Rough`` treats every datagram, of SIP and of RTP, as the
weather says (:mod:`world.net`): it is late by chance, so that some overtake others, some come twice, some never. The
kernel has this too (netem), but not every kernel; this one needs no rights, and its chance is seeded.
"""

import asyncio
import random
import re
from collections.abc import Callable
from typing import Any

from world.net import Datagram, Net, Weather

from switch.sip.effects import Address
from tests.interop.ports import free_port

HERE = "127.0.0.1"
ROUGH = Weather(loss=5.0, delay=0.065, jitter=0.03, repeat=1.0)
"""5 % are lost, each way; 80 ms on the way, give or take 15, which lets one packet of sound in twenty overtake another."""

_CONTACT = re.compile(rb"(?im)^(Contact:[^\r\n]*?" + HERE.encode() + rb"):\d+")
_REGISTER = re.compile(rb"(?im)^CSeq:[^\r\n]*REGISTER")
_LENGTH = re.compile(rb"(?im)^(Content-Length:[ \t]*)\d+")
_AUDIO = re.compile(rb"(?m)^(m=audio )([1-9]\d*)")
_CONTROL = re.compile(rb"(?m)^(a=rtcp:)\d+")


class Wire(asyncio.DatagramProtocol):
    """What the switch sends goes to the phone, what comes from anywhere else to the switch. Used as ``async with``."""

    def __init__(self, switch_port: int) -> None:
        self._switch, self._phone = (HERE, switch_port), (HERE, 0)
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> "Wire":
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, (HERE, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    @property
    def port(self) -> int:
        return self._transport.get_extra_info("sockname")[1]

    @property
    def server(self) -> str:
        """What the phone is told."""
        return f"{HERE}:{self.port}"

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        if source == self._switch:
            self.to_phone(data)
        else:
            self._phone = source
            self.to_switch(data)

    def to_phone(self, data: bytes) -> None:
        self._transport.sendto(data, self._phone)

    def to_switch(self, data: bytes) -> None:
        self._transport.sendto(data, self._switch)


class Watched(Wire):
    """A wire on which the switch's INVITE can be looked at before the phone has it.

    Which of two messages was sent first cannot be seen from two processes that are woken when the machine has time.
    Here both end in one loop: when the INVITE has come, what the switch said before it must be readable already. So the
    INVITE is kept for ``KEPT`` seconds, and then ``look`` is asked what there is.
    """

    KEPT = 0.002

    def __init__(self, switch_port: int, look: Callable[[], Any]) -> None:
        super().__init__(switch_port)
        self.look = look
        self.looks: list[Any] = []

    def to_phone(self, data: bytes) -> None:
        if data.startswith(b"INVITE"):
            asyncio.get_running_loop().call_later(self.KEPT, self._let_through, data)
        else:
            super().to_phone(data)

    def _let_through(self, invite: bytes) -> None:
        self.looks.append(self.look())
        super().to_phone(invite)


class Rough(Wire):
    """A wire with weather. One call at a time: each description that comes by is led over two pairs of ports of the wire
    (sound, and the reports on it), and each Contact, so that nobody learns a way around it."""

    def __init__(self, switch_port: int, seed: int, weather: Weather) -> None:
        super().__init__(switch_port)
        self._net = Net(random.Random(seed), weather)
        self._timer: asyncio.TimerHandle | None = None
        self._sent = self._twice = self._overtaken = 0
        self._seen: set[int] = set()
        self._last: dict[tuple[Address, Address], int] = {}
        self._ports: dict[int, asyncio.DatagramTransport] = {}
        self._to_phone: dict[int, tuple[int, int]] = {}
        """By the port on which the switch's sound comes in: the port it leaves by, and the phone's."""
        self._to_switch: dict[int, tuple[int, int]] = {}
        self._before_phone = self._before_switch = 0

    async def __aenter__(self) -> "Rough":
        await super().__aenter__()
        self._before_phone, self._before_switch = await self._pair(), await self._pair()
        self._ports[self.port] = self._transport
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for transport in self._ports.values():
            transport.close()

    async def _pair(self) -> int:
        first, loop = free_port(), asyncio.get_running_loop()
        for port in (first, first + 1):
            self._ports[port], _ = await loop.create_datagram_endpoint(lambda port=port: _Port(self, port), (HERE, port))
        return first

    # -- SIP ---------------------------------------------------------------------------------------------------------

    def to_phone(self, data: bytes) -> None:
        if port := _audio(data):
            self._route(self._to_switch, self._before_phone, self._before_switch, port)
        self._give(self.port, self._phone[1], self._led(data, self._before_phone))

    def to_switch(self, data: bytes) -> None:
        if port := _audio(data):
            self._route(self._to_phone, self._before_switch, self._before_phone, port)
        self._give(self.port, self._switch[1], self._led(data, self._before_switch))

    @staticmethod
    def _route(table: dict[int, tuple[int, int]], comes: int, leaves: int, ends: int) -> None:
        table.update({comes + each: (leaves + each, ends + each) for each in (0, 1)})

    def _led(self, data: bytes, port: int) -> bytes:
        """The message with the wire's addresses in it. A REGISTER stays as it is: its phone has to know its own again."""
        head, gap, body = data.partition(b"\r\n\r\n")
        if _REGISTER.search(head):
            return data
        body = _CONTROL.sub(rb"\g<1>%d" % (port + 1), _AUDIO.sub(rb"\g<1>%d" % port, body))
        head = _LENGTH.sub(rb"\g<1>%d" % len(body), _CONTACT.sub(rb"\g<1>:%d" % self.port, head))
        return head + gap + body

    # -- what the weather does -----------------------------------------------------------------------------------------

    def sound(self, data: bytes, port: int) -> None:
        """A packet has come in by this port of the wire."""
        if way := self._to_phone.get(port) or self._to_switch.get(port):
            self._give(*way, data)

    def _give(self, by: int, to: int, data: bytes) -> None:
        self._sent += 1
        datagram = Datagram(Address("udp", HERE, by), Address("udp", HERE, to), self._sent.to_bytes(4) + data)
        self._net.send(datagram, asyncio.get_running_loop().time())
        self._arm()

    def _arm(self) -> None:
        """One timer, for whatever arrives next."""
        if self._timer is not None:
            self._timer.cancel()
        if self._net.deadline is not None:
            self._timer = asyncio.get_running_loop().call_at(self._net.deadline, self._deliver)

    def _deliver(self) -> None:
        for source, destination, data in self._net.due(asyncio.get_running_loop().time()):
            number, way = int.from_bytes(data[:4]), (source, destination)
            self._twice += number in self._seen
            self._seen.add(number)
            self._overtaken += number < self._last.get(way, 0)
            self._last[way] = max(number, self._last.get(way, 0))
            self._ports[source.port].sendto(data[4:], (HERE, destination.port))
        self._arm()

    def weathered(self) -> dict[str, float]:
        """What was done to the datagrams so far: how many there were, and the shares (of 1) of them that were lost, that
        came twice, and that were overtaken."""
        shares = {"lost": self._net.lost, "twice": self._twice, "overtaken": self._overtaken}
        return {"sent": self._sent, **{name: count / max(1, self._sent) for name, count in shares.items()}}


class _Port(asyncio.DatagramProtocol):
    def __init__(self, wire: Rough, port: int) -> None:
        self._wire, self._port = wire, port

    def datagram_received(self, data: bytes, _: tuple[str, int]) -> None:
        self._wire.sound(data, self._port)


def _audio(data: bytes) -> int:
    """The port of the sound in a message's description; 0 = it has none."""
    found = _AUDIO.search(data.partition(b"\r\n\r\n")[2])
    return int(found[2]) if found else 0
