"""The corpus: one folder a target, one file an input; whatever was found once is a file that stays.

The name of a file is what it is about, or the beginning of its hash.
"""

from hashlib import sha256
from pathlib import Path

from tests.fuzz.seeds import SEEDS

FOLDER = Path(__file__).parent / "corpus"


def stored(target: str) -> list[Path]:
    """The files of a target."""
    return sorted(path for path in (FOLDER / target).glob("*") if path.is_file())


def inputs(target: str) -> list[bytes]:
    """Everything that is known to be worth trying."""
    return list(dict.fromkeys([*SEEDS[target](), *(path.read_bytes() for path in stored(target))]))


def keep(target: str, data: bytes) -> Path:
    """Add a finding."""
    path = FOLDER / target / f"found-{sha256(data).hexdigest()[:12]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
