"""STUN of ICE: the test vectors of RFC 5769, and octets of any kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import stun
from media.ice import Credentials, Lite
from tests.media.browser import PASSWORD, check

TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36"
    "000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
IPV4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
IPV6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"
)
OURS = Credentials("evtj", PASSWORD, "h6vY")
WAY = ("192.0.2.1", 32853)


def test_the_request_of_rfc_5769_is_read_and_its_signature_is_right():
    message = stun.read(REQUEST)
    assert (message.kind, message.transaction) == (stun.BINDING, TRANSACTION)
    assert message.attributes[stun.USERNAME] == b"evtj:h6vY"
    assert message.attributes[stun.PRIORITY] == bytes.fromhex("6e0001ff")
    assert message.is_signed_with(PASSWORD)
    assert not message.is_signed_with(PASSWORD[:-1])


@pytest.mark.parametrize(("octets", "host"), [(IPV4, "192.0.2.1"), (IPV6, "2001:db8:1234:5678:11:2233:4455:6677")])
def test_the_answers_of_rfc_5769(octets, host):
    message = stun.read(octets)
    assert message.is_signed_with(PASSWORD)
    assert message.attributes[stun.XOR_MAPPED] == stun.place(host, 32853, TRANSACTION)


def test_what_is_written_is_read_and_signed():
    place = stun.place(*WAY, TRANSACTION)
    octets = stun.write(stun.SUCCESS, TRANSACTION, [(stun.XOR_MAPPED, place), (0x8022, b"abc")], "p" * 22)
    message = stun.read(octets)
    assert message.is_signed_with("p" * 22)
    assert message.attributes == {stun.XOR_MAPPED: bytes.fromhex("0001a147e112a643"), 0x8022: b"abc"}


@pytest.mark.parametrize("place", range(len(REQUEST)))
def test_no_octet_of_a_request_can_be_changed(place):
    changed = bytearray(REQUEST)
    changed[place] ^= 0x10
    message = stun.read(bytes(changed))
    assert message is None or not message.is_signed_with(PASSWORD)


@pytest.mark.parametrize("place", range(0, len(REQUEST) - 8, 3))
def test_nor_with_a_new_fingerprint(place):
    changed = bytearray(REQUEST)
    changed[place] ^= 0x10
    body = bytes(changed[:-8])
    message = stun.read(body + REQUEST[-8:-4] + stun._fingerprint(body))
    assert message is None or not message.is_signed_with(PASSWORD)


def test_what_stands_behind_the_signature_is_not_read():
    body = bytearray(check(chosen=False)[:-8])
    body += bytes.fromhex("00250000")
    body[2:4] = (len(body) - 20 + 8).to_bytes(2, "big")
    octets = bytes(body) + bytes.fromhex("80280004") + stun._fingerprint(bytes(body))
    told = Lite(OURS).receive(octets, WAY)
    assert told.answer
    assert not told.chosen


@given(st.binary(max_size=200))
def test_octets_of_any_kind_are_read_or_not(octets):
    Lite(OURS).receive(octets, WAY)
    Lite(OURS).receive(REQUEST[:20] + octets, WAY)


# -- the lite agent --------------------------------------------------------------------------------------------------


def test_a_check_is_answered_signed_with_where_it_came_from():
    told = Lite(OURS).receive(check(transaction=TRANSACTION), WAY)
    answer = stun.read(told.answer)
    assert (answer.kind, answer.transaction) == (stun.SUCCESS, TRANSACTION)
    assert answer.is_signed_with(PASSWORD)
    assert answer.attributes[stun.XOR_MAPPED] == stun.place(*WAY, TRANSACTION)
    assert (told.chosen, told.strange) == (True, False)


def test_who_would_be_led_by_us_is_told_to_lead():
    told = Lite(OURS).receive(REQUEST, WAY)
    answer = stun.read(told.answer)
    assert (answer.kind, answer.attributes[stun.ERROR_CODE][:4]) == (stun.ERROR, bytes([0, 0, 4, 87]))
    assert answer.is_signed_with(PASSWORD)
    assert not told.chosen


def test_what_has_to_be_understood_and_is_not_is_named():
    told = Lite(OURS).receive(check(more=[(0x7ABC, b"1"), (0xC057, b"2")]), WAY)
    answer = stun.read(told.answer)
    assert answer.attributes[stun.ERROR_CODE][:4] == bytes([0, 0, 4, 20])
    assert answer.attributes[stun.UNKNOWN] == b"\x7a\xbc"
    assert not told.chosen


@pytest.mark.parametrize("octets", [
    check(password="w" * 22), check(name="evtj"), check(name="evtk:h6vY"), check(name="évtj:h6vY"),
    IPV4, REQUEST[:-8], stun.write(stun.BINDING, TRANSACTION, [], PASSWORD), b"",
], ids=range(8))  # fmt: skip
def test_strangers_hear_nothing(octets):
    assert Lite(OURS).receive(octets, WAY) == (b"", False, True)


def test_the_ways_that_are_known_are_few():
    agent = Lite(OURS)
    for port in range(2000, 2100):
        agent.receive(check(), ("192.0.2.1", port))
    assert len(agent.valid) == 16
    assert ("192.0.2.1", 2099) in agent.valid


CABLE, WIFI = ("192.0.2.1", 5000), ("198.51.100.1", 5000)


def chosen(*checks):
    """Which of these (address, priority, number) count as a choice."""
    agent = Lite(OURS)
    return [agent.receive(check(priority=priority, transaction=bytes([number] * 12)), address).chosen
            for address, priority, number in checks]


@pytest.mark.parametrize(("checks", "count"), [
    ([(CABLE, 9, 1), (WIFI, 5, 2)], [True, False]),
    ([(WIFI, 5, 1), (CABLE, 9, 2)], [True, True]),
    ([(CABLE, 9, 1), (WIFI, 5, 2), (WIFI, 5, 2), (WIFI, 5, 2)], [True, False, False, False]),
    ([(CABLE, 9, 1), (WIFI, 5, 2), (WIFI, 5, 3), (CABLE, 9, 4)], [True, False, True, True]),
    ([(CABLE, 9, 1), (WIFI, 5, 2), (CABLE, 9, 3), (WIFI, 5, 4), (WIFI, 5, 5)], [True, False, True, True, True]),
    ([(CABLE, 5, 1), (WIFI, 5, 2), (CABLE, 5, 3)], [True, True, True]),
], ids=["the best", "a better one", "sent anew", "insisted on", "insisted on in between", "as good"])  # fmt: skip
def test_of_ways_that_are_all_named_the_best_counts_unless_another_is_insisted_on(checks, count):
    assert chosen(*checks) == count


def test_after_a_restart_any_way_is_as_good_as_none():
    agent, new = Lite(OURS), Credentials("abcd", "z" * 22, "9uB6")
    agent.receive(check(priority=9), CABLE)
    agent.agree(new)
    fresh = stun.write(stun.BINDING, TRANSACTION, [(stun.USERNAME, b"abcd:9uB6"), (stun.PRIORITY, bytes(4)),
                                                   (stun.CONTROLLING, bytes(8)), (stun.USE_CANDIDATE, b"")], "z" * 22)
    assert agent.receive(check(priority=9), CABLE).chosen, "the old way, until there is a new one"
    assert agent.receive(fresh, WIFI).chosen
    assert not agent.receive(check(priority=9), CABLE).chosen


def test_an_ipv4_address_on_a_socket_of_both_families_is_told_as_itself():
    told = Lite(OURS).receive(check(transaction=TRANSACTION), ("::ffff:192.0.2.1", 32853, 0, 0))
    assert stun.read(told.answer).attributes[stun.XOR_MAPPED] == stun.place(*WAY, TRANSACTION)
