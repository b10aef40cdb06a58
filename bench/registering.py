"""W5, REGISTER with digest: both rounds, over and over, for a thousand users. SIPp makes the load.

Each registration is a REGISTER, the challenge, the REGISTER with the answer (MD5, which is all that SIPp is asked for), and
200. The users' phones are bound already after the first time: what is measured is what a centre does every hour of its day.
"""

from pathlib import Path

from bench import machine
from bench.progress import Progress
from bench.results import Figure, Part, others
from bench.sipp import Counts, Sipp
from bench.switch import BenchError, Switch
from bench.switch import crew as agents

USERS = 1000
RATES = (500, 1000, 2000, 3000)
"""Registrations a second."""
GOAL = 0.25
FAILURES = 0.001


def changes() -> dict[str, dict[object, object]]:
    """Everybody."""
    return {"agents.yaml": agents(USERS)}


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Rate by rate, until it breaks."""
    users = folder / "users.csv"
    lines = [f"{user};[authentication username={user} password={entry['password']}]"
             for user, entry in agents(USERS).items()]
    users.write_text("\n".join(["SEQUENTIAL", *lines, ""]))
    figures, seen, well, cores = [], [], 0, 0.0
    for rate in (200, 400) if quick else RATES:
        spent, counts = _run(switch, folder, progress, rate, users, *((3, 3) if quick else (3, 4)))
        done = (counts.successful - counts.refused) / counts.at if counts.at else 0.0
        broken = done < 0.95 * rate or counts.failed > FAILURES * counts.created
        seen.append(f"{rate}/s: {'BROKEN: ' if broken else ''}{done:.0f} served a second, {counts.failed} failed, "
                    f"{counts.refused} refused with 503, {counts.retransmissions} retransmissions; {others(spent)}")
        if not done:
            raise BenchError(f"nobody could register\n{switch.said()}")
        if broken and well:
            break
        well, cores = (rate, spent.total / spent.seconds) if not broken else (well, cores)
        figures.append(Figure(f"CPU per registration, {rate}/s", 1e3 * spent.total / (done * spent.seconds), "ms", GOAL,
                              "0.33-0.38", 0.33, at=rate))
        figures.append(Figure(f"failed, {rate}/s", 100 * counts.failed / max(1, counts.created), "%", 100 * FAILURES))
    figures.append(Figure("registrations a second at which all was well", well, "", 3000, "2,000", at_least=True))
    figures.append(Figure("cores that they took", cores, "cores", 1.0))
    return Part("W5 register", f"REGISTER, 401, REGISTER with digest, 200; {USERS} users.", figures, seen)


def _run(switch: Switch, folder: Path, progress: Progress, rate: int, users: Path, before: float, seconds: float
         ) -> tuple[machine.Spent, Counts]:
    with Sipp("register", "1001", switch.sip, folder, rate=rate, at_once=2 * rate, users=users) as sipp:
        progress.sleep(before, f"register, {rate}/s: warming up")
        first, begun = switch.look(), sipp.counts()
        progress.sleep(seconds, f"register, {rate}/s: measuring")
        last, ended = switch.look(), sipp.counts()
        if not sipp.running:
            raise BenchError(f"SIPp ended early: {ended}\n{sipp.errors()}")
    return machine.between(first, last), Counts(*(after - then for after, then in zip(ended, begun, strict=True)))
