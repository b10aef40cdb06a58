"""An entry of the journal as a sentence, for people who watch the switch at a terminal.

::

    12:00:03  5c1f  caller 1234 chose 1 in main -> queue:support

The table has one line for each kind of event; ``{who}`` is the caller, by number where it is known.
"""

import zlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from switch.events import Event
from switch.journal import Entry
from switch.language.words import PLAIN, Words

Sentence = str | Callable[[Any], str]

REMEMBERED = 10_000
_COLOURS = (36, 33, 35, 32, 34, 96)
_LOUD = {
    "reservation.created": 33, "call.established": 32, "contact.ended": 90, "media.silent": 31, "media.trouble": 31,
    "call.phone_lost": 31,
    "command.refused": 31,
    "configuration.published": 1, "configuration.refused": 31,
    "reservation.timeout": 31, "switch.started": 1, "switch.stopped": 1, "trunk.down": 31,
    "toll.refused": 31, "toll.spike": 31, "call.emergency": 31, "queue.left": 90, "call.leg_ended": 90,
}


def seconds(value: float) -> str:
    """A duration: ``8 s``, ``1:15 min``, ``2:03:00 h``."""
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02} h"


def _with(text: str, value: Any) -> str:
    """``text`` with the value in it; nothing when there is no value."""
    return text.format(value) if value else ""


def _wait(value: float | None) -> str:
    return "wait unknown" if value is None else f"about {seconds(value)}"


def _again(customer: Any) -> str:
    return f"call {customer.calls_today + 1} today" if customer.calls_today else ""


def _pop(e: Any) -> str:
    customer = e.pop.customer
    told = [customer.name or e.pop.caller_name, _again(customer), ", ".join(customer.tags), _with("note: {}", e.pop.note)]
    known = "; ".join(filter(None, told)) or "unknown"
    return f"{{who}} is offered to {e.agent}{_with(' for {}', e.queue)}: {known}"


def _agent(e: Any) -> str:
    return (f"agent {e.agent} is {e.state.replace('_', ' ')}{_with(' ({})', e.reason)}{_with(', was {}', e.previous)}"
            .replace("after call work", "in after-call work"))


def _consultation(e: Any) -> str:
    whom = e.party or e.to
    return {
        "initiated": f"{e.by} consults {e.to}", "queued": f"{e.by} waits for somebody of {e.to}",
        "ringing": f"{e.by} consults {e.to}: {whom} rings", "established": f"{e.by} speaks with {whom}",
        "held": f"{e.by} is back with {{who}}, {whom} waits", "completed": f"{e.by} {e.why} {{who}} with {whom}",
        "canceled": f"{e.by} consults {whom} no more{_with(' ({})', e.why.replace('_', ' '))}",
        "failed": f"{e.by} could not consult {whom}: {e.why.replace('_', ' ')}",
    }.get(e.state, e.state)  # fmt: skip


def _transfer(e: Any) -> str:
    done = {"initiated": "begun", "ringing": f"{e.party} rings", "completed": f"{e.party} has {{who}}",
            "canceled": "{who} is gone", "failed": f"failed, {e.why.replace('_', ' ')}"}  # fmt: skip
    return f"transfer by {e.by} to {e.to}: {done.get(e.state, e.state)}"


