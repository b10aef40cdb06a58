"""Bodies of several parts (RFC 5621): trunks send an ISUP message beside the session description. Only that is read here;
parts of other kinds are somebody else's, and a part that must be understood says so where nobody can overlook it.
"""

import re

from .headers import params

_GAP = re.compile(rb"\r?\n\r?\n")
_PARTS = 16
"""More parts than this are not looked at."""


def session_in(content_type: str, body: bytes) -> bytes | None:
    """The session description in a multipart body; None = there is none. ``content_type``: the header's whole value."""
    boundary = params(content_type).get("boundary", "")
    if not boundary:
        return None
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    for piece in (b"\r\n" + body).split(b"\n" + mark, _PARTS)[1:]:
        if piece.startswith(b"--"):
            break
        head, content = _cut(piece.partition(b"\n")[2])
        if re.search(rb"^content-type\s*:\s*application/sdp\b", head, re.IGNORECASE | re.MULTILINE):
            return content.removesuffix(b"\r") or None
    return None


def _cut(piece: bytes) -> tuple[bytes, bytes]:
    found = _GAP.search(piece)
    return (piece[: found.start()], piece[found.end() :]) if found else (b"", piece)
