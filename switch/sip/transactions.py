"""The table of all transactions: which machine a message belongs to (RFC 3261 sections 17.1.3 and 17.2.3)."""

from collections.abc import Callable
from functools import partial

from .client import Client
from .effects import PORTS, WEB, Address
from .failover import Failover, is_direct
from .invite_client import InviteClient
from .invite_server import InviteServer
from .message import Request, Response
from .server import Server
from .stack import Stack
from .uri import known_as_ip
from .writing import Draft

ServerKey = tuple[str, str, str]
Heard = Callable[[Response], None]
Failed = Callable[[int], None]


class Transactions:
    """All machines that are still at work."""

    __slots__ = ("_clients", "_origins", "_servers", "_stack")

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._servers: dict[ServerKey, InviteServer | Server] = {}
        self._clients: dict[tuple[str, str], InviteClient | Client] = {}
        self._origins: set[tuple[str, str, int]] = set()

    def __len__(self) -> int:
        return len(self._servers) + len(self._clients)

    def find(self, key: ServerKey) -> InviteServer | Server | None:
        """The transaction that a request is a copy of, or that an ACK or a CANCEL means."""
        return self._servers.get(key)

    def merged(self, request: Request) -> bool:
        """Whether the same INVITE has come by another way (section 8.2.2.2)."""
        return (request.call_id, request.from_tag, request.cseq.number) in self._origins

    def serve_invite(self, request: Request) -> InviteServer:
        """A machine for a new INVITE; it says 100 at once, which stops the peer from repeating itself."""
        key, origin = request.key, (request.call_id, request.from_tag, request.cseq.number)
        machine = InviteServer(self._stack, request, partial(self._forget_invite, key, origin))
        self._servers[key] = machine
        self._origins.add(origin)
        return machine

    def serve(self, request: Request) -> Server:
        """A machine for any other new request."""
        key = request.key
        machine = Server(self._stack, request, partial(self._servers.pop, key, None))
        self._servers[key] = machine
        return machine

    def request(self, draft: Draft, heard: Heard, failed: Failed) -> Client | Failover:
        """Send a request that is no INVITE."""
        if is_direct(self._stack, draft):
            return self._request(draft, heard, failed)
        return Failover(self._stack, self._request, draft, heard, failed)

    def invite(self, draft: Draft, heard: Heard, failed: Failed) -> InviteClient | Failover:
        """Send an INVITE."""
        if is_direct(self._stack, draft):
            return self._invite(draft, heard, failed)
        return Failover(self._stack, self._invite, draft, heard, failed)

    def _request(self, draft: Draft, heard: Heard, failed: Failed) -> Client:
        if self._stack.aliases:
            draft = draft._replace(destination=self._stack.aliases.get(draft.destination, draft.destination))
        key = (draft.branch, draft.method)
        machine = Client(self._stack, draft, heard, failed, partial(self._clients.pop, key, None))
        self._clients[key] = machine
        return machine

    def _invite(self, draft: Draft, heard: Heard, failed: Failed) -> InviteClient:
        if self._stack.aliases:
            draft = draft._replace(destination=self._stack.aliases.get(draft.destination, draft.destination))
        key = (draft.branch, draft.method)
        machine = InviteClient(self._stack, draft, heard, failed, partial(self._clients.pop, key, None))
        self._clients[key] = machine
        return machine

    def respond(self, response: Response) -> None:
        """Hand a response to its machine; one that nobody waits for is dropped, as is one with somebody else's Via."""
        via = response.via
        machine = self._clients.get((via.branch, response.cseq.method))
        if machine is not None and not response.flaw and len(response.listed("via")) == 1 and response.first("to"):
            _ = response.to_tag
            machine.receive(response)

    def lost(self, address: Address) -> None:
        """No way to this peer: requests fail (17.1.4); responses go another way (18.2.2)."""
        for client in list(self._clients.values()):
            if client.draft.destination == address:
                client.fail(503)
        for server in self._servers.values():
            if server.destination == address and isinstance(server, InviteServer) and address.transport not in WEB:
                self._elsewhere(server, address)

    def _elsewhere(self, server: InviteServer, address: Address) -> None:
        """First where the request came from, at the port of its Via; where nobody opens there, by name (RFC 3263
        section 5), and what could not be sent is sent again."""
        via = server.request.via
        place = Address(address.transport, server.request.source.host, via.port or PORTS[address.transport])
        if place != address:
            server.destination = place
        elif not known_as_ip(via.host):
            target = Address(address.transport, via.host, via.port or 0)
            self._stack.locator.find(target, partial(self._found, server, via.host))

    def _found(self, server: InviteServer, name: str, places: list[Address]) -> None:
        self._stack.remember_domains(places, name)
        if places and server.state in ("proceeding", "accepted", "completed"):
            server.destination = places[0]
            server.receive()

    def _forget_invite(self, key: ServerKey, origin: tuple[str, str, int]) -> None:
        self._servers.pop(key, None)
        self._origins.discard(origin)
