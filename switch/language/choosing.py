"""Which language somebody reads: what they ask for, else what the house speaks, else what their machine speaks."""

from collections.abc import Mapping
from pathlib import Path

from switch.language.words import LANGUAGES, Words, words

VARIABLE = "SHOAL_LANGUAGE"
MACHINE = ("LC_ALL", "LC_MESSAGES", "LANG")


def of_terminal(environment: Mapping[str, str], written: str = "") -> Words:
    """``SHOAL_LANGUAGE`` before ``language`` of shoal.yaml (``written``; empty = it says none) before the locale."""
    locale = next((environment[name] for name in MACHINE if environment.get(name)), "")
    asked = (environment.get(VARIABLE, ""), written, locale)
    return words(next((each for each in map(_ours, asked) if each), "en"))


def of_request(query: str, accepted: str, written: str) -> Words:
    """``?language=`` before ``Accept-Language`` (RFC 9110, section 12.5.4) before ``language`` of shoal.yaml."""
    if ours := _ours(query):
        return words(ours)
    ranked = sorted(((-_weight(rest), place, name) for place, part in enumerate(accepted[:500].split(","))
                     for name, _, rest in [part.strip().partition(";")]), key=lambda each: each[:2])
    wanted = (_ours(name) for weight, _, name in ranked if weight < 0)
    return words(next((each for each in wanted if each), "") or _ours(written) or "en")


def _ours(name: str) -> str:
    """``zh_CN.UTF-8`` -> ``zh``; empty when it is none of ours."""
    short = name.strip().lower().replace("_", "-").split("-")[0].split(".")[0]
    return short if short in LANGUAGES else ""


def _weight(parameters: str) -> float:
    """``q=0.8``; 1 when nothing is said, 0 when it cannot be read."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def written_in(folder: Path) -> str:
    """``language`` as shoal.yaml has it, right or wrong; empty when it is not said or the file cannot be read."""
    from switch.loading import FILES, SHOAL
    from switch.reader import read

    try:
        reading = read((folder / SHOAL).read_text(encoding="utf-8-sig"), SHOAL, FILES[SHOAL])
    except (OSError, UnicodeDecodeError):
        return ""
    return reading.value.language if reading.value is not None and ("language",) in reading.lines else ""
