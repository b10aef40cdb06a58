"""What all values share: names of sounds, and which language puts them together."""

Words = tuple[str, ...]
"""Names of sounds, in the order in which they are played."""

LIANG = "number-liang"
"""Two of something, in Mandarin."""
PAUSE = "pause"
"""A breath between groups of digits."""


def is_mandarin(language: str) -> bool:
    """Whether values are put together as in Mandarin; in every other language as in English."""
    return language.lower().split("-")[0] in ("zh", "cmn")
