"""``python -m bench``: measure everything and write RESULTS.md. ``python -m bench profile calls``: where the time goes."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import calls, counts, machine, profile, prompt, reaction, results
from bench.progress import Progress
from bench.results import Part
from bench.switch import BenchError, Switch

RESULTS = Path(__file__).parent / "RESULTS.md"
PARTS: dict[str, Callable[[Switch, Path, Progress, bool], Part]] = {
    "calls": calls.measure, "prompt": prompt.measure, "reaction": reaction.measure,
}


def main() -> int:
    options = _parser().parse_args()
    try:
        if options.parts[:1] == ["profile"]:
            profile.profile(options.parts[1:] or ["core"])
            return 0
        if options.parts == ["counts"]:
            print(counts.table())
            return 0
        return _measure(options.parts or list(PARTS), options.quick)
    except BenchError as error:
        print(f"\nbench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _measure(names: list[str], quick: bool) -> int:
    """Each part has a switch of its own. Only the whole long form is written down."""
    if unknown := set(names) - set(PARTS):
        raise BenchError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)} and profile")
    progress, parts, head = Progress(), [], machine.describe()
    for name in names:
        with tempfile.TemporaryDirectory(prefix="shoal-bench-") as folder, Switch(Path(folder)) as switch:
            parts.append(PARTS[name](switch, Path(folder), progress, quick))
        progress.clear()
    how = " ".join(["python -m bench", *(["--quick"] if quick else []), *(names if len(names) < len(PARTS) else [])])
    text = results.page(parts, head, how)
    print(text)
    if how == "python -m bench":
        RESULTS.write_text(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help="calls, prompt, reaction (all when none is named); or: profile NAME ...")
    parser.add_argument("--quick", action="store_true", help="a minute for everything, less exact")
    return parser


if __name__ == "__main__":
    sys.exit(main())
