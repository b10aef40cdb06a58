"""Messages (RFC 3261 section 7): read lazily, written plainly.

A message is cut into lines once. The value of a header stays the text that came until a machine asks for its parts, and the
parts are then kept. A response is made by handing the request's own Via, From, Call-ID and CSeq text back, so that the
peer recognises it whatever its spelling was. Text is ``str`` with surrogateescape: any bytes come out as they went in.

Two kinds of bad input: what is no SIP at all raises PeerError in ``parse`` and can only be dropped; a request with a
mistake is still a ``Request``, and ``Request.check`` raises the PeerError that answers it.
"""

import re
from typing import NamedTuple

from .effects import Address
from .errors import PeerError
from .headers import KNOWN, TOKEN, CSeq, NameAddr, Via, canonical, param, parse_cseq, parse_name_addr, parse_via, split
from .uri import Uri, parse_uri

_VERSION = re.compile(r"SIP/([0-9]{1,3}\.[0-9]{1,3})", re.IGNORECASE)
_RESPONSE = re.compile(r"SIP/2\.0 +([1-6][0-9][0-9])(?: (.*))?", re.IGNORECASE)
_FOLD = re.compile(r"\r\n[ \t]+")
_TO_TAG = re.compile(r";\s*tag\s*=", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_NEEDED_ONCE = ("from", "to", "call-id", "cseq")
_AT_MOST_ONCE = ("content-length", "content-type", "max-forwards", "expires")


class Message:
    """What requests and responses have in common."""

    __slots__ = ("_cseq", "_from", "_to", "_via", "body", "fields", "flaw")

    def __init__(self, lines: list[str], body: bytes) -> None:
        self.flaw = ""
        """Why this message must not be believed; empty = nothing seen yet."""
        self.fields: dict[str, list[str]] = {}
        """Full lower-case name -> the values of its lines, in order."""
        self._via: Via | None = None
        self._from: NameAddr | None = None
        self._to: NameAddr | None = None
        self._cseq: CSeq | None = None
        self._read(lines)
        self.body = body
        if "content-length" in self.fields:
            self._cut_body()

    def _read(self, lines: list[str]) -> None:
        fields = self.fields
        for line in lines:
            name, colon, value = line.partition(":")
            key = KNOWN.get(name) or canonical(name)
            if not colon or not key or " " in key:
                self.flaw = self.flaw or "Malformed header line"
            elif key in fields:
                fields[key].append(value.strip())
            else:
                fields[key] = [value.strip()]

    def _cut_body(self) -> None:
        text = self.fields["content-length"][0]
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self.flaw = self.flaw or "Malformed Content-Length"
        elif int(text) > len(self.body):
            self.flaw = self.flaw or "Content-Length exceeds the message"
        else:
            self.body = self.body[: int(text)]

    def first(self, name: str) -> str:
        """The first value of a header (full lower-case name), empty where there is none."""
        values = self.fields.get(name)
        return values[0] if values else ""

    def listed(self, name: str) -> list[str]:
        """All values of a header that is a list, from all its lines."""
        return [piece for value in self.fields.get(name, ()) for piece in split(value)]

    @property
    def via(self) -> Via:
        """The topmost Via. Raises PeerError 400."""
        if self._via is None:
            value = self.first("via")
            self._via = parse_via(split(value)[0] if "," in value else value)
        return self._via

    @property
    def from_(self) -> NameAddr:
        """Raises PeerError 400."""
        if self._from is None:
            self._from = parse_name_addr(self.first("from"))
        return self._from

    @property
    def to(self) -> NameAddr:
        """Raises PeerError 400."""
        if self._to is None:
            self._to = parse_name_addr(self.first("to"))
        return self._to

    @property
    def cseq(self) -> CSeq:
        """Raises PeerError 400."""
        if self._cseq is None:
            self._cseq = parse_cseq(self.first("cseq"))
        return self._cseq

    @property
    def call_id(self) -> str:
        """Compared byte by byte (section 20.8)."""
        return self.first("call-id")

    @property
    def from_tag(self) -> str:
        """Empty where there is none."""
        return param(self.from_.params, "tag") or ""

    @property
    def to_tag(self) -> str:
        """Empty where there is none: a request outside of any dialog."""
        return param(self.to.params, "tag") or ""

    @property
    def content_type(self) -> str:
        """The media type in lower case without its parameters."""
        return self.first("content-type").partition(";")[0].strip().lower()

    @property
    def sdp(self) -> bytes | None:
        """The session description, where this message has one."""
        return self.body if self.body and self.content_type == "application/sdp" else None

    @property
    def contact(self) -> str:
        """The URI of the first Contact, empty where there is none. Raises PeerError 400."""
        contacts = self.listed("contact")
        return parse_name_addr(contacts[0]).uri if contacts else ""


class Response(Message):
    """What came back."""

    __slots__ = ("reason", "status")

    def __init__(self, status: int, reason: str, lines: list[str], body: bytes) -> None:
        super().__init__(lines, body)
        self.status = status
        self.reason = reason


class Request(Message):
    """What is asked of us."""

    __slots__ = ("_target", "method", "reply_to", "source", "uri", "version", "via_lines")

    def __init__(self, method: str, uri: str, version: str, lines: list[str], body: bytes) -> None:
        super().__init__(lines, body)
        self.method = method
        self.uri = uri
        self.version = version
        self._target: Uri | None = None
        self.source = Address("udp", "", 0)
        """Where it came from."""
        self.reply_to = self.source
        """Where its responses go."""
        self.via_lines = ""
        """The Via lines of its responses."""

    @property
    def target(self) -> Uri:
        """The Request-URI in parts. Raises PeerError 400 or 416."""
        if self._target is None:
            self._target = parse_uri(self.uri)
        return self._target

    def arrive(self, source: Address) -> None:
        """Note where it came from, and where a response goes (RFC 3261 section 18.2, RFC 3581).

        Without ``rport`` a UDP response goes to the port that the Via names, not to the one the request came from.
        ``maddr`` is not followed: it would let anybody aim our responses at anybody. Raises PeerError 400.
        """
        via, values = self.via, self.fields["via"]
        self.source = self.reply_to = source
        top, rest = values[0], values[1:]
        if "," in top:
            pieces = split(top)
            top, rest = pieces[0], pieces[1:] + rest
        wants_port = via.params.endswith(";rport") or param(via.params, "rport") is not None
        if wants_port or via.host != source.host:
            top = _received(top, source, wants_port)
        if not wants_port and source.transport == "udp":
            self.reply_to = Address("udp", source.host, via.port or 5060)
        self.via_lines = "".join([f"Via: {value}\r\n" for value in (top, *rest)])

    def check(self) -> None:
        """Find what makes this request unacceptable as a message (section 8.2). Raises PeerError."""
        if self.version != "2.0":
            raise PeerError(505, "Version Not Supported")
        fields = self.fields
        for name in _NEEDED_ONCE:
            if len(fields.get(name, ())) != 1 or not fields[name][0]:
                raise PeerError(400, f"Exactly one {name.title()} needed")
        if self.flaw:
            raise PeerError(400, self.flaw)
        for name in _AT_MOST_ONCE:
            if name in fields and len(fields[name]) > 1:
                raise PeerError(400, f"Several {name.title()} headers")
        if self.cseq.method != self.method:
            raise PeerError(400, "CSeq names another method")
        if not self.from_.uri or not self.to.uri:
            raise PeerError(400, "From and To needed")
        forwards = fields.get("max-forwards", ("70",))[0]
        if not (forwards.isascii() and forwards.isdigit() and int(forwards[:9]) < 256):
            raise PeerError(400, "Malformed Max-Forwards")
        _ = self.target

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the server transaction (section 17.2.3), with the method; an ACK looks for its INVITE.

        A branch without the cookie comes from an element older than RFC 3261, whose transactions have no name but
        their whole address. Raises PeerError 400.
        """
        via = self.via
        branch = via.branch
        if not branch.startswith("z9hG4bK"):
            branch = "\n".join((self.uri, self.from_tag, self.call_id, str(self.cseq.number), self.first("via")))
        return (branch, f"{via.host}:{via.port}".lower(), "INVITE" if self.method == "ACK" else self.method)


class Draft(NamedTuple):
    """A request on its way out, in the parts that its ACK, its CANCEL and its second attempt share."""

    method: str
    uri: str
    destination: Address
    branch: str
    routes: str
    """Whole Route lines."""
    from_text: str
    to_text: str
    call_id: str
    cseq: int
    extra: str = ""
    """Whole further lines."""
    body: bytes = b""

    def encode(self, via: str) -> bytes:
        """The bytes to send. ``via``: sent-protocol and sent-by, for example ``SIP/2.0/UDP host:port``."""
        head = (
            f"{self.method} {self.uri} SIP/2.0\r\nVia: {via};branch={self.branch};rport\r\nMax-Forwards: 70\r\n{self.routes}"
            f"From: {self.from_text}\r\nTo: {self.to_text}\r\nCall-ID: {self.call_id}\r\nCSeq: {self.cseq} {self.method}\r\n"
            f"{self.extra}Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode("utf-8", "surrogateescape") + self.body


def parse(data: bytes) -> Request | Response:
    """Read one message, as a datagram or as one framed piece of a stream. Raises PeerError when it is none."""
    data = data.lstrip(b"\r\n")
    head, gap, body = data.partition(b"\r\n\r\n")
    if not gap and (found := _HEAD_END.search(data)):
        head, body = data[: found.start()], data[found.end() :]
    text = head.decode("utf-8", "surrogateescape")
    lines = text.split("\r\n")
    if text.count("\n") >= len(lines):
        text = re.sub(r"\r?\n", "\r\n", text)
        lines = text.split("\r\n")
    if "\r\n " in text or "\r\n\t" in text:
        lines = _FOLD.sub(" ", text).split("\r\n")
    if not gap and lines[-1] == "":
        lines.pop()
    message = _message(lines, body)
    if "\0" in text or text.count("\r") != text.count("\n"):
        message.flaw = "Control characters in the head"
    return message


def _message(lines: list[str], body: bytes) -> Request | Response:
    start = lines[0]
    if found := _RESPONSE.fullmatch(start):
        return Response(int(found[1]), found[2] or "", lines[1:], body)
    method, _, rest = start.partition(" ")
    uri, _, version = rest.rstrip(" ").rpartition(" ")
    found = _VERSION.fullmatch(version)
    if found is None or TOKEN.fullmatch(method) is None:
        raise PeerError(400, "Not a SIP message")
    return Request(method, uri, found[1], lines[1:], body)


def _received(top: str, source: Address, wants_port: bool) -> str:
    if wants_port and top.endswith(";rport") and ";received=" not in top:
        return f"{top}={source.port};received={source.host}"
    hop, *rest = split(top, ";")
    kept = [piece for piece in rest if piece.partition("=")[0].strip().lower() not in ("received", "rport")]
    port = [f"rport={source.port}"] if wants_port else []
    return ";".join([hop, *kept, *port, f"received={source.host}"])


def respond(request: Request, status: int, reason: str, tag: str = "", extra: str = "", body: bytes = b"") -> bytes:
    """A response. ``tag`` is our To-tag where the request has none; ``extra``: whole further header lines."""
    fields = request.fields
    to = fields["to"][0]
    if tag and _TO_TAG.search(to) is None:
        to = f"{to};tag={tag}"
    head = (
        f"SIP/2.0 {status} {reason}\r\n{request.via_lines}From: {fields['from'][0]}\r\nTo: {to}\r\n"
        f"Call-ID: {fields['call-id'][0]}\r\nCSeq: {fields['cseq'][0]}\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("utf-8", "surrogateescape") + body
