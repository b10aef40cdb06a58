"""``python -m bench.against HOST:PORT NUMBER --pid PID``: the legs of W2 and W3 against any other server on this machine.

The server must answer ``NUMBER`` with G.711 (PCMU) and send sound all the time. Its CPU time is that of the process ``PID``
and of all that come from it; the rest is measured where the packets arrive.
"""

import argparse
import sys

from bench import machine
from bench.progress import Progress
from bench.results import Figure, Part, others, table
from bench.stairs import LEGS, climb


class Server:
    """A server that we did not start; what :func:`bench.stairs.climb` asks of a switch."""

    def __init__(self, sip: tuple[str, int], pid: int) -> None:
        self.sip = sip
        self._pid = pid

    @property
    def memory(self) -> int:
        """Bytes, of all its processes."""
        return sum(machine.memory_of(pid) for pid in machine.family(self._pid))

    def look(self) -> machine.Reading:
        """CPU time of each of its processes."""
        return machine.look({pid: "server" for pid in machine.family(self._pid)})

    trouble = ""

    def health(self) -> dict[str, object]:
        """It tells nothing of itself."""
        return {}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.against", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="HOST:PORT of its SIP over UDP; the host is an address of this machine")
    parser.add_argument("number", help="what is dialled")
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--legs", type=int, nargs="+", default=LEGS)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each number of legs is measured")
    parser.add_argument("--shared", action="store_true", help="all legs from one address and port")
    options = parser.parse_args()
    host, _, port = options.server.partition(":")
    server, progress = Server((host, int(port or 5060)), options.pid), Progress()
    figures, seen = [], []
    for step in climb(server, progress, options.number, "against", options.legs, options.seconds, options.shared):
        figures += [Figure(f"CPU per call-second, {step.legs} legs", 1e3 * step.each, "ms"),
                    Figure(f"a frame is late by, p99.9, {step.legs} legs", 1e3 * step.heard.late_p999, "ms late"),
                    Figure(f"memory for a leg, {step.legs} legs", step.memory / 1024, "KB")]
        seen.append(f"{step.legs} legs: {step.broken or 'all well'}; {step.heard.heard} packets heard for "
                    f"{step.heard.said} said; {others(step.spent)}")
    progress.clear()
    print("\n".join([table([Part(options.server, "", figures, [])]), "", *seen]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
