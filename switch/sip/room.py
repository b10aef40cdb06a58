"""Where the calls of an endpoint are found."""

from collections import deque
from typing import TYPE_CHECKING

from .stack import Stack
from .transactions import Transactions

if TYPE_CHECKING:
    from .call import Call
    from .dialog import Dialog

_REMEMBERED = 1000


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
    """What a call needs of its surroundings, and the two tables it stands in."""

    __slots__ = ("_ended", "calls", "dialogs", "ring_limit", "stack", "transactions")

    def __init__(self, stack: Stack, transactions: Transactions, ring_limit: float) -> None:
        self.stack = stack
        self.transactions = transactions
        self.ring_limit = ring_limit
        """Seconds that an INVITE may stay without a final answer."""
        self.calls: dict[str, Call] = {}
        """By the house's handle; a call that is over for the house is not here."""
        self.dialogs = Dialogs()
        """By Call-ID and our tag."""
        self._ended: deque[tuple[str, str, str, float]] = deque(maxlen=_REMEMBERED)

    def bury(self, dialog: "Dialog") -> None:
        """The dialog is over; for a moment it is still known that it was (RFC 3891 section 3)."""
        if self.dialogs.pop((dialog.call_id, dialog.local_tag), None) is not None:
            self._ended.append((dialog.call_id, dialog.local_tag, dialog.remote_tag, self.stack.now))

    def has_ended(self, call_id: str, local_tag: str, remote_tag: str) -> bool:
        """Whether there was such a dialog half a minute ago."""
        since = self.stack.now - 64 * self.stack.t1
        return any(ended[:3] == (call_id, local_tag, remote_tag) and ended[3] >= since for ended in self._ended)
