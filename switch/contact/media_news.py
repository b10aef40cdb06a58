"""What media and the clock tell a contact, led to the part of its life that it is in."""

import media.orders as m
from switch.contact import (
    arrival,
    closing,
    ending,
    outside,
    recording,
    returning,
    ringing,
    surveying,
    talking,
    voicemail,
    waiting,
    walking,
)
from switch.contact.state import Contact, Leg
from switch.events import (
    MediaFair,
    MediaHeard,
    MediaIntruded,
    MediaPoor,
    MediaQuality,
    MediaSilent,
    MediaTimedOut,
    MediaTrouble,
    MediaUnkeyed,
)
from switch.house import House
from switch.sip.effects import Ended, Informed

DTMF_RELAY = "application/dtmf-relay"
DTMF = "application/dtmf"
DIGITS = "0123456789*#ABCD"
KEYS_WITHIN = 10.0
"""Seconds from the answer."""
PROTOCOL, NO_NETWORK = 111, 38
"""Q.850: the handshake failed; or nothing of it came through."""


def contact_of(house: House, report: m.AnyReport) -> Contact | None:
    """Whom a report is about."""
    if isinstance(report, m.Recorded):
        return house.contacts.get(report.recording.removeprefix("voicemail-"))
    return house.rows.get(getattr(report, "leg", ""))


def hear(house: House, contact: Contact, report: m.AnyReport) -> None:
    """Media tells something of this contact."""
    _HOW[type(report)](house, contact, report)


def wake(house: House, contact: Contact) -> None:
    """A moment that the contact waited for has come."""
    now = house.now
    for ring in list(contact.rings.values()):
        if ring.pop_by is not None and ring.pop_by <= now:
            ringing.popped(house, contact, ring.reservation)
    if contact.wake_at is not None and contact.wake_at <= now:
        if contact.destination:
            arrival.go_on(house, contact)
        elif contact.survey is not None:
            surveying.enough(house, contact)
        else:
            voicemail.enough(house, contact)
    outside.cut(house, contact)
    returning.overdue(house, contact)
    if contact.walk is not None and contact.walk.deadline is not None and contact.walk.deadline <= now:
        walking.take(house, contact, contact.walk.wake(now))


def informed(house: House, contact: Contact, leg: Leg, told: Informed) -> None:
    """A digit by INFO: ``Signal=5`` (dtmf-relay) or the bare digit (dtmf)."""
    kind = told.content_type.split(";")[0].strip().lower()
    body = told.body.decode("ascii", "replace")
    if kind == DTMF_RELAY:
        fields = dict(line.partition("=")[::2] for line in body.replace(" ", "").splitlines())
        body = fields.get("Signal", "")
    elif kind != DTMF:
        return
    digit = {"10": "*", "11": "#"}.get(body.strip(), body.strip().upper())
    if len(digit) == 1 and digit in DIGITS:
        press(house, contact, leg, digit, "info")


def press(house: House, contact: Contact, leg: Leg, digit: str, way: str) -> None:
    """One key was pressed, whichever way the phone told it."""
    if contact.ended or not leg.press(digit, way, house.now):
        return
    if contact.agent_leg is not None:
        talking.press(house, contact, leg, digit, way)
    elif contact.walk is not None:
        walking.press(house, contact, digit)
    elif contact.box:
        voicemail.press(house, contact, digit)
    elif contact.queue:
        waiting.press(house, contact, digit)


def _pressed(house: House, contact: Contact, report: m.Pressed) -> None:
    if (leg := contact.legs.get(report.leg)) is not None:
        press(house, contact, leg, report.digit, "rtp")


def _played(house: House, contact: Contact, report: m.Played) -> None:
    kind, _, say = report.play.partition(":")
    if contact.ended:
        return
    if kind == "walk" and contact.walk is not None:
        walking.take(house, contact, contact.walk.played(say, house.now))
    elif kind == waiting.NOTICE and contact.next_queue:
        waiting.join(house, contact, contact.next_queue)
    elif kind == voicemail.GREETING:
        voicemail.greeted(house, contact)
    elif kind == closing.CLOSED and contact.closed_to:
        closing.heard(house, contact)
    elif kind == ending.GOODBYE:
        ending.end(house, contact, ended_by="ivr")


