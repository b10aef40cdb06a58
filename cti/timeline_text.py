"""A timeline as a picture for terminals: parties as columns, the switch among them; SIP as arrows, all else as sentences.

::

                              4930123                      shoal                        1001
    10:00:03.120     0.000       |---- INVITE sip:5000 ------>|                           |
    10:00:03.121     0.001       |  caller 4930123 calls 5000 |                           |
"""

import unicodedata
from datetime import datetime, tzinfo

from cti.timeline import Line, Timeline

SWITCH = "[shoal]"
"""Nobody's number."""
GAP = 30
"""Characters from one column to the next."""
MARGIN = 27
"""Where the first column stands, behind both times."""
QUIET = 2.0
"""Seconds in which nothing happened that are worth an empty line."""


def drawn(timeline: Timeline, zone: tzinfo | None = None) -> str:
    """The picture; times are local, or of ``zone``."""
    columns = _columns(timeline.parties)
    width = MARGIN + GAP * (len(columns) - 1)
    rows = [f"contact {timeline.contact}" + (f", {datetime.fromtimestamp(timeline.lines[0].at, zone):%Y-%m-%d}"
                                             if timeline.lines else ""), "", _heads(columns)]
    last = 0.0
    for line in timeline.lines:
        if line.after - last > QUIET:
            rows.append(_stems(" " * (width + 1), columns))
        last = line.after
        picture = _arrow(line, columns) if line.type == "sip" else _note(line, columns, width)
        rows.append(f"{_time(line.at, zone)} {line.after:9.3f}{picture[22:]}".rstrip())
    return "\n".join([*rows, *_addresses(timeline), ""])


def _columns(parties: tuple[str, ...]) -> dict[str, int]:
    """Where each party stands: the caller, the switch, then everybody else as they came."""
    names = [*parties[:1], SWITCH, *parties[1:]] if parties else [SWITCH]
    places: dict[str, int] = {}
    for name in names:
        places.setdefault(name, MARGIN + GAP * len(places))
    return places


def _time(at: float, zone: tzinfo | None) -> str:
    return f"{datetime.fromtimestamp(at, zone):%H:%M:%S.%f}"[:12]


def _heads(columns: dict[str, int]) -> str:
    row = ""
    for name, place in columns.items():
        shown = _plain(name or "anonymous")[:GAP - 4]
        row = row.ljust(place - len(shown) // 2) + shown
    return row


def _stems(row: str, columns: dict[str, int]) -> str:
    """A row with every party's line through its gaps."""
    cells = list(row)
    for place in columns.values():
        cells[place] = "|"
    return "".join(cells)


def _arrow(line: Line, columns: dict[str, int]) -> str:
    """From whom to whom, with the first line of the message on the shaft."""
    ours, theirs = columns[SWITCH], columns[line.party]
    left, right = sorted((ours, theirs))
    rightwards = (ours < theirs) == line.sent
    room = right - left - 1
    words = _shortened(line, room - 6)
    shaft = f" {words} ".center(room - 2, "-")
    row = _stems(" " * (max(columns.values()) + 1), columns)
    return row[:left + 1] + (f"-{shaft}>" if rightwards else f"<{shaft}-") + row[right:]


def _shortened(line: Line, most: int) -> str:
    """``INVITE sip:5000@...``: what fits; of a request the method before all else, of a response what it answers."""
    first, method = _plain(line.text), line.cseq.partition(" ")[2]
    if first[:3].isdigit():
        said = f"{first} ({method})" if method and method != "INVITE" else first
    else:
        said = first.partition("@")[0]
    said += f", {_plain(line.reason)}" if line.reason else ""
    return said if len(said) <= most else said[:most - 1] + "~"


def _note(line: Line, columns: dict[str, int], width: int) -> str:
    """A sentence behind the first line; it writes over the others."""
    row = _stems(" " * (width + 1), columns)
    text = f" {_plain(line.text)}"
    start = MARGIN + 1
    end = start + len(text)
    return row[:start] + text + (row[end:] if end < len(row) else "")


def _addresses(timeline: Timeline) -> list[str]:
    """Where each party was reached."""
    peers: dict[str, dict[str, None]] = {}
    for line in timeline.lines:
        if line.type == "sip":
            peers.setdefault(line.party, {})[line.peer] = None
    if not peers:
        return ["", "no SIP message of it is kept (sip trace off, too old, or none has passed)"]
    return ["", *(f"{_plain(party) or 'anonymous'}: {', '.join(map(_plain, places))}" for party, places in peers.items())]


def _plain(text: str) -> str:
    """Without what a terminal could take for a command; wide signs count double, so they are followed by nothing odd."""
    return "".join(each if each.isprintable() and not unicodedata.combining(each) else "?" for each in text)
