"""SIP over real websockets (RFC 7118), through the HTTP server: what comes in whole, what is refused, what is lost."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError, web

from cti import phones
from cti.answers import as_json
from switch.sip.admission import Limits
from switch.sip.effects import Address, Transmit
from switch.sip.tls import Files, Identity
from switch.sip.transport import Transport
from tests.switch.sip.authorities import Authority

MESSAGE = b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n\r\nwithout Content-Length"


class House:
    def __init__(self, **limits):
        self.messages, self.losses = asyncio.Queue(), asyncio.Queue()
        self.transport = Transport(lambda data, source: self.messages.put_nowait((data, source)), self.losses.put_nowait,
                                   limits=Limits(**limits))

    async def message(self):
        return await asyncio.wait_for(self.messages.get(), 5)

    async def loss(self):
        return await asyncio.wait_for(self.losses.get(), 5)

    def connect(self, **more):
        return self.http.ws_connect(f"{self.url}/sip", protocols=["sip"], **more)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def house(authority):
    @asynccontextmanager
    async def made(secure=False, **limits):
        built = House(**limits)
        app = web.Application(middlewares=[as_json])
        app.add_routes([phones.route(SimpleNamespace(take_phone=built.transport.take), frozenset({"https://desk.example"}))])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        identity = Identity(Files(*authority.sign("switch", "127.0.0.1"))) if secure else None
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=identity and identity.pages).start()
        built.url = f"{'https' if secure else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
        trusted = ssl.create_default_context(cafile=authority.path)
        async with ClientSession() as http:
            built.http = http
            built.trust = {"ssl": trusted} if secure else {}
            yield built
        await built.transport.close()
        await runner.cleanup()

    return made


@pytest.mark.parametrize("secure", [False, True], ids=["ws", "wss"])
async def test_a_message_each_way_without_content_length(house, secure):
    async with house(secure) as switch, switch.connect(**switch.trust) as socket:
        assert socket.protocol == "sip"
        await socket.send_str(MESSAGE.decode())
        data, source = await switch.message()
        assert data == MESSAGE and source[:2] == ("wss" if secure else "ws", "127.0.0.1")
        await socket.send_bytes(MESSAGE + b"\xff")
        assert (await switch.message())[0] == MESSAGE + b"\xff"
        switch.transport.send(Transmit(source, "SIP/2.0 200 您好\r\n\r\n".encode()))
        assert (await socket.receive()).data == "SIP/2.0 200 您好\r\n\r\n"
        switch.transport.send(Transmit(source, b"SIP/2.0 200 \xff\r\n\r\n"))
        told = await socket.receive()
        assert (told.type, told.data) == (WSMsgType.BINARY, b"SIP/2.0 200 \xff\r\n\r\n")
        await socket.close()
        assert await switch.loss() == source
        assert not switch.transport.connections


async def test_a_ping_of_line_ends_has_its_answer_and_is_no_message(house):
    async with house() as switch, switch.connect() as socket:
        await socket.send_str("\r\n\r\n")
        assert (await socket.receive()).data == "\r\n"
        await socket.send_str("\r\n")
        await socket.send_str(MESSAGE.decode())
        assert (await switch.message())[0] == MESSAGE


async def test_what_goes_to_a_closed_one_is_lost_and_nobody_connects_to_a_browser(house):
    async with house() as switch:
        for place in (Address("ws", "127.0.0.1", 9), Address("wss", "127.0.0.1", 9)):
            switch.transport.send(Transmit(place, MESSAGE))
            assert await switch.loss() == place


async def test_pages_of_others_and_those_who_want_no_sip_are_refused(house):
    async with house() as switch:
        for more in ({"origin": "https://evil.example"}, {"protocols": ["cti.v1"]}, {"protocols": []}):
            with pytest.raises(WSServerHandshakeError) as refused:
                await switch.http.ws_connect(f"{switch.url}/sip", **({"protocols": ["sip"]} | more))
            assert refused.value.status == (403 if "origin" in more else 400)
        async with switch.http.get(f"{switch.url}/sip") as answer:
            assert answer.status == 400 and (await answer.json())["error"]["code"] == "not_sip"
        async with switch.connect(origin=switch.url), switch.connect(origin="https://desk.example"):
            assert len(switch.transport.connections) == 2
        assert switch.messages.empty()


async def test_a_message_of_more_than_64_kilobytes_ends_the_connection(house):
    async with house() as switch, switch.connect(max_msg_size=0) as socket:
        await socket.send_str(MESSAGE.decode())
        await socket.send_bytes(b"x" * (64 * 1024 + 1))
        assert (await socket.receive()).data == 1009
        assert (await switch.loss()).transport == "ws"
        assert switch.messages.qsize() == 1


async def test_who_says_nothing_has_to_go_and_pings_are_nothing(house):
    async with house(first_seconds=0.1) as switch, switch.connect() as silent, switch.connect() as speaking:
        await speaking.send_str(MESSAGE.decode())
        await silent.send_str("\r\n\r\n")
        lost = await switch.loss()
        assert lost.host == "127.0.0.1" and lost not in switch.transport.connections
        assert len(switch.transport.connections) == 1
        await speaking.send_str(MESSAGE.decode())


async def test_so_many_of_one_source_and_the_oldest_guest_makes_room(house):
    async with house(of_one_source=2) as switch, switch.connect(), switch.connect(), switch.connect() as third:
        assert (await third.receive()).data == 1013
        assert len(switch.transport.connections) == 2
    async with house(guests=1) as switch, switch.connect(), switch.connect() as second:
        assert (await switch.loss()).transport == "ws"
        await second.send_str(MESSAGE.decode())
        await switch.message()


async def test_who_does_not_read_loses_the_connection(house):
    async with house(unread_bytes=100_000) as switch, switch.connect() as socket:
        await socket.send_str(MESSAGE.decode())
        _, source = await switch.message()
        socket._conn.transport.pause_reading()
        for _ in range(400):
            switch.transport.send(Transmit(source, b"x" * 60_000))
        assert await switch.loss() == source


async def test_a_certificate_that_is_renewed_is_shown_from_then_on(authority, tmp_path):
    paths = authority.sign("old", "127.0.0.1")
    identity = Identity(Files(*paths))
    first = identity.pages
    for old, new in zip(paths, authority.sign("new", "127.0.0.1"), strict=True):
        old.write_bytes(new.read_bytes())
    while not identity.look():
        pass
    assert identity.pages is first, "a server keeps the context that it was given"
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=first)
    trusted = ssl.create_default_context(cafile=authority.path)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=trusted)
    assert dict(writer.get_extra_info("peercert")["subject"][0])["commonName"] == "new"
    writer.close()
    server.close()
