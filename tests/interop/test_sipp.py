"""SIPp as the caller: many from one address and port, and phones whose network repeats, loses and gives up."""

import asyncio
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.interop.marks import tried
from tests.interop.parties import FIRST, Screen, nobody_left, until
from tests.interop.ports import free_port
from tests.interop.running import Switch, sound
from tests.interop.sound import MU_LAW, mono

SCENARIOS = Path(__file__).with_name("sipp")


@pytest.fixture
def sipp(tool, tmp_path):
    """``await sipp(switch, "cancel", "-m", "1")`` runs a scenario to its end; gives the messages that were exchanged."""
    program = tool("sipp")

    async def run(switch, scenario, *arguments, service="5000", fields="", within=60.0):
        own = SCENARIOS / f"{scenario}.xml"
        which = ["-sf", str(own)] if own.exists() else ["-sn", scenario]
        messages, errors = tmp_path / f"{scenario}.messages", tmp_path / f"{scenario}.errors"
        if fields:
            table = tmp_path / f"{scenario}.csv"
            table.write_text(f"SEQUENTIAL\n{fields}\n")
            arguments = (*arguments, "-inf", str(table))
        process = await asyncio.create_subprocess_exec(
            *FIRST, program, *which, "-s", service, "-i", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port()),
            "-nostdin", "-trace_msg", "-message_file", str(messages), "-trace_err", "-error_file", str(errors),
            *arguments, switch.sip, cwd=tmp_path, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        try:
            said, _ = await asyncio.wait_for(process.communicate(), within)
        except TimeoutError:
            process.kill()
            raise AssertionError(f"{scenario} did not end: {_text(messages)[-6000:]}") from None
        assert process.returncode == 0, f"{scenario} ended with {process.returncode}\n{said.decode()[-3000:]}\n" \
                                        f"{_text(errors)[-3000:]}\n{_text(messages)[-6000:]}"
        return _text(messages)

    return run


def _text(path):
    return path.read_text(errors="replace") if path.exists() else ""


@pytest.fixture
async def journal(switch):
    async with Screen("2001", switch.url) as screen:
        yield screen
    await nobody_left(switch, within=40.0)


async def contacts(journal, count):
    """Wait for the end of so many contacts; the ends."""
    await until(lambda: len(journal.all(type="contact.ended")) >= count, f"{count} contacts have ended")
    return journal.all(type="contact.ended")


@tried("SIPp", "UDP, TCP", "ten callers")
@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_its_own_caller(switch, journal, sipp, transport):
    """One socket for all, UDP and TCP."""
    await sipp(switch, "uac", "-t", transport, "-m", "10", "-r", "10", "-d", "300")
    ends = await contacts(journal, 10)
    assert {(end["ended_by"], end["cause"]) for end in ends} == {("customer", "normal_call_clearing")}


@tried("SIPp", "UDP", "fifty callers who speak from one address and port")
async def test_many_callers_who_speak_from_one_address_and_port(switch, journal, sipp, tmp_path):
    (tmp_path / "speech.ulaw").write_bytes(mu_law(mono(sound("en/demo-main-menu"))))
    await sipp(switch, "many", "-m", "50", "-r", "10", "-rtp_payload", "0")
    ends = await contacts(journal, 50)
    assert {end["cause"] for end in ends} == {"normal_call_clearing"}
    await until(lambda: len(journal.all(type="media.quality")) >= 50, "every leg has told how it was")
    told = journal.all(type="media.quality")
    assert len({each["leg"] for each in told}) == len({each["contact"] for each in told}) == 50
    assert min(each["received"] for each in told) > 80, sorted(each["received"] for each in told)
    assert sum(each["lost"] for each in told) < 0.01 * sum(each["received"] for each in told)


@tried("SIPp", "UDP", "keys as tones, no telephone events offered")
async def test_a_key_that_comes_as_a_tone_is_one_key(switch, journal, sipp, tmp_path):
    """Key 1, a tenth of a second of 697 and 1,209 Hz (ITU-T Q.23), two seconds into the greeting."""
    moments = 2 * np.pi * np.arange(800) / 8000
    key = np.concatenate([np.zeros(16_000), 4000 * np.sin(697 * moments) + 4000 * np.sin(1209 * moments), np.zeros(16_000)])
    (tmp_path / "keys.ulaw").write_bytes(bytes(np.abs(key[:, None] - MU_LAW).argmin(axis=1).astype(np.uint8)))
    await sipp(switch, "tones", "-m", "3", "-r", "2", "-rtp_payload", "0")
    await contacts(journal, 3)
    assert [each["digit"] for each in journal.all(type="ivr.option_chosen")] == ["1"] * 3
    assert len({each["contact"] for each in journal.all(type="queue.joined")}) == 3


