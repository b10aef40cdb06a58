"""Questions to web services that are slow, answer in pieces, or answer something else."""

import asyncio
import os
from contextlib import asynccontextmanager
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from cti.mqtt import Broker
from cti.protocol import CustomerEntry
from switch import lookups
from switch.acd.rules import AgentRules
from switch.customers import Customers
from switch.effects import Fetch
from switch.lookups import MOST_BYTES, Lookups
from switch.settings import Lookup, Mqtt, Store, System, User
from switch.trunks.rules import Registration, Trunk

HEAD = "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n"


@asynccontextmanager
async def crm(*pieces: bytes, head: str = HEAD):
    """A web service that says this, piece after piece, to everybody; and the requests that it heard."""
    heard = []

    async def serve(reader, writer):
        heard.append((await reader.readuntil(b"\r\n\r\n")).split()[1].decode())
        writer.write(head.format(sum(map(len, pieces))).encode())
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            for _ in range(5):
                await asyncio.sleep(0)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


@asynccontextmanager
async def asking(store, tmp_path, url=""):
    lookups = Lookups(store, System(lookup=Lookup(url=url)), tmp_path)
    await lookups.start()
    try:
        yield lookups
    finally:
        await lookups.close()


def fetch(url):
    return Fetch("c1", "balance", "GET", url, {}, None, 2.0)


async def test_an_answer_that_comes_in_pieces_is_read_to_its_end(store, tmp_path):
    async with crm(b'{"balance": ', b'"12.50", ', b'"tier": 3}') as (url, _), asking(store, tmp_path) as lookups:
        assert await lookups.fetch(fetch(url)) == ("found", {"balance": "12.50", "tier": "3"})


@pytest.mark.parametrize("answer", [b"not json", b"[1]", b"\xff", b'"' + b"x" * MOST_BYTES + b'"', b'{"n": 1e999}'])
async def test_rubbish_is_a_failure(answer, store, tmp_path):
    async with crm(answer) as (url, _), asking(store, tmp_path) as lookups:
        assert await lookups.fetch(fetch(url)) == ("failed", {})


async def test_the_crm_is_asked_for_the_number_as_it_is(store, tmp_path):
    async with crm(b'{"name": "Zoe"}') as (url, heard), asking(store, tmp_path, f"{url}/who?number={{number}}") as lookups:
        assert (await lookups.customer("+44&role=boss", 1000.0)).name == "Zoe"
        assert parse_qs(urlsplit(heard[0]).query) == {"number": ["+44&role=boss"]}


@pytest.mark.parametrize("answer", [b'{"name": "Other", "tags": 7}', b'{"open_complaints": 1e30}', b"oops"])
async def test_what_the_store_knows_stays_when_the_crm_talks_rubbish(answer, store, tmp_path):
    await Customers(store).put_all([CustomerEntry(number="+44", name="Zoe", open_complaints=2)])
    async with crm(answer) as (url, _), asking(store, tmp_path, f"{url}/{{number}}") as lookups:
        found = await lookups.customer("+44", 1000.0)
    assert (found.number, found.name, found.open_complaints) == ("+44", "Zoe", 2)


async def test_the_crm_completes_the_store(store, tmp_path):
    await Customers(store).put_all([CustomerEntry(number="+44", name="Zoe", open_complaints=2)])
    async with crm(b'{"open_complaints": "3", "weather": "fine"}') as (url, _), \
            asking(store, tmp_path, f"{url}/{{number}}") as lookups:
        found = await lookups.customer("+44", 1000.0)
    assert (found.name, found.open_complaints) == ("Zoe", 3)


async def test_the_log_of_a_failure_has_no_token_in_it(store, tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "HEAD", "HTTP/1.1 500 No\r\nContent-Length: {}\r\n\r\n")
    async with crm(b"no") as (url, _), asking(store, tmp_path) as lookups:
        secret = url.replace("//", "//me:hush@") + "/balance?key=hush"
        with capture_logs() as logged:
            asked = Fetch("c1", "b", "GET", secret, {"Authorization": "hush"}, None, 2.0)
            assert await lookups.fetch(asked) == ("failed", {})
    assert logged[0]["url"] == f"{url}/balance"
    assert "hush" not in str(logged)


def test_settings_show_no_secret():
    shown = repr([User(AgentRules("1001"), "hush"), Mqtt(password="hush"), Lookup(url="http://me:hush@crm/"),
                  Store(url="postgresql+asyncpg://me:hush@db/x"), Registration("me", "hush"), Broker("h", password="hush"),
                  Trunk(host="h", password="hush", register=Registration("me", "hush"))])
    assert "hush" not in shown


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 204, 300])
async def test_who_sends_us_elsewhere_has_failed(status, store, tmp_path):
    async with crm(b'{"name": "Zoe"}') as (elsewhere, heard):
        head = f"HTTP/1.1 {status} Gone\r\nLocation: {elsewhere}/\r\nContent-Length: {{}}\r\n\r\n"
        async with crm(head=head) as (url, _), asking(store, tmp_path, url) as lookups:
            assert await lookups.fetch(fetch(url)) == ("failed", {})
            assert await lookups.customer("+44", 1000.0) is None
        assert heard == []


def test_who_measures_for_a_switch_that_was_killed_meanwhile_ends(monkeypatch):
    monkeypatch.setattr(lookups, "parent_process", lambda: SimpleNamespace(is_alive=lambda: False))
    child = os.fork()
    if not child:
        try:
            lookups._stand_back()
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
