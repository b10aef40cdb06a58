"""The house's figures for Prometheus, asked for when somebody scrapes. What they mean stands in :mod:`cti.metrics`; what is
counted from the journal (waits, ends, commands) in :mod:`cti.wait_metrics`.

Labels have values from the configuration or from short lists alone: nobody outside can make a new one.
"""

from collections.abc import Callable, Mapping, Sequence

from switch import view
from switch.acd.agent import STATES
from switch.pulse import Pulse
from switch.shell import Shell

Figure = float | dict[tuple[str, str], float]
Outbox = Callable[[float], tuple[int, float]]
"""At this moment: how much waits, and for how many seconds the oldest of it."""

_ELSEWHERE = {"sip_bindings", *(f"acd_{state}" for state in STATES)}
"""What is told under better names."""


def figures(shell: Shell, pulse: Pulse, outboxes: Mapping[str, Outbox]) -> dict[str, Figure]:
    """All of them, by name."""
    house, now = shell.exchange.house, shell.clock.now()
    waiting = {name: outbox(now) for name, outbox in outboxes.items()}
    counts = {name: count for name, count in shell.exchange.counts().items() if name not in _ELSEWHERE}
    oldest = shell.store.oldest
    return {
        **counts, **view.trunk_figures(house), **view.hours_figures(house),
        **house.sound.counts(), **_queues(shell, now), **_people(shell),
        "event_loop_lag_seconds": pulse.lag.figures(),
        "journal_lag_entries": shell.store.lag,
        "journal_lag_seconds": max(0.0, now - oldest) if oldest is not None else 0.0,
        "store_writable": float(not shell.store.away),
        **_each("outbox", "outbox_entries", [(name, float(many)) for name, (many, _) in waiting.items()]),
        **_each("outbox", "outbox_age_seconds", [(name, age) for name, (_, age) in waiting.items()]),
        "admitting": float(shell.exchange.house.shut_since is None),
        "overload_refused_total": shell.exchange.house.admission.refused,
        "media_up": float(len(shell.media.workers.heard)),
        "media_frames_total": shell.media.workers.frames, "media_late_frames_total": shell.media.workers.late_frames,
        **shell.media.workers.figures(), **_workers(shell),
    }


def _workers(shell: Shell) -> dict[str, Figure]:
    loads = [(str(worker), load) for worker, load in sorted(shell.media.workers.loads.items())]
    return {
        **_each("worker", "media_worker_legs", [(worker, float(load.legs)) for worker, load in loads]),
        **_each("worker", "media_worker_late_p99_seconds", [(worker, load.late_p99) for worker, load in loads]),
        **_each("worker", "media_worker_cpu_seconds", [(worker, load.cpu) for worker, load in loads]),
    }


def _queues(shell: Shell, now: float) -> dict[str, Figure]:
    seen = [shell.exchange.house.desk.queue(name, now) for name in shell.exchange.house.settings.queues]
    return {
        **_each("queue", "queue_waiting", [(one.queue, float(one.waiting)) for one in seen]),
        **_each("queue", "queue_oldest_wait_seconds", [(one.queue, one.longest_wait) for one in seen]),
        **_each("queue", "queue_staffed_agents", [(one.queue, float(one.staffed)) for one in seen]),
        **_each("queue", "queue_ready_agents", [(one.queue, float(one.ready)) for one in seen]),
    }


def _people(shell: Shell) -> dict[str, Figure]:
    house = shell.exchange.house
    counts = house.desk.counts()
    reachable = sum(house.desk.state(agent).reachable for agent in house.desk.rules)
    return {**_each("state", "agents", [(state, float(counts[state])) for state in STATES]),
            "agents_registered": float(reachable), "phone_registrations": float(len(house.endpoint.registrar))}


def _each(label: str, name: str, values: Sequence[tuple[str, float]]) -> dict[str, Figure]:
    """One figure for each of several things; no family at all where there is none."""
    return {name: {(label, which): value for which, value in values}} if values else {}
