"""Sockets on the loopback: what comes in whole, what is lost, what is refused; over each transport and both families."""

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from switch.sip.admission import Limits
from switch.sip.effects import Address, Transmit
from switch.sip.tls import Files, Identity
from switch.sip.transport import Transport, addresses
from tests.switch.sip.authorities import Authority

MESSAGE = b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: %d\r\n\r\n%s"


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as six:
            six.bind(("::1", 0))
    except OSError:
        return False
    return True


FAMILIES = ["127.0.0.1", pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here"))]
STREAMS = ["tcp", "tls"]


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def identity(authority):
    return Identity(Files(*authority.sign("switch", "127.0.0.1", "::1", "trunk.example"), authority.path))


class House:
    def __init__(self, host, identity, **limits):
        self.host = host
        self.messages, self.losses, self.peers = asyncio.Queue(), asyncio.Queue(), {}
        self.transport = Transport(
            lambda data, source: self.messages.put_nowait((data, source)), self.losses.put_nowait,
            on_peer=self.peers.__setitem__, identity=identity, limits=Limits(**limits))

    def place(self, transport="udp"):
        return Address(transport, self.host, self.transport.tls_port if transport == "tls" else self.transport.port)

    def send(self, place, data, name=""):
        self.transport.send(Transmit(place, data, name))

    async def message(self):
        return await asyncio.wait_for(self.messages.get(), 5)

    async def loss(self):
        return await asyncio.wait_for(self.losses.get(), 5)


@pytest.fixture
def house(identity):
    @asynccontextmanager
    async def made(host="127.0.0.1", shown=identity, **limits):
        built = House(host, shown, **limits)
        await built.transport.start(host, 0, 0)
        try:
            yield built
        finally:
            await built.transport.close()

    return made


@pytest.fixture
def stranger(authority):
    """A connection of somebody who is not of our code."""

    async def connect(house, stream, **more):
        if stream == "tls":
            more = {"ssl": ssl.create_default_context(cafile=authority.path), "server_hostname": house.host} | more
        return await asyncio.open_connection(house.host, house.place(stream).port, **more)

    return connect


@pytest.mark.parametrize("host", FAMILIES)
async def test_datagrams_both_ways_and_a_burst(house, host):
    async with house(host) as here, house(host) as there:
        for number in range(200):
            here.send(there.place(), b"%d" % number)
        got = [await there.message() for _ in range(200)]
        assert [data for data, _ in got] == [b"%d" % number for number in range(200)]
        there.send(got[0][1], b"back")
        assert await here.message() == (b"back", there.place())


async def test_a_port_where_nobody_listens_hurts_nobody(house):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with house() as here:
        for destination in (("127.0.0.1", port), ("127.0.0.1", 0), ("no.such.host.invalid", 5060), ("127.0.0.1", 70000),
                            ("2001:db8::1", 5060)):
            for _ in range(3):
                here.send(Address("udp", *destination), b"x")
                await asyncio.sleep(0)
        here.send(here.place(), b"alive")
        assert (await here.message())[0] == b"alive"


@pytest.mark.parametrize("host", FAMILIES)
@pytest.mark.parametrize("stream", STREAMS)
async def test_a_connection_is_opened_once_and_used_both_ways(house, host, stream):
    async with house(host) as here, house(host) as there:
        place = there.place(stream)
        for number in range(3):
            here.send(place, MESSAGE % (1, b"%d" % number))
        sources = {(await there.message())[1] for _ in range(3)}
        assert len(sources) == 1
        there.send(sources.pop(), MESSAGE % (4, b"back"))
        assert await here.message() == (MESSAGE % (4, b"back"), place)
        assert len(here.transport.connections) == 1
        await there.transport.close()
        assert await here.loss() == place
        assert not here.transport.connections


@pytest.mark.parametrize("stream", STREAMS)
async def test_a_connection_that_cannot_be_opened_is_lost(house, stream):
    async with house() as here:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            place = Address(stream, "127.0.0.1", free.getsockname()[1])
        for destination in (place, Address(stream, "no.such.host.invalid", 5060)):
            here.send(destination, b"x")
            assert await here.loss() == destination


async def test_without_an_identity_no_tls_is_spoken(house):
    async with house(shown=None) as here:
        assert here.transport.tls_port == 0
        here.send(Address("tls", "127.0.0.1", 5061), b"x")
        assert (await here.loss()).transport == "tls"


@pytest.mark.parametrize("stream", STREAMS)
async def test_sixty_kilobytes_in_pieces_and_pings(house, stranger, stream):
    async with house() as here:
        reader, writer = await stranger(here, stream)
        writer.write(MESSAGE % (0, b""))
        await here.message()
        whole = MESSAGE % (60_000, b"x" * 60_000)
        for start in range(0, len(whole), 7000):
            writer.write(whole[start : start + 7000])
            await writer.drain()
        assert (await here.message())[0] == whole
        writer.write(b"\r\n\r\n")
        assert await asyncio.wait_for(reader.readexactly(2), 5) == b"\r\n"
        writer.close()
        assert (await here.loss()).transport == stream


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(("limits", "sent"), [
    ({}, b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: many\r\n\r\n"),
    ({}, b"x" * 100_000),
    ({"first_seconds": 0.05}, b""),
    ({"first_seconds": 0.05}, b"OPTIONS sip:a@b SIP/2.0\r\n\r"),
    ({"partial_seconds": 0.05}, MESSAGE % (0, b"") + b"OPTIONS"),
])  # fmt: skip
async def test_a_stream_that_cannot_be_read_or_waited_for_is_closed(house, stranger, stream, limits, sent):
    async with house(**limits) as here:
        _, writer = await stranger(here, stream)
        writer.write(sent)
        await here.loss()
        assert not len(here.transport._admission)
        writer.close()


@pytest.mark.parametrize("stream", STREAMS)
async def test_beyond_the_limit_connections_are_closed_at_once(house, stranger, stream):
    async with house(of_one_source=1) as here:
        _, first = await stranger(here, stream)
        first.write(MESSAGE % (0, b""))
        await here.message()
        second, _ = await stranger(here, "tcp")
        assert await asyncio.wait_for(second.read(), 5) == b""
        first.write(MESSAGE % (1, b"1"))
        assert (await here.message())[0] == MESSAGE % (1, b"1")
        assert len(here.transport.connections) == 1 and here.losses.empty()
        first.close()
        await here.loss()
        _, third = await stranger(here, stream)
        third.write(MESSAGE % (1, b"3"))
        assert (await here.message())[0] == MESSAGE % (1, b"3")
        third.close()


async def test_a_handshake_that_does_not_come_gives_its_place_back(house, stranger):
    async with house(handshake_seconds=0.05) as here:
        reader, writer = await asyncio.open_connection(here.host, here.transport.tls_port)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
        assert not len(here.transport._admission) and here.losses.empty()


async def test_who_has_been_silent_longest_leaves_first(house, stranger):
    async with house(guests=2) as here:
        first, _ = await asyncio.open_connection(here.host, here.transport.tls_port)
        second = await stranger(here, "tcp")
        third = await stranger(here, "tcp")
        assert await asyncio.wait_for(first.read(), 5) == b""
        for number, (_, writer) in enumerate((second, third)):
            writer.write(MESSAGE % (1, b"%d" % number))
            assert (await here.message())[0][-1:] == b"%d" % number
            writer.close()


async def test_a_server_must_prove_the_name_that_it_was_asked_for_by(house, identity):
    async with house() as here, house() as there:
        here.send(there.place("tls"), MESSAGE % (0, b""), "somebody.example")
        assert await here.loss() == there.place("tls")
        here.send(there.place("tls"), MESSAGE % (0, b""), "trunk.example")
        await there.message()
        assert "trunk.example" in here.peers[there.place("tls")]


async def test_what_a_client_has_proved_is_told(house, authority):
    shown = Identity(Files(*authority.sign("trunk", "sip:carrier.example", "Gate.Carrier.Example"), authority.path))
    async with house(shown=shown) as here, house() as there:
        here.send(there.place("tls"), MESSAGE % (0, b""))
        _, source = await there.message()
        assert there.peers == {source: ("carrier.example", "gate.carrier.example")}


async def test_who_shows_the_wrong_certificate_or_none_where_one_is_needed_is_turned_away(house, authority, tmp_path):
    other = Authority(tmp_path, "other")
    strict = Identity(Files(*authority.sign("strict", "127.0.0.1"), authority.path, clients="require"))
    pretender = Identity(Files(*other.sign("trunk", "carrier.example"), authority.path))
    nobody = ssl.create_default_context(cafile=authority.path)
    async with house(shown=pretender) as here, house() as asking, house(shown=strict) as there:
        for place in (asking.place("tls"), there.place("tls")):
            here.send(place, MESSAGE % (0, b""))
            assert await here.loss() == place
        reader, writer = await asyncio.open_connection(
            there.host, there.transport.tls_port, ssl=nobody, server_hostname=there.host)
        with suppress(ssl.SSLError, ConnectionError):
            writer.write(MESSAGE % (0, b""))
            assert await reader.read() == b""
        writer.close()
        assert there.messages.empty() and asking.messages.empty() and not there.peers


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_both_versions_are_spoken(house, stranger, authority, version):
    context = ssl.create_default_context(cafile=authority.path)
    context.minimum_version = context.maximum_version = version
    async with house() as here:
        _, writer = await stranger(here, "tls", ssl=context)
        writer.write(MESSAGE % (0, b""))
        await here.message()
        writer.close()


async def test_new_certificates_are_for_new_connections(authority, house, stranger, tmp_path):
    def put(name, *alternatives):
        for path, there in zip(authority.sign(name, *alternatives), kept, strict=True):
            there.write_bytes(path.read_bytes())

    kept = tmp_path / "certificate.pem", tmp_path / "key.pem"
    put("before", "127.0.0.1")
    shown = Identity(Files(*kept))
    async with house(shown=shown) as here:
        _, old = await stranger(here, "tls")
        put("after", "127.0.0.1", "new.example")
        assert not shown.look() and shown.look() and not shown.look()
        _, new = await stranger(here, "tls", server_hostname="new.example")
        for number, writer in enumerate((old, new)):
            writer.write(MESSAGE % (1, b"%d" % number))
            assert (await here.message())[0][-1:] == b"%d" % number
            writer.close()


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")
async def test_every_address_means_both_families_and_nobody_looks_mapped(house):
    assert addresses(["::"]) == ("::", "0.0.0.0")
    async with house("::") as here, house() as four, house("::1") as six:
        for other in (four, six):
            there = other.place()._replace(port=here.transport.port)
            other.send(there, b"hello")
            data, source = await here.message()
            assert (data, source) == (b"hello", other.place())
            here.send(source, b"back")
            assert await other.message() == (b"back", there)


async def test_of_two_addresses_the_one_that_was_spoken_to_answers(house, identity):
    both = House("127.0.0.1", identity)
    await both.transport.start(["127.0.0.1", "127.0.0.2", "127.0.0.3"], 0)
    async with house() as phone:
        for host in ("127.0.0.3", "127.0.0.2"):
            there = Address("udp", host, both.transport.port)
            phone.send(there, b"hello")
            both.send((await both.message())[1], b"back")
            assert await phone.message() == (b"back", there)
    await both.transport.close()


async def test_a_stun_question_on_the_sip_port_is_answered_and_never_read_as_sip(house):
    async with house() as here, house() as phone:
        question = bytes.fromhex("000100002112a442") + bytes(12)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.bind(("127.0.0.1", 0))
            asking.setblocking(False)
            asking.sendto(question, ("127.0.0.1", here.transport.port))
            answer = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(asking, 100), 5)
        assert answer[:2] == b"\x01\x01" and answer[8:20] == bytes(12)
        phone.send(here.place(), b"\x00\x01nonsense")
        phone.send(here.place(), b"alive")
        assert (await here.message())[0] == b"alive"


async def test_messages_are_marked_on_both_transports():
    transport = Transport(lambda *_: None, lambda *_: None, dscp=24)
    await transport.start("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", transport.port)
    writer.write(b"\r\n\r\n")
    await reader.readexactly(2)
    stream = next(iter(transport.connections.values())).stream.get_extra_info("socket")
    udp = transport._datagrams._sockets[0]
    assert [each.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) for each in (stream, udp)] == [24 << 2] * 2
    writer.close()
    await transport.close()


