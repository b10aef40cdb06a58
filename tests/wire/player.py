"""The peer of written dialogues: it speaks as it is told, fills in what a decent phone would say, and compares.

Over a stream nobody repeats what arrives anyway. There ``< again`` after a time is expected of our 2xx to an INVITE and of
reliable provisional responses alone (RFC 3261 section 13.3.1.4, RFC 3262 section 3), and ``> again`` is said of what a peer
repeats over every transport: an INVITE that a proxy forked, an ACK, an answer to an INVITE, a question without consequence.
"""

import hashlib
import random
import re

import msgspec
import pytest

from switch.sip.effects import Address, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.uri import bracketed
from tests.wire.lines import address, blocks, content, lasting, repeated

SDP = b"v=0\r\ns=house\r\n"
INSIDE = ("ACK", "BYE", "INFO", "PRACK", "UPDATE", "SUBSCRIBE", "REFER")


class Player:
    def __init__(self, here="192.0.2.1", there="192.0.2.10", transport="udp"):
        self.endpoint = Endpoint(
            realm="shoal", passwords={"1001": "demo-1001"}, rng=random.Random(7), host=here, port=5060
        )
        self.now = 1_000_000.0
        self.peer = Address(transport, there, 5070)
        self.repeats = True
        """Whether what stands under ``again`` happens now: over a stream it may not."""
        self.names = {}
        self.pending = []
        self.requests = {}
        self.last_request = None
        self.last_sent = self.last_seen = None
        self.cseq = self.branch = 0
        self.nonce = "none"

    def play(self, text):
        for line, block in blocks(text):
            sign, _, rest = line.partition(" ")
            if sign in (">", ">>", "+") or (sign == "=" and rest[0].islower()):
                assert not self.pending, f"not expected before {line!r}: {self.pending[0]}"
            if sign in (">", ">>"):
                self.send(sign, rest, block)
            elif sign == "<":
                self.expect(rest, block)
            elif sign == "=" and rest[:1].isupper():
                self.told(rest)
            elif sign == "=":
                self.do(*self.fill(rest).split())
            elif sign == "+":
                self.pass_time(float(rest.rstrip("s")))
            elif sign == "@":
                self.peer = address(rest)
            else:
                pytest.fail(f"no such line: {line}")
        assert not self.pending, f"not expected at the end: {self.pending[0]}"

    def leave(self):
        self.pass_time(36000)
        left = {name: count for name, count in self.endpoint.counts().items() if count}
        assert not left

    # -- what the peer does

    def send(self, sign, rest, block):
        self.repeats = rest != "again" or self.peer.transport == "udp" or repeated(self.last_sent)
        if not self.repeats:
            return
        if rest == "again":
            data = self.last_sent
        elif sign == ">>":
            lines = ["" if line == "\\" else line for line in [rest, *block]]
            data = self.fill("\r\n".join(lines) + "\r\n\r\n").encode()
        elif rest.startswith("SIP/"):
            data = self.response(rest, block)
        else:
            data = self.request(rest, block)
        self.last_sent = data
        self.pending += self.endpoint.receive(data, self.peer, self.now)

    def request(self, line, block):
        method, _, uri = line.partition(" ")
        if method not in ("ACK", "CANCEL"):
            self.cseq += 1
        self.branch += 1
        inside = ";tag={tag}" if "tag" in self.names and method in INSIDE else ""
        host = f"{bracketed(self.peer.host)}:{self.peer.port}"
        headers = {
            "Via": f"SIP/2.0/{self.peer.transport.upper()} {host};branch=z9hG4bK{self.branch};rport",
            "Max-Forwards": "70",
            "From": "<sip:alice@example.org>;tag=a",
            "To": f"<{uri}>{inside}",
            "Call-ID": "call-1",
            "CSeq": f"{self.cseq} {method}",
        }
        if method in ("INVITE", "REGISTER", "SUBSCRIBE", "REFER"):
            headers["Contact"] = f"<sip:alice@{host}{self.way()}>"
        return self.written(f"{method} {uri} SIP/2.0", headers, block)

    def response(self, line, block):
        wanted = dict(piece.split(": ", 1) for piece in block if ": " in piece)
        asked = self.requests[wanted["CSeq"]] if "CSeq" in wanted else self.last_request
        headers = {name: asked[name] for name in ("Via", "From", "To", "Call-ID", "CSeq")}
        if ";tag=" not in headers["To"] and " 100 " not in line:
            headers["To"] += ";tag=b"
        if "INVITE" in headers["CSeq"]:
            headers["Contact"] = f"<sip:bob@{bracketed(self.peer.host)}:{self.peer.port}{self.way()}>"
        return self.written(line, headers, block)

    def way(self):
        transport = {"udp": "", "wss": "ws"}.get(self.peer.transport, self.peer.transport)
        return f";transport={transport}" if transport else ""

    def written(self, start, headers, block):
        body = "".join(line[2:] + "\r\n" for line in block if line.startswith("| "))
        if body:
            headers["Content-Type"] = "application/sdp"
        headers["Content-Length"] = str(len(body))
        lines = []
        for line in block:
            name, _, value = line.partition(": ")
            if line.startswith("-"):
                headers.pop(line[1:])
            elif not line.startswith("| "):
                headers.pop(name, None)
                if value.startswith("digest "):
                    value = self.proof(start, *value.split()[1:])
                lines.append(f"{name}: {value}")
        lines = [f"{name}: {value}" for name, value in headers.items()] + lines
        return self.fill("\r\n".join([start, *lines]) + "\r\n\r\n" + body).encode()

    def proof(self, start, user, password, algorithm, count):
        method, uri = start.split()[:2]
        make = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}[algorithm]
        secret = make(f"{user}:shoal:{password}".encode()).hexdigest()
        asked = make(f"{method}:{uri}".encode()).hexdigest()
        right = make(f"{secret}:{self.nonce}:{int(count):08x}:cc:auth:{asked}".encode()).hexdigest()
        return (
            f'Digest username="{user}", realm="shoal", nonce="{self.nonce}", uri="{uri}", response="{right}", '
            f'algorithm={algorithm}, cnonce="cc", qop=auth, nc={int(count):08x}'
        )

    # -- what comes back

    def expect(self, rest, block):
        if rest == "again" and not self.repeats:
            return
        assert self.pending, f"nothing came, but expected: {rest}"
        effect = self.pending.pop(0)
        assert isinstance(effect, Transmit), f"expected {rest!r}, got {effect}"
        if rest == "again":
            assert effect == self.last_seen
            return
        self.last_seen = effect
        head, _, body = effect.data.decode().partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        self.match(rest, start, head)
        self.note(start, lines)
        for pattern in block:
            name, _, value = pattern.partition(": ")
            if pattern.startswith("| "):
                assert pattern[2:] in body
            elif pattern.startswith("-"):
                assert not any(line.startswith(f"{pattern[1:]}:") for line in lines), head
            elif name == "@":
                assert effect.destination == address(value)
            else:
                found = next((line for line in lines if line.startswith(f"{name}:")), None)
                assert found, f"no {name} in\n{head}"
                lines.remove(found)
                self.match(value, found.partition(": ")[2], head)

    def note(self, start, lines):
        if start.startswith("SIP/"):
            for line in lines:
                if "-Authenticate: " in line:
                    self.nonce = line.partition('nonce="')[2].partition('"')[0]
            return
        headers = dict(reversed([line.split(": ", 1) for line in lines]))
        self.requests[headers["CSeq"]] = headers
        if not start.startswith("ACK"):
            self.last_request = headers

    def told(self, rest):
        assert self.pending, f"nothing came, but expected: {rest}"
        news = self.pending.pop(0)
        name, *pairs = rest.split()
        assert type(news).__name__ == name, f"expected {rest!r}, got {news}"
        values = msgspec.structs.asdict(news)
        for pair in pairs:
            field, _, pattern = pair.partition("=")
            value = str(values[field]) if pattern.startswith("{") else repr(values[field]).replace(" ", "_")
            self.match(pattern, value, str(news))

    def match(self, pattern, text, where):
        regex = "".join(self.piece(piece) for piece in re.split(r"(\*|\{\w+\})", pattern))
        found = re.fullmatch(regex, text)
        assert found, f"expected {pattern!r}, got {text!r} in\n{where}"
        self.names.update(found.groupdict())

    def piece(self, piece):
        if piece == "*":
            return ".*"
        if piece[:1] == "{" and piece[1:-1] not in self.names:
            return f"(?P<{piece[1:-1]}>[^;,]+)"
        return re.escape(self.fill(piece))

    # -- the house and time

    def do(self, verb, *words):
        words = list(words)
        endpoint, now = self.endpoint, self.now
        if verb == "answer":
            effects = endpoint.answer(words[0], SDP, now)
        elif verb == "ring":
            effects = endpoint.ring(words[0], now, SDP if "early" in words else b"")
        elif verb == "reinvite":
            effects = endpoint.reinvite(words[0], SDP, now)
        elif verb == "refuse":
            warning = (int(words[2]), " ".join(words[3:])) if words[2:] else None
            effects = endpoint.refuse(words[0], int(words[1]), now, warning=warning)
        elif verb == "invite":
            sdp = None if "offerless" in words else SDP
            known = ("1001", "secret") if "credentials" in words else None
            far = address(" ".join(words[2:4]))
            effects = endpoint.invite(words[0], words[1], far, now, caller="5000", sdp=sdp, credentials=known)
        elif verb == "register":
            user, login, domain, seconds = words[:4]
            far = address(" ".join(words[4:6]))
            effects = endpoint.register(user, "secret", far, int(seconds), now, login=login, domain=domain)
        elif verb == "probe":
            effects = endpoint.probe(words[0], words[1], address(" ".join(words[2:4])), now, float((words[4:] or ["0"])[0]))
        elif verb == "publish":
            effects = endpoint.publish(words[0], content(*words[1:]), now)
        elif verb == "end_subscription":
            effects = endpoint.end_subscription(words[0], now, status=int(words[1]), reason=words[2])
        elif verb == "refer_outcome":
            effects = endpoint.refer_outcome(words[0], int(words[1]), now)
        elif verb == "lost":
            effects = endpoint.lost(address(" ".join(words)), now)
        elif verb in ("shut", "open"):
            after = int(words[0])
            endpoint.shut((lambda called, claimed: 0 if called == "112" or "1001" in claimed else after) if after else None)
            effects = []
        elif verb == "hang_up":
            effects = endpoint.hang_up(words[0], now, q850=int(words[1]) if words[1:] else 16)
        else:
            effects = getattr(endpoint, verb)(words[0], now)
        self.pending += effects

    def pass_time(self, seconds):
        if self.last_seen is not None:
            self.repeats = self.last_seen.destination.transport == "udp" or lasting(self.last_seen.data)
        end = self.now + seconds
        while (deadline := self.endpoint.deadline) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.pending += self.endpoint.wake(self.now)
        self.now = end

    def fill(self, text):
        return re.sub(r"\{(\w+)\}", lambda found: self.names[found[1]], text)
