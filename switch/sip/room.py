"""Where the calls of an endpoint are found."""

from typing import TYPE_CHECKING

from .stack import Stack
from .transactions import Transactions

if TYPE_CHECKING:
    from .call import Call
    from .dialog import Dialog

_REMEMBERED = 4000


class Dialogs(dict[tuple[str, str], "Call"]):
    """By Call-ID and our tag; it also counts how many there are with each address."""

    def __init__(self) -> None:
        super().__init__()
        self.hosts: dict[str, int] = {}
        self._host_of: dict[tuple[str, str], str] = {}

    def __setitem__(self, key: tuple[str, str], call: "Call") -> None:
        self.pop(key)
        host = call.dialog.destination.host if call.dialog is not None else ""
        self._host_of[key] = host
        self.hosts[host] = self.hosts.get(host, 0) + 1
        super().__setitem__(key, call)

    def pop(self, key: tuple[str, str], default: "Call | None" = None) -> "Call | None":
        host = self._host_of.pop(key, None)
        if host is not None:
            self.hosts[host] -= 1
            if not self.hosts[host]:
                del self.hosts[host]
        return super().pop(key, default)


class Room:
    """What a call needs of its surroundings, and the tables it stands in."""

    __slots__ = ("_ended", "calls", "dialogs", "min_se", "ring_limit", "session_expires", "stack", "transactions")

    def __init__(self, stack: Stack, transactions: Transactions, ring_limit: float, session_expires: int,
                 min_se: int) -> None:  # fmt: skip
        self.stack = stack
        self.transactions = transactions
        self.ring_limit = ring_limit
        """Seconds that an INVITE may stay without a final answer."""
        self.session_expires = session_expires
        """Seconds that a session lasts without being refreshed (RFC 4028); 0 = we do not ask for that."""
        self.min_se = min_se
        """Seconds that a peer may ask for at least."""
        self.calls: dict[str, Call] = {}
        """By the house's handle; a call that is over for the house is not here."""
        self.dialogs = Dialogs()
        """By Call-ID and our tag."""
        self._ended: dict[tuple[str, str, str], tuple[float, bool]] = {}

    def bury(self, dialog: "Dialog") -> None:
        """The dialog is over; for a moment it is still known that it was (RFC 3891 section 3)."""
        self.dialogs.pop((dialog.call_id, dialog.local_tag), None)
        self._note(dialog, parting=False)

    def part(self, dialog: "Dialog") -> None:
        """It is over by our BYE, which the peer's own may cross (RFC 5407 section 3.2.1)."""
        self._note(dialog, parting=True)

    def has_ended(self, call_id: str, local_tag: str, remote_tag: str) -> bool:
        """Whether there was such a dialog half a minute ago."""
        return self._since(call_id, local_tag, remote_tag)[0] >= self.stack.now - 64 * self.stack.t1

    def parts(self, call_id: str, local_tag: str, remote_tag: str) -> bool:
        """Whether we have just said BYE in this dialog."""
        return self.has_ended(call_id, local_tag, remote_tag) and self._since(call_id, local_tag, remote_tag)[1]

    def _note(self, dialog: "Dialog", *, parting: bool) -> None:
        self._ended[dialog.call_id, dialog.local_tag, dialog.remote_tag] = (self.stack.now, parting)
        if len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]

    def _since(self, *names: str) -> tuple[float, bool]:
        return self._ended.get(names, (float("-inf"), False))