def _silent(house: House, contact: Contact, report: m.WentSilent) -> None:
    if (leg := contact.legs.get(report.leg)) is not None:
        house.tell(MediaSilent(contact=contact.id, leg=leg.id, party=leg.party, seconds=report.seconds))


def _heard(house: House, contact: Contact, report: m.HeardAgain) -> None:
    if (leg := contact.legs.get(report.leg)) is not None:
        house.tell(MediaHeard(contact=contact.id, leg=leg.id, party=leg.party))


def _recorded(house: House, contact: Contact, report: m.Recorded) -> None:
    if contact.message is not None and report.recording == contact.message.id:
        voicemail.saved(house, contact, report)
    elif contact.tape is not None:
        recording.saved(house, contact, report)


def _quality(house: House, contact: Contact, report: m.Quality) -> None:
    """The row is free: its last word."""
    leg = contact.closing.pop(report.leg, None)
    house.rows.pop(report.leg, None)
    if leg is not None and leg.up:
        far = {} if report.far is None else {
            "far_lost": report.far.lost, "far_loss": report.far.loss, "far_jitter": report.far.jitter,
            "far_mos": report.far.mos}
        told = MediaQuality(
            contact=contact.id, leg=leg.id, party=leg.party, received=report.received, lost=report.lost,
            late=report.late, jitter=report.jitter, burst=report.burst, mos=report.mos, round_trip=report.round_trip,
            intruders=report.intruders, unopened=report.unopened, replayed=report.replayed, **far)
        house.tell(told)
        house.sound.add(told)


def _poor(house: House, contact: Contact, report: m.Poor) -> None:
    if (leg := contact.legs.get(report.leg)) is not None and leg.up:
        house.tell(MediaPoor(contact=contact.id, leg=leg.id, party=leg.party, way=report.way, mos=report.mos,
                             loss=report.loss, jitter=report.jitter, round_trip=report.round_trip))


def _fair(house: House, contact: Contact, report: m.Fair) -> None:
    if (leg := contact.legs.get(report.leg)) is not None and leg.up:
        house.tell(MediaFair(contact=contact.id, leg=leg.id, party=leg.party, way=report.way))


def _intruded(house: House, contact: Contact, report: m.Intruded) -> None:
    if (leg := contact.legs.get(report.leg)) is not None:
        house.tell(MediaIntruded(contact=contact.id, leg=leg.id, party=leg.party, host=report.host, port=report.port,
                                 packets=report.packets))


def _timed_out(house: House, contact: Contact, report: m.TimedOut) -> None:
    """The phone is gone, and no BYE will come of it: as if its session were lost."""
    leg = contact.legs.get(report.leg)
    if leg is None or not leg.up or contact.ended:
        return
    house.tell(MediaTimedOut(contact=contact.id, leg=leg.id, party=leg.party, seconds=report.seconds))
    house.sound.timeouts += 1
    call = leg.call
    house.hang_up(leg, q850=102, text="RTP timeout")
    ending.ended(house, contact, leg, Ended(call, "lost"))


def _unkeyed(house: House, contact: Contact, report: m.Unkeyed) -> None:
    """A browser and we have no keys. How long that is borne is counted from the answer: before it, nobody can begin."""
    leg = contact.legs.get(report.leg)
    if leg is None or not leg.up or contact.ended or not (report.final or house.now - leg.since >= KEYS_WITHIN):
        return None
    house.tell(MediaUnkeyed(contact=contact.id, leg=leg.id, party=leg.party, why=report.why))
    call, q850 = leg.call, PROTOCOL if report.final else NO_NETWORK
    house.hang_up(leg, q850=q850, text="no keys for the sound")
    if returning.is_talk(house, contact, leg) and leg is contact.agent_leg:
        return returning.give_back(house, contact, leg, "no_keys", q850)
    return ending.ended(house, contact, leg, Ended(call, "lost", q850))


def _trouble(house: House, contact: Contact, report: m.Trouble) -> None:
    house.tell(MediaTrouble(contact=contact.id, what=report.what))


_HOW = {
    m.Pressed: _pressed, m.Played: _played, m.WentSilent: _silent, m.HeardAgain: _heard, m.Recorded: _recorded,
    m.Quality: _quality, m.Trouble: _trouble, m.Poor: _poor, m.Fair: _fair, m.Intruded: _intruded,
    m.TimedOut: _timed_out, m.Unkeyed: _unkeyed,
}
