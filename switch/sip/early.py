"""The early dialogs of a call that goes out: one for each phone that rings behind a proxy, told apart by its To-tag.

Each has its own numbers, its own offer and answer, and its own count of reliable responses, which are taken in their
order only and acknowledged by PRACK (RFC 3262 section 4). An early dialog is worked out when somebody needs it; of most
calls nobody does.
"""

from collections.abc import Callable

from .dialog import Dialog
from .failover import Failover
from .invite_client import InviteClient
from .message import Response
from .stack import Stack


class Early:
    """One phone that rings."""

    __slots__ = ("_number", "dialog")

    def __init__(self, dialog: Dialog) -> None:
        self.dialog = dialog
        self._number = 0

    def takes(self, number: int) -> bool:
        """Whether this is the next reliable response; a copy, or one that has overtaken another, is not."""
        if self._number and number != self._number + 1:
            return False
        self._number = number
        return True


class Earlies:
    """Those of one call, whose INVITE has ``machine`` and the From-tag ``tag``."""

    __slots__ = ("_heard", "_known", "_machine", "_stack", "_tag")

    def __init__(self, stack: Stack, machine: InviteClient | Failover, tag: str) -> None:
        self._stack = stack
        self._machine = machine
        self._tag = tag
        self._heard: dict[str, Response] = {}
        self._known: dict[str, Early] = {}

    def hear(self, response: Response) -> None:
        """A provisional response with a tag; one with a description is kept, for the 200 may have none."""
        tag = response.to_tag
        if tag not in self._heard or response.sdp or not self._heard[tag].sdp:
            self._heard[tag] = response

    def knows(self, tag: str) -> bool:
        """Whether a phone with this tag rings."""
        return tag in self._heard

    def understand(self, event: str) -> bool:
        """Whether the phone that rings says that it obeys NOTIFYs of this kind."""
        heard = self._heard[next(reversed(self._heard))] if self._heard else None
        return heard is not None and event in [word.lower() for word in heard.listed("allow-events")]

    def get(self, tag: str) -> Early | None:
        """The early dialog with the phone of this tag; None = it was never heard."""
        early = self._known.get(tag)
        if early is None and (response := self._heard.get(tag)) is not None:
            early = self._known[tag] = Early(self._dialog(response))
        return early

    def last(self) -> Early | None:
        """The phone that was heard last for the first time."""
        return self.get(next(reversed(self._heard))) if self._heard else None

    def preview(self, tag: str) -> bytes | None:
        """The description in the provisional responses of this tag, for a 200 that has none."""
        heard = self._heard.get(tag)
        return heard.sdp if heard is not None else None

    def settle(self, response: Response) -> Early:
        """The dialog that a 2xx confirms, or makes."""
        early = self._known.get(response.to_tag) if self._known else None
        if early is None:
            return Early(self._dialog(response))
        early.dialog.established(response)
        return early

    def lost(self, tell: Callable[[Dialog], None]) -> None:
        """Tell every dialog that was worked out."""
        for early in self._known.values():
            tell(early.dialog)

    def _dialog(self, response: Response) -> Dialog:
        return Dialog.asking(self._stack, self._machine.draft, self._tag, response)
