"""The trunks of the house: asked whether they are there, registered, known by where they call from, paid for.

A call of a trunk is known by its source address alone, so it is never asked for a password; the numbers that it names
become ours here, before anybody looks at them: the called one a number of ``numbers.yaml`` or an agent, the caller E.164.
"""

import switch.sip.effects as sip
from switch.contact.state import Leg
from switch.events import TollSpike, TrunkDown, TrunkRegistered, TrunkUnregistered, TrunkUp
from switch.house import House
from switch.sip.effects import PORTS, Address
from switch.sip.identity import asserting
from switch.sip.uri import Uri, known_as_ip
from switch.trunks import numbers
from switch.trunks.ledger import ABROAD
from switch.trunks.lines import Line
from switch.trunks.rules import Trunk


def start(house: House) -> None:
    """Register where that is wanted; who is to be asked whether they are there is asked at the first waking."""
    for line in house.lines.lines.values():
        line.ask_at = house.now if line.rules.probe.every else None
        register(house, line)


def stop(house: House) -> None:
    """Take the registrations back."""
    for line in house.lines.lines.values():
        if line.registration == "registered":
            unregister(house, line)


def register(house: House, line: Line) -> None:
    """Register, where that is wanted."""
    if line.rules.register is not None:
        _register(house, line, line.rules.register.expires)


def unregister(house: House, line: Line) -> None:
    """Take the registration back."""
    _register(house, line, 0)


def account(rules: Trunk) -> tuple[str, Address]:
    """Where the registration of a trunk that has one lives."""
    return rules.register.user, _registrar(rules)


def wake(house: House) -> None:
    """Ask the trunks whose moment has come whether they are there."""
    for name in house.lines.due(house.now):
        rules = house.lines.lines[name].rules
        house.settle(house.endpoint.probe(name, address_of(rules, ""), destination_of(rules), house.now,
                                          rules.probe.answers_within))


def probed(house: House, told: sip.Probed) -> None:
    """A trunk has answered, or not."""
    line = house.lines.lines.get(told.name)
    if line is None:
        return
    house.lines.learn(line.name, told.place)
    if line.probed(told.status, house.now):
        kind = TrunkUp if line.state == "up" else TrunkDown
        house.tell(kind(trunk=line.name, sip_status=told.status))


def registered(house: House, told: sip.RegistrationState) -> None:
    """A registrar has spoken; written down when it changes anything."""
    for line in house.lines.lines.values():
        rules = line.rules.register
        if rules is None or (rules.user, _registrar(line.rules)) != (told.user, told.registrar):
            continue
        house.lines.learn(line.name, told.place)
        changed, line.registration = line.registration != told.state, told.state
        if changed and told.state == "registered":
            house.tell(TrunkRegistered(trunk=line.name, expires=told.expires))
        elif changed:
            house.tell(TrunkUnregistered(trunk=line.name, sip_status=told.status))


def _register(house: House, line: Line, expires: int) -> None:
    rules = line.rules.register
    if rules is not None:
        house.settle(house.endpoint.register(rules.user, rules.password, _registrar(line.rules), expires, house.now,
                                             login=rules.login, domain=line.rules.domain))


def _registrar(rules: Trunk) -> Address:
    host = rules.register.registrar or rules.host
    return Address(rules.transport, host, rules.register.port or _port(rules, host))


def destination_of(rules: Trunk) -> Address:
    """Where what we send goes."""
    return Address(rules.transport, rules.host, _port(rules, rules.host))


def _port(rules: Trunk, host: str) -> int:
    """0 = what the DNS says."""
    return rules.port or (PORTS[rules.transport] if known_as_ip(host) else 0)


def address_of(rules: Trunk, user: str) -> str:
    """The SIP address of somebody there, or of the trunk itself."""
    stream = f";transport={rules.transport}" if rules.transport != "udp" and not rules.sips else ""
    params = stream + (";user=phone" if user else "")
    port = None if rules.domain or rules.port in (0, PORTS[rules.transport]) else rules.port
    return str(Uri("sips" if rules.sips else "sip", user, rules.domain or rules.host, port, params))


def credentials(rules: Trunk) -> tuple[str, str] | None:
    """What proves to the provider who we are; None = nothing does."""
    if rules.user:
        return rules.user, rules.password
    told = rules.register
    return (told.login or told.user, told.password) if told is not None else None


def identity(rules: Trunk, number: str, withheld: bool) -> tuple[tuple[str, str], ...]:
    """What a trusted trunk is told of who calls, beside From (RFC 3325). ``number``: as it wants to read it."""
    return asserting(number, "", rules.domain or rules.host, withheld) if rules.trusted else ()


def live(house: House, name: str) -> int:
    """How many calls a trunk has, in and out; counted, so that it cannot be wrong."""
    return sum(leg.trunk == name for _, leg in house.calls.values())


def known(house: House, source: Address) -> str:
    """The trunk that speaks from here; empty = none does."""
    names = house.endpoint.names(source) if source.transport == "tls" else ()
    return house.lines.of(source.host, source.port, names)


def service(house: House, name: str, called: str) -> str:
    """The number of ours that a trunk has called; empty = none."""
    settings, rules = house.settings, house.lines.lines[name].rules
    number = numbers.read(called, rules.incoming, settings.outside.country)
    if number in rules.numbers:
        return rules.numbers[number]
    return next((text for text in (number, called) if text in settings.numbers), "")


def caller(house: House, name: str, told: sip.Offered) -> tuple[str, str]:
    """Who calls by a trunk, number (E.164 where it is one, else as it was said) and name; both empty when the caller does
    not want to be shown. A trusted trunk is believed what it asserts."""
    rules, number, shown = house.lines.lines[name].rules, told.caller, told.caller_name
    if rules.trusted:
        if told.claims.withheld:
            return "", ""
        if (said := told.claims.asserted or told.claims.remote_party) is not None:
            number, shown = said.number or number, said.name or shown
    return numbers.read(number, rules.incoming, house.settings.outside.country) or number, shown


# -- what calls out cost ------------------------------------------------------------------------------------------------


def charge(house: House, agent: str, number: str) -> None:
    """A call out begins."""
    ledger = house.ledger
    if ledger.began(agent, number, house.now):
        spike = ledger.outside.toll.spike
        house.toll_spikes += 1
        house.tell(TollSpike(agent=agent, calls=spike.calls, until=house.now + spike.pause))
    _remember(house, agent)
    if agent != ABROAD and ledger.is_abroad(number):
        _remember(house, ABROAD)


def charge_talk(house: House, leg: Leg) -> float:
    """A call out is answered; gives the moment at which it is cleared."""
    until = house.ledger.answered(leg.outward.agent, leg.id, house.now)
    _remember(house, leg.outward.agent)
    return until


def _remember(house: House, agent: str) -> None:
    house.remember(f"toll/{agent}", house.ledger.plain(agent))
