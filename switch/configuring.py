"""New settings for a house that is at work: every room takes them over in one step, and no call in progress notices.

What stays as it was: a walk through a tree keeps the tree and its sounds, a leg keeps what it may agree on with its phone,
a caller keeps the place in the queue, an agent stays logged in, a phone stays registered, a trunk keeps its state and its
registration as long as it is still reached in the same way. What is gone is let go decently:

- who waits in a queue that is gone overflows as that queue said, else goes where the dialled number leads now;
- an agent who is gone finishes the talk, and their phones are registered no more;
- a call by a trunk that is gone goes on; it is tried no more, and its registration is taken back;
- who watches what is gone is told so (``noresource``).
"""

from switch import opening, trunking
from switch.acd.rules import AgentRules
from switch.house import House
from switch.settings import Settings
from switch.trunks.lines import Line
from switch.watching import telling


def agents_of(settings: Settings) -> dict[str, AgentRules]:
    """Who can be offered calls."""
    return {number: user.rules for number, user in settings.users.items() if user.role == "agent"}


def passwords_of(settings: Settings) -> dict[str, str]:
    """User -> password."""
    return {number: user.password for number, user in settings.users.items()}


def configure(house: House, settings: Settings) -> None:
    """Let these settings hold from now on. They must be those that :mod:`switch.loading` has found to be right."""
    old, endpoint = house.settings, house.endpoint
    house.take(settings)
    endpoint.passwords = passwords_of(settings)
    endpoint.guard.allow(settings.system.guard.allow)
    _trunks(house)
    opening.configure(house)
    newcomers = agents_of(settings).keys() - house.desk.rules.keys()
    house.settle(house.desk.configure(settings.queues, agents_of(settings), house.now))
    opening.follow(house)
    for agent in sorted(newcomers):
        if endpoint.registrar.bindings(agent, house.now):
            house.settle(house.desk.phone(agent, True, house.now))
    for user, known in old.users.items():
        if user not in settings.users or settings.users[user].password != known.password:
            endpoint.turn_out(user)
        if user not in settings.users:
            house.settle(endpoint.unregister(user, house.now))
            house.remember(f"agent/{user}", None)
            if house.ended_of.pop(user, None) is not None:
                house.remember(f"ended/{user}", None)
    if old.system.store.trace == "off":
        house.belongings()
    telling.configured(house, old)


def _trunks(house: House) -> None:
    """Let go of trunks that are gone or are reached otherwise, meet the new ones; those that stay notice nothing."""
    before = house.lines.lines
    house.lines.configure(house.settings.outside, house.now)
    after = house.lines.lines
    house.endpoint.guard.forget()
    wanted = {_account(line) for line in after.values()}
    for name, line in before.items():
        if _account(line) not in wanted:
            trunking.unregister(house, line)
        if name not in after:
            _try_no_more(house, name)
    for name, line in after.items():
        if line is not before.get(name):
            trunking.register(house, line)


def _account(line: Line) -> object:
    """Where a registration lives; two trunks may share one."""
    return trunking.account(line.rules) if line.rules.register is not None else None


def _try_no_more(house: House, trunk: str) -> None:
    for _, leg in house.calls.values():
        if leg.outward is not None and trunk in leg.outward.left:
            leg.outward.left.remove(trunk)
