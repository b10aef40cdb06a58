"""Binding requests, with the test vectors of RFC 5769."""

import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip import stun

SAMPLE = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b1"
    "51263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
"""A request with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, MESSAGE-INTEGRITY and FINGERPRINT (RFC 5769 2.1)."""
PLAIN = bytes.fromhex("000100002112a442b7e7a701bc34d686fa87dfae")


def attributes(message):
    assert len(message) == 20 + struct.unpack_from("!H", message, 2)[0]
    found, at = {}, 20
    while at < len(message):
        number, length = struct.unpack_from("!HH", message, at)
        found[number] = message[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4
    return found


@pytest.mark.parametrize(("host", "wanted"), [
    ("192.0.2.1", "0001a147e112a643"),
    ("2001:db8:1234:5678:11:2233:4455:6677", "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"),
])  # fmt: skip
def test_where_it_came_from_is_told_as_in_the_vectors(host, wanted):
    answer = stun.answer(PLAIN, host, 32853)
    assert answer[:2] == b"\x01\x01" and answer[4:20] == PLAIN[4:]
    assert attributes(answer) == {0x0020: bytes.fromhex(wanted)}


def test_a_fingerprint_is_answered_with_one_and_a_wrong_one_with_silence():
    plain = PLAIN[:2] + b"\x00\x08" + PLAIN[4:]
    marked = plain + b"\x80\x28\x00\x04" + struct.pack("!I", zlib.crc32(plain) ^ 0x5354554E)
    answer = stun.answer(marked, "192.0.2.1", 32853)
    assert struct.unpack("!I", answer[-4:])[0] == zlib.crc32(answer[:-8]) ^ 0x5354554E
    assert list(attributes(answer)) == [0x0020, 0x8028]
    assert stun.answer(marked[:-1] + bytes([marked[-1] ^ 1]), "192.0.2.1", 32853) is None


def test_what_must_be_understood_and_is_not_is_named():
    answer = stun.answer(SAMPLE, "192.0.2.1", 32853)
    assert answer[:2] == b"\x01\x11"
    found = attributes(answer)
    assert found[0x0009][:4] == b"\x00\x00\x04\x14" and found[0x000A] == b"\x00\x24" and 0x8028 in found


def test_a_client_of_rfc_3489_gets_a_plain_address():
    assert attributes(stun.answer(b"\x00\x01\x00\x00" + bytes(16), "192.0.2.1", 5060)) == {
        0x0001: b"\x00\x01\x13\xc4\xc0\x00\x02\x01"}


@pytest.mark.parametrize("data", [b"", PLAIN[:19], b"\x00\x11" + PLAIN[2:], b"\x01\x01" + PLAIN[2:], PLAIN + b"\0\0\0\0",
                                  PLAIN[:2] + b"\x00\x04" + PLAIN[4:] + b"\x00\x06\x00\x08"])  # fmt: skip
def test_what_is_no_question_gets_no_answer(data):
    assert stun.answer(data, "192.0.2.1", 5060) is None


@given(st.binary(max_size=120), st.integers(0, 2**32))
def test_any_bytes_are_answered_or_not_and_never_drown_anybody(data, seed):
    for question in (data, PLAIN[:2] + struct.pack("!H", len(data) & ~3) + PLAIN[4:] + data[: len(data) & ~3]):
        answer = stun.answer(question, random.Random(seed).choice(["192.0.2.1", "2001:db8::1"]), 5060)
        assert answer is None or (len(answer) % 4 == 0 and len(answer) <= 2 * len(question) + 40)
