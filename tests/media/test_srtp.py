"""SRTP: what we seal the library of others opens, and what is not theirs is counted and dropped."""

from base64 import b64encode
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import rtcp
from media.orders import Keys, Stream
from media.rtp import Packets, build, parse
from media.sdp import crypto
from media.srtp import SUITES, Sealed

HERE, THERE = ("192.0.2.1", 4000), ("192.0.2.2", 5000)


def keys(suite: str, seed: int = 1) -> tuple[Keys, Keys]:
    """Ours, and the same as the far end has it."""
    random = Random(seed)
    one, other = (random.randbytes(SUITES[suite][1]) for _ in range(2))
    return Keys(suite, one, other), Keys(suite, other, one)


def pair(suite: str, seed: int = 1) -> tuple[Sealed, Sealed]:
    ours, theirs = keys(suite, seed)
    here, there = Sealed(4), Sealed(4)
    here.agree(1, ours, 0.0)
    there.agree(2, theirs, 0.0)
    return here, there


def sound(sequence: int, ssrc: int = 7) -> bytes:
    return build(0, sequence, sequence * 160, ssrc, bytes([sequence & 0xFF]) * 160)


@pytest.mark.parametrize("suite", SUITES)
def test_sound_and_reports_pass_in_every_suite(suite):
    here, there = pair(suite)
    sealed = here.seal(1, sound(5))
    assert sound(5)[12:] not in sealed
    assert there.open(2, sealed, 0.0) == sound(5)
    report = rtcp.build([rtcp.ReceiverReport(7), rtcp.Description(7, "name")])
    sealed = here.seal_control(1, report)
    assert b"name" not in sealed
    assert there.open(2, sealed, 0.0) == report
    assert there.unopened[2] == there.replayed[2] == 0


def test_a_short_tag_is_for_sound_only():
    here, _ = pair("AES_CM_128_HMAC_SHA1_32")
    report = rtcp.build([rtcp.ReceiverReport(7)])
    assert len(here.seal(1, sound(5))) - len(sound(5)) == 4
    assert len(here.seal_control(1, report)) - len(report) == 10 + 4  # RFC 4568 section 6.2.2


@pytest.mark.parametrize("suite", SUITES)
def test_the_counter_of_wraps_goes_on(suite):
    here, there = pair(suite)
    for sequence in range(65_530, 65_536 * 2 + 5):
        if 65_540 < sequence < 65_536 * 2 - 5 and sequence % 20_000:
            continue
        assert there.open(2, here.seal(1, sound(sequence)), 0.0) == sound(sequence), sequence


def test_a_wrong_key_is_counted_and_dropped():
    here, _ = pair("AES_CM_128_HMAC_SHA1_80", seed=1)
    _, other = pair("AES_CM_128_HMAC_SHA1_80", seed=2)
    good, _ = pair("AES_CM_128_HMAC_SHA1_80", seed=2)
    assert other.open(2, here.seal(1, sound(1)), 0.0) == b""
    assert other.open(2, bytes(40), 0.0) == b""
    assert other.unopened[2] == 2
    assert other.open(2, good.seal(1, sound(1)), 0.0) == sound(1)


def test_a_packet_sent_twice_is_counted_and_dropped():
    here, there = pair("AEAD_AES_128_GCM")
    sealed = here.seal(1, sound(1))
    assert [there.open(2, sealed, 0.0) for _ in range(2)] == [sound(1), b""]
    assert (there.replayed[2], there.unopened[2]) == (1, 0)


def test_late_packets_are_no_replays():
    here, there = pair("AES_CM_128_HMAC_SHA1_80")
    sealed = [here.seal(1, sound(number)) for number in range(60)]
    assert [there.open(2, packet, 0.0) for packet in reversed(sealed)] == [sound(number) for number in range(59, -1, -1)]


def test_a_new_key_takes_over_and_the_old_one_is_heard_for_a_second():
    here, there = pair("AES_CM_128_HMAC_SHA1_80", seed=1)
    old = [here.seal(1, sound(number)) for number in range(3)]
    assert there.open(2, old[0], 0.0) == sound(0)
    ours, theirs = keys("AEAD_AES_256_GCM", seed=2)
    assert here.agree(1, ours, 10.0)
    assert there.agree(2, theirs, 10.0)
    assert there.open(2, here.seal(1, sound(3)), 10.1) == sound(3)
    assert there.open(2, old[1], 10.9) == sound(1)
    assert there.open(2, old[2], 11.1) == b""


def test_the_same_key_again_is_the_same_context():
    here, there = pair("AES_CM_128_HMAC_SHA1_80")
    sealed = here.seal(1, sound(1))
    assert there.open(2, sealed, 0.0)
    ours, theirs = keys("AES_CM_128_HMAC_SHA1_80")
    assert not here.agree(1, ours, 1.0)
    assert not there.agree(2, theirs, 1.0)
    assert there.open(2, sealed, 1.0) == b""
    assert there.replayed[2] == 1


def test_only_rows_with_keys_are_opened():
    here, there = pair("AES_CM_128_HMAC_SHA1_80")
    packets = Packets.of([(2, here.seal(1, sound(1)), HERE), (3, sound(2), THERE), (2, sound(3), HERE)])
    there.open_all(packets, 0.0)
    assert packets.lengths.tolist() == [172, 172, 0]
    assert [parse(packets.data[line, :172].tobytes()).sequence for line in (0, 1)] == [1, 2]
    there.reset(2)
    assert not there
    assert there.unopened[2] == 0


@given(st.binary(max_size=1088))
@settings(deadline=None, max_examples=200)
def test_garbage_is_only_counted(octets):
    _, there = pair("AES_CM_128_HMAC_SHA1_80")
    assert there.open(2, octets, 0.0) == b""


def test_keys_show_in_no_text():
    ours, _ = keys("AES_CM_128_HMAC_SHA1_80")
    line = crypto.Crypto(1, ours.suite, ours.ours)
    security = crypto.Security("offer", Random(1).randbytes, {ours.suite: ours.ours}, ours)
    for text in (repr(ours), str(ours), f"{Stream('192.0.2.1', 4000, keys=ours)}", repr(line), repr(security)):
        assert repr(ours.ours)[2:12] not in text
        assert b64encode(ours.ours).decode() not in text
