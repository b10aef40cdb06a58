"""64 KB of what makes naive scanners turn back again and again, after every beginning that leads into one."""

import pytest

from tests.fuzz.targets import TARGETS

LENGTH = 64_000
FILLINGS = (b'"', b"<", b"\\", b'\\"', b",", b";", b" ", b"a=", b"<;", b"%", b":", b"1", b"a ", b"\r\n ", b"\r", b"* ", b"[")
BEGINNINGS = {
    "sip": (b"", b"OPTIONS ", b"SIP/2.0 200 ", b"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a",
            b"OPTIONS sip:a@b SIP/2.0\r\nFrom: "),
    "stream": (b"", b"l:", b"OPTIONS sip:a SIP/2.0\r\nContent-Length: "),
    "digest": (b"Digest ", b'Digest realm="shoal", nonce=', b'Digest realm="shoal", nonce="NONCE", username="'),
    "sdp": (b"v=0\r\nm=", b"v=0\r\nm=audio 1 RTP/AVP ", b"v=0\r\nm=audio 1 RTP/AVP 0\r\na=fmtp:0 ", b"v=0\r\nc=IN IP4 ",
            b"v=0\r\nm=audio 1 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:",
            b"v=0\r\nm=audio 1 RTP/AVP 0\r\na=rtpmap:", b"v=0\r\nm=audio 1 RTP/AVP 0\r\na=rtcp-xr:",
            b"v=0\r\na=group:BUNDLE", b"v=0\r\na=fingerprint:sha-256 ", b"v=0\r\na=ice-pwd:"),
    "stun": (b"\0\1",),
}


@pytest.mark.parametrize("filling", FILLINGS)
def test_hostile_lines_take_milliseconds(filling):
    """Nothing is asserted: a scan that is not linear makes this test take minutes, and nobody will miss that."""
    for target, beginnings in BEGINNINGS.items():
        for beginning in beginnings:
            TARGETS[target](beginning + filling * (LENGTH // len(filling)))
            TARGETS[target](beginning + filling * (7_000 // len(filling)) + b"\r\n\r\n")
