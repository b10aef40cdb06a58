"""A contact, read as the lines of those who are in it: from its live legs, as they are at this moment.

A phone that has been asked but does not ring yet shows nothing; else every lamp would flicker for phones that are not
there. A queue has no lines of its own; what its lamp shows is whether somebody waits, and whether somebody talks.
"""

from switch.contact.state import Contact, Leg
from switch.sip.documents import DialogInfo, DialogState

WAITS = DialogState("waiting", "early", "recipient")
TALKS = DialogState("talking", "confirmed", "recipient")
Key = tuple[str, str]
"""Kind (agent, queue) and name."""


def lines_of(contact: Contact) -> dict[Key, tuple[DialogState, ...]]:
    """Who has which lines by this contact."""
    found: dict[Key, tuple[DialogState, ...]] = {}
    if contact.ended:
        return found
    for leg in contact.legs.values():
        line = _line(contact, leg) if leg.agent else None
        if line is not None:
            found["agent", leg.agent] = (*found.get(("agent", leg.agent), ()), line)
    if contact.queue:
        found["queue", contact.queue] = (WAITS,)
    elif contact.agent_leg is not None and contact.served_queue:
        found["queue", contact.served_queue] = (TALKS,)
    return found


def _line(contact: Contact, leg: Leg) -> DialogState | None:
    asks = contact.consultation
    calls = leg is contact.caller_leg or (asks is not None and leg is asks.mouth and leg is not asks.by)
    if not leg.up and not leg.delivered and not (calls and leg.call):
        return None
    number, name = _remote(contact, leg, calls)
    return DialogState(leg.id, "confirmed" if leg.up else "early", "initiator" if calls else "recipient", number, name)


def _remote(contact: Contact, leg: Leg, calls: bool) -> tuple[str, str]:
    """Number and name of who is at the other end: in a consultation the two who speak aside, else caller and called."""
    asks = contact.consultation
    if asks is not None and leg in (asks.mouth, asks.by):
        return (asks.to, "") if leg is asks.mouth else (contact.caller, contact.caller_name)
    if asks is not None and (leg is asks.leg or not leg.up):
        return asks.by.party, ""
    return (contact.called, "") if calls else (contact.caller, contact.customer.name or contact.caller_name)


def shown(lines: list[DialogState], remote: bool) -> DialogInfo:
    """What one watcher is told of these lines. Those of a queue are the same two, however many callers there are."""
    found = {line.id: line if remote else _hidden(line) for line in lines}
    return DialogInfo(tuple([found[name] for name in sorted(found)]))


def _hidden(line: DialogState) -> DialogState:
    return DialogState(line.id, line.state, line.direction)
