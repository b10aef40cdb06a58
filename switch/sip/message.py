"""Messages (RFC 3261 section 7): read lazily.

A message is cut into lines once. The value of a header stays the text that came until a machine asks for its parts, and
the parts are then kept. Text is ``str`` with surrogateescape: any bytes go out again as they came in.

Two kinds of bad input: what is no SIP at all raises PeerError in ``parsing.parse`` and can only be dropped; a request
with a mistake is still a ``Request``, and ``Request.check`` raises the PeerError that answers it.
"""

from .bodies import session_in
from .effects import Address
from .errors import PeerError
from .headers import KNOWN, CSeq, NameAddr, Via, canonical, closed, param, parse_cseq, parse_name_addr, parse_via, split
from .limits import VIAS
from .uri import Uri, canonical_ip, parse_uri

NEEDED = {"from", "to", "call-id", "cseq"}
SDP = "application/sdp"
_NOWHERE = Address("udp", "", 0)
_ONCE = NEEDED | {"content-length", "content-type", "max-forwards", "expires"}


class Message:
    """What requests and responses have in common."""

    __slots__ = (
        "_cseq", "_from", "_from_tag", "_to", "_to_tag", "_via", "body", "call_id", "fields", "flaw", "flaw_status",
    )  # fmt: skip

    def __init__(self, lines: list[str], body: bytes) -> None:
        self.flaw = ""
        """Why this message must not be believed; empty = nothing seen yet."""
        self.flaw_status = 400
        self.fields: dict[str, list[str]] = {}
        """Full lower-case name -> the values of its lines, in order."""
        self._via: Via | None = None
        self._from: NameAddr | None = None
        self._to: NameAddr | None = None
        self._from_tag: str | None = None
        self._to_tag: str | None = None
        self._cseq: CSeq | None = None
        self._read(lines)
        self.call_id = self.first("call-id")
        """Compared byte by byte (section 20.8)."""
        self.body = body
        if "content-length" in self.fields:
            self._cut_body()

    def _read(self, lines: list[str]) -> None:
        fields, known = self.fields, KNOWN.get
        for line in lines:
            name, colon, value = line.partition(":")
            key = known(name)
            if key is None:
                key = canonical(name)
                if not key or not colon or " " in key:
                    self.flaw = self.flaw or "Malformed header line"
                    continue
            if key in fields:
                fields[key].append(value.strip())
                if key in _ONCE:
                    self.flaw = self.flaw or f"Several {key.title()} headers"
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
    def from_tag(self) -> str:
        """Empty where there is none. Raises PeerError 400."""
        if self._from_tag is None:
            self._from_tag = _tag(self.first("from"))
        return self._from_tag

    @property
    def to_tag(self) -> str:
        """Empty where there is none: a request outside of any dialog. Raises PeerError 400."""
        if self._to_tag is None:
            self._to_tag = _tag(self.first("to"))
        return self._to_tag

    @property
    def content_type(self) -> str:
        """The media type in lower case without its parameters."""
        value = self.first("content-type")
        return value if value == SDP else value.partition(";")[0].strip().lower()

    @property
    def sdp(self) -> bytes | None:
        """The session description, where this message has one."""
        if not self.body:
            return None
        kind = self.content_type
        if kind == SDP:
            return self.body
        return session_in(self.first("content-type"), self.body) if kind == "multipart/mixed" else None

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

    __slots__ = ("_key", "_target", "method", "reply_to", "source", "uri", "version", "via_lines")

    def __init__(self, method: str, uri: str, version: str, lines: list[str], body: bytes) -> None:
        super().__init__(lines, body)
        self.method = method
        self.uri = uri
        self.version = version
        self._target: Uri | None = None
        self._key: tuple[str, str, str] | None = None
        self.source = _NOWHERE
        """Where it came from."""
        self.reply_to = _NOWHERE
        """Where its responses go."""
        self.via_lines = ""
        """The Via lines of its responses."""

    @property
    def target(self) -> Uri:
        """The Request-URI in parts. Raises PeerError 400 or 416."""
        if self._target is None:
            self._target = parse_uri(self.uri)
        return self._target

    @property
    def secure(self) -> bool:
        """Whether our Contact must be a sips: one (section 12.1.1)."""
        if self.uri[:5].lower() == "sips:":
            return True
        way = self.first("record-route") or self.first("contact")
        return "sips:" in way and parse_name_addr(split(way)[0]).uri.lower().startswith("sips:")

    @property
    def hops(self) -> int:
        """Max-Forwards; 70 where there is none (section 16.6), -1 where it is no number."""
        text = self.first("max-forwards") or "70"
        return int(text[:9]) if text.isascii() and text.isdigit() else -1

    def arrive(self, source: Address) -> None:
        """Note where it came from, and where a response goes (RFC 3261 section 18.2, RFC 3581).

        Without ``rport`` a UDP response goes to the port that the Via names, not to the one the request came from.
        ``maddr`` is not followed: it would let anybody aim our responses at anybody. Raises PeerError 400.
        """
        via, values = self.via, self.fields["via"]
        if ";;" in via.params or ('"' in via.params and not closed(via.params)):
            self.flaw = self.flaw or "Malformed Via"
        self.source = self.reply_to = source
        if self.method == "ACK":
            return
        top, rest = values[0], values[1:]
        if "," in top:
            pieces = split(top)
            top, rest = pieces[0], pieces[1:] + rest
        if len(rest) >= VIAS:
            self.flaw, self.flaw_status, rest = "Too Many Hops", 483, rest[:VIAS]
        wants_port = via.params.endswith(";rport") or (
            "rport" in via.params.lower() and param(via.params, "rport") is not None)
        if wants_port or (via.host != source.host and canonical_ip(via.host) != source.host):
            top = _received(top, source, wants_port)
        if not wants_port and source.transport == "udp" and via.port != source.port:
            self.reply_to = Address("udp", source.host, via.port or 5060)
        if ";keep" in via.params and self.method in ("REGISTER", "INVITE", "SUBSCRIBE"):
            top = _keeping(top, source)
        self.via_lines = "Via: " + "\r\nVia: ".join((top, *rest)) + "\r\n"

    def check(self) -> None:
        """Find what makes this request unacceptable as a message (section 8.2). Raises PeerError."""
        if self.flaw_status != 400:
            raise PeerError(self.flaw_status, self.flaw)
        if self.version != "2.0":
            raise PeerError(505, "Version Not Supported")
        fields = self.fields
        if not fields.keys() >= NEEDED:
            raise PeerError(400, "From, To, Call-ID and CSeq needed")
        if self.flaw:
            raise PeerError(400, self.flaw)
        if self.cseq.method != self.method:
            raise PeerError(400, "CSeq names another method")
        if not self.to_tag:
            # Within a dialog both were read when it began, and are compared by their tags.
            _ = self.from_, self.to
        if not self.call_id:
            raise PeerError(400, "Empty Call-ID")
        if not 0 <= self.hops < 256:
            raise PeerError(400, "Malformed Max-Forwards")
        if self.target.headers:
            raise PeerError(400, "Headers in the Request-URI")

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the server transaction (section 17.2.3), with the method; an ACK looks for its INVITE.

        A branch without the cookie, or with nothing else, comes from an element older than RFC 3261, whose
        transactions have no name but their whole address. Raises PeerError 400.
        """
        if self._key is not None:
            return self._key
        via = self.via
        branch = via.branch
        if not branch.startswith("z9hG4bK") or len(branch) == 7:
            branch = "\n".join((self.uri, self.from_tag, self.call_id, str(self.cseq.number), self.first("via")))
        method = "INVITE" if self.method == "ACK" else self.method
        self._key = (branch, f"{via.host}:{via.port}".lower(), method)
        return self._key


def _tag(value: str) -> str:
    """The tag of From or To, empty where there is none. Raises PeerError 400 only where it has to look closely."""
    at = value.find(";tag=")
    if at > 0 and '"' not in value and value.find(">", at) < 0:
        end = value.find(";", at + 5)
        return value[at + 5 :] if end < 0 else value[at + 5 : end].strip()
    return param(parse_name_addr(value).params, "tag") or ""


def _keeping(top: str, source: Address) -> str:
    """We take keep-alives, and say how often (RFC 6223 section 4.4): a NAT forgets UDP after half a minute."""
    hop, *rest = split(top, ";")
    seconds = 25 if source.transport == "udp" else 120
    return ";".join([hop, *[f"keep={seconds}" if piece.strip() == "keep" else piece for piece in rest]])


def _received(top: str, source: Address, wants_port: bool) -> str:
    host = source.host.partition("%")[0]
    if wants_port and top.endswith(";rport") and ";received=" not in top:
        return f"{top}={source.port};received={host}"
    hop, *rest = split(top, ";")
    kept = [piece for piece in rest if piece.partition("=")[0].strip().lower() not in ("received", "rport")]
    port = [f"rport={source.port}"] if wants_port else []
    return ";".join([hop, *kept, *port, f"received={host}"])