SENTENCES: dict[str, Callable[[Any], str]] = {
    "switch.started": lambda e: f"the switch started, version {e.version}, epoch {e.epoch}",
    "switch.draining": lambda e: f"the switch is being stopped by {e.by}: no new calls, {e.calls} are up",
    "switch.stopped": lambda e: f"the switch stopped: {e.reason}",
    "source.banned": lambda e: f"{e.source} is not heard any more: {e.why.replace('_', ' ')}",
    "source.forgiven": lambda e: f"{e.source} is heard again: {e.why}{_with(' by {}', e.by)}",
    "hours.opened": lambda e: f"{e.hours} is open ({e.why})",
    "hours.closed": lambda e: f"{e.hours} is closed ({e.why})",
    "queue.closed": lambda e: f"{e.by} closed {e.queue}{_with(': {}', e.why)}",
    "queue.opened": lambda e: f"{e.by} opened {e.queue}{_with(': {}', e.why)}" if e.by else f"{e.queue} is open: {e.why}",
    "queue.pulled_forward": lambda e: f"{e.by} put {{who}} at {e.position} in {e.queue}",
    "supervision.began": lambda e: f"{e.by} is in the talk of {e.agent}: {e.kind.replace('_', ' ')}",
    "supervision.changed": lambda e: f"{e.by} is in the talk of {e.agent}: {e.kind.replace('_', ' ')}",
    "supervision.ended": lambda e: f"{e.by} is out of the talk of {e.agent}: {e.why.replace('_', ' ')}",
    "contact.offered": lambda e: f"{{who}}{_with(' ({})', e.caller_name)} calls {e.called}"
    + ("" if e.direction == "inbound" else f", {e.direction}") + _with(" by trunk {}", e.trunk),
    "contact.answered": lambda e: "answered",
    "contact.segment": lambda e: f"{{who}} is now in {e.kind.replace('_', ' ')}{_with(' of {}', e.owner)}",
    "contact.ended": lambda e: f"ended by {e.ended_by}: {e.cause.replace('_', ' ')}{_with(' ({})', e.sip_status)}",
    "contact.noted": lambda e: f"{e.agent} notes{_with(' {}', e.outcome)}{_with(': {}', e.note)}",
    "contact.customer": lambda e: f"{{who}} is {e.customer.name or 'known without a name'}"
    + _with(", {}", _again(e.customer))
    + _with(" [{}]", ", ".join(e.customer.tags)) + _with(", {} open complaints", e.customer.open_complaints),
    "ivr.menu_entered": lambda e: f"{{who}} hears menu {e.menu} of {e.tree}, level {e.level}",
    "ivr.digit_pressed": lambda e: f"{{who}} pressed {e.digit}{_with(' in {}', e.menu)}",
    "ivr.option_chosen": lambda e: f"{{who}} chose {e.digit} in {e.menu} -> {e.leads_to}",
    "ivr.menu_missed": lambda e: f"{{who}} {'pressed a wrong key' if e.why == 'wrong_key' else 'said nothing'}"
    f"{_with(' ({})', e.digit)} in {e.menu}",
    "ivr.passed": lambda e: f"{{who}} goes on from {e.node} by {e.way} -> {e.leads_to}",
    "ivr.digits_collected": lambda e: f"{{who}} typed {e.name}: {e.value}",
    "ivr.looked_up": lambda e: f"look-up {e.node}: {e.outcome.replace('_', ' ')} in {e.seconds:.1f} s",
    "ivr.left": lambda e: f"{{who}} left {e.tree} from {e.menu} -> {e.outcome}",
    "queue.joined": lambda e: f"{{who}} waits in {e.queue} at {e.position}, {_wait(e.expected_wait)}",
    "queue.wait_announced": lambda e: f"{{who}} is told: position {e.position} in {e.queue}, {_wait(e.expected_wait)}",
    "queue.left": lambda e: f"{{who}} left {e.queue} after {seconds(e.waited)}: {e.why.replace('_', ' ')}"
    + _with(" by {}", e.agent),
    "reservation.created": _pop,
    "reservation.accepted": lambda e: f"{e.agent} took {{who}}",
    "reservation.rejected": lambda e: f"{e.agent} turned {{who}} down{_with(' ({})', e.sip_status)}",
    "reservation.timeout": lambda e: f"{e.agent} did not answer {{who}}",
    "reservation.canceled": lambda e: f"{{who}} went while {e.agent} was ringing",
    "reservation.rescinded": lambda e: f"the offer to {e.agent} was taken back: {e.why.replace('_', ' ')}",
    "reservation.completed": lambda e: f"{e.agent} is done talking with {{who}}",
    "call.delivered": lambda e: f"the phone of {e.party} rings",
    "call.established": lambda e: f"{e.party} and {{who}} talk",
    "call.held": lambda e: f"{e.party} is on hold",
    "call.retrieved": lambda e: f"{e.party} is off hold",
    "call.muted": lambda e: f"{e.party} is muted" + (f" by {e.by}" if e.by != e.party else ""),
    "call.unmuted": lambda e: f"{e.party} is heard again" + (f", by {e.by}" if e.by != e.party else ""),
    "call.conferenced": lambda e: f"{', '.join(e.parties)} confer",
    "call.diverted": lambda e: f"{e.by} sent {{who}} on to {e.to}{_with(': {}', e.note)}",
    "consultation.state": _consultation,
    "transfer.state": _transfer,
    "call.transferred": lambda e: f"{e.by} transferred {{who}} to {e.to}{_with(': {}', e.note)}",
    "call.leg_ended": lambda e: f"{e.party} is off the line, by {e.ended_by}: {e.cause.replace('_', ' ')}"
    + _with(" ({})", e.sip_status),
    "call.originated": lambda e: f"{e.party} is called by trunk {e.trunk}{_with(' for {}', e.agent)}"
    + _with(", who shows {}", e.presented),
    "call.failed": lambda e: f"trunk {e.trunk} did not reach {e.party}: {e.cause.replace('_', ' ')}"
    + _with(" ({})", e.sip_status),
    "call.emergency": lambda e: f"emergency call to {e.number}{_with(' by {}', e.agent)}",
    "call.phone_lost": lambda e: f"the phone of {e.party} is lost; it is rung again",
    "media.silent": lambda e: f"nothing is heard from {e.party} for {seconds(e.seconds)}",
    "media.heard": lambda e: f"{e.party} is heard again",
    "media.quality": lambda e: f"sound from {e.party}: {e.received} packets, {e.lost} lost, {e.late} late, "
    f"jitter {e.jitter * 1000:.0f} ms{_with(', score {:.1f}', e.mos)}{_with(', and {:.1f} the other way', e.far_mos)}",
    "media.poor": lambda e: f"{e.party} {'is hardly' if e.way == 'heard' else 'can hardly be'} "
    f"{'understood' if e.way == 'heard' else 'reached'}: score {e.mos:.1f}, {e.loss:.0%} lost",
    "media.fair": lambda e: f"{e.party} {'is understood' if e.way == 'heard' else 'understands'} again",
    "media.unkeyed": lambda e: f"no keys with {e.party}, so no sound: {e.why}",
    "media.timed_out": lambda e: f"{e.party} is gone: nothing came for {seconds(e.seconds)}",
    "media.intruder": lambda e: f"{e.host} sends to the port of {e.party}: {e.packets} packets dropped",
    "configuration.published": lambda e: (
        f"version {e.version} of the configuration, by {e.by}: {'; '.join(e.changes) or 'nothing new'}"
        + _with(" (needs a restart: {})", "; ".join(e.restart))),
    "configuration.refused": lambda e: (
        f"the configuration of {e.by} is refused, {e.count} mistakes: "
        + "; ".join(f"{flaw.file}:{flaw.line}: {flaw.what}" for flaw in e.mistakes[:3])),
    "house.overloaded": lambda e: f"too much to do ({', '.join(e.why)}): new calls are refused, {e.contacts} go on",
    "house.relieved": lambda e: f"new calls are let in again; {e.refused} were refused in {seconds(e.seconds)}",
    "media.full": lambda e: f"every RTP port from {e.first_port} to {e.last_port} is taken: calls are turned away",
    "media.trouble": lambda e: f"trouble with the sound: {e.what}",
    "recording.started": lambda e: f"recording to {e.path}",
    "recording.paused": lambda e: f"recording paused{_with(' by {}', e.by)}",
    "recording.resumed": lambda e: f"recording goes on{_with(', by {}', e.by)}",
    "recording.saved": lambda e: f"recording saved, {seconds(e.seconds)}",
    "recording.deleted": lambda e: f"recording {e.recording} deleted: {e.why}",
    "recording.measured": lambda e: f"caller talked {seconds(e.caller.talk)}, agent {seconds(e.agent.talk)}, both "
    f"{seconds(e.overlap)}, nobody {seconds(e.silence)}",
    "recording.played": lambda e: f"{e.by} {'takes away' if e.how == 'exported' else 'listens to'} recording {e.recording}",
    "quality.scored": lambda e: f"{e.by} scores {e.agent} by {e.form}: {e.score:.0f}"
    + _with(", fatal: {}", ", ".join(e.fatal)),
    "voicemail.left": lambda e: f"{{who}} left {seconds(e.seconds)} in voice mailbox {e.box}",
    "voicemail.heard": lambda e: f"{e.by} has heard the {e.messages} new messages of voice mailbox {e.box}",
    "followup.queued": lambda e: f"follow-up {e.rule} {'to ' + e.to if e.to else 'about {who}'} waits for {e.sender}",
    "followup.skipped": lambda e: f"follow-up {e.rule} is not sent: {e.why.replace('_', ' ')}",
    "followup.sent": lambda e: f"follow-up {e.rule} is sent{_with(', at try {}', e.tries if e.tries > 1 else 0)}",
    "followup.failed": lambda e: f"follow-up {e.rule} failed after {e.tries} tries: {e.why}",
    "survey.started": lambda e: f"{{who}} is asked by {e.survey} about {e.agent or 'the call'}",
    "survey.answered": lambda e: f"{{who}} answers {e.question}: {e.score}",
    "survey.ended": lambda e: f"survey {e.survey} {e.outcome.replace('_', ' ')}{_with(', score {:.1f}', e.score)}",
    "agent.state": _agent,
    "phone.registered": lambda e: f"phone {e.agent} is here{_with(' ({})', e.user_agent)}"
    + (f", {e.bindings} places" if e.bindings > 1 else ""),
    "phone.unregistered": lambda e: f"phone {e.agent} is gone: {e.why}",
    "trunk.up": lambda e: f"trunk {e.trunk} is there",
    "trunk.down": lambda e: f"trunk {e.trunk} does not answer{_with(' ({})', e.sip_status)}",
    "trunk.registered": lambda e: f"trunk {e.trunk} is registered{_with(' for {}', e.expires and seconds(e.expires))}",
    "trunk.unregistered": lambda e: f"trunk {e.trunk} is not registered{_with(' ({})', e.sip_status)}",
    "toll.refused": lambda e: f"a call{_with(' of {}', e.agent)} to {e.number} was refused: {e.why.replace('_', ' ')}",
    "toll.spike": lambda e: f"{e.calls} calls abroad are too many; further ones are refused",
    "command.obeyed": lambda e: f"{e.by} ordered {e.command}"
    + (f" for {e.agent}" if e.agent and e.agent != e.by else ""),
    "command.refused": lambda e: f"{e.by} ordered {e.command}"
    + (f" for {e.agent}" if e.agent and e.agent != e.by else "") + f", which was refused: {e.code.replace('_', ' ')}",
}


