"""Messages as the log may show them: without what would let a reader be somebody else.

A digest answer holds no password, but whoever has it can try passwords against it at leisure; a URI may hold one in the
open (RFC 3261 section 19.1.1), and tokens travel in URLs. Only the log's trace comes here, and only while it is on.
"""

import re

_HIDDEN = "***"
_PROOF = re.compile(r"(?im)^((?:proxy-)?authorization[ \t]*:[ \t]*)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")
_SUM = re.compile(r'(?i)\b(response|cnonce|nonce|opaque|password|rspauth)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,;]+)')
_USERINFO = re.compile(r'(?i)\b((?:sips?|https?|wss?|postgresql(?:\+\w+)?):(?://)?[^\s:@/<>"]*):[^\s@/<>"]+@')
_TOKEN = re.compile(r"(?i)([?&;](?:access_token|token|password|secret|key|sig)=)[^\s&;>\"']+")
_KEY = re.compile(r"(?im)^(a=crypto:\d+ \S+ inline:|a=ice-pwd:|k=\w+:)[^\r\n]+")


def masked(data: bytes) -> str:
    """A SIP message as text without its secrets: digest answers, passwords and tokens in URIs, keys of media."""
    text = data.decode("utf-8", "replace")
    text = _PROOF.sub(_masked_proof, text)
    return _KEY.sub(rf"\1{_HIDDEN}", masked_url(text))


def masked_url(text: str) -> str:
    """Text in which no URL has a password or a token."""
    return _TOKEN.sub(rf"\1{_HIDDEN}", _USERINFO.sub(rf"\1:{_HIDDEN}@", text))


def _masked_proof(found: re.Match[str]) -> str:
    scheme, _, rest = found[2].partition(" ")
    if scheme.lower() != "digest":
        return f"{found[1]}{scheme} {_HIDDEN}"
    hidden = _SUM.sub(rf"\1={_HIDDEN}", rest)
    return f"{found[1]}{scheme} {hidden}"