@tried("SIPp", "UDP", "each INVITE three times is one call")
async def test_an_invite_three_times_is_one_call(switch, journal, sipp):
    await sipp(switch, "thrice", "-m", "3", "-nr")
    await contacts(journal, 3)
    assert len(journal.all(type="contact.offered")) == 3


async def test_options_three_times_get_the_same_answer(switch, journal, sipp):
    messages = await sipp(switch, "options", "-m", "2", "-nr")
    answers = [answer.strip() for answer in re.findall(r"SIP/2\.0 200 .*?(?=\n-----|\Z)", messages, re.S)]
    assert len(answers) == 6 and len(set(answers)) == 2


@tried("SIPp", "UDP", "CANCEL while it rings")
async def test_a_call_to_an_extension_is_cancelled_while_it_rings(switch, parties, journal, sipp):
    agent, _ = await parties.agent("1002")
    since = journal.mark()
    await sipp(switch, "cancel", "-m", "1", "-nr", service="5050")
    await agent.wait(event="state", state="DISCONNECTED")
    await journal.wait(since=since, type="contact.ended")
    assert len(journal.all(since, type="contact.offered")) == len(journal.all(since, type="reservation.created")) == 1
    assert journal.all(since, type="reservation.canceled")
    assert len(agent.all(event="incoming")) == 1


@tried("SIPp", "UDP", "no ACK: 200 repeated, then cleared")
async def test_a_200_that_gets_no_ack_is_repeated_then_the_call_is_cleared(tmp_path, sipp):
    switch = Switch(tmp_path / "switch")
    switch.configure("shoal.yaml", {"sip": {"t1": 0.1}})
    try:
        switch.start()
        async with Screen("2001", switch.url) as journal:
            messages = await sipp(switch, "no_ack", "-m", "1")
            assert len(re.findall(r"^SIP/2\.0 200 OK(?=\r?\n(?:.+\r?\n)*CSeq: 1 INVITE)", messages, re.M)) > 3
            ended = await journal.wait(type="contact.ended")
            assert ended["ended_by"] == "network"
            await nobody_left(switch)
        switch.stop()
        assert not switch.complaints(), switch.complaints()
    finally:
        switch.kill()


def test_it_cannot_be_tried_over_tls(tool):
    """Debian builds it without, and so without SRTP, too. Where it has both, they should be tried: see the table."""
    program = tool("sipp")
    build = subprocess.run([program, "-v"], capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    if "TLS" in build:
        pytest.skip("this SIPp is built with TLS, which Debian's is not")
    tried = subprocess.run([program, "-sn", "uac", "-t", "l1", "-m", "1", "-nostdin", "127.0.0.1:9"], capture_output=True,
                           text=True, stdin=subprocess.DEVNULL, timeout=60)
    assert tried.returncode != 0 and "must compile SIPp with" in tried.stdout + tried.stderr


async def test_sixty_kilobytes_over_tcp_in_pieces(switch, journal):
    """A long body in pieces of all sizes, and two more requests behind it: three answers, in order."""
    requests = [options(1, b"x" * 60_000), options(2, b""), options(3, b"y" * 10)]
    reader, writer = await asyncio.open_connection("127.0.0.1", switch.sip_port)
    whole = b"".join(requests)
    at = 0
    for size in (1, 2, 3, 500, 1400, 7, 20_000, 1, 30_000, len(whole)):
        writer.write(whole[at:at + size])
        await writer.drain()
        await asyncio.sleep(0.01)  # so that the pieces are pieces
        at += size
    answers = [await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5) for _ in requests]
    assert [re.search(rb"CSeq: (\d)", answer)[1] for answer in answers] == [b"1", b"2", b"3"]
    assert all(answer.startswith(b"SIP/2.0 200 ") for answer in answers), answers
    writer.close()


def options(number, body):
    head = (f"OPTIONS sip:5000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK-long-{number}\r\n"
            f"From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:5000@127.0.0.1>\r\nCall-ID: long\r\nCSeq: {number} OPTIONS\r\n"
            f"Max-Forwards: 70\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def mu_law(samples):
    """The shipped sounds are mu-law: back to their bytes."""
    codes = {value: code for code, value in enumerate(MU_LAW)}
    return bytes(codes[value] for value in samples)
