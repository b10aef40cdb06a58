"""Telling those who watch, in the step in which it changes.

While somebody watches lines, those of each contact are read anew in every step that has touched it, and whoever watches
one of those that changed is told; the SIP room leaves out what is no news.
"""

from collections.abc import Iterable

import switch.sip.effects as sip
from switch.house import House
from switch.settings import Settings
from switch.sip.documents import Content, MessageSummary, Presence
from switch.watching import lines, targets
from switch.watching.board import Watch
from switch.watching.lines import Key
from switch.watching.targets import Target

# -- subscribing ------------------------------------------------------------------------------------------------------


def subscribed(house: House, told: sip.Subscribed) -> None:
    """Somebody wants to watch something: they may, and are told how it is, or are refused."""
    target = _target(house, told.package, told.user, told.target)
    if target is None:
        return house.settle(house.endpoint.end_subscription(told.subscription, house.now, status=404))
    watch = Watch(told.subscription, told.package, target, told.user, told.target)
    _add(house, watch)
    return _publish(house, [watch])


def _target(house: House, package: str, user: str, dialled: str) -> Target | None:
    """What somebody means, if there is such a thing and they may watch it."""
    settings = house.settings
    if user not in settings.users:
        return None
    if package == "message-summary":
        return targets.boxes_target(settings, dialled, user)
    target = targets.line_target(settings, dialled)
    return None if target is None or (package == "presence" and target.kind != "agent") else target


def _add(house: House, watch: Watch) -> None:
    first = not house.board.lamps
    house.board.add(watch)
    if first and house.board.lamps:
        for contact in house.contacts:
            _look(house, contact)


def unsubscribed(house: House, told: sip.Unsubscribed) -> None:
    """Somebody watches no longer."""
    house.board.remove(told.subscription)


def configured(house: House, old: Settings) -> None:
    """There are new settings: who watches what is gone, or may not any more, is told so; other things may be meant by the
    same number, and other people may see more."""
    for watch in list(house.board.watches.values()):
        target = _target(house, watch.package, watch.user, watch.dialled)
        if target is None:
            house.board.remove(watch.handle)
            house.settle(house.endpoint.end_subscription(watch.handle, house.now))
        elif target != watch.target:
            house.board.remove(watch.handle)
            _add(house, watch._replace(target=target))
    _publish(house, house.board.watches.values())
    for number, user in house.settings.users.items():
        if number not in old.users or old.users[number].mailbox != user.mailbox:
            light(house, number)


# -- telling ----------------------------------------------------------------------------------------------------------


def tell(house: House) -> None:
    """The end of a step: tell what it has changed."""
    board = house.board
    if board.lamps:
        changed = set(board.stirred)
        for contact in house.touched:
            changed |= _look(house, contact)
        for key in changed:
            _publish(house, board.lamps.get(key, {}).values())
    board.stirred.clear()


def _look(house: House, identity: str) -> set[Key]:
    """Read a contact anew; whose lines have changed by that."""
    contact = house.contacts.get(identity)
    return house.board.keep(identity, lines.lines_of(contact) if contact is not None else {})


def _publish(house: House, watches: Iterable[Watch]) -> None:
    for watch in list(watches):
        house.settle(house.endpoint.publish(watch.handle, _content(house, watch), house.now))


def _content(house: House, watch: Watch) -> Content:
    kind, name, names = watch.target
    if watch.package == "message-summary":
        return MessageSummary(*house.boxes.sum(names))
    if watch.package == "presence":
        return _presence(house, name)
    known = [line for some in house.board.lines.get((kind, name), {}).values() for line in some]
    return lines.shown(known, kind == "agent" and targets.sees(house.settings, watch.user, name))


def _presence(house: House, agent: str) -> Presence:
    """Open = a call would make their phone ring; the note says what they do."""
    reachable = bool(house.endpoint.registrar.bindings(agent, house.now))
    if agent not in house.desk.rules:
        return Presence(reachable)
    seat = house.desk.state(agent)
    note = f"{seat.state} ({seat.reason})" if seat.reason else seat.state
    return Presence(reachable, note.replace("_", " "))


# -- mailboxes --------------------------------------------------------------------------------------------------------


def box_changed(house: House, box: str) -> None:
    """A message was left, or heard: remember it, tell who watches and the phones whose box it is."""
    house.remember(f"box/{box}", house.boxes[box].plain)
    watching = [watch for watch in house.board.watches.values()
                if watch.package == "message-summary" and box in watch.target.boxes]
    _publish(house, watching)
    for number, user in house.settings.users.items():
        if user.mailbox == box:
            light(house, number)


def light(house: House, user: str) -> None:
    """Tell the phones of a user what waits in the mailbox that is named for them, if they do not ask by themselves."""
    person = house.settings.users.get(user)
    if person is None or not person.mailbox:
        return
    if any(watch.user == user and watch.package == "message-summary" for watch in house.board.watches.values()):
        return
    content = MessageSummary(*house.boxes[person.mailbox])
    for binding in house.endpoint.registrar.bindings(user, house.now):
        house.settle(house.endpoint.notify_phone(binding, content, house.now))
