"""``docs/security.md`` claims nothing that no test proves; and what has no other place to be proved."""

import random
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from switch import building
from switch.checks import NAME
from switch.clock import Clock
from switch.contact import recording
from switch.contact.state import Contact
from switch.loading import load
from switch.sip.effects import Address, Offered
from switch.sip.endpoint import Endpoint

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_each_test_that_is_named_exists(file, test):
    assert re.search(rf"^(async )?def {test}\(", (ROOT / "tests" / file).read_text(), re.MULTILINE)


def test_each_defence_names_a_test():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count("|") == 3]
    claims = [row for row in rows if not row.startswith("| defence")]
    assert len(claims) > 30
    assert [row for row in claims if "::test_" not in row] == []


def test_the_readme_leads_to_it():
    assert "docs/security.md" in (ROOT / "README.md").read_text()


async def test_chance_is_the_kernels(tmp_path):
    settings = load(ROOT / "config", tmp_path)
    shell = building._build(settings, Clock(), SimpleNamespace(last=0, at=0.0, epoch="e", write_traces=None))
    house = shell.exchange.house
    assert isinstance(house.rng, random.SystemRandom)
    assert house.endpoint._stack.rng is house.rng


HOSTILE = ['x\\"\r\nEvil: 1', "<script>alert(1)</script>", "../../etc/passwd", "%0d%0aEvil:1", "\x1b[2J", "\u2028",
           "{{7*7}}", "x\ry", "a\0b", "\udcff"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_write_stays_where_it_is_put(text):
    """From a display name, a user and a header, through the house, into the INVITE for an agent's phone."""
    endpoint = Endpoint(realm="shoal", passwords={}, rng=random.Random(1), host="192.0.2.1", port=5060)
    peer = Address("udp", "192.0.2.10", 5060)
    message = (f'INVITE sip:5000@shoal SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: "{text}" <sip:a@b>;tag=1\r\n'
               f"To: <sip:5000@shoal>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@192.0.2.10>\r\n"
               f"User-Agent: {text}\r\n\r\n").encode("utf-8", "surrogateescape")
    told = [each for each in endpoint.receive(message, peer, 1.0) if isinstance(each, Offered)]
    for each in told:
        assert re.search(r"[\x00-\x1f\x7f]", each.caller_name + each.user_agent) is None
        (each.caller_name + each.user_agent).encode()
    sent = endpoint.invite("c", "sip:1001@192.0.2.20", peer, 1.0, caller=text, caller_name=text, sdp=b"v=0\r\n",
                           headers=(("X-Shoal-Note", text),))
    head = sent[0].data.partition(b"\r\n\r\n")[0]
    assert not [line for line in head.split(b"\r\n") if line.lower().startswith(b"evil")]
    assert b"\r" not in head.replace(b"\r\n", b"") and b"\n" not in head.replace(b"\r\n", b"") and b"\0" not in head


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_of_a_stranger_is_in_a_path(text):
    """Recordings are named by the day and by our own number for the contact; mailboxes by what operations may write."""
    contact = Contact("0123456789abcdef", text, text, text, "inbound", 0.0)
    assert recording._path(SimpleNamespace(now=0.0), contact) == "1970/01/01/0123456789abcdef.wav"
    assert NAME.fullmatch(text) is None
