"""The DNS on the wire: a name server of our own on the loopback."""

import asyncio
from contextlib import asynccontextmanager

import dns.message
import dns.rcode
import dns.rrset

from switch.sip.effects import Naptr, Question, Srv
from switch.sip.resolver import Resolver

ZONE = {
    ("example.com.", "NAPTR"): ['10 20 "s" "SIP+D2U" "" _sip._udp.example.com.'],
    ("_sip._udp.example.com.", "SRV"): ["1 2 5060 One.Example.com.", "3 4 5070 ."],
    ("one.example.com.", "A"): ["192.0.2.1", "192.0.2.2"],
    ("one.example.com.", "AAAA"): ["2001:DB8::1"],
}


class Server(asyncio.DatagramProtocol):
    """Answers from the zone; keeps what it was asked."""

    def __init__(self, seconds=60, deaf=False):
        self.asked, self.seconds, self.deaf = [], seconds, deaf

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, peer):
        question = dns.message.from_wire(data)
        name, kind = question.question[0].name.to_text(), dns.rdatatype.to_text(question.question[0].rdtype)
        self.asked.append((name, kind))
        if self.deaf:
            return
        answer = dns.message.make_response(question)
        if records := ZONE.get((name.lower(), kind)):
            answer.answer.append(dns.rrset.from_text(name, self.seconds, "IN", kind, *records))
        elif not any(known == name.lower() for known, _ in ZONE):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), peer)


@asynccontextmanager
async def asking(tmp_path, deadline=4.0, **more):
    server = Server(**more)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, ("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    (tmp_path / "hosts").write_text("# ours\n192.0.2.7 pbx.lan pbx # here\nfe80::1%lo pbx.lan\n2001:db8::7 PBX.lan\n")
    try:
        yield server, Resolver(["127.0.0.1"], port, deadline=deadline, hosts=tmp_path / "hosts")
    finally:
        transport.close()


async def test_all_kinds(tmp_path):
    async with asking(tmp_path) as (_, resolver):
        assert await resolver.ask(Question("example.com", "NAPTR")) == (
            Naptr(10, 20, "s", "SIP+D2U", "_sip._udp.example.com"),)
        assert set(await resolver.ask(Question("_sip._udp.example.com", "SRV"))) == {
            Srv(1, 2, 5060, "One.Example.com"), Srv(3, 4, 5070, ".")}
        assert set(await resolver.ask(Question("one.example.com.", "A"))) == {"192.0.2.1", "192.0.2.2"}
        assert await resolver.ask(Question("one.example.com", "AAAA")) == ("2001:db8::1",)


async def test_answers_are_kept_and_so_is_that_there_is_none(tmp_path):
    async with asking(tmp_path) as (server, resolver):
        for _ in range(3):
            await resolver.ask(Question("one.example.com", "A"))
        assert len(server.asked) == 1
    async with asking(tmp_path, seconds=0) as (server, resolver):
        for _ in range(2):
            await resolver.ask(Question("one.example.com", "A"))
        assert len(server.asked) == 2


async def test_what_the_dns_does_not_know_may_stand_in_the_list_of_hosts(tmp_path):
    async with asking(tmp_path) as (_, resolver):
        assert await resolver.ask(Question("pbx.lan", "A")) == ("192.0.2.7",)
        assert await resolver.ask(Question("pbx.lan", "AAAA")) == ("2001:db8::7",)
        assert await resolver.ask(Question("pbx.lan", "SRV")) == ()
        assert await resolver.ask(Question("nowhere.example", "A")) == ()


async def test_nobody_answers_and_names_that_are_none(tmp_path):
    async with asking(tmp_path, deadline=0.05, deaf=True) as (server, resolver):
        assert await resolver.ask(Question("one.example.com", "A")) == ()
        assert server.asked
        for name in ("x" * 64 + ".example", "", "a..b", "x." * 200, "\udcff.example"):
            assert await resolver.ask(Question(name, "A")) == ()
