"""The dialog: what two parties remember of each other between requests (RFC 3261 section 12).

Where a request within the dialog goes is decided in this order. With a route set: to the first route; where that is a
name that nobody knows, to where the dialog came from. Without one: to where the peer's last message
came from, not to its Contact: behind a NAT the Contact is an address that only the phone itself can reach, while a peer
that is reachable at its Contact has nearly always sent from there, too. To whom a websocket leads (RFC 7118), it alone
leads, whatever is written.
"""

from typing import Literal

from .effects import PORTS, WEB, Address
from .errors import PeerError
from .headers import parse_name_addr
from .message import Request, Response
from .stack import Stack
from .uri import Uri, canonical_ip, known_as_ip, parse_uri
from .writing import Draft


class Dialog:
    """One confirmed or early dialog, seen from our side."""

    __slots__ = (
        "_heard_from", "_stack", "call_id", "described", "destination", "heard", "local_seq", "local_tag", "local_text",
        "remote_seq", "remote_tag", "remote_text", "route_set", "stand", "target", "updates",
    )  # fmt: skip

    def __init__(self, stack: Stack, call_id: str, local_text: str, local_tag: str, peer: Address) -> None:
        self._stack = stack
        self.call_id = call_id
        self.local_text = local_text
        """Our From or To, with our tag."""
        self.local_tag = local_tag
        self.local_seq = 0
        self.remote_text = ""
        self.remote_tag = ""
        self.remote_seq = -1
        self.target = ""
        """The peer's Contact: the Request-URI of what we send."""
        self.route_set: tuple[str, ...] = ()
        self.destination = self._heard_from = peer
        self.stand: Literal["none", "ours", "theirs", "agreed"] = "none"
        """Offer and answer (RFC 3264): nothing said yet, whose offer waits for its answer, or all is agreed."""
        self.described = b""
        """The session description that we sent last."""
        self.heard: bytes | None = None
        """The one that the peer has said reliably before its 200; later ones do not count (13.2.1)."""
        self.updates = False
        """Whether the peer takes UPDATE (RFC 3311), by its last Allow."""

    @classmethod
    def answering(cls, stack: Stack, request: Request, tag: str) -> "Dialog":
        """The dialog that an INVITE makes at the side that is called (12.1.1). Raises PeerError 400."""
        to = request.first("to")
        dialog = cls(stack, request.call_id, f"{to};tag={tag}", tag, request.source)
        dialog.remote_text = request.first("from")
        dialog.remote_tag = request.from_tag
        dialog.remote_seq = request.cseq.number
        dialog.route_set = tuple(request.listed("record-route"))
        if "contact" not in request.fields:  # legal before RFC 3261
            dialog.target = request.from_.uri
        dialog.stand = "theirs" if request.sdp else "none"
        dialog.refresh(request)
        return dialog

    @classmethod
    def asking(cls, stack: Stack, draft: Draft, local_tag: str, response: Response) -> "Dialog":
        """The dialog that a response makes at the side that calls (12.1.2). Raises PeerError 400."""
        dialog = cls(stack, draft.call_id, draft.from_text, local_tag, draft.destination)
        dialog.local_seq = draft.cseq
        dialog.remote_text = response.first("to")
        dialog.remote_tag = response.to_tag
        dialog.target = draft.uri
        dialog.described = draft.body
        dialog.stand = "ours" if draft.body else "none"
        dialog.established(response)
        return dialog

    def established(self, response: Response) -> None:
        """The response that made an early dialog, or the 2xx that confirms it, names the route anew (13.2.2.4)."""
        self.route_set = tuple(reversed(response.listed("record-route")))
        self.refresh(response)

    @staticmethod
    def check(request: Request) -> None:
        """Whether a re-INVITE or UPDATE has a Contact that can be used, or none. Raises PeerError 400."""
        if target := request.contact:
            parse_uri(target)

    def count(self, request: Request) -> None:
        """A new request has to have a higher number than all before it (12.2.2); a copy is answered by its transaction
        and never gets here. Raises PeerError 500."""
        number = request.cseq.number
        if number <= self.remote_seq:
            raise PeerError(500, "CSeq out of order")
        self.remote_seq = number

    def refresh(self, message: Request | Response) -> None:
        """Take over the peer's Contact, and the address it speaks from (12.2.1.2).

        Raises PeerError 400 where a request has a wrong one. In a response it is left out of account, for there is
        nobody to tell, and the call is better kept with what was known before.
        """
        if isinstance(message, Request):
            self._heard_from = message.source
        if "allow" in message.fields:
            self.updates = "UPDATE" in message.listed("allow")
        try:
            target = message.contact
            uri = parse_uri(target or self.target)
            if uri.headers:  # a Request-URI has none (19.1.1, table 1)
                target = target.removesuffix(f"?{uri.headers}")
            self.target = target or self.target
            if self.route_set:
                first = parse_uri(parse_name_addr(self.route_set[0]).uri)
                if self._heard_from.transport not in WEB:
                    self.destination = address_of(first)
                    return
        except PeerError:
            if isinstance(message, Request):
                raise PeerError(400, "Unusable Contact or Record-Route") from None
            self.route_set = ()
        if isinstance(message, Request):
            self.destination = message.source

    @property
    def secure(self) -> bool:
        """Whether our Contact must be a sips: one (RFC 3261 section 8.1.1.8)."""
        return "sips:" in (self.route_set[0] if self.route_set else self.target[:5].lower())

    def request(self, method: str, extra: str = "", body: bytes = b"") -> Draft:
        """The next request within this dialog (12.2.1.1)."""
        self.local_seq += 1
        return self._draft(method, self.local_seq, extra, body)

    def ack(self, number: int, body: bytes = b"") -> Draft:
        """The ACK to a 2xx: a transaction of its own with the number of its INVITE (13.2.2.4)."""
        return self._draft("ACK", number, "Content-Type: application/sdp\r\n" if body else "", body)

    def lost(self, address: Address) -> None:
        """The connection to the peer is closed: try the way that its Contact names, which that of a browser does not."""
        if address == self.destination and self.target and address.transport not in WEB:
            self.destination = address_of(parse_uri(self.target))

    def _draft(self, method: str, number: int, extra: str, body: bytes) -> Draft:
        uri, routes = self.target, self.route_set
        if routes:
            first = parse_name_addr(routes[0]).uri
            if parse_uri(first).param("lr") is None:
                # A strict router wants its own name as Request-URI, and the target at the end of the route.
                uri, routes = first, (*routes[1:], f"<{self.target}>")
        return Draft(
            method, uri, self.destination, self._stack.branch(), "".join([f"Route: {route}\r\n" for route in routes]),
            self.local_text, self.remote_text, self.call_id, number, extra, body, self._heard_from,
        )  # fmt: skip


def address_of(uri: Uri) -> Address:
    """Where a URI points; a host name, with what the URI says of transport and port, is still to be located."""
    transport, host = uri.param("transport") or "", uri.param("maddr") or uri.host
    if not known_as_ip(host):
        secure = uri.scheme == "sips"
        return Address("tls" if secure else transport if transport in PORTS else "", host, uri.port or 0)
    if uri.scheme == "sips" or transport not in PORTS:
        transport = "tls" if uri.scheme == "sips" else "udp"
    return Address(transport, canonical_ip(host), uri.port or PORTS[transport])
