"""a=crypto, as RFC 4568 has it and as phones write it."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.sdp.crypto import Crypto, Security, match, read
from media.srtp import SUITES

KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"


@pytest.mark.parametrize(
    "rest", ["", "|2^31", "|1048576", "|2^20 WSH=64", " KDR=0", " -FUTURE=1"]
)  # fmt: skip
def test_what_changes_nothing_is_passed_over(rest):
    line = read(f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}{rest}")
    assert (line.tag, line.suite, len(line.key)) == (1, "AES_CM_128_HMAC_SHA1_80", 30)


@pytest.mark.parametrize(
    "value",
    [
        "", "1", f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31|1:4", f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY};inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP", f"1 F8_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY[:-4]}", f"1 AEAD_AES_128_GCM inline:{KEY}",
        f"x AES_CM_128_HMAC_SHA1_80 {KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY[:-1]}*", f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} FEC_KEY=x",
    ],
)  # fmt: skip
def test_what_we_cannot_obey_is_no_choice(value):
    assert read(value) is None


@given(st.text(max_size=120))
@settings(deadline=None)
def test_garbage_is_no_choice(value):
    assert read(value) is None or value


@pytest.mark.parametrize("suite", SUITES)
def test_what_we_write_reads_the_same(suite):
    line = Crypto(3, suite, Random(1).randbytes(SUITES[suite][1]))
    assert read(str(line).removeprefix("a=crypto:")) == line


def test_both_ends_come_to_the_same_keys():
    caller, called = Security("offer", Random(1).randbytes), Security("offer", Random(2).randbytes)
    offered = caller.lines()
    assert [line.suite for line in offered] == list(SUITES)
    answer = called.take([line for line in offered if "AES_CM" in line.suite])
    assert (answer.tag, answer.suite) == (3, "AES_CM_128_HMAC_SHA1_80")
    ours = match(offered, [answer])
    assert (ours.ours, ours.theirs) == (called.agreed.theirs, called.agreed.ours)


def test_an_answer_must_take_one_of_our_lines():
    security = Security("offer", Random(1).randbytes)
    offered = security.lines()
    assert match(offered, [Crypto(9, offered[0].suite, bytes(44))]) is None
    assert match(offered, [Crypto(1, offered[1].suite, bytes(28))]) is None
    assert match(offered, []) is None


def test_our_key_stays_until_they_change_theirs():
    security = Security("offer", Random(1).randbytes)
    theirs = Crypto(1, "AES_CM_128_HMAC_SHA1_80", bytes(30))
    first = security.take([theirs])
    assert security.take([theirs]).key == first.key
    second = security.take([Crypto(1, theirs.suite, bytes(29) + b"x")])
    assert second.key != first.key
    assert security.take([]) is None
    assert security.agreed is None


def test_off_takes_nothing():
    assert Security("off", Random(1).randbytes).take([Crypto(1, "AES_CM_128_HMAC_SHA1_80", bytes(30))]) is None
