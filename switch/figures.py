"""How calls sounded, as figures for Prometheus: what each leg told at its end, in buckets, and what was dropped."""

from bisect import bisect_left

from switch.events import MediaQuality

MOS = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.2, 4.5)
SHARE = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
TRIP = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)


class Histogram:
    """Counts by upper bounds."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float | None) -> None:
        """Count a value; None = it is not known."""
        if value is not None:
            self._counts[bisect_left(self._bounds, value)] += 1
            self._sum += value

    def figures(self) -> dict[tuple[str, str], float]:
        """``{("le", bound): how many up to there}``, and the sum under ``("sum", "")``."""
        found: dict[tuple[str, str], float] = {}
        total = 0
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            total += count
            found["le", bound] = total
        return {**found, ("sum", ""): self._sum}


class Sound:
    """What legs told when they ended, since the start of the switch."""

    def __init__(self) -> None:
        self.timeouts = self.no_seat = self.late = 0
        """Phones that were gone; calls that were turned away because every port was taken; packets too late to be heard."""
        self._dropped = {"intruder": 0, "unopened": 0, "replayed": 0}
        ways = {"mos": ("score", MOS), "loss": ("ratio", SHARE), "jitter": ("seconds", SECONDS)}
        self._figures = {f"media_{what}_{way}_{unit}": Histogram(bounds)
                         for what, (unit, bounds) in ways.items() for way in ("heard", "sent")}
        self._figures["media_round_trip_seconds"] = Histogram(TRIP)

    def add(self, told: MediaQuality) -> None:
        """A leg has ended."""
        expected = told.received + told.lost
        values = {
            "media_mos_heard_score": told.mos, "media_mos_sent_score": told.far_mos,
            "media_loss_heard_ratio": (told.lost + told.late) / expected if expected else None,
            "media_loss_sent_ratio": told.far_loss,
            "media_jitter_heard_seconds": told.jitter if told.received else None,
            "media_jitter_sent_seconds": told.far_jitter,
            "media_round_trip_seconds": told.round_trip,
        }  # fmt: skip
        for name, value in values.items():
            self._figures[name].add(value)
        for name, count in (("intruder", told.intruders), ("unopened", told.unopened), ("replayed", told.replayed)):
            self._dropped[name] += count
        self.late += told.late

    def counts(self) -> dict[str, float | dict[tuple[str, str], float]]:
        """All figures by name."""
        return {
            **{name: figure.figures() for name, figure in self._figures.items()},
            "media_dropped_packets_total": {("why", why): count for why, count in self._dropped.items()},
            "media_timeouts_total": self.timeouts, "media_no_seat_total": self.no_seat,
            "media_late_packets_total": self.late,
        }
