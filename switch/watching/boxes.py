"""Voice mailboxes: how many messages nobody has heard yet, how many somebody has.

Remembered across a restart with every change. A message is heard when a client says so (``voicemail.heard``); the file
itself may be listened to anywhere.
"""

from typing import Any, NamedTuple


class Box(NamedTuple):
    """Messages of one box."""

    new: int = 0
    old: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """To be remembered."""
        return {"new": self.new, "old": self.old}


class Boxes:
    """All boxes that have ever had a message."""

    def __init__(self) -> None:
        self._boxes: dict[str, Box] = {}

    def __getitem__(self, name: str) -> Box:
        return self._boxes.get(name, Box())

    def restore(self, name: str, value: dict[str, Any]) -> None:
        """As it was remembered."""
        self._boxes[name] = Box(value["new"], value["old"])

    def left(self, name: str) -> Box:
        """A message was left."""
        box = self[name]
        self._boxes[name] = box = Box(box.new + 1, box.old)
        return box

    def heard(self, name: str) -> Box:
        """All its messages have been heard."""
        box = self[name]
        self._boxes[name] = box = Box(0, box.new + box.old)
        return box

    def sum(self, names: frozenset[str]) -> Box:
        """Several boxes as one."""
        boxes = [self[name] for name in names]
        return Box(sum(box.new for box in boxes), sum(box.old for box in boxes))
