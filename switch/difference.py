"""What has changed between two configurations, in sentences for whoever publishes them. Pure; passwords are never shown.

Files, comments and the order of keys say nothing to callers, so the settings are compared, not the text. The words are
those of the files: ``queue support: wrap-up 10 s -> 20 s``; ``tree main: option 3 now leads to menu billing``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ivr.tree import Destination, Menu, Prompt, Tree
from switch.acd.rules import QueuePrompt
from switch.difference_hours import hours_difference
from switch.schema import FLAT, KEYS, LIMITS, is_secret
from switch.settings import Http, Media, Phone, ServiceNumber, Settings, Store, System
from switch.sip.guard import GuardRules

AT_ONCE = {
    (System, "language"), (System, "time_zone"), (System, "lookup"), (System, "watch"), (System, "speech"),
    (System, "drain"), (System, "supervision"), (System, "thresholds"), (System, "reasons"), (System, "overload"),
    (Media, "codecs"), (Media, "srtp"), (Media, "srtp_without_tls"), (GuardRules, "allow"),
    (Http, "status_token"), (Http, "status_from"), (Phone, "comeback"), (Store, "trace"), (Store, "trace_days"),
}
"""What of ``shoal.yaml`` holds from the moment at which it is published; all the rest is built once, at the start."""
NOTHING = "nothing but comments and layout"


def difference(old: Settings, new: Settings) -> list[str]:
    """One sentence for each thing that has changed, in the order of the files; none = the same."""
    return [
        *_of("shoal.yaml", old.system, new.system), *_named("agent", old.users, new.users),
        *_named("queue", old.queues, new.queues), *_named("number", old.numbers, new.numbers),
        *hours_difference(old.hours, new.hours),
        *_named("tree", old.trees, new.trees), *_outside(old, new), *_followups(old, new),
        *_named("form", old.quality.forms, new.quality.forms),
    ]


def recordings(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """The same for sounds. Path below the folder -> digest of its bytes."""
    names = sorted(name for name in old.keys() | new.keys() if name.startswith("prompts/") and not name.endswith(".md"))
    return [f"recording {name.removeprefix('prompts/')} {_fate(name in old, name in new)}"
            for name in names if old.get(name) != new.get(name)]


def in_force(old: System, new: System) -> System:
    """What a running switch can take over of ``new``; see ``AT_ONCE``."""
    return _in_force(old, new)


def needs_restart(in_force: System, wanted: System) -> list[str]:
    """What is written and does not hold before the switch is started anew."""
    return list(_of("shoal.yaml", in_force, wanted))


def _in_force(old: Any, new: Any) -> Any:
    taken = {}
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if (type(old), field.name) in AT_ONCE:
            taken[field.name] = after
        elif is_dataclass(before):
            taken[field.name] = _in_force(before, after)
    return replace(old, **taken)


# -- things with names ------------------------------------------------------------------------------------------------


def _named(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            leads = f", leads to {_target(after.to)}" if isinstance(after, ServiceNumber) else ""
            yield f"{what} {name} {_fate(before is not None, after is not None)}{leads}"
        elif isinstance(after, Tree):
            yield from (f"{what} {name}: {said}" for said in _tree(before, after))
        else:
            yield from _of(f"{what} {name}", before, after)


def _fate(before: bool, after: bool) -> str:
    return "has changed" if before and after else "is new" if after else "is gone"


def _outside(old: Settings, new: Settings) -> Iterator[str]:
    before, after = old.outside, new.outside
    yield from _named("trunk", before.trunks, after.trunks)
    yield from _named("route", before.routes, after.routes)
    for what in ("trunks", "routes"):
        orders = [[name for name in getattr(each, what) if name in getattr(other, what)]
                  for each, other in ((before, after), (after, before))]
        if orders[0] != orders[1]:
            yield f"trunks.yaml: the {what} stand in another order"
    yield from _of("trunks.yaml", replace(before, trunks={}, routes={}), replace(after, trunks={}, routes={}))


def _followups(old: Settings, new: Settings) -> Iterator[str]:
    before, after = old.followups, new.followups
    yield from _named("sender", before.senders, after.senders)
    yield from _named("follow-up", before.rules, after.rules)
    yield from _of("followups.yaml", replace(before, senders={}, rules={}), replace(after, senders={}, rules={}))


# -- fields -----------------------------------------------------------------------------------------------------------


def _of(what: str, old: Any, new: Any) -> Iterator[str]:
    """Each field of one thing that has changed."""
    for kind, name, before, after in _pairs(old, new):
        if before == after:
            continue
        if name == "to" and kind is ServiceNumber:
            yield f"{what}: now leads to {_target(after)}"
        else:
            yield from (f"{what}: {said}" for said in _field(kind, name, before, after))


def _pairs(old: Any, new: Any) -> Iterator[tuple[type, str, Any, Any]]:
    kind = type(new)
    for field in fields(new):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if (kind, field.name) in FLAT:
            yield from _pairs(before, after)
        elif field.name not in ("line", KEYS.get(kind)):
            yield kind, field.name, before, after


def _field(kind: type, name: str, before: Any, after: Any) -> Iterator[str]:
    label = name.replace("_", "-")
    if is_secret(kind, name):
        yield f"{label} has changed"
    elif is_dataclass(before) and type(before) is type(after):
        yield from _of(label, before, after)
    elif isinstance(after, dict) and isinstance(before, dict):
        for key in dict.fromkeys((*before, *after)):
            one, other = before.get(key), after.get(key)
            if is_dataclass(one) and is_dataclass(other):
                yield from _of(f"{label} {key}", one, other)
            elif one != other:
                yield f"{label} {key}: {_value(kind, name, one)} -> {_value(kind, name, other)}"
    else:
        yield f"{label} {_value(kind, name, before)} -> {_value(kind, name, after)}"


def _value(kind: type, name: str, value: Any) -> str:
    """A value as it may be written in the file."""
    if value is None or value == "" or value == ():
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        limit = LIMITS.get((kind, name))
        return f"{value:.10g} {limit.unit}".rstrip() if limit is not None else f"{value:.10g}"
    if isinstance(value, tuple):
        return f"[{', '.join(_value(kind, name, each) for each in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(kind, name, each)}" for key, each in value.items()) + "}"
    if isinstance(value, Destination):
        return _leads(value)
    if isinstance(value, QueuePrompt):
        return value.sound or f'"{value.text}"'
    if isinstance(value, Prompt):
        return value.sound or (f'"{value.text}"' if value.text else f"the variable {value.variable}")
    if is_dataclass(value):
        return _entry(value)
    return str(value)


def _entry(value: Any) -> str:
    """A whole entry in one line: only what is not as it is by default; a password only as being there."""
    said = [f"{field.name.replace('_', '-')} "
            + ("..." if is_secret(type(value), field.name) else _value(type(value), field.name, getattr(value, field.name)))
            for field in fields(value) if field.name != "line" and getattr(value, field.name) != field.default]
    return "(" + ", ".join(said) + ")"


# -- trees ------------------------------------------------------------------------------------------------------------


def _tree(old: Tree, new: Tree) -> Iterator[str]:
    """Menus first, since callers meet them first; of an option, where it leads now."""
    for name in dict.fromkeys((*old.menus, *new.menus)):
        here = "" if name == new.start else f"menu {name}: "
        before, after = old.menus.get(name), new.menus.get(name)
        if before is None or after is None:
            yield f"menu {name} {_fate(before is not None, after is not None)}"
        else:
            yield from (here + said for said in _menu(before, after))
    bare = {"menus": {}, "version": ""}
    yield from _rest(replace(old, **bare), replace(new, **bare))


def _menu(old: Menu, new: Menu) -> Iterator[str]:
    for key in dict.fromkeys((*old.options, *new.options)):
        before, after = old.options.get(key), new.options.get(key)
        if after is None:
            yield f"option {key} is gone"
        elif before is None:
            yield f"option {key} is new, leads to {_leads(after)}"
        elif (before.kind, before.target) != (after.kind, after.target):
            yield f"option {key} now leads to {_leads(after)}"
        else:
            yield from _of(f"option {key}", before, after)
    yield from _rest(replace(old, options={}), replace(new, options={}))


def _rest(old: Any, new: Any) -> Iterator[str]:
    for kind, name, before, after in _pairs(old, new):
        if before != after:
            yield from _field(kind, name, before, after)


def _leads(destination: Destination) -> str:
    return " ".join(filter(None, (destination.kind, destination.target)))


def _target(text: str) -> str:
    return text.replace(":", " ", 1)
