"""Offers as real phones send them, and the answers that they deserve."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import sdp
from media.orders import Control, Stream

OURS = {"host": "127.0.0.1", "port": 40000, "session": 7, "version": 1}

SOFTPHONE = b"""v=0
o=- 3888 3888 IN IP4 192.0.2.7
s=pjmedia
c=IN IP4 192.0.2.7
t=0 0
m=audio 4000 RTP/AVP 96 8 0 120
a=rtpmap:96 opus/48000/2
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:120 telephone-event/8000
a=fmtp:120 0-16
a=sendrecv
"""


def audio(*lines: str, session: str = "c=IN IP4 192.0.2.7") -> bytes:
    return "\r\n".join(["v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", session, "t=0 0", *lines, ""]).encode()


def test_the_offerers_order_chooses_the_codec_and_its_event_type_is_kept():
    agreed = sdp.answer(SOFTPHONE, **OURS)
    assert agreed.stream == Stream("192.0.2.7", 4000, "PCMA", 8, 120, "sendrecv")
    assert agreed.sdp.decode().split("\r\n") == [
        "v=0", "o=shoal 7 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 40000 RTP/AVP 8 120",
        "a=rtpmap:8 PCMA/8000", "a=rtpmap:120 telephone-event/8000", "a=fmtp:120 0-15", "a=ptime:20", "a=sendrecv", "",
    ]  # fmt: skip


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b" \r\n", b"\r\n\r\n"])
def test_any_line_end_is_read(end):
    assert sdp.answer(SOFTPHONE.replace(b"\n", end), **OURS).stream.codec == "PCMA"


def test_static_types_need_no_rtpmap_and_events_may_be_missing():
    stream = sdp.answer(audio("m=audio 6000/2 RTP/AVP 18 0 8"), **OURS).stream
    assert (stream.codec, stream.payload_type, stream.event_type) == ("PCMU", 0, None)


def test_a_dynamic_payload_type_may_stand_for_a_codec():
    stream = sdp.answer(audio("m=audio 6000 RTP/AVP 97", "a=RTPMAP:97 pcma/8000/1"), **OURS).stream
    assert (stream.codec, stream.payload_type) == ("PCMA", 97)


def test_events_on_another_clock_are_not_ours():
    maps = ("a=rtpmap:110 telephone-event/48000", "a=rtpmap:111 telephone-event/8000")
    assert sdp.answer(audio("m=audio 6000 RTP/AVP 0 110 111", *maps), **OURS).stream.event_type == 111


@pytest.mark.parametrize(
    ("theirs", "ours", "agreed"),
    [
        ("sendrecv", "sendrecv", "sendrecv"),
        ("sendonly", "sendrecv", "recvonly"),
        ("recvonly", "sendrecv", "sendonly"),
        ("inactive", "sendrecv", "inactive"),
        ("sendrecv", "sendonly", "sendonly"),
        ("sendonly", "sendonly", "inactive"),
        ("recvonly", "recvonly", "inactive"),
    ],
)
def test_directions_are_mirrored(theirs, ours, agreed):
    result = sdp.answer(audio("m=audio 6000 RTP/AVP 0", f"a={theirs}"), **OURS, direction=ours)
    assert result.stream.direction == agreed
    assert f"a={agreed}\r\n".encode() in result.sdp


def test_a_direction_of_the_session_holds_until_the_stream_says_otherwise():
    held = audio("m=audio 6000 RTP/AVP 0", session="c=IN IP4 192.0.2.7\r\na=sendonly")
    assert sdp.answer(held, **OURS).stream.direction == "recvonly"
    spoken = audio("m=audio 6000 RTP/AVP 0", "a=sendrecv", session="c=IN IP4 192.0.2.7\r\na=sendonly")
    assert sdp.answer(spoken, **OURS).stream.direction == "sendrecv"


def test_hold_by_the_null_address_means_send_nothing():
    held = audio("m=audio 6000 RTP/AVP 0", session="c=IN IP4 0.0.0.0")
    assert sdp.answer(held, **OURS).stream.direction == "recvonly"


def test_the_address_of_the_stream_wins_over_that_of_the_session():
    stream = sdp.answer(audio("m=audio 6000 RTP/AVP 0", "c=IN IP4 198.51.100.9"), **OURS).stream
    assert stream.host == "198.51.100.9"


def test_ipv6_is_answered_with_ipv6():
    offer = audio("m=audio 6000 RTP/AVP 0", session="c=IN IP6 2001:db8::7")
    agreed = sdp.answer(offer, host="2001:db8::1", port=40000, session=7, version=1)
    assert agreed.stream.host == "2001:db8::7"
    assert b"c=IN IP6 2001:db8::1\r\n" in agreed.sdp


def test_a_name_waits_for_the_source():
    stream = sdp.answer(audio("m=audio 6000 RTP/AVP 0", session="c=IN IP4 phone.example"), **OURS).stream
    assert stream.port == 0


def test_rejected_lines_keep_their_number_and_order():
    lines = (
        "m=video 6002 RTP/AVP 99", "a=rtpmap:99 H264/90000", "m=audio 6000 RTP/SAVP 0", "m=audio 6004 RTP/AVP 0",
        "m=audio 6006 RTP/AVP 8", "m=application 6008 UDP/BFCP *",
    )  # fmt: skip
    agreed = sdp.answer(audio(*lines), **OURS)
    assert agreed.stream.port == 6004
    assert [line for line in agreed.sdp.decode().split("\r\n") if line.startswith("m=")] == [
        "m=video 0 RTP/AVP 99", "m=audio 0 RTP/SAVP 0", "m=audio 40000 RTP/AVP 0", "m=audio 0 RTP/AVP 8",
        "m=application 0 UDP/BFCP *",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "offer",
    [
        audio(), audio("m=video 6000 RTP/AVP 99"), audio("m=audio 0 RTP/AVP 0"), audio("m=audio 6000 RTP/SAVP 0"),
        audio("m=audio 6000 RTP/AVP 18 3"), audio("m=audio 6000 RTP/AVP 0", session="c=IN IP4 224.2.1.1/127"),
        audio("m=audio 6000 RTP/AVP 0", session="c=IN IP6 2001:db8::7"),
    ],
)  # fmt: skip
def test_nothing_that_we_speak_is_unacceptable(offer):
    with pytest.raises(sdp.Unacceptable):
        sdp.answer(offer, **OURS)


@pytest.mark.parametrize(
    "offer",
    [
        b"", b"\x00\xff", b"hello", b"v=1\r\n", audio("m=audio"), audio("m=audio 70000 RTP/AVP 0"), audio("c=IN IP4"),
        audio("m=audio 6000 RTP/AVP 0", session="b=AS:64"),
    ],
)  # fmt: skip
def test_nonsense_is_malformed(offer):
    with pytest.raises(sdp.Malformed):
        sdp.answer(offer, **OURS)


def test_our_offer_is_agreed_on_with_our_own_answer():
    ours = sdp.offer(host="127.0.0.1", port=40000, session=7, version=1)
    theirs = sdp.answer(ours, host="127.0.0.1", port=40002, session=8, version=1)
    shared = Control(mux=True)
    assert theirs.stream == Stream("127.0.0.1", 40000, "PCMU", 0, 101, "sendrecv", control=shared)
    assert sdp.agree(ours, theirs.sdp) == Stream("127.0.0.1", 40002, "PCMU", 0, 101, "sendrecv", control=shared)


def test_an_answer_with_another_number_of_lines_breaks_the_rules():
    ours = sdp.offer(host="127.0.0.1", port=40000, session=7, version=1)
    with pytest.raises(sdp.Malformed):
        sdp.agree(ours, audio("m=audio 6000 RTP/AVP 0", "m=video 0 RTP/AVP 99"))
    with pytest.raises(sdp.Unacceptable):
        sdp.agree(ours, audio("m=audio 0 RTP/AVP 0"))


line = st.one_of(
    st.sampled_from(SOFTPHONE.decode().split("\n")),
    st.text(max_size=30),
    st.builds("m=audio {} RTP/AVP {}".format, st.integers(0, 99999), st.text(max_size=9)),
    st.builds("c=IN IP4 {}".format, st.text(max_size=20)),
    st.builds("a=rtpmap:{} {}/8000".format, st.integers(-1, 999), st.text(max_size=9)),
)


@given(st.one_of(st.binary(max_size=200), st.lists(line, max_size=12).map(lambda ls: "\n".join(["v=0", *ls]).encode())))
@settings(deadline=None, max_examples=100)
def test_whatever_comes_is_answered_or_refused_by_name(body):
    try:
        agreed = sdp.answer(body, **OURS)
    except (sdp.Malformed, sdp.Unacceptable):
        return
    assert len(sdp.parse(agreed.sdp).media) == len(sdp.parse(body).media)
    assert agreed.stream.codec in ("PCMU", "PCMA")
