"""One of every event, with its fields filled in."""

from typing import Any, get_args, get_origin

import msgspec

from switch.events import KINDS, Customer, Event, Flaw, PartySpeech, Pop, Remark, Step

_VALUES: dict[Any, Any] = {
    str: "support", int: 3, float: 12.5, bool: True,
    Customer: Customer(name="Zoe", tags=("vip",), open_complaints=1),
    Pop: Pop(contact="5c1f2a", caller="1234", way=(Step("main", "1", 4.5),), note="see the letter",
             customer=Customer(name="Zoe", calls_today=2)),
    PartySpeech: PartySpeech(talk=61.0, silence=12.0),
}
_NAMED = {"contact": "5c1f2a", "agent": "1001", "party": "1001", "caller": "1234", "called": "5000", "by": "1001",
          "to": "queue:sales", "digit": "1", "menu": "main", "tree": "welcome", "leads_to": "queue:support",
          "direction": "inbound", "ended_by": "customer", "cause": "normal_call_clearing", "state": "ready"}


def _value(field: msgspec.structs.FieldInfo) -> Any:
    if field.name in _NAMED and field.type is str:
        return _NAMED[field.name]
    if get_origin(field.type) is dict:
        return {"english": 5 if int in get_args(field.type) else "good"}
    if get_origin(field.type) is tuple and Flaw in get_args(field.type):
        return (Flaw("queues.yaml", 3, "`wrap_up` is `soon`", "write a number of seconds"),)
    if get_origin(field.type) is tuple and Step in get_args(field.type):
        return (Step("main", "1", 4.5),)
    if get_origin(field.type) is tuple and Remark in get_args(field.type):
        return (Remark(recording="r1", at=12.5, text="well said"),)
    if get_origin(field.type) is tuple:
        return ("0044123", "1001", "1002")
    kind = next((each for each in get_args(field.type) if each is not type(None)), field.type)
    return _VALUES[kind]


def sample(kind: type[Event]) -> Event:
    return kind(**{field.name: _value(field) for field in msgspec.structs.fields(kind)})


SAMPLES: dict[str, Event] = {tag: sample(kind) for tag, kind in KINDS.items()}
BARE: dict[str, Event] = {
    tag: kind(**{field.name: _value(field) for field in msgspec.structs.fields(kind) if field.required})
    for tag, kind in KINDS.items()
}
"""The same with optional fields left out."""
