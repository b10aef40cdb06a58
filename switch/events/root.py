"""The root of all events, and who they are about."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", gc=False):
    """The root of all events. (What is frozen makes no cycles, so the garbage collector need not look at the journal
    that is kept in memory.)"""


class ContactEvent(Event, frozen=True, kw_only=True):
    """An event in the life of one contact."""

    contact: str
