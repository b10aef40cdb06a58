"""Sockets on the loopback: what comes in whole, what is lost, what is refused."""

import asyncio
import socket
from contextlib import asynccontextmanager

from switch.sip.effects import Address, Transmit
from switch.sip.transport import Transport

MESSAGE = b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: %d\r\n\r\n%s"


class House:
    def __init__(self, **limits):
        self.messages = asyncio.Queue()
        self.losses = asyncio.Queue()
        self.transport = Transport(
            lambda data, source: self.messages.put_nowait((data, source)), self.losses.put_nowait, **limits
        )

    async def message(self):
        return await asyncio.wait_for(self.messages.get(), 5)

    async def loss(self):
        return await asyncio.wait_for(self.losses.get(), 5)


@asynccontextmanager
async def house(**limits):
    made = House(**limits)
    await made.transport.start("127.0.0.1", 0)
    try:
        yield made
    finally:
        await made.transport.close()


async def test_datagrams_both_ways_and_a_burst():
    async with house() as here, house() as there:
        place = Address("udp", "127.0.0.1", there.transport.port)
        for number in range(200):
            here.transport.send(Transmit(place, b"%d" % number))
        got = [await there.message() for _ in range(200)]
        assert [data for data, _ in got] == [b"%d" % number for number in range(200)]
        there.transport.send(Transmit(got[0][1], b"back"))
        assert await here.message() == (b"back", place)


async def test_a_port_where_nobody_listens_hurts_nobody():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with house() as here:
        for destination in (("127.0.0.1", port), ("127.0.0.1", 0), ("no.such.host.invalid", 5060), ("127.0.0.1", 70000)):
            for _ in range(3):
                here.transport.send(Transmit(Address("udp", *destination), b"x"))
                await asyncio.sleep(0)
        here.transport.send(Transmit(Address("udp", "127.0.0.1", here.transport.port), b"alive"))
        assert (await here.message())[0] == b"alive"


async def test_a_connection_is_opened_once_and_used_both_ways():
    async with house() as here, house() as there:
        place = Address("tcp", "127.0.0.1", there.transport.port)
        for number in range(3):
            here.transport.send(Transmit(place, MESSAGE % (1, b"%d" % number)))
        sources = {(await there.message())[1] for _ in range(3)}
        assert len(sources) == 1
        there.transport.send(Transmit(sources.pop(), MESSAGE % (4, b"back")))
        assert await here.message() == (MESSAGE % (4, b"back"), place)
        assert len(here.transport.connections) == 1
        await there.transport.close()
        assert await here.loss() == place
        assert not here.transport.connections


async def test_a_connection_that_cannot_be_opened_is_lost():
    async with house() as here:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            place = Address("tcp", "127.0.0.1", free.getsockname()[1])
        for destination in (place, Address("tcp", "no.such.host.invalid", 5060)):
            here.transport.send(Transmit(destination, b"x"))
            assert await here.loss() == destination


async def test_sixty_kilobytes_in_pieces_and_pings():
    async with house() as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.transport.port)
        whole = MESSAGE % (60_000, b"x" * 60_000)
        for start in range(0, len(whole), 7000):
            writer.write(whole[start : start + 7000])
            await writer.drain()
        assert (await here.message())[0] == whole
        writer.write(b"\r\n\r\n")
        assert await asyncio.wait_for(reader.readexactly(2), 5) == b"\r\n"
        writer.close()
        assert (await here.loss()).transport == "tcp"


async def test_a_stream_that_cannot_be_read_is_closed():
    async with house() as here:
        _, writer = await asyncio.open_connection("127.0.0.1", here.transport.port)
        writer.write(b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: many\r\n\r\n")
        await here.loss()
        writer.close()


async def test_a_message_that_never_ends_is_closed():
    async with house(partial_seconds=0.05) as here:
        _, writer = await asyncio.open_connection("127.0.0.1", here.transport.port)
        writer.write(b"OPTIONS sip:a@b SIP/2.0\r\n")
        await here.loss()
        writer.close()


async def test_beyond_the_limit_connections_are_closed_at_once():
    async with house(max_connections=1) as here:
        _, first = await asyncio.open_connection("127.0.0.1", here.transport.port)
        first.write(MESSAGE % (0, b""))
        await here.message()
        _, second = await asyncio.open_connection("127.0.0.1", here.transport.port)
        second.write(MESSAGE % (0, b""))
        first.write(MESSAGE % (1, b"1"))
        assert (await here.message())[0] == MESSAGE % (1, b"1")
        assert len(here.transport.connections) == 1 and here.losses.empty()
        first.close()
        second.close()


async def test_ipv6():
    if not socket.has_ipv6:
        return
    here = House()
    try:
        await here.transport.start("::1", 0)
    except OSError:
        return
    here.transport.send(Transmit(Address("udp", "::1", here.transport.port), b"six"))
    assert await here.message() == (b"six", Address("udp", "::1", here.transport.port))
    await here.transport.close()
