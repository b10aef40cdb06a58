"""Token buckets, and tables that forget the oldest rather than grow."""

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class Bucket:
    """Holds at most ``size`` tokens and gains ``rate`` a second; begins full."""

    __slots__ = ("at", "rate", "size", "tokens")

    def __init__(self, rate: float, size: float, now: float) -> None:
        self.rate = rate
        self.size = size
        self.tokens = size
        self.at = now

    def take(self, count: float, now: float) -> bool:
        """Take tokens; False, and nothing taken, when there are not enough."""
        tokens = self.tokens + (now - self.at) * self.rate
        if tokens > self.size:
            tokens = self.size
        self.at = now
        if tokens < count:
            self.tokens = tokens
            return False
        self.tokens = tokens - count
        return True


class Recent(OrderedDict[str, V], Generic[V]):
    """At most ``limit`` entries: those that were written or touched last."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def put(self, key: str, value: V) -> tuple[str, V] | None:
        """Write an entry; gives the one that had to go for it."""
        self[key] = value
        self.move_to_end(key)
        return self.popitem(last=False) if len(self) > self._limit else None
