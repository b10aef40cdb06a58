"""The figures of now, for wallboards: the queues as the desk has them, beside what a report says of today."""

from collections import Counter
from collections.abc import Mapping

from cti.protocol import Figures, QueueNow
from cti.report_queues import QueueFigures
from switch.house import House


def figures(house: House, today: Mapping[str, QueueFigures], now: float) -> Figures:
    """All queues, in the order of the file; ``today``: the report's figures by queue. ``now``: POSIX seconds."""
    states = Counter(agent.state for agent in house.desk.agents())
    return Figures(at=now, agents=dict(states),
                   queues=tuple(_queue(house, name, today.get(name), now) for name in house.settings.queues))


def _queue(house: House, name: str, today: QueueFigures | None, now: float) -> QueueNow:
    seen, hand = house.desk.queue(name, now), house.shut.rules(name, now)
    return QueueNow(queue=name, waiting=seen.waiting, oldest=seen.oldest, expected_wait=seen.expected_wait,
                    staffed=seen.staffed, ready=seen.ready, busy=seen.busy, today=today,
                    closed=house.desk.refuses(name) == "closed", closed_by=hand.by if hand is not None else "")
