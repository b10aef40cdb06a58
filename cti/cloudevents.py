"""An entry of the journal as a CloudEvent 1.0 (JSON event format): the same bytes on websocket and MQTT."""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from cti.protocol import to_json
from switch.events import Event
from switch.journal import Entry


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the journal."""

    specversion: Literal["1.0"]
    id: str
    """``epoch:number``: the cursor to resume with."""
    source: str
    type: str
    time: str
    """RFC 3339, UTC."""
    subject: str = ""
    """The contact, or else the agent, that it is about."""
    datacontenttype: str
    data: msgspec.Raw


def subject_of(event: Event) -> str:
    return getattr(event, "contact", "") or getattr(event, "agent", "")


def cloud_event(entry: Entry, epoch: int) -> CloudEvent:
    moment = datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds")
    return CloudEvent(
        specversion="1.0", id=f"{epoch}:{entry.number}", source="/shoal", type=entry.event.__struct_config__.tag,
        time=moment.replace("+00:00", "Z"), subject=subject_of(entry.event), datacontenttype="application/json",
        data=msgspec.Raw(to_json(entry.event)),
    )


def read_cursor(text: str) -> tuple[int, int] | None:
    """``epoch:number`` as two numbers; None when it is not one."""
    epoch, colon, number = text.partition(":")
    if not (colon and epoch.isascii() and epoch.isdigit() and number.isascii() and number.isdigit()):
        return None
    if len(text) > 40:
        return None
    return int(epoch), int(number)
