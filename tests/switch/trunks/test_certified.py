"""A trunk is known by its client certificate, over real TLS: from the handshake to the journal."""

import asyncio
import random
import ssl
import time
from dataclasses import replace
from pathlib import Path

import pytest

from media.orders import Seats
from switch.events import ContactOffered
from switch.exchange import Exchange
from switch.loading import load
from switch.sip.effects import Transmit
from switch.sip.tls import Files, Identity
from switch.sip.transport import Transport
from switch.trunks.rules import Outside, Probe, Trunk
from tests.switch.sip.authorities import Authority

CONFIG = Path(__file__).parents[3] / "config"
INVITE = (
    b"INVITE sip:+49891000@shoal SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK1;rport\r\n"
    b"From: <sip:+4930123@x>;tag=a\r\nTo: <sip:+49891000@shoal>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n"
    b"Contact: <sip:gate@127.0.0.1;transport=tls>\r\nContent-Length: 0\r\n\r\n"
)


class Driver:
    """An exchange on TLS, as the shell drives it."""

    def __init__(self, settings, identity):
        self.exchange = Exchange(settings, settings.prompts, random.Random(1), recordings="/recordings")
        self.transport = Transport(
            lambda data, source: self.do(self.exchange.receive(data, source, time.time())),
            lambda address: self.do(self.exchange.lost(address, time.time())),
            on_peer=lambda address, names: self.do(self.exchange.proved(address, names, time.time())), identity=identity)

        self.exchange.media(Seats((20000, 20002)), time.time())

    def do(self, effects):
        for effect in effects:
            if type(effect) is Transmit:
                self.transport.send(effect)


@pytest.fixture
async def driver(tmp_path):
    settings, authority = load(CONFIG), Authority(tmp_path)
    trunks = {"carrier": Trunk("192.0.2.1", transport="tls", certificate="sip.carrier.example", probe=Probe(every=0),
                               numbers={"+49891000": "5000"})}
    system = replace(settings.system, guard=replace(settings.system.guard, allow=()))
    made = Driver(replace(settings, system=system, outside=Outside(country="49", trunks=trunks)),
                  Identity(Files(*authority.sign("switch", "127.0.0.1"), authority.path)))
    made.authority = authority
    await made.transport.start("127.0.0.1", 0, 0)
    yield made
    await made.transport.close()


@pytest.mark.parametrize(("name", "answer", "trunks"), [
    ("sip.carrier.example", b"SIP/2.0 100 Trying", ["carrier"]), ("sip.other.example", b"SIP/2.0 404 Not Found", []),
    ("", b"SIP/2.0 404 Not Found", []),
])
async def test_a_call_is_of_the_trunk_whose_certificate_its_connection_has_shown(driver, name, answer, trunks):
    context = ssl.create_default_context(cafile=driver.authority.path)
    if name:
        context.load_cert_chain(*driver.authority.sign("client", name))
    reader, writer = await asyncio.open_connection("127.0.0.1", driver.transport.tls_port, ssl=context)
    writer.write(INVITE)
    assert (await asyncio.wait_for(reader.readline(), 10)).strip() == answer
    offered = [entry.event for entry in driver.exchange.journal.since(0) if type(entry.event) is ContactOffered]
    assert [event.trunk for event in offered] == trunks
    writer.close()
