"""RTCP: what was built reads the same, the examples of the RFCs are what they say, and garbage has one name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import rtcp
from media.rtcp import (
    Block,
    Bye,
    Delay,
    Description,
    Malformed,
    ReceiverReport,
    ReferenceTime,
    SenderReport,
    VoipMetrics,
)

u8, u16, u32, u64 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32, 64))
level = st.integers(-128, 127)
blocks = st.lists(st.builds(Block, u32, u8, st.integers(-(2**23), 2**23 - 1), u32, u32, u32, u32), max_size=31)
senders = st.builds(SenderReport, u32, u64, u32, u32, u32, blocks.map(tuple))
receivers = st.builds(ReceiverReport, u32, blocks.map(tuple))
name = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
others = st.one_of(
    st.builds(Description, u32, name),
    st.builds(Bye, st.lists(u32, max_size=31).map(tuple), name),
    st.builds(ReferenceTime, u32, u64),
    st.builds(Delay, u32, u32, u32, u32),
    st.builds(VoipMetrics, u32, u32, u8, u8, u8, u8, u16, u16, u16, u16, level, level, *[u8] * 7, u16, u16, u16),
)


@given(st.one_of(senders, receivers), st.lists(others, max_size=6))
@settings(deadline=None, max_examples=150)
def test_what_was_built_reads_the_same(first, more):
    assert rtcp.parse(rtcp.build([first, *more])) == [first, *more]


@given(st.one_of(st.binary(max_size=200), st.builds(lambda kind, rest: bytes([0x80 | kind % 32, 200 + kind % 8]) + rest,
                                                    u8, st.binary(max_size=120))))  # fmt: skip
@settings(deadline=None, max_examples=300)
def test_garbage_is_malformed_and_nothing_else(data):
    try:
        reports = rtcp.parse(data)
    except Malformed:
        return
    assert type(reports[0]) in (SenderReport, ReceiverReport)


@given(st.one_of(senders, receivers), st.lists(others, max_size=4), st.integers(0, 2000), u8)
@settings(deadline=None, max_examples=150)
def test_one_wrong_octet_or_a_cut_is_no_other_error(first, more, place, value):
    data = bytearray(rtcp.build([first, *more]))
    data[place % len(data)] = value
    for octets in (bytes(data), bytes(data[: place % len(data)])):
        try:
            rtcp.parse(octets)
        except Malformed:
            continue


def test_an_empty_receiver_report_with_a_name_is_what_the_rfc_draws():
    data = rtcp.build([ReceiverReport(0x01020304), Description(0x01020304, "ab")])
    assert data.hex(" ", -4) == (
        "80c90001 01020304 81ca0003 01020304 01026162 00000000")


def test_padding_of_the_last_packet_is_not_read():
    plain = rtcp.build([ReceiverReport(7), Bye((7,))])
    padded = bytearray(plain + bytes([0, 0, 0, 4]))
    padded[8] |= 0x20
    padded[11] += 1
    assert rtcp.parse(bytes(padded)) == [ReceiverReport(7), Bye((7,))]
    padded[-1] = 0
    with pytest.raises(Malformed):
        rtcp.parse(bytes(padded))


def test_kinds_without_use_are_passed_over():
    app = bytes([0x80, 204, 0, 2]) + bytes(4) + b"name"
    assert rtcp.parse(rtcp.build([ReceiverReport(7)]) + app) == [ReceiverReport(7)]
    unknown = bytes([0x80, 207, 0, 2]) + bytes(4) + bytes([99, 0, 0, 0])
    assert rtcp.parse(rtcp.build([ReceiverReport(7)]) + unknown) == [ReceiverReport(7)]


SHORT = (b"", bytes(8), bytes([0x80, 202, 0, 0]), rtcp.build([Bye((1,))]), bytes([0x80, 200, 0, 1, 0, 0, 0, 0]))


@pytest.mark.parametrize("data", SHORT)
def test_a_compound_begins_with_a_report(data):
    with pytest.raises(Malformed):
        rtcp.parse(data)


def test_times_of_day():
    assert rtcp.ntp(0) >> 32 == 2_208_988_800
    assert rtcp.middle(rtcp.ntp(1.5)) == (2_208_988_801 & 0xFFFF) << 16 | 0x8000


def test_what_shares_a_port_with_rtp_is_told_apart():
    assert [rtcp.is_rtcp(second) for second in (0x80, 0xE5, 191, 192, 200, 223, 224)] == [
        False, False, False, True, True, True, False]  # fmt: skip
