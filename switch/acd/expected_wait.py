"""How long will this caller wait?

With *s* agents who each need *h* seconds for a call, somebody becomes free every *h / s* seconds, so the caller in
position *p* waits about *p h / s*. Among the estimators that look at the queue as it is now, this is the one that
W. Whitt ("Predicting Queueing Delays", Management Science 45(6), 1999) shows to be right for exponential handling.

It promises too long a wait when callers ahead give up. R. Ibrahim and W. Whitt ("Real-Time Delay Estimation in
Overloaded Multiserver Queues with Abandonments", Management Science 55(10), 2009) mend that: each of the *i* callers
further ahead also goes by giving up, at a rate of *a* per second, so that the steps to the front take

    1/(s/h)  +  1/(s/h + a)  +  1/(s/h + 2a)  +  ...        (p terms; with a = 0 it is p h / s again)

Both *h* and *a* are learnt from the calls of this queue. What it does not know: agents who serve other queues as well
count in full here, so a queue that shares its agents with a busier one promises too little.
"""

from dataclasses import dataclass

OLD_CALLS = 0.05
"""Weight of the newest call once enough have been seen: the last twenty or so decide."""
FORGET = 0.99
"""How much of what was known about patience is left after one more caller."""


@dataclass(slots=True)
class HandlingTime:
    """Seconds of talk and wrap-up that one call takes, exponentially weighted."""

    seconds: float
    """The guess of the configuration, until real calls have been seen; it counts as one call."""
    seen: int = 0

    def learn(self, seconds: float) -> None:
        """One more call took this long."""
        self.seen += 1
        self.seconds += max(OLD_CALLS, 1 / (self.seen + 1)) * (seconds - self.seconds)

    def assume(self, seconds: float) -> None:
        """The configuration guesses anew; a guess does not overrule real calls."""
        if not self.seen:
            self.seconds = seconds


@dataclass(slots=True)
class Patience:
    """How fast callers give up: abandonments per second of waiting, over all who waited."""

    waited: float
    """Seconds waited in all; begins with some that nobody gave up in, so that one hasty caller proves nothing."""
    abandoned: float = 0.0

    def learn(self, waited: float, abandoned: bool) -> None:
        """One more caller left, for whatever reason."""
        self.waited = FORGET * self.waited + waited
        self.abandoned = FORGET * self.abandoned + abandoned

    @property
    def rate(self) -> float:
        """Per second and waiting caller."""
        return self.abandoned / self.waited if self.waited > 1 else 0.0


def expected_wait(position: int, staffed: int, handling: float, giving_up: float = 0.0) -> float | None:
    """Seconds until the caller in ``position`` (1 = next) is offered to an agent; None when nobody is staffed.

    ``handling`` in seconds a call, ``giving_up`` in abandonments per second and waiting caller.
    """
    if staffed < 1:
        return None
    if handling <= 0:
        return 0.0
    pace = staffed / handling
    if not giving_up:
        return position / pace
    return sum(1 / (pace + ahead * giving_up) for ahead in range(position))
