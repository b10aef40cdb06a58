"""Writing messages: requests from their parts, responses from the request that they answer (RFC 3261 section 8.2.6).

A response hands the request's own Via, From, Call-ID and CSeq text back, so that the peer recognises it whatever its
spelling was. Header names are written in full: every peer knows them.
"""

import re
from typing import NamedTuple

from .effects import Address
from .errors import PeerError
from .message import Request

_HANDED_BACK = (("from", "From"), ("to", "To"), ("call-id", "Call-ID"), ("cseq", "CSeq"))
_TO_TAG = re.compile(r";\s*tag\s*=", re.IGNORECASE)


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
    fallback: Address | None = None
    """Where it may go when the destination is a name that nobody knows."""
    hops: int = 70
    """Max-Forwards."""

    def encode(self, via: str) -> bytes:
        """The bytes to send. ``via``: sent-protocol and sent-by, for example ``SIP/2.0/UDP host:port``."""
        head = (
            f"{self.method} {self.uri} SIP/2.0\r\nVia: {via};branch={self.branch};rport\r\nMax-Forwards: {self.hops}\r\n"
            f"{self.routes}From: {self.from_text}\r\nTo: {self.to_text}\r\nCall-ID: {self.call_id}\r\n"
            f"CSeq: {self.cseq} {self.method}\r\n{self.extra}Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode("utf-8", "surrogateescape") + self.body


def respond(request: Request, status: int, reason: str, tag: str = "", extra: str = "", body: bytes = b"") -> bytes:
    """A response. ``tag`` is our To-tag where the request has none; ``extra``: whole further header lines."""
    fields = request.fields
    to = fields["to"][0]
    if tag and not _tagged(request):
        to = f"{to};tag={tag}"
    head = (
        f"SIP/2.0 {status} {reason}\r\n{request.via_lines}From: {fields['from'][0]}\r\nTo: {to}\r\n"
        f"Call-ID: {fields['call-id'][0]}\r\nCSeq: {fields['cseq'][0]}\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("utf-8", "surrogateescape") + body


def _tagged(request: Request) -> bool:
    """Whether the To has a tag; one inside of its URI is none."""
    try:
        return bool(request.to_tag)
    except PeerError:
        return _TO_TAG.search(request.fields["to"][0]) is not None


def respond_in_part(request: Request, status: int, reason: str) -> bytes:
    """The answer to a request that lacks what every response must hand back: with as much of it as came."""
    kept = [f"{name}: {value}\r\n" for key, name in _HANDED_BACK for value in request.fields.get(key, ())[:1] if value]
    head = f"SIP/2.0 {status} {reason}\r\n{request.via_lines}{''.join(kept)}Content-Length: 0\r\n\r\n"
    return head.encode("utf-8", "surrogateescape")
