"""What fuzzing begins with: the messages and dialogues of the wire tests, the torture messages, and a few of the rest.

Nothing of this is stored twice: whatever a wire test says from now on is a seed, too.
"""

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from media import dtls, rtp
from media.rtcp import Block, ReceiverReport, SenderReport, build
from media.sdp import Security, offer
from switch.sip.digest import Answerer
from switch.sip.effects import WEB
from tests.media.browser import OTHER, OURS, THEIRS, check
from tests.media.test_sdp_web import OFFER as BROWSERS
from tests.wire.test_dialogues import UDP, Player, dialogues, only
from tests.wire.torture.messages import read

ROOT = Path(__file__).parents[2]
_VERBS = {"ring", "answer", "refuse", "challenge", "hang_up", "reinvite", "invite", "probe", "register", "publish"}


class Scribe(Player):
    """Plays a dialogue and writes it down as a script for the endpoint (see ``targets.dialogue``)."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[bytes] = []
        self.script: list[bytes] = []

    def send(self, sign: str, rest: str, block: list[str]) -> None:
        before = self.last_request
        super().send(sign, rest, block)
        self.said.append(self.last_sent)
        text = self.last_sent
        if rest.startswith("SIP/") and before is not None:
            branch, tag = before["Via"].partition("branch=")[2].partition(";")[0], before["From"].partition(";tag=")[2]
            for name, value in (("{branch}", branch), ("{call}", before["Call-ID"]), ("{from}", tag)):
                text = text.replace(value.encode(), name.encode()) if value else text
        elif "tag" in self.names:
            text = text.replace(self.names["tag"].encode(), b"{tag}")
        way = self.peer.transport
        source = "web" if way in WEB else "tcp" if way != "udp" else "udp" if self.peer.host == "192.0.2.10" else "other"
        self.script.append(f"%%{source}\n".encode() + text)

    def do(self, verb: str, *words: str) -> None:
        super().do(verb, *words)
        if verb in _VERBS:
            verb = "early" if "early" in words else "offerless" if "offerless" in words else verb
            verb = "page" if verb == "invite" and self.peer.transport in WEB else verb
            self.script.append(f"%%{verb}\n".encode())
        elif verb == "lost" and words[0] in WEB:
            self.script.append(b"%%gone\n")

    def pass_time(self, seconds: float) -> None:
        super().pass_time(seconds)
        self.script.append(f"%%wait {max(1, int(seconds))}\n".encode())


@cache
def _scribes() -> tuple[Scribe, ...]:
    found = []
    for each in dialogues(streams=False):
        scribe = Scribe()
        scribe.play(only(UDP, each.values[0]))
        found.append(scribe)
    return tuple(found)


def _torture() -> Iterator[bytes]:
    for name in ("rfc4475", "rfc5118"):
        yield from (message.data for message in read(name).values())


def _sip() -> Iterator[bytes]:
    yield from _torture()
    yield from dict.fromkeys(message for scribe in _scribes() for message in scribe.said)


def _stream() -> Iterator[bytes]:
    for scribe in _scribes():
        yield b"\r\n\r\n".join(scribe.said)


def _endpoint() -> Iterator[bytes]:
    for message in _torture():
        yield b"%%udp\n" + message + b"%%answer\n%%hang_up\n"
    for scribe in _scribes():
        yield b"".join(scribe.script)


def _digest() -> Iterator[bytes]:
    for message in _sip():
        for line in message.split(b"\r\n"):
            name, _, value = line.partition(b": ")
            if name.lower().endswith((b"authorization", b"authenticate")):
                yield value
    for algorithm in ("MD5", "SHA-256", "SHA-512-256"):
        asked = (f'Digest realm="shoal", nonce="NONCE", opaque="a,b\\"c", qop="auth, auth-int", algorithm={algorithm}, '
                 f"stale=TRUE")
        yield asked.encode()
        answerer = Answerer("1001", "wrong", random.Random(1))
        if answerer.take(401, [asked]):
            yield answerer.line("REGISTER", "sip:shoal").partition(": ")[2].strip().encode()


def _sdp() -> Iterator[bytes]:
    for message in _torture():
        yield message.partition(b"\r\n\r\n")[2]
    for mode in ("off", "offer", "require"):
        yield offer(host="192.0.2.1", port=4000, session=1, security=Security(mode, random.Random(2).randbytes))
    yield (b"v=0\no=- 1 1 IN IP6 ::1\ns=\nc=IN IP6 2001:db8::1\nt=0 0\na=sendonly\nm=audio 4002 RTP/SAVPF 111 0 9 126 13\n"
           b"a=rtpmap:111 opus/48000/2\na=fmtp:111 useinbandfec=1;minptime=10\na=rtpmap:126 telephone-event/8000\n"
           b"a=fmtp:126 0-16\na=ptime:30\na=maxptime:60\na=rtcp:4003 IN IP4 192.0.2.9\na=rtcp-mux\n"
           b"a=rtcp-xr:voip-metrics rcvr-rtt=all:10000\nm=video 0 RTP/AVP 31\n")
    yield BROWSERS.encode()


def _pieces(*packets: bytes) -> bytes:
    return b"".join(bytes([number % 4]) + len(packet).to_bytes(2, "big") + packet for number, packet in enumerate(packets))


def _rtp() -> Iterator[bytes]:
    def spoken(kind: int, count: int, octets: bytes = bytes(160), ssrc: int = 7) -> bytes:
        return _pieces(*[rtp.build(kind, number, 160 * number, ssrc, octets) for number in range(count)])
    yield spoken(0, 6)
    yield spoken(8, 6)
    yield spoken(0, 4, bytes(80)) + spoken(0, 4, bytes(480), 8)
    yield spoken(13, 2, b"\x40") + spoken(101, 4, b"\x05\x8a\x03\x20") + spoken(101, 1, b"")
    extended, padded = rtp.build(0, 1, 1, 1, bytes(200)), rtp.build(0, 1, 1, 1, b"abc\x03")
    yield _pieces(b"\x90" + extended[1:], b"\xa0" + padded[1:], b"\x80", b"\x80\xc8")


def _rtcp() -> Iterator[bytes]:
    block = Block(1000, 5, 3, 70000, 20, 1, 2)
    for report in (SenderReport(7, 1 << 40, 160, 1, 160, (block,)), ReceiverReport(7, (block, block))):
        yield _pieces(*[build([report])] * 4)
    xr = bytes.fromhex("80cf0013 00000007 04000002 0000000100000002 05000003 00000001 00000002 00000003"
                       "07000008 00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000")
    yield _pieces(*[build([ReceiverReport(7, ())]) + xr] * 2, bytes.fromhex("80c90001 00000007 81cb0001 00000007"))
    yield _pieces(bytes.fromhex("80c90001 00000007 81ca0003 00000007 0103616263000000"))


def _ice() -> Iterator[bytes]:
    yield from (check(), check(chosen=False, more=[(0x7ABC, b"1")]), check(controls=False), check(name="other:h6vY"))


def _handshake() -> Iterator[bytes]:
    """What a client says: alone, after another's, and beside checks."""
    said = [dtls.Handshake(dtls.context(certificate), (OURS.fingerprint,), active=True).begin(0.0)[0]
            for certificate in (THEIRS, OTHER)]
    for pieces in ([said[0]], said, [check(), said[0], check()]):
        yield b"".join(b"\0" + len(piece).to_bytes(2, "big") + piece for piece in pieces)


def _stun() -> Iterator[bytes]:
    head = bytes.fromhex("0001 0000 2112a442") + bytes(12)
    yield head
    yield head[:4] + bytes(16)
    yield bytes.fromhex("0001 0008 2112a442") + bytes(12) + bytes.fromhex("0006 0003 61626300")
    yield bytes.fromhex("0001 0008 2112a442") + bytes(12) + bytes.fromhex("7777 0004 61626364")
    yield bytes.fromhex("0001 0008 2112a442") + bytes(12) + bytes.fromhex("8028 0004 00000000")


def _yaml() -> Iterator[bytes]:
    for folder in (ROOT / "config", ROOT / "tests" / "broken"):
        for path in sorted(folder.glob("*.yaml")):
            yield path.read_bytes()
    yield b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n<<: *a\n? [k]\n: v\n"


SEEDS = {"sip": _sip, "stream": _stream, "endpoint": _endpoint, "digest": _digest, "sdp": _sdp, "rtp": _rtp, "rtcp": _rtcp,
         "stun": _stun, "ice": _ice, "handshake": _handshake, "browsers": _handshake, "yaml": _yaml}
"""Target -> what it begins with."""