# -- connections that are kept ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [0, 2])
async def test_a_connection_of_ours_is_pinged_and_given_up_when_the_answers_cease(house, answers):
    """Who has never answered need not know pings, and keeps the connection. How quickly this machine answers is not what
    is asked: only after the last answer is our patience short."""
    pings, ends = [], asyncio.Queue()

    async def peer(reader, writer):
        await reader.readexactly(len(MESSAGE % (0, b"")))
        end = "by us"
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while answers or len(pings) < 5:
                pings.append(await reader.readexactly(4))
                if len(pings) <= answers:
                    writer.write(b"\r\n")
                if len(pings) == answers:
                    connection._limits = replace(connection._limits, pong_seconds=0.001)
            end = "by the peer"
        ends.put_nowait(end)
        writer.close()

    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    place = Address("tcp", *server.sockets[0].getsockname()[:2])
    async with house(ping_seconds=0.02, pong_seconds=5 if answers else 0.001) as here:
        here.send(place, b"")
        while place not in here.transport.connections:
            await asyncio.sleep(0)
        connection = here.transport.connections[place]
        here.send(place, MESSAGE % (0, b""))
        assert await here.loss() == place
        assert await asyncio.wait_for(ends.get(), 5) == ("by us" if answers else "by the peer")
        assert len(pings) > answers and set(pings) == {b"\r\n\r\n"}
    server.close()


async def test_two_of_us_keep_a_connection(house):
    async with house(ping_seconds=0.002, pong_seconds=5) as here, house() as there:
        here.send(there.place("tls"), MESSAGE % (0, b""))
        _, source = await there.message()
        connection = here.transport.connections[there.place("tls")]
        async with asyncio.timeout(5):
            while not connection._answers:
                await asyncio.sleep(0.001)
        there.send(source, MESSAGE % (4, b"back"))
        assert (await here.message())[0] == MESSAGE % (4, b"back")
        assert here.losses.empty() and there.losses.empty()


async def test_who_has_promised_to_speak_and_does_not_is_lost(house, stranger):
    async with house() as here:
        reader, writer = await stranger(here, "tcp")
        writer.write(MESSAGE % (0, b""))
        _, source = await here.message()
        here.transport.watch(source, 3600)
        here.transport.watch(source._replace(port=1), 1)
        writer.write(b"\r\n\r\n")
        assert await asyncio.wait_for(reader.readexactly(2), 5) == b"\r\n"
        connection = here.transport.connections[source]
        assert connection._heard_at > 0 and here.losses.empty()
        connection._patience.cancel()
        connection._patience = None
        here.transport.watch(source, 0.01)
        assert await here.loss() == source
        writer.close()
