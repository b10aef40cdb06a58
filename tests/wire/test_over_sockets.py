"""The same dialogues over real sockets: UDP, TCP, TLS and websockets, over IPv4 and IPv6, all through one test body.

T1 is a hundredth of a second, so that 64 T1 are over soon; nothing here asks how long anything took.
"""

import asyncio
import random
import ssl
import time
from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest
from aiohttp import ClientSession, web

from cti import phones
from switch.sip.effects import Acknowledged, Ended, Offered, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.framing import Framer
from switch.sip.tls import Files, Identity
from switch.sip.transport import Transport
from switch.sip.uri import bracketed
from tests.switch.sip.authorities import Authority
from tests.switch.sip.test_transport import FAMILIES

PATIENCE = 10
T1 = 0.01


class Switch:
    """An endpoint on sockets. ``told``: its news."""

    def __init__(self, host, identity):
        self.endpoint = Endpoint(realm="shoal", passwords={}, rng=random.Random(7), host=host, port=5060, t1=T1)
        self.told = asyncio.Queue()
        self.transport = Transport(self.on_message, self.on_lost, identity=identity)
        self.timer = None

    def on_message(self, data, source):
        self.do(self.endpoint.receive(data, source, time.time()))

    def on_lost(self, address):
        self.do(self.endpoint.lost(address, time.time()))

    def do(self, effects):
        for effect in effects:
            if type(effect) is Transmit:
                self.transport.send(effect)
            else:
                self.told.put_nowait(effect)
        if self.timer is not None:
            self.timer.cancel()
        if (moment := self.endpoint.deadline) is not None:
            self.timer = asyncio.get_running_loop().call_later(
                max(0.0, moment - time.time()), lambda: self.do(self.endpoint.wake(time.time())))

    async def close(self):
        await self.transport.close()
        if self.timer is not None:
            self.timer.cancel()

    async def news(self, kind):
        told = await asyncio.wait_for(self.told.get(), PATIENCE)
        assert type(told) is kind, told
        return told


class Peer(asyncio.Protocol, asyncio.DatagramProtocol):
    """A phone that knows bytes alone."""

    def __init__(self):
        self.heard = asyncio.Queue()
        self.framer = Framer()
        self.branch = 0

    def connection_made(self, transport):
        self.way = transport

    def data_received(self, data):
        for message in self.framer.feed(data):
            self.heard.put_nowait(message)

    def datagram_received(self, data, address):
        self.heard.put_nowait(data)

    def say(self, data, piece=0):
        if hasattr(self.way, "sendto"):
            self.way.sendto(data)
        else:
            for start in range(0, len(data), piece or len(data)):
                self.way.write(data[start : start + (piece or len(data))])

    async def hears(self, start):
        """The next message, which begins like this."""
        message = await asyncio.wait_for(self.heard.get(), PATIENCE)
        assert message.startswith(start), message
        return message

    def request(self, method, tag="", body=b"", cseq=1):
        host, port = self.way.get_extra_info("sockname")[:2]
        self.branch += 1
        at = f"{bracketed(host)}:{port}"
        return (
            f"{method} sip:5000@shoal SIP/2.0\r\nVia: SIP/2.0/{self.name} {at};branch=z9hG4bK{self.branch};rport\r\n"
            f"From: <sip:alice@example.org>;tag=a\r\nTo: <sip:5000@shoal>{tag}\r\nCall-ID: call-1\r\nMax-Forwards: 70\r\n"
            f"CSeq: {cseq} {method}\r\nContact: <sip:alice@{at};transport={self.name.lower()}>\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    authority = Authority(tmp_path_factory.mktemp("authority"))
    return Identity(Files(*authority.sign("switch", "127.0.0.1", "::1"), authority.path)), authority.path


@pytest.fixture(params=FAMILIES)
async def switch(request, identity):
    made = Switch(request.param, identity[0])
    await made.transport.start(request.param, 0, 0)
    made.host, made.ca = request.param, identity[1]
    yield made
    await made.close()


class Page(Peer):
    """A browser, as far as the wire can tell."""

    def __init__(self, socket):
        super().__init__()
        self.socket, self.way = socket, socket
        self.reader = asyncio.ensure_future(self.read())

    async def read(self):
        async for message in self.socket:
            self.heard.put_nowait(message.data.encode())

    def say(self, data, piece=0):
        self.sending = asyncio.ensure_future(self.socket.send_str(data.decode()))


@pytest.fixture
async def page(switch):
    """Opens a websocket to the switch."""
    app = web.Application()
    app.add_routes([phones.route(SimpleNamespace(take_phone=switch.transport.take), frozenset())])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    async with AsyncExitStack() as stack:
        async def opened():
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, switch.host, 0).start()
            http = await stack.enter_async_context(ClientSession())
            url = f"ws://{bracketed(switch.host)}:{runner.addresses[0][1]}/sip"
            return await stack.enter_async_context(http.ws_connect(url, protocols=["sip"]))
        yield opened


