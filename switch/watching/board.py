"""Who watches what: the tables."""

from typing import NamedTuple

from switch.sip.documents import DialogState
from switch.watching.lines import Key
from switch.watching.targets import Target


class Watch(NamedTuple):
    """One subscription."""

    handle: str
    package: str
    target: Target
    user: str
    dialled: str
    """What the phone has asked for."""


class Board:
    """Plain data; while nobody watches lines, none are kept."""

    def __init__(self) -> None:
        self.watches: dict[str, Watch] = {}
        """All, by handle."""
        self.lamps: dict[Key, dict[str, Watch]] = {}
        """Who watches the lines (or the presence) of whom: by handle."""
        self.lines: dict[Key, dict[str, tuple[DialogState, ...]]] = {}
        """The lines of everybody, by contact."""
        self.present: dict[str, dict[Key, tuple[DialogState, ...]]] = {}
        """The same, by contact first."""
        self.stirred: set[Key] = set()
        """Agents whose state or phone has changed in this step."""

    def keep(self, contact: str, now: dict[Key, tuple[DialogState, ...]]) -> set[Key]:
        """These are the lines by this contact now; whose have changed by that."""
        before = self.present.get(contact, {})
        changed = {key for key in now.keys() | before.keys() if now.get(key) != before.get(key)}
        for key in changed:
            if key in now:
                self.lines.setdefault(key, {})[contact] = now[key]
            elif len(self.lines[key]) == 1:
                del self.lines[key]
            else:
                del self.lines[key][contact]
        if now:
            self.present[contact] = now
        else:
            self.present.pop(contact, None)
        return changed

    def add(self, watch: Watch) -> None:
        """One more."""
        self.watches[watch.handle] = watch
        if watch.package != "message-summary":
            self.lamps.setdefault(watch.target[:2], {})[watch.handle] = watch

    def remove(self, handle: str) -> None:
        """One less; of one that was refused nothing is known."""
        watch = self.watches.pop(handle, None)
        if watch is None or watch.package == "message-summary":
            return
        key = watch.target[:2]
        del self.lamps[key][handle]
        if not self.lamps[key]:
            del self.lamps[key]
        if not self.lamps:
            self.lines.clear()
            self.present.clear()
