"""Where the calls of an endpoint are found."""

from typing import TYPE_CHECKING

from .stack import Stack
from .transactions import Transactions

if TYPE_CHECKING:
    from .call import Call


class Room:
    """What a call needs of its surroundings, and the two tables it stands in."""

    __slots__ = ("calls", "dialogs", "ring_limit", "stack", "transactions")

    def __init__(self, stack: Stack, transactions: Transactions, ring_limit: float) -> None:
        self.stack = stack
        self.transactions = transactions
        self.ring_limit = ring_limit
        """Seconds that an INVITE may stay without a final answer."""
        self.calls: dict[str, Call] = {}
        """By the house's handle; a call that is over for the house is not here."""
        self.dialogs: dict[tuple[str, str], Call] = {}
        """By Call-ID and our tag."""
