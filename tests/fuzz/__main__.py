"""``python -m tests.fuzz --minutes N [TARGET ...]``: fuzz for so long, and fail with what was found.

Without targets it is all of them one after the other, and a siege of a running switch beside them for the whole time;
``switch`` names the siege. Where atheris is not installed, targets get seeded changes instead, and that is said.
"""

import argparse
import asyncio
import importlib.util
import random
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

from tests.fuzz.corpus import inputs, keep, stored
from tests.fuzz.mutation import mutated
from tests.fuzz.siege import Outcome, siege
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
_SMALL = 4096
"""Octets of an input that --grow may add."""


def main() -> int:
    """Gives the exit status: 1 = something was found."""
    options = _parser().parse_args()
    names = options.target or ["switch", *TARGETS]
    targets = [name for name in names if name != "switch"]
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        besieging = threading.Thread(target=_besiege, args=(Path(folder) / "switch", options, outcomes))
        if "switch" in names:
            besieging.start()
        found = sum([_target(name, max(1, int(60 * options.minutes / len(targets))), options, Path(folder))
                     for name in targets])
        if "switch" in names:
            besieging.join()
            found += 1 if not outcomes or outcomes[0].trouble else 0
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long, of all targets together")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the siege (default: the moment)")
    parser.add_argument("--rate", type=float, default=80.0, help="messages a second of the siege")
    parser.add_argument("--grow", type=int, default=0, metavar="N",
                        help="add up to N small inputs a target that reach something new to the corpus")
    parser.add_argument("target", nargs="*", choices=["switch", *TARGETS, []])
    return parser


def _besiege(folder: Path, options: argparse.Namespace, outcomes: list[Outcome]) -> None:
    folder.mkdir()
    try:
        outcomes.append(asyncio.run(siege(folder, 60 * options.minutes, options.seed, options.rate)))
        print(f"switch (seed {options.seed}): {outcomes[0]}", flush=True)
    except Exception:
        traceback.print_exc()


def _target(name: str, seconds: int, options: argparse.Namespace, folder: Path) -> int:
    """Fuzz one target; gives how many inputs broke it."""
    guided = importlib.util.find_spec("atheris") is not None
    return _guided(name, seconds, options.grow, folder / name) if guided else _seeded(name, seconds)


def _guided(name: str, seconds: int, grow: int, folder: Path) -> int:
    folder.mkdir()
    ran = subprocess.run([sys.executable, "-m", "tests.fuzz.guided", name, str(seconds), str(folder)], cwd=ROOT,
                         capture_output=True, text=True, errors="replace", check=False)
    broken = [path for kind in ("crash-*", "timeout-*", "oom-*") for path in folder.glob(kind)]
    for path in broken:
        kept = keep(name, path.read_bytes())
        print(f"{name}: {path.name.partition('-')[0]}, kept as {kept.relative_to(ROOT)}\n{ran.stderr[-6000:]}", flush=True)
    runs = [line.rpartition(" ")[2] for line in ran.stderr.splitlines() if "number_of_executed_units" in line]
    new = sorted((folder / "new").glob("*"), key=lambda path: path.stat().st_size)
    print(f"{name}: {runs[0] if runs else '?'} inputs in {seconds} s, {len(new)} of them new, {len(broken)} broke it",
          flush=True)
    if not broken and ran.returncode:
        print(f"{name}: the fuzzer ended with {ran.returncode}\n{ran.stderr[-3000:]}", flush=True)
        return 1
    for path in [path for path in new if path.stat().st_size <= _SMALL][-grow:] if grow else ():
        keep(name, path.read_bytes()).rename(stored_name(name, path))
    return len(broken)


def stored_name(name: str, path: Path) -> Path:
    """Where an input that broke nothing is kept."""
    return (stored(name) or [keep(name, b"")])[0].parent / f"reach-{path.name[:12]}"


def _seeded(name: str, seconds: int) -> int:
    rng, known, ends, runs = random.Random(f"fuzz {name}"), inputs(name), time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        data, runs = mutated(rng, rng.choice(known), known), runs + 1
        try:
            TARGETS[name](data)
        except Exception:
            print(f"{name}: kept as {keep(name, data).relative_to(ROOT)}\n{traceback.format_exc()}", flush=True)
            return 1
    print(f"{name}: {runs} seeded inputs in {seconds} s (atheris is not installed), none broke it", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
