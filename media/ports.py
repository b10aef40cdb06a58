"""I/O: several media workers as one. Each has ports of its own out of one range; an order goes to whoever has its leg.

A worker that dies takes its own calls with it and no others; ``on_died`` says which it was, and :meth:`start_again` puts
another in its place, with the same ports.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from media.orders import AnyOrder, AnyReport
from media.port import MediaPort
from media.routes import Routes, split


class MediaPorts:
    """``on_reports(reports, worker)`` gets reports as they come; ``on_died(worker)`` is called when one ends unasked."""

    def __init__(self, on_reports: Callable[[list[AnyReport], int], None], on_died: Callable[[int], None]) -> None:
        self._on_reports = on_reports
        self._on_died = on_died
        self._ports: list[MediaPort] = []
        self._options: list[dict[str, Any]] = []
        self._routes = Routes([(0, 0)])

    @property
    def pids(self) -> list[int | None]:
        """The processes of the workers, in their order; None = it was never started."""
        return [port.pid for port in self._ports]

    async def start(self, *, workers: int, first_port: int, last_port: int, cores: Sequence[int] = (),
                    **options: Any) -> None:
        """Start all of them, each on the core that is named for it; ``options`` are those of :meth:`MediaPort.start`.
        Raises MediaError when one does not."""
        spans = split(first_port, last_port, workers)
        self._routes = Routes(spans)
        self._options = [
            {**options, "first_port": first, "last_port": last, "core": cores[number % len(cores)] if cores else None}
            for number, (first, last) in enumerate(spans)
        ]
        self._ports = [self._make(worker) for worker in range(len(spans))]
        starts = [port.start(**each) for port, each in zip(self._ports, self._options, strict=True)]
        told = await asyncio.gather(*starts, return_exceptions=True)
        if failures := [each for each in told if isinstance(each, BaseException)]:
            await self.close()
            raise failures[0]

    async def start_again(self, worker: int) -> None:
        """Another in the place of one that died. Raises MediaError."""
        self._ports[worker] = port = self._make(worker)
        await port.start(**self._options[worker])

    def send(self, orders: Iterable[AnyOrder]) -> None:
        """Order; never waits. What is meant for a worker that is gone goes nowhere."""
        if len(self._ports) == 1:
            return self._ports[0].send(orders)
        bundles: dict[int, list[AnyOrder]] = {}
        for order in orders:
            if (worker := self._routes.of(order)) is not None:
                bundles.setdefault(worker, []).append(order)
        for worker, bundle in bundles.items():
            self._ports[worker].send(bundle)
        return None

    async def close(self) -> None:
        """Hang up on all of them, and wait until their recordings are finished."""
        await asyncio.gather(*(port.close() for port in self._ports))

    def _make(self, worker: int) -> MediaPort:
        return MediaPort(partial(self._hear, worker), partial(self._died, worker))

    def _hear(self, worker: int, reports: list[AnyReport]) -> None:
        self._on_reports(reports, worker)

    def _died(self, worker: int) -> None:
        self._routes.forget(worker)
        self._on_died(worker)
