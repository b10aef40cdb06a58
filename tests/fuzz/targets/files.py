"""What operations write: YAML that anything may stand in."""

from switch.loading import FILES
from switch.reader import read


def yaml(data: bytes) -> None:
    """Every mistake has a line of the file and says what to write instead; nothing is raised. Which file it is depends on
    the length, for each costs some milliseconds."""
    text = data.decode("utf-8", "replace")
    name, kind = list(FILES.items())[len(data) % len(FILES)]
    for mistake in read(text, name, kind).mistakes:
        assert mistake.what
        assert mistake.instead
        assert 0 <= mistake.line <= len(text.splitlines()) + 2
