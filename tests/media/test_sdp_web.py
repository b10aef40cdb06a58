"""Session descriptions of browsers: theirs answered, ours offered."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import sdp
from media.orders import Web

PRINT = ":".join(["4A", "AD"] * 16)
OTHER = ":".join(["00", "FF"] * 16)
OURS = ":".join(["AB"] * 32)
PASSWORD = "u7mJ0Cz1Hq5k2v9yQeR3sT4w"
HEAD = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS\r\n"
LINE = f"""m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:Xk2b
a=ice-pwd:{PASSWORD}
a=ice-options:trickle
a=fingerprint:sha-256 {PRINT}
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=sendrecv
a=msid:- 7b0c
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:1234 cname:x
a=candidate:1 1 udp 2113937151 9b3c.local 51234 typ host generation 0
""".replace("\n", "\r\n")
OFFER = HEAD + LINE


def browser(**more):
    return sdp.Browser(OURS, Random(1).randbytes, **more)


def answer(offer, ours=None, **more):
    return sdp.answer(offer.encode(), host="192.0.2.1", port=40000, session=7, browser=ours or browser(), **more)


def said(body):
    return body.decode().split("\r\n")[:-1]


def test_a_browsers_offer_is_answered_with_pcmu_ice_and_the_passive_side():
    ours = browser()
    agreed = answer(OFFER, ours)
    assert said(agreed.sdp) == [
        "v=0", "o=shoal 7 0 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0",
        "a=group:BUNDLE 0", "a=ice-lite", "a=ice-options:ice2",
        "m=audio 40000 UDP/TLS/RTP/SAVPF 0 126", "a=rtpmap:0 PCMU/8000", "a=rtpmap:126 telephone-event/8000",
        "a=fmtp:126 0-15", "a=ptime:20", "a=sendrecv", "a=rtcp-mux", "a=mid:0", "a=msid:shoal sound",
        f"a=ice-ufrag:{ours.ufrag}", f"a=ice-pwd:{ours.password}",
        "a=candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host", "a=end-of-candidates",
        f"a=fingerprint:sha-256 {OURS}", "a=setup:passive",
    ]  # fmt: skip
    stream = agreed.stream
    assert (stream.host, stream.port, stream.codec, stream.payload_type, stream.event_type) == ("", 0, "PCMU", 0, 126)
    assert (stream.direction, stream.ptime, stream.keys, stream.control.mux) == ("sendrecv", 20, None, True)
    assert stream.web == Web(ours.ufrag, ours.password, "Xk2b", (PRINT,), False)


def test_names_are_long_enough_to_be_guessed_by_nobody():
    ours = browser()
    answer(OFFER, ours)
    assert (len(ours.ufrag), len(ours.password)) == (8, 32)


def test_our_offer_and_its_answer():
    ours = browser(offers=True)
    offer = sdp.offer(host="192.0.2.1", port=40000, session=7, browser=ours, codecs=("opus", "PCMA", "PCMU"))
    assert sdp.for_browser(offer)
    assert said(offer)[5:] == [
        "a=group:BUNDLE 0", "a=ice-lite", "a=ice-options:ice2",
        "m=audio 40000 UDP/TLS/RTP/SAVPF 8 0 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv", "a=rtcp-mux",
        "a=rtcp-mux-only", "a=mid:0", "a=msid:shoal sound",
        f"a=ice-ufrag:{ours.ufrag}", f"a=ice-pwd:{ours.password}",
        "a=candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host", "a=end-of-candidates",
        f"a=fingerprint:sha-256 {OURS}", "a=setup:actpass",
    ]  # fmt: skip
    theirs = OFFER.replace("actpass", "active").replace(" 111 63 9 0 8 13 110 126", " 0 8 126").replace("126", "101")
    stream = sdp.agree(offer, theirs.encode())
    assert (stream.codec, stream.event_type, stream.control.mux) == ("PCMU", 101, True)
    assert stream.web == Web(ours.ufrag, ours.password, "Xk2b", (PRINT,), False)
    assert sdp.agree(offer, theirs.replace("setup:active", "setup:passive").encode()).web.active
    with pytest.raises(sdp.Malformed):
        sdp.agree(offer, theirs.replace("setup:active", "setup:actpass").encode())


def test_a_browser_on_this_machine_is_told_of_its_other_addresses_too():
    told = [line for line in said(answer(OFFER, browser(nearby=("198.51.100.7",))).sdp) if "candidate:" in line]
    assert told == ["a=candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host",
                    "a=candidate:2 1 UDP 2130706175 198.51.100.7 40000 typ host"]


@pytest.mark.parametrize("ours", [None, sdp.Browser("", Random(1).randbytes)], ids=["unwanted", "no certificate"])
def test_where_no_browser_may_come_it_is_refused(ours):
    with pytest.raises(sdp.Unacceptable) as told:
        sdp.answer(OFFER.encode(), host="192.0.2.1", port=4000, session=1, browser=ours)
    assert told.value.warning == 302


def test_a_phone_is_offered_and_answered_as_before():
    plain = sdp.offer(host="192.0.2.1", port=40000, session=7)
    assert sdp.offer(host="192.0.2.1", port=40000, session=7, browser=browser()) == plain
    assert not sdp.for_browser(plain)
    assert answer(plain.decode()).stream.web is None
    assert b"fingerprint" not in answer(plain.decode()).sdp


@pytest.mark.parametrize(("old", "new", "reason"), [
    ("a=rtcp-mux\r\n", "", "rtcp-mux"),
    ("sha-256", "sha-1", "sha-256"),
    (f"a=fingerprint:sha-256 {PRINT}\r\n", "", "no a=fingerprint"),
    (PRINT, PRINT[:-3], "sha-256"),
    ("a=ice-ufrag:Xk2b\r\n", "", "ice-ufrag"),
    (f"a=ice-pwd:{PASSWORD}\r\n", "", "ice-pwd"),
    ("actpass", "holdconn", "holdconn"),
    (" 0 8 13", "", "none of"),
    ("m=audio 9", "m=audio 0", "no audio"),
])  # fmt: skip
def test_what_is_missing_is_named(old, new, reason):
    with pytest.raises(sdp.Unacceptable, match=reason):
        answer(OFFER.replace(old, new))


@pytest.mark.parametrize(("old", "new"), [("Xk2b", "X"), ("Xk2b", "Xk 2b"), (PASSWORD, "short"), (PASSWORD, "ü" * 22)])
def test_names_that_cannot_be_read_are_malformed(old, new):
    with pytest.raises(sdp.Malformed):
        answer(OFFER.replace(old, new))


def test_what_the_session_says_holds_for_its_lines_and_theirs_counts_more():
    common = f"a=fingerprint:sha-256 {PRINT.lower()}\r\na=ice-ufrag:Xk2b\r\na=ice-pwd:{PASSWORD}\r\na=setup:active\r\n"
    bare = LINE.replace(f"a=fingerprint:sha-256 {PRINT}\r\n", "").replace("a=setup:actpass\r\n", "")
    bare = bare.replace("a=ice-ufrag:Xk2b\r\n", "").replace(f"a=ice-pwd:{PASSWORD}\r\n", "")
    assert answer(HEAD + common + bare).stream.web.fingerprints == (PRINT,)
    own = bare + f"a=fingerprint:sha-256 {OTHER}\r\n"
    assert answer(HEAD + common + own).stream.web.fingerprints == (OTHER,)
    both = bare + f"a=fingerprint:sha-512 {OTHER}:{OTHER}\r\na=fingerprint:SHA-256 {OTHER}\r\n"
    both += f"a=fingerprint:sha-256 {PRINT}\r\n"
    assert answer(HEAD + common + both).stream.web.fingerprints == (OTHER, PRINT)


def test_pictures_are_not_wanted_and_the_bundle_is_the_sound_alone():
    picture = f"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=fingerprint:sha-256 {PRINT}\r\na=rtpmap:96 VP8/90000\r\n"
    body = said(answer(OFFER.replace("BUNDLE 0", "BUNDLE 0 1") + picture).sdp)
    assert "a=group:BUNDLE 0" in body
    assert body[-1] == "m=video 0 UDP/TLS/RTP/SAVPF 96"
    assert not any(line.startswith("a=group") for line in said(answer(OFFER.replace("a=group:BUNDLE 0\r\n", "")).sdp))


def test_whoever_would_be_begun_with_is_begun_with():
    agreed = answer(OFFER.replace("actpass", "passive"))
    assert agreed.stream.web.active
    assert "a=setup:active" in said(agreed.sdp)
    assert not answer(OFFER.replace("a=setup:actpass\r\n", "")).stream.web.active


@pytest.mark.parametrize("first", ["actpass", "passive"])
def test_a_hold_keeps_names_keys_and_sides(first):
    before = answer(OFFER.replace("actpass", first))
    agreed = before.stream.web
    ours = browser(ufrag=agreed.ufrag, password=agreed.password, agreed=agreed)
    after = answer(OFFER.replace("sendrecv", "sendonly"), ours, previous=before.sdp)
    assert after.stream.web == agreed
    assert after.stream.direction == "recvonly"
    assert b"o=shoal 7 1 " in after.sdp
    assert sdp.answer(OFFER.encode(), host="192.0.2.1", port=40000, session=7, previous=after.sdp,
                      browser=ours).stream == before.stream  # fmt: skip


def test_a_restart_of_ice_is_answered_with_new_names_and_the_same_certificate():
    agreed = answer(OFFER).stream.web
    ours = browser(ufrag=agreed.ufrag, password=agreed.password, agreed=agreed)
    ours.draw = Random(2).randbytes
    after = answer(OFFER.replace("Xk2b", "9uB6"), ours).stream.web
    assert (after.theirs, after.fingerprints) == ("9uB6", agreed.fingerprints)
    assert after.ufrag != agreed.ufrag
    assert after.password != agreed.password


def test_another_certificate_begins_anew_and_may_choose_anew():
    agreed = answer(OFFER.replace("actpass", "passive")).stream.web
    ours = browser(ufrag=agreed.ufrag, password=agreed.password, agreed=agreed)
    after = answer(OFFER.replace(PRINT, OTHER), ours).stream.web
    assert (after.fingerprints, after.active) == ((OTHER,), False)


def test_our_next_offer_says_the_same_again():
    ours = browser(offers=True)
    offer = sdp.offer(host="192.0.2.1", port=40000, session=7, browser=ours)
    agreed = sdp.agree(offer, OFFER.replace("actpass", "active").encode()).web
    again = browser(ufrag=agreed.ufrag, password=agreed.password, agreed=agreed, offers=True)
    assert sdp.offer(host="192.0.2.1", port=40000, session=7, browser=again, previous=offer) == offer


def test_a_browser_without_a_name_for_its_line():
    body = said(answer(OFFER.replace("a=mid:0\r\n", "")).sdp)
    assert not any(line.startswith(("a=mid", "a=group")) for line in body)


ODD = ("a=setup:", "a=mid:\x01", "a=group:BUNDLE", "a=fingerprint:sha-256", "a=setup:passive", "a=ice-pwd:",
       "m=audio 9 UDP/TLS/RTP/SAVP 0", f"a=fingerprint:md5 {PRINT}")  # fmt: skip


@given(st.lists(st.sampled_from([*OFFER.split("\r\n"), *ODD]), max_size=40))
def test_lines_in_any_order_are_answered_or_refused(lines):
    try:
        agreed = answer("\r\n".join(["v=0", *lines]) + "\r\n")
    except (sdp.Malformed, sdp.Unacceptable):
        return
    assert sdp.parse(agreed.sdp).media
    assert agreed.stream.web is None or agreed.stream.web.fingerprints
