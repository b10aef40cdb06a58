"""The free seats of media, worker by worker, and who gets the next one. Pure.

A worker lets hear each other only who is in its own matrix. All who can ever hear each other are legs of one contact: a
consultation, a conference, a call in the place of another and whoever listens are legs of the contact that they come to. So
the first leg of a contact is seated where there is the least to do, every further one beside it, and no leg ever moves.
"""

from collections import deque
from collections.abc import Iterable, Iterator


class Seating:
    """``strained``: workers that are late with what they have; they get nobody new while another is not."""

    def __init__(self) -> None:
        self.strained: frozenset[int] = frozenset()
        self._free: dict[int, deque[int]] = {0: deque()}
        self._workers: dict[int, int] = {}
        """Of every port that was announced."""
        self._known: dict[int, int] = {0: 0}
        """How many ports each worker has announced."""

    def __len__(self) -> int:
        return sum(map(len, self._free.values()))

    def __iter__(self) -> Iterator[int]:
        return (port for free in self._free.values() for port in free)

    def extend(self, ports: Iterable[int], worker: int = 0) -> None:
        """These seats of a worker are free."""
        free = self._free.setdefault(worker, deque())
        for port in ports:
            if port not in self._workers:
                self._workers[port] = worker
                self._known[worker] = self._known.get(worker, 0) + 1
            free.append(port)

    def append(self, port: int) -> None:
        """A seat that was given out and never opened comes back."""
        self._free[self._workers[port]].append(port)

    def worker_of(self, port: int) -> int:
        """Whose seat this is."""
        return self._workers.get(port, 0)

    def taken(self, worker: int) -> int:
        """How many seats of this worker are taken, or rest after a call."""
        return self._known.get(worker, 0) - len(self._free.get(worker, ()))

    def take(self, worker: int | None = None) -> int | None:
        """A seat beside others of this worker, or (None) wherever there is the least to do; None when none is free."""
        if worker is None:
            worker = self._best()
        free = self._free.get(worker, ()) if worker is not None else ()
        return free.popleft() if free else None

    def span(self, worker: int | None) -> tuple[int, int] | None:
        """The first and the last port of a worker; None = of nobody in particular."""
        ports = [port for port, whose in self._workers.items() if whose == worker]
        return (min(ports), max(ports)) if ports else None

    def lose(self, worker: int) -> None:
        """The worker is gone, and its seats with it."""
        self._free[worker] = deque()
        self._known[worker] = 0
        self._workers = {port: whose for port, whose in self._workers.items() if whose != worker}

    def clear(self) -> None:
        """No seat is free."""
        for free in self._free.values():
            free.clear()

    def _best(self) -> int | None:
        if len(self._free) == 1:
            return next(iter(self._free))
        able = [worker for worker, free in self._free.items() if free]
        return min(able, key=lambda worker: (worker in self.strained, self.taken(worker), worker), default=None)
