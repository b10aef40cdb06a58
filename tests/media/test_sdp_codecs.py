"""Codecs, clocks, packet times and versions in offers and answers."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import sdp
from tests.media.test_sdp import OURS, audio

WIDE = ("opus", "G722", "PCMU", "PCMA")
BROWSER = audio(
    "a=group:BUNDLE 0 1", "a=msid-semantic: WMS *", "a=ice-options:trickle",
    "m=audio 54321 RTP/AVPF 111 63 9 0 8 13 110 126", "c=IN IP4 192.0.2.7", "a=rtcp:9 IN IP4 0.0.0.0",
    "a=candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host generation 0", "a=ice-ufrag:Xq1z", "a=ice-pwd:0123456789",
    "a=fingerprint:sha-256 00:11:22", "a=setup:actpass", "a=mid:0", "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc", "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111", "a=rtpmap:9 G722/8000", "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:8 PCMA/8000", "a=rtpmap:13 CN/8000", "a=rtpmap:110 telephone-event/48000",
    "a=rtpmap:126 telephone-event/8000", "a=ssrc:1234 cname:abc", "m=video 54321 RTP/AVPF 96", "a=mid:1",
    "a=rtpmap:96 VP8/90000",
)  # fmt: skip


def lines(body: bytes) -> list[str]:
    return body.decode().split("\r\n")


def test_g711_goes_before_what_must_be_transcoded_unless_the_settings_prefer_that():
    plain, wide = sdp.answer(BROWSER, **OURS), sdp.answer(BROWSER, **OURS, codecs=WIDE)
    assert (plain.stream.codec, plain.stream.payload_type, plain.stream.event_type) == ("PCMU", 0, 126)
    assert (wide.stream.codec, wide.stream.payload_type, wide.stream.event_type) == ("opus", 111, 110)
    assert (wide.stream.event_clock, wide.stream.fmtp) == (48000, "minptime=10;useinbandfec=1")


def test_the_answer_to_a_browser_refuses_the_video_and_says_what_opus_shall_be():
    answer = lines(sdp.answer(BROWSER, **OURS, codecs=WIDE).sdp)
    assert answer[5:] == [
        "m=audio 40000 RTP/AVPF 111 110", "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 maxplaybackrate=8000;sprop-maxcapturerate=8000;stereo=0;sprop-stereo=0;useinbandfec=1",
        "a=rtpmap:110 telephone-event/48000", "a=fmtp:110 0-15", "a=ptime:20", "a=sendrecv", "a=rtcp-mux",
        "m=video 0 RTP/AVPF 96", "",
    ]  # fmt: skip


def test_who_offers_nothing_but_wideband_gets_it():
    only = audio("m=audio 6000 RTP/AVP 9 98", "a=rtpmap:98 OPUS/48000/2")
    assert sdp.answer(only, **OURS).stream.codec == "G722"
    only = audio("m=audio 6000 RTP/AVP 98 9", "a=rtpmap:98 OPUS/48000/2")
    assert (agreed := sdp.answer(only, **OURS).stream).codec == "opus"
    assert (agreed.payload_type, agreed.event_type) == (98, None)
    with pytest.raises(sdp.Unacceptable):
        sdp.answer(only, **OURS, codecs=("PCMU", "PCMA"))


@pytest.mark.parametrize(
    "rtpmap", ["98 opus/16000/2", "98 L16/8000", "98 PCMU/8000/2", "9 G722/16000", "98 opus", "300 opus/48000/2"]
)
def test_what_only_sounds_like_a_codec_of_ours_is_none(rtpmap):
    with pytest.raises(sdp.Unacceptable):
        sdp.answer(audio("m=audio 6000 RTP/AVP 98", "a=rtpmap:9 X/1", f"a=rtpmap:{rtpmap}"), **OURS)


def test_a_static_number_may_be_taken_for_something_else():
    offer = audio("m=audio 6000 RTP/AVP 0 8", "a=rtpmap:0 EVRC/8000")
    assert sdp.answer(offer, **OURS).stream.codec == "PCMA"


def test_events_beside_opus_on_8000_are_better_than_none():
    offer = audio("m=audio 6000 RTP/AVP 98 97", "a=rtpmap:98 opus/48000/2", "a=rtpmap:97 telephone-event/8000")
    stream = sdp.answer(offer, **OURS).stream
    assert (stream.event_type, stream.event_clock) == (97, 8000)


def test_numbers_that_change_in_a_new_offer_are_followed():
    first = sdp.answer(
        audio("m=audio 6000 RTP/AVP 98 101", "a=rtpmap:98 opus/48000/2", "a=rtpmap:101 telephone-event/48000"), **OURS
    )
    second = audio("m=audio 6000 RTP/AVP 120 97", "a=rtpmap:120 opus/48000/2", "a=rtpmap:97 telephone-event/48000")
    agreed = sdp.answer(second, **OURS, previous=first.sdp)
    assert (agreed.stream.payload_type, agreed.stream.event_type) == (120, 97)
    assert b"m=audio 40000 RTP/AVP 120 97\r\n" in agreed.sdp


def test_an_answer_may_number_codec_and_events_its_own_way():
    ours = sdp.offer(host="127.0.0.1", port=40000, session=7, codecs=("opus",))
    answer = audio("m=audio 6000 RTP/AVP 96 97", "a=rtpmap:96 opus/48000/2", "a=rtpmap:97 telephone-event/48000",
                   session="c=IN IP4 127.0.0.2")  # fmt: skip
    stream = sdp.agree(ours, answer)
    assert (stream.payload_type, stream.event_type) == (96, 97)
    assert (stream.heard_type, stream.heard_event_type) == (111, 110)


def test_an_answer_with_a_codec_that_was_not_offered_is_not_taken():
    ours = sdp.offer(host="127.0.0.1", port=40000, session=7, codecs=("PCMA",))
    with pytest.raises(sdp.Unacceptable):
        sdp.agree(ours, audio("m=audio 6000 RTP/AVP 0", session="c=IN IP4 127.0.0.2"))


@pytest.mark.parametrize(
    ("codec", "wish", "sent"),
    [
        (0, [], 20), (0, ["a=ptime:30"], 30), (0, ["a=ptime:10"], 10), (0, ["a=ptime:60"], 60), (0, ["a=ptime:80"], 60),
        (0, ["a=maxptime:10"], 10), (0, ["a=ptime:60", "a=maxptime:40"], 40), (0, ["a=ptime:5"], 10), (0, ["a=ptime:0"], 20),
        (0, ["a=ptime:x"], 20), (0, ["a=ptime:25.0"], 20), (9, ["a=ptime:30"], 30), (98, ["a=ptime:30"], 20),
        (98, ["a=ptime:60"], 60), (98, ["a=ptime:120"], 60),
    ],
)  # fmt: skip
def test_packets_last_as_long_as_they_like_and_the_codec_can(codec, wish, sent):
    agreed = sdp.answer(audio(f"m=audio 6000 RTP/AVP {codec}", "a=rtpmap:98 opus/48000/2", *wish), **OURS)
    assert agreed.stream.ptime == sent
    assert f"a=ptime:{sent}\r\n".encode() in agreed.sdp


def test_comfort_noise_is_taken_where_it_is_offered_and_never_asked_for():
    assert b"RTP/AVP 0 13\r\n" in sdp.answer(audio("m=audio 6000 RTP/AVP 0 13"), **OURS).sdp
    assert b"RTP/AVP 98\r\n" in sdp.answer(audio("m=audio 6000 RTP/AVP 98 13", "a=rtpmap:98 opus/48000/2"), **OURS).sdp
    assert b" 13" not in sdp.offer(host="127.0.0.1", port=40000, session=7)


def test_the_version_rises_when_something_changes_and_only_then():
    def version(body: bytes) -> int:
        return int(lines(body)[1].split()[2])

    held = audio("m=audio 6000 RTP/AVP 0", "a=sendonly")
    first = sdp.answer(audio("m=audio 6000 RTP/AVP 0"), **OURS).sdp
    again = sdp.answer(audio("m=audio 6002 RTP/AVP 0"), **OURS, previous=first).sdp
    hold = sdp.answer(held, **OURS, previous=again).sdp
    still = sdp.answer(held, **OURS, previous=hold).sdp
    back = sdp.offer(host="127.0.0.1", port=40000, session=7, previous=still)
    assert [version(body) for body in (first, again, hold, still, back)] == [1, 1, 2, 2, 3]
    assert again == first


def test_our_offer_has_the_codecs_of_the_settings_in_their_order():
    offer = lines(sdp.offer(host="127.0.0.1", port=40000, session=7, codecs=("G722", "PCMA")))
    assert offer[5:7] == ["m=audio 40000 RTP/AVP 9 8 101", "a=rtpmap:9 G722/8000"]


names = st.sampled_from(["PCMU/8000", "PCMA/8000/1", "G722/8000", "opus/48000/2", "telephone-event/8000",
                         "telephone-event/48000", "G729/8000", "CN/8000", "red/48000/2", "AMR-WB/16000"])  # fmt: skip
extras = st.sampled_from(["a=ptime:40", "a=maxptime:30", "a=sendonly", "a=inactive", "a=mid:x", "a=ptime:-3"])
streams = st.builds(
    lambda kind, port, protocol, maps, extra: [
        f"m={kind} {port} {protocol} {' '.join(map(str, maps)) or '0'}",
        *(f"a=rtpmap:{number} {name}" for number, name in maps.items()), *extra,
    ],
    st.sampled_from(["audio", "video", "application"]), st.sampled_from([0, 9, 6000]),
    st.sampled_from(["RTP/AVP", "RTP/AVPF", "UDP/TLS/RTP/SAVPF"]),
    st.dictionaries(st.integers(96, 127), names, max_size=5),
    st.lists(extras, max_size=3),
)  # fmt: skip


@given(st.lists(streams, min_size=1, max_size=4), st.permutations(sdp.CODECS), st.integers(1, 4))
@settings(deadline=None, max_examples=100)
def test_every_answer_keeps_the_rules_of_rfc_3264(offered, codecs, count):
    offer, wanted = audio(*(line for stream in offered for line in stream)), tuple(codecs[:count])
    try:
        agreed = sdp.answer(offer, **OURS, codecs=wanted)
    except sdp.Unacceptable:
        return
    theirs, ours = sdp.parse(offer).media, sdp.parse(agreed.sdp).media
    assert [(media.kind, media.protocol) for media in ours] == [(media.kind, media.protocol) for media in theirs]
    (taken,) = [place for place, media in enumerate(ours) if media.port]
    assert set(ours[taken].formats) <= set(theirs[taken].formats)
    assert all(ours[taken].meaning(number) == theirs[taken].meaning(number) for number in ours[taken].types)
    assert agreed.stream.codec in wanted
    assert agreed.stream.ptime in (10, 20, 30, 40, 50, 60)
    assert not re.search(rb"(?<!\r)\n", agreed.sdp)
    mirror = {"sendonly": ("recvonly", "inactive"), "recvonly": ("sendonly", "inactive"), "inactive": ("inactive",)}
    assert ours[taken].direction in mirror.get(theirs[taken].direction, ("sendrecv", "recvonly", "sendonly", "inactive"))
