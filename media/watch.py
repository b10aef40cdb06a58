"""Who is silent, who is gone, and who sends what nobody asked for: looked for ten times a second, for all rows at once.

*Silent* is a leg that sends no sound while it may; that is told, and its end. *Timed out* is one that has sent neither
sound nor reports for much longer, while neither side holds the other: its phone is gone, and no BYE will come. A phone
that suppresses silence, or is muted, still sends its reports.
"""

import numpy as np

from media.legs import Legs, Parts
from media.orders import AnyReport, HeardAgain, Intruded, TimedOut, WentSilent
from media.rtp import plain_host

_AGAIN = 60.0
"""Seconds until intruders of the same leg are told of again."""


class Watch:
    """Watches the rows. Times in seconds; ``timeout`` 0 = never."""

    def __init__(self, rows: int, legs: Legs, parts: Parts, silence_after: float, timeout: float) -> None:
        self._legs = legs
        self._sources = parts.sources
        self._reporting = parts.reporting
        self._silence_after = silence_after
        self._timeout = timeout
        self._gone = np.zeros(rows, bool)
        self._strangers = np.zeros(rows, np.int64)
        self._told_at: dict[int, float] = {}

    def look(self, rows: int, now: float) -> list[AnyReport]:
        """What is to be told of the first ``rows`` rows."""
        self._reporting.look(rows)
        return self._silence(rows, now) + self._timeouts(rows, now) + self._intruders(rows, now)

    def _silence(self, rows: int, now: float) -> list[AnyReport]:
        legs, heard = self._legs, self._sources.heard[:rows]
        quiet = legs.due[:rows] & (now - heard >= self._silence_after)
        changed = np.flatnonzero(quiet != legs.silent[:rows])
        legs.silent[:rows] = quiet
        reports: list[AnyReport] = []
        for row in changed.tolist():
            if quiet[row]:
                reports.append(WentSilent(legs.at(row).name, round(float(now - heard[row]), 3)))
            elif legs.due[row]:
                reports.append(HeardAgain(legs.at(row).name))
        return reports

    def _timeouts(self, rows: int, now: float) -> list[AnyReport]:
        if not self._timeout:
            return []
        legs = self._legs
        last = np.maximum(np.maximum(self._sources.heard[:rows], self._sources.reported[:rows]), legs.talks_since[:rows])
        gone = legs.talks[:rows] & (now - last >= self._timeout)
        fresh = np.flatnonzero(gone & ~self._gone[:rows]).tolist()
        self._gone[:rows] = gone
        return [TimedOut(legs.at(row).name, round(float(now - last[row]), 3)) for row in fresh]

    def _intruders(self, rows: int, now: float) -> list[AnyReport]:
        strangers = self._sources.strangers[:rows]
        reports: list[AnyReport] = []
        for row in np.flatnonzero(strangers != self._strangers[:rows]).tolist():
            if not strangers[row]:  # Another leg is in this row now.
                self._told_at.pop(row, None)
            elif now - self._told_at.get(row, -_AGAIN) < _AGAIN:
                continue
            else:
                self._told_at[row] = now
                host, port = self._sources.intruders[row][:2]
                reports.append(Intruded(self._legs.at(row).name, plain_host(host), port, int(strangers[row])))
            self._strangers[row] = strangers[row]
        return reports
