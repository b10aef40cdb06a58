"""One target under atheris, in a process of its own: libFuzzer never returns, and one that is stuck can be ended.

``python -m tests.fuzz.guided TARGET SECONDS FOLDER``: FOLDER/new gets what reached something new, crash-* what broke.
"""

import sys
from pathlib import Path


def main() -> None:
    import atheris
    target, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    with atheris.instrument_imports(include=["switch", "media", "ivr"]):
        from tests.fuzz.corpus import inputs
        from tests.fuzz.targets import TARGETS
    new = folder / "new"
    new.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(inputs(target)):
        (folder / "seeds").mkdir(exist_ok=True)
        (folder / "seeds" / f"{number}").write_bytes(data)
    atheris.Setup([target, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=8192",
                   "-print_final_stats=1", "-verbosity=0", f"-dict={_dictionary(folder)}",
                   f"-artifact_prefix={folder}/", str(new), str(folder / "seeds")], TARGETS[target])
    atheris.Fuzz()


def _dictionary(folder: Path) -> Path:
    from tests.fuzz.mutation import PIECES
    path = folder / "words"
    path.write_text("".join('"' + "".join(f"\\x{octet:02x}" for octet in piece) + '"\n' for piece in PIECES))
    return path


if __name__ == "__main__":
    main()
