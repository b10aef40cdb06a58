"""Which of several workers an order is for. Pure.

The switch speaks of legs and recordings and knows no worker. A leg is where the port is that it was opened with; a
recording is where its legs are, and stays there. What is joined or bridged is in one worker: whoever orders it has seen to
that when it chose the ports.
"""

from bisect import bisect_right

from media.orders import AnyOrder, Bridge, Close, Finish, Join, Open, Pause, Record, Resume


def split(first: int, last: int, workers: int) -> list[tuple[int, int]]:
    """The ports from ``first`` to ``last`` (included) in ranges of nearly the same length, each of them beginning with an
    even one and ending with an odd one, but for the last; fewer than ``workers`` when there are not as many pairs."""
    pairs = (last - first) // 2 + 1
    workers = max(1, min(workers, pairs))
    firsts = [first + 2 * (pairs * number // workers) for number in range(workers)]
    return [(begin, end - 1) for begin, end in zip(firsts, [*firsts[1:], last + 1], strict=True)]


class Routes:
    """``spans``: the ports of each worker, in their order."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._firsts = [first for first, _ in spans]
        self._legs: dict[str, int] = {}
        self._recordings: dict[str, int] = {}

    def of(self, order: AnyOrder) -> int | None:
        """The worker; None = nobody has that leg any more, and the order may be forgotten."""
        kind = type(order)
        if kind is Open:
            self._legs[order.leg] = worker = max(0, bisect_right(self._firsts, order.port) - 1)
            return worker
        if kind is Close:
            return self._legs.pop(order.leg, None)
        if kind is Join:
            return self._legs.get(order.one)
        if kind is Bridge:
            return next((self._legs[leg] for leg in order.legs if leg in self._legs), None)
        if kind in (Record, Pause, Resume, Finish):
            return self._of_recording(order)
        return self._legs.get(order.leg)

    def forget(self, worker: int) -> None:
        """The worker is gone, with all that it had."""
        self._legs = {leg: where for leg, where in self._legs.items() if where != worker}
        self._recordings = {name: where for name, where in self._recordings.items() if where != worker}

    def _of_recording(self, order: Record | Pause | Resume | Finish) -> int | None:
        if type(order) is Finish:
            return self._recordings.pop(order.recording, None)
        worker = self._recordings.get(order.recording)
        if worker is None and type(order) is Record:
            worker = self._legs.get(order.left, self._legs.get(order.right))
            if worker is not None:
                self._recordings[order.recording] = worker
        return worker
