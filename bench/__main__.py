"""``python -m bench``: measure everything, three times, and write RESULTS.md with its chart.

    python -m bench W1 W3          some parts, by label or name; prints only
    python -m bench --quick        everything, once and short; prints only
    python -m bench profile W1     where the time goes (also: core, without sockets)
    python -m bench counts         what a call and a step cost, counted
    python -m bench soak           mixed traffic for a long time (--minutes)
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import counts, machine, profile, results
from bench.chart import chart
from bench.progress import Progress
from bench.results import Part
from bench.switch import BenchError, Switch
from bench.workloads import WORKLOADS, named

RESULTS = Path(__file__).parent / "RESULTS.md"
CHART = RESULTS.with_suffix(".svg")
BUDGET = 25 * 60.0
"""Seconds that everything may take: a run that would not come to its end in time is not begun."""


_FAILED = "could not be measured"


def main() -> int:
    options = _parser().parse_args()
    first, rest = (options.parts or [""])[0], options.parts[1:]
    try:
        if first == "profile":
            profile.profile(rest or ["core"], options.flame)
        elif first == "soak":
            from bench import soak
            return soak.main(options.minutes, options.legs or soak.LEGS)
        elif first == "counts":
            print(counts.table())
        else:
            return _measure([_known(part) for part in options.parts] or list(WORKLOADS), options)
    except BenchError as error:
        print(f"\nbench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _known(part: str) -> str:
    if (name := named(part)) is None:
        known = ", ".join(f"{workload.label} ({name})" for name, workload in WORKLOADS.items())
        raise BenchError(f"no such part: {part}; there are {known}, and profile, counts, soak")
    return name


def _measure(names: Sequence[str], options: argparse.Namespace) -> int:
    """Each part of each run has a switch of its own. Only the whole long form is written down. Gives the exit status: 1
    when a part could not be measured."""
    progress, head, begun = Progress(), machine.describe(), time.monotonic()
    runs: list[list[Part]] = []
    wanted = 1 if options.quick else options.runs
    while len(runs) < wanted:
        spent = time.monotonic() - begun
        if runs and spent * (len(runs) + 1) / len(runs) > BUDGET:
            break
        runs.append([_part(name, progress, f"run {len(runs) + 1}/{wanted}, {place}/{len(names)} ", options.quick)
                     for place, name in enumerate(names, 1)])
    head += [("runs", f"{len(runs)} of {wanted}, {(time.monotonic() - begun) / 60:.0f} minutes in all")]
    parts = results.combined(runs)
    how = " ".join(["python -m bench", *(["--quick"] if options.quick else []),
                    *(names if len(names) < len(WORKLOADS) else [])])
    whole = how == "python -m bench"
    text = results.page(parts, head, how, CHART.name if whole else "")
    print(text)
    if whole:
        RESULTS.write_text(text)
        CHART.write_text(chart(parts))
    return int(any(_FAILED in line for run in runs for part in run for line in part.seen))


def _part(name: str, progress: Progress, where: str, quick: bool) -> Part:
    """Measure one; what goes wrong there is told, and the others go on."""
    workload = WORKLOADS[name]
    progress.where = where
    try:
        with tempfile.TemporaryDirectory(prefix="shoal-bench-") as place, ExitStack() as stack:
            folder = Path(place)
            switch = Switch(folder, workload.changes())
            if workload.needs_switch:
                stack.enter_context(switch)
            return workload.measure(switch, folder, progress, quick)
    except BenchError as error:
        print(f"\nbench: {name}: {error}", file=sys.stderr)
        return Part(f"{workload.label} {name}", "", [], [f"{_FAILED}: {str(error).splitlines()[0]}"])
    finally:
        progress.clear()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="all when none is named: " + ", ".join(
        f"{workload.label} or {name}" for name, workload in WORKLOADS.items()))
    parser.add_argument("--quick", action="store_true", help="one short run, less exact")
    parser.add_argument("--runs", type=int, default=3, help="how often; the median is told, and the spread")
    parser.add_argument("--minutes", type=float, default=60.0, help="of soak: how long")
    parser.add_argument("--legs", type=int, default=0, help="of soak: calls at once at most")
    parser.add_argument("--flame", type=Path, help="of profile: write a flame graph (SVG) into this folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
