"""Reading messages: bytes to lines (RFC 3261 sections 7.3.1 and 7.5).

Peers are forgiven a missing empty line after the head, bare line feeds, and folded lines; not control characters within
a line, for what we copy into responses and take up to the house must not have a second meaning there. (A zero byte may
stand behind a backslash, in a quoted string: section 25.1.)
"""

import re

from .errors import PeerError
from .headers import TOKEN
from .limits import BODY_BYTES, HEAD_BYTES, HEADERS, LINE_BYTES
from .message import Request, Response

_VERSION = re.compile(r"SIP/([0-9]{1,3}\.[0-9]{1,3})", re.IGNORECASE)
_RESPONSE = re.compile(r"SIP/2\.0 +([1-6][0-9][0-9])(?: (.*))?", re.IGNORECASE)
_METHODS = frozenset({
    "INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "SUBSCRIBE", "NOTIFY", "REFER", "INFO", "PRACK", "UPDATE",
})
"""Those that need no thought."""
_FOLD = re.compile(r"\r\n[ \t]+")
_TORN = re.compile(r"[\r\n\0]")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


def parse(data: bytes) -> Request | Response:
    """Read one message, as a datagram or as one framed piece of a stream. Raises PeerError when it is none."""
    data = data.lstrip(b"\r\n")
    head, gap, body = data.partition(b"\r\n\r\n")
    if not gap and (found := _HEAD_END.search(data)):
        head, body = data[: found.start()], data[found.end() :]
    large = _too_large(head, body) if len(head) > LINE_BYTES or len(body) > BODY_BYTES else False
    if len(head) > HEAD_BYTES:
        head = head[:HEAD_BYTES]
    text = head.decode("utf-8", "surrogateescape")
    lines = text.split("\r\n")
    if text.count("\n") >= len(lines):
        text = re.sub(r"\r?\n", "\r\n", text)
        lines = text.split("\r\n")
    if "\r\n " in text or "\r\n\t" in text:
        lines = _FOLD.sub(" ", text).split("\r\n")
    while not gap and len(lines) > 1 and not lines[-1]:
        lines.pop()
    large = large or len(lines) > HEADERS
    torn = "\0" in text.replace("\\\0", "") or text.count("\r") != text.count("\n")
    if torn:
        # The answer hands some of it back: that much of what nobody may send goes no further.
        lines = [_TORN.sub(" ", line) for line in lines]
    message = _message(lines[: HEADERS + 1], body)
    if large:
        message.flaw, message.flaw_status = "Message Too Large", 513
    elif torn:
        message.flaw = "Control characters in the head"
    return message


def _too_large(head: bytes, body: bytes) -> bool:
    if len(head) > HEAD_BYTES or len(body) > BODY_BYTES:
        return True
    return max(map(len, re.split(rb"\r?\n(?![ \t])", head))) > LINE_BYTES


def _message(lines: list[str], body: bytes) -> Request | Response:
    start = lines[0]
    if start[:4].upper() == "SIP/" and (found := _RESPONSE.fullmatch(start)):
        return Response(int(found[1]), found[2] or "", lines[1:], body)
    method, _, rest = start.partition(" ")
    uri, _, version = rest.rstrip(" ").rpartition(" ")
    if version == "SIP/2.0" and method in _METHODS:
        return Request(method, uri, "2.0", lines[1:], body)
    found = _VERSION.fullmatch(version)
    if found is None or TOKEN.fullmatch(method) is None:
        raise PeerError(400, "Not a SIP message")
    return Request(method, uri, found[1], lines[1:], body)
