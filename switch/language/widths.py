"""Columns of a terminal: a Chinese character takes two of them, and so does full-width punctuation."""

from unicodedata import combining, east_asian_width


def width(text: str) -> int:
    """Columns of a text."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def left(text: str, columns: int) -> str:
    """The text with blanks behind it."""
    return text + " " * (columns - width(text))


def right(text: str, columns: int) -> str:
    """The text with blanks before it."""
    return " " * (columns - width(text)) + text
