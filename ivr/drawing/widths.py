"""How wide a text is, in columns of a terminal: Chinese characters take two. And texts made to fit."""

from unicodedata import category, east_asian_width


def width(text: str) -> int:
    """Columns of a text."""
    return sum(0 if category(each) in ("Mn", "Me", "Cf") else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def fit(text: str, most: int) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis. Control characters become spaces."""
    text = "".join(each if each.isprintable() else " " for each in text)
    if width(text) <= most:
        return text
    shown, taken = "", 1
    for each in text:
        taken += width(each)
        if taken > most:
            break
        shown += each
    return shown.rstrip() + "…" if most > 0 else ""


def pad(text: str, columns: int) -> str:
    """The text with spaces behind it."""
    return text + " " * (columns - width(text))
