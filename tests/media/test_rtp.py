import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp import WIDTH, Packet, Packets, build, number, parse

WORD = st.integers(0, 2**32 - 1)


@given(st.binary(max_size=64))
def test_any_octets_are_a_packet_or_none(octets):
    packet = parse(octets)
    assert packet is None or len(packet.payload) <= len(octets) - 12


@given(st.integers(0, 63), st.integers(0, 65535), WORD, WORD, st.binary(max_size=40), st.booleans())
def test_what_is_built_is_read(payload_type, sequence, timestamp, ssrc, payload, marker):
    packet = parse(build(payload_type, sequence, timestamp, ssrc, payload, marker))
    assert packet == Packet(payload_type, marker, sequence, timestamp, ssrc, payload)


def test_padding_sources_and_extension_are_taken_off():
    head = bytes([0x80 | 0x20 | 0x10 | 1, 0]) + bytes(10)
    extension = bytes([0xBE, 0xDE, 0, 1]) + bytes(4)
    assert parse(head + bytes(4) + extension + b"speech" + b"\0\0\3").payload == b"speech"


@pytest.mark.parametrize("second", [200, 201, 207])
def test_rtcp_on_the_same_port_is_no_rtp(second):
    assert parse(bytes([0x80, second]) + bytes(30)) is None


@pytest.mark.parametrize("first", [0x00, 0x40, 0xC0, 0x8F, 0x90, 0xA0])
def test_what_is_cut_short_or_of_another_version_is_none(first):
    assert parse(bytes([first, 0]) + bytes(10)) is None


def test_addresses_have_numbers_of_their_own():
    addresses = [("127.0.0.1", 5000), ("127.0.0.1", 5001), ("127.0.0.2", 5000), ("::1", 5000), ("::2", 5000)]
    numbers = [number(*address) for address in addresses]
    assert len(set(numbers)) == 5
    assert all(0 < found < 2**63 for found in numbers)
    with pytest.raises(ValueError, match="example"):
        number("example.com", 5000)


def test_packets_longer_than_is_kept_are_cut():
    packets = Packets.of([(3, bytes(5000), ("127.0.0.1", 9))])
    assert (packets.count, packets.rows[0], packets.lengths[0]) == (1, 3, WIDTH)