@pytest.fixture(params=["udp", "tcp", "tls", "ws"])
async def peer(request, switch, page):
    if request.param == "ws":
        made = Page(await page())
        made.name = "WS"
        yield made
        return
    loop, transport = asyncio.get_running_loop(), switch.transport
    if request.param == "udp":
        way, made = await loop.create_datagram_endpoint(Peer, remote_addr=(switch.host, transport.port))
    elif request.param == "tcp":
        way, made = await loop.create_connection(Peer, switch.host, transport.port)
    else:
        way, made = await loop.create_connection(
            Peer, switch.host, transport.tls_port, ssl=ssl.create_default_context(cafile=switch.ca))
    made.name = request.param.upper()
    yield made
    way.close()


def tag_of(message):
    line = next(line for line in message.split(b"\r\n") if line.startswith(b"To:"))
    return line.partition(b";tag=")[2]


async def test_an_invite_three_times_a_large_one_and_a_200_that_nobody_acknowledges(switch, peer):
    invite = peer.request("INVITE", body=b"v=0\r\n")
    for _ in range(3):
        peer.say(invite)
    trying = await peer.hears(b"SIP/2.0 100 ")
    assert [await peer.hears(b"SIP/2.0 100 ") for _ in range(2)] == [trying, trying]
    offered = await switch.news(Offered)
    assert offered.source.transport == peer.name.lower() and switch.told.empty(), "one call"

    switch.do(switch.endpoint.answer(offered.call, b"v=0\r\n", time.time()))
    answer = await peer.hears(b"SIP/2.0 200 ")
    for _ in range(5):
        assert await peer.hears(b"SIP/2.0 200 ") == answer, "repeated over every transport"
    assert (await switch.news(Ended)).how == "no_ack"
    message = await asyncio.wait_for(peer.heard.get(), PATIENCE)
    while message == answer:
        message = await asyncio.wait_for(peer.heard.get(), PATIENCE)
    assert message.startswith(b"BYE sip:alice@")
    assert f";tag={tag_of(answer).decode()}".encode() in message


async def test_sixty_kilobytes_in_pieces(switch, peer):
    large = peer.request("INVITE", body=b"v=0\r\n" + 60_000 * b"x")
    peer.say(large, piece=7000)
    await peer.hears(b"SIP/2.0 100 ")
    offered = await switch.news(Offered)
    assert len(offered.sdp) == 60_005
    switch.do(switch.endpoint.answer(offered.call, b"v=0\r\n", time.time()))
    answer = await peer.hears(b"SIP/2.0 200 ")
    peer.say(peer.request("ACK", f";tag={tag_of(answer).decode()}"))
    await switch.news(Acknowledged)
    peer.say(peer.request("BYE", f";tag={tag_of(answer).decode()}", cseq=2))
    assert (await switch.news(Ended)).how == "bye"


async def test_options_three_times_get_the_same_answer(switch, peer):
    options = peer.request("OPTIONS")
    for _ in range(3):
        peer.say(options)
    first = await peer.hears(b"SIP/2.0 200 ")
    assert [await peer.hears(b"SIP/2.0 200 ") for _ in range(2)] == [first, first]
    assert tag_of(first)
