"""Offers with keys, and what is said about RTCP."""

from random import Random

import pytest

from media import sdp
from media.orders import Control
from media.sdp import Security

OURS = {"host": "127.0.0.1", "port": 40000, "session": 7, "version": 1}
THEIRS = {"host": "192.0.2.7", "port": 4000, "session": 8, "version": 1}
KEY = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
OTHER_KEY = "inline:AAAAdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"


def security(mode="offer", seed=1):
    return Security(mode, Random(seed).randbytes)


def audio(*lines):
    first = ["v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", "c=IN IP4 192.0.2.7", "t=0 0"]
    return "\r\n".join([*first, *lines, ""]).encode()


def said(body, start):
    return [line for line in body.decode().split("\r\n") if line.startswith(start)]


def cryptos(body):
    return said(body, "a=crypto")


@pytest.mark.parametrize("profile", ["RTP/SAVP", "RTP/SAVPF", "RTP/AVP"])
def test_the_first_key_that_we_know_is_taken_in_the_same_profile(profile):
    offer = audio(
        f"m=audio 4000 {profile} 0", f"a=crypto:1 F8_128_HMAC_SHA1_80 {KEY}", f"a=crypto:2 AES_CM_128_HMAC_SHA1_32 {KEY}",
        f"a=crypto:3 AES_CM_128_HMAC_SHA1_80 {KEY}",
    )  # fmt: skip
    agreed = sdp.answer(offer, **OURS, security=security())
    (line,) = cryptos(agreed.sdp)
    assert line.startswith("a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:")
    assert agreed.stream.keys.suite == "AES_CM_128_HMAC_SHA1_32"
    assert said(agreed.sdp, "m=") == [f"m=audio 40000 {profile} 0"]


def test_a_line_with_keys_goes_before_one_without():
    offer = audio("m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/SAVP 0", f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}")
    agreed = sdp.answer(offer, **OURS, security=security())
    assert said(agreed.sdp, "m=") == ["m=audio 0 RTP/AVP 0", "m=audio 40000 RTP/SAVP 0"]
    off = sdp.answer(offer, **OURS, security=security("off"))
    assert said(off.sdp, "m=") == ["m=audio 40000 RTP/AVP 0", "m=audio 0 RTP/SAVP 0"]
    assert (off.stream.keys, cryptos(off.sdp)) == (None, [])


SECURE = audio("m=audio 4000 RTP/SAVP 0", f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}")


@pytest.mark.parametrize(
    ("offer", "mode"),
    [
        (audio("m=audio 4000 RTP/AVP 0"), "require"), (SECURE, "off"), (audio("m=audio 4000 RTP/SAVP 0"), "offer"),
        (audio("m=audio 4000 RTP/SAVP 0", f"a=crypto:1 AES_256_CM_HMAC_SHA1_80 {KEY}"), "offer"),
        (audio("m=audio 4000 UDP/TLS/RTP/SAVP 0", f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}"), "offer"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_secret_as_wanted_is_unacceptable(offer, mode):
    with pytest.raises(sdp.Unacceptable):
        sdp.answer(offer, **OURS, security=security(mode))


@pytest.mark.parametrize(("mode", "profile"), [("offer", "RTP/AVP"), ("require", "RTP/SAVP")])
def test_our_offer_with_keys_and_their_answer_make_the_same_keys(mode, profile):
    offer = sdp.offer(**OURS, security=security(mode))
    assert len(cryptos(offer)) == 4
    assert said(offer, f"m=audio 40000 {profile} ")
    theirs = sdp.answer(offer, **THEIRS, security=security(seed=2))
    ours = sdp.agree(offer, theirs.sdp)
    assert (ours.keys.ours, ours.keys.theirs) == (theirs.stream.keys.theirs, theirs.stream.keys.ours)


@pytest.mark.parametrize("profile", ["RTP/SAVP", "RTP/AVP"])
def test_what_was_agreed_on_is_offered_again_in_its_profile(profile):
    """Though of ourselves we would offer none: the keys of a phone that came over UDP, say."""
    secrets = security()
    secrets.offered = "off"
    agreed = sdp.answer(SECURE.replace(b"RTP/SAVP", profile.encode()), **OURS, security=secrets)
    again = sdp.offer(**OURS, security=secrets, previous=agreed.sdp)
    assert said(again, "m=")[0].split()[2] == profile
    assert len(cryptos(again)) == 4


def test_a_phone_without_srtp_answers_an_offer_but_not_a_demand():
    answer = audio("m=audio 4000 RTP/AVP 0")
    assert sdp.agree(sdp.offer(**OURS, security=security()), answer).keys is None
    with pytest.raises(sdp.Unacceptable):
        sdp.agree(sdp.offer(**OURS, security=security("require")), answer)


def test_keys_that_were_not_offered_cannot_be_taken():
    with pytest.raises(sdp.Unacceptable):
        sdp.agree(sdp.offer(**OURS), audio("m=audio 4000 RTP/AVP 0", f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}"))


def test_a_reinvite_with_the_same_key_changes_nothing_and_with_another_both():
    secrets = security()
    first = sdp.answer(SECURE, **OURS, security=secrets)
    again = sdp.answer(SECURE, **OURS, security=secrets, previous=first.sdp)
    assert again.sdp == first.sdp
    other = sdp.answer(SECURE.replace(KEY.encode(), OTHER_KEY.encode()), **OURS, security=secrets, previous=first.sdp)
    assert other.stream.keys.theirs != first.stream.keys.theirs
    assert other.stream.keys.ours != first.stream.keys.ours


@pytest.mark.parametrize(
    ("line", "control"),
    [
        ("a=rtcp:4011", Control(port=4011)), ("a=rtcp:4011 IN IP4 192.0.2.9", Control("192.0.2.9", 4011)),
        ("a=rtcp-mux", Control(mux=True)), ("a=rtcp:0", Control()), ("a=rtcp:99999", Control()), ("a=rtcp:x", Control()),
        ("a=rtcp-xr:rcvr-rtt=all:1500 stat-summary voip-metrics", Control(metrics=("rcvr-rtt", "voip-metrics"))),
    ],
)  # fmt: skip
def test_what_they_say_of_rtcp_is_taken(line, control):
    assert sdp.answer(audio("m=audio 4000 RTP/AVP 0", line), **OURS).stream.control == control


def test_what_they_can_is_answered():
    answer = sdp.answer(audio("m=audio 4000 RTP/AVP 0", "a=rtcp-mux", "a=rtcp-xr:voip-metrics"), **OURS)
    assert said(answer.sdp, "a=rtcp") == ["a=rtcp-mux", "a=rtcp-xr:rcvr-rtt=all voip-metrics"]
    assert said(sdp.answer(audio("m=audio 4000 RTP/AVP 0"), **OURS).sdp, "a=rtcp") == []


def test_we_offer_to_share_the_port_and_they_may_refuse():
    offer = sdp.offer(**OURS)
    assert said(offer, "a=rtcp") == ["a=rtcp-mux"]
    assert not sdp.agree(offer, audio("m=audio 4000 RTP/AVP 0")).control.mux
    assert sdp.agree(offer, audio("m=audio 4000 RTP/AVP 0", "a=rtcp-mux")).control.mux