def sentence(event: Event, who: str = "the caller") -> str:
    """What happened, on one line, with nothing in it that a terminal could take for a command."""
    written = SENTENCES[event.__struct_config__.tag](event).replace("{who}", who)
    return "".join(each if each.isprintable() else "?" for each in written)


def line(entry: Entry, who: str = "the caller", *, colour: bool = False, zone: tzinfo | None = None,
         words: Words = PLAIN) -> str:
    """Time (local, or of ``zone``), contact (its first four characters) and sentence."""
    time = f"{datetime.fromtimestamp(entry.at, zone):%H:%M:%S}"
    contact = "".join(each if each.isprintable() else "?" for each in getattr(entry.event, "contact", "")[:4])
    text = words(sentence(entry.event, who))
    if not colour:
        return f"{time}  {contact:4}  {text}"
    hue = _COLOURS[zlib.crc32(getattr(entry.event, "contact", "").encode(errors="replace")) % len(_COLOURS)]
    loud = _LOUD.get(entry.event.__struct_config__.tag, 0)
    return f"\x1b[90m{time}\x1b[0m  \x1b[{hue}m{contact:4}\x1b[0m  \x1b[{loud}m{text}\x1b[0m"


class Story:
    """Tells entry after entry, and remembers who calls."""

    def __init__(self, *, colour: bool = False, zone: tzinfo | None = None, words: Words = PLAIN) -> None:
        self._words = words
        self._colour = colour
        self._zone = zone
        self._callers: OrderedDict[str, str] = OrderedDict()

    def line(self, entry: Entry) -> str:
        contact = getattr(entry.event, "contact", "")
        if entry.event.__struct_config__.tag == "contact.offered":
            self.meet(contact, entry.event.caller)
        return line(entry, self._callers.get(contact, "the caller"), colour=self._colour, zone=self._zone,
                    words=self._words)

    def meet(self, contact: str, caller: str) -> None:
        """This is who calls."""
        self._callers[contact] = f"caller {caller}" if caller else "a withheld number"
        if len(self._callers) > REMEMBERED:
            self._callers.popitem(last=False)
