"""One SIP message, a stream of them, and STUN beside them."""

import contextlib

from switch.sip import stun as binding
from switch.sip.effects import Address
from switch.sip.errors import PeerError
from switch.sip.framing import Framer
from switch.sip.headers import clean, params, parse_name_addr, parse_via, quoted, split, unquoted
from switch.sip.identity import Claims
from switch.sip.masking import masked
from switch.sip.message import Request
from switch.sip.offering import offered
from switch.sip.parsing import parse
from switch.sip.uri import parse_uri
from switch.sip.writing import respond

SOURCE = Address("udp", "192.0.2.10", 5060)
_ADDRESSES = ("from", "to", "contact", "route", "record-route", "refer-to", "p-asserted-identity", "diversion")
_LISTS = (*_ADDRESSES, "require", "supported", "accept", "history-info", "x")


def sip(data: bytes) -> None:
    """Everything that may be asked of a message, in any order, and what is answered to it."""
    masked(data)
    try:
        message = parse(data)
    except PeerError:
        return
    for look in ("via", "from_", "to", "cseq", "from_tag", "to_tag", "call_id", "content_type", "sdp", "contact"):
        with contextlib.suppress(PeerError):
            getattr(message, look)
    for name in _LISTS:
        for value in message.listed(name):
            _address(value)
    for value in message.fields.get("via", ()):
        for piece in split(value):
            with contextlib.suppress(PeerError):
                params(parse_via(piece).params)
    if isinstance(message, Request):
        _answered(message)


def _address(value: str) -> None:
    params(value)
    with contextlib.suppress(PeerError):
        named = parse_name_addr(value)
        assert unquoted(quoted(named.display)) == clean(named.display)
        params(named.params)
        uri = parse_uri(named.uri)
        for name in ("lr", "transport", "gr", "user"):
            uri.param(name)
        again = parse_uri(str(uri))
        assert (again.scheme, again.host, again.port) == (uri.scheme, uri.host, uri.port)


def _answered(request: Request) -> None:
    try:
        request.arrive(SOURCE)
        request.check()
    except PeerError:
        return
    if not request.to_tag:
        told = offered("call", request, None)
        for text in (told.caller, told.caller_name, told.called, told.user_agent):
            assert clean(text) == text, "what the house is told is fit for people"
    Claims(request.fields)
    if request.method == "ACK":
        return
    answer = respond(request, 200, "OK", "tag", "")
    read = parse(answer)
    assert read.call_id == request.call_id
    assert read.to_tag
    assert read.via.branch == request.via.branch


def stream(data: bytes) -> None:
    """However a stream is cut into pieces, the same messages come out of it, or it ends in both cases."""
    assert _framed([data]) == _framed([data[at : at + 7] for at in range(0, len(data), 7)])


def _framed(pieces: list[bytes]) -> tuple[list[bytes], bool]:
    framer = Framer(4096)
    messages = [message for piece in pieces for message in framer.feed(piece)]
    return messages, framer.broken is not None


def stun(data: bytes) -> None:
    """An answer is never much longer than the question."""
    for host in ("192.0.2.10", "2001:db8::10"):
        answer = binding.answer(data, host, 5060)
        assert answer is None or len(answer) <= 2 * len(data) + 40
        assert answer is None or binding.answer(answer, host, 5060) is None, "two switches would answer each other"
