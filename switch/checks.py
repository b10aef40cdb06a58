"""Does what the files say fit together? Every name that is used must exist, and no caller may be sent round in circles.

Runs over whatever could be read, so that one list has all mistakes; where a file could not be read at all, nothing is
said about the names that it would have held.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from zoneinfo import ZoneInfo, available_timezones

from switch import media_checks, places
from switch.acd.rules import QueueRules
from switch.addresses import is_loopback
from switch.checks_followups import followup_mistakes
from switch.checks_hours import hours_mistakes
from switch.checks_quality import quality_mistakes
from switch.checks_thresholds import threshold_mistakes
from switch.checks_trunks import TRUNKS, trunk_mistakes, unreachable
from switch.holidays import HOURS
from switch.mistakes import Mistake, suggest
from switch.reader import Reading
from switch.routing import Destination
from switch.settings import ServiceNumber, Settings, System
from switch.speech import checks as speech_checks
from switch.speech.texts import QUEUE_KEYS
from switch.trunks.numbers import E164, emergency

SHOAL, AGENTS, QUEUES, NUMBERS = "shoal.yaml", "agents.yaml", "queues.yaml", "numbers.yaml"
FROM_NUMBER = ("tree", "queue", "extension", "voicemail", "outside")
FROM_CLOSED = (*FROM_NUMBER, "goodbye")
FROM_QUEUE = ("queue", "extension", "voicemail", "outside", "goodbye")
WAYS = {
    "tree": "`tree:NAME`", "queue": "`queue:NAME`", "extension": "`extension:NUMBER`", "voicemail": "`voicemail:BOX`",
    "outside": "`outside:NUMBER`", "goodbye": "`goodbye`",
}
NAME = re.compile(r"\w[\w-]*")
"""Names of queues and mailboxes; they become names of files and topics."""
NAME_ADVICE = "write letters, digits, `-` and `_`, without spaces"
NUMBER = re.compile(r"[0-9A-Za-z+*#][0-9A-Za-z+*#._-]*")
"""What can be dialled."""
KEYS = "0123456789*#"
DRIVERS = ("sqlite+aiosqlite://", "postgresql+asyncpg://")
Known = Mapping[str, Collection[str] | None]
"""Kind of destination -> the names that exist; None = cannot be known."""


class Checks:
    """One pass over settings that were read; ``readings`` know the lines."""

    def __init__(self, settings: Settings, readings: Mapping[str, Reading], known: Known) -> None:
        self.settings = settings
        self.readings = readings
        self.known = known

    def run(self) -> Iterator[Mistake]:
        yield from self._machine(self.settings.system)
        yield from self._agents()
        yield from self._queues()
        yield from self._loops()
        yield from self._numbers()
        yield from self._hours()
        yield from trunk_mistakes(self.settings, self._at)
        yield from followup_mistakes(self.settings, self._at)
        yield from quality_mistakes(self.settings.quality, self.known["queue"], self._at)

    def _at(self, file: str, *place: str) -> Callable[[str, str], Mistake]:
        """Who makes mistakes for this place, or for the nearest one around it that has a line."""
        lines = self.readings[file].lines if file in self.readings else {}
        while place and place not in lines:
            place = place[:-1]
        return lambda what, instead: Mistake(file, lines.get(place, 0), what, instead)

    # -- shoal.yaml ---------------------------------------------------------------------------------------------------

    def _machine(self, system: System) -> Iterator[Mistake]:
        yield from self._zone(system.time_zone, self._at(SHOAL, "time_zone"))
        languages = self.settings.prompts.languages
        if not languages & {system.language, system.language.split("-")[0]}:
            yield self._at(SHOAL, "language")(
                f"there are no sounds in the language `{system.language}`", suggest(system.language, languages))
        sip, media = system.sip, system.media
        yield from places.mistakes(system, partial(self._at, SHOAL))
        yield from threshold_mistakes(system.thresholds, partial(self._at, SHOAL, "thresholds"))
        if not sip.digest:
            yield self._at(SHOAL, "sip", "digest")("no phone could prove its password", "write `[SHA-256, MD5]`")
        for index, place in enumerate(system.guard.allow):
            if not _parses(lambda text: ipaddress.ip_network(text, strict=False), place):
                yield self._at(SHOAL, "guard", "allow", str(index))(
                    f"`{place}` is no address and no network", "write `203.0.113.7` or `203.0.113.0/24`")
        if system.guard.first_ban > system.guard.longest_ban:
            yield self._at(SHOAL, "guard", "first_ban")(
                "the first ban is longer than the longest", f"write {system.guard.longest_ban:g} or less")
        if sip.register_least > sip.register_expires:
            yield self._at(SHOAL, "sip", "register_least")(
                "the least time of a registration is above the longest", f"write {sip.register_expires} or less")
        if 0 < sip.session_expires < sip.min_se:
            yield self._at(SHOAL, "sip", "session_expires")(
                "a session ends sooner than any peer may ask for", f"write {sip.min_se} or more, or 0")
        if sip.subscribe_least > sip.subscribe_expires:
            yield self._at(SHOAL, "sip", "subscribe_least")(
                "the least time of a subscription is above the longest", f"write {sip.subscribe_expires} or less")
        yield from speech_checks.mistakes(system.speech, partial(self._at, SHOAL, "speech"))
        yield from media_checks.mistakes(system, partial(self._at, SHOAL, "media"))
        if not media.codecs:
            yield self._at(SHOAL, "media", "codecs")(
                "no phone could be spoken with: there is none of these on this machine", "write `[PCMU, PCMA]`")
        if not system.store.url.startswith(DRIVERS):
            yield self._at(SHOAL, "store", "url")(
                "no such store", "write `sqlite+aiosqlite:///PATH` or `postgresql+asyncpg://USER:PASSWORD@HOST/NAME`")
        if system.lookup.url and not system.lookup.url.startswith(("http://", "https://")):
            yield self._at(SHOAL, "lookup", "url")("this is no web address", "write `http://...` or `https://...`")

    def _zone(self, name: str, at: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            yield at(f"there is no time zone `{name}`", suggest(name, available_timezones() - {"Factory", "localtime"}))

    # -- agents.yaml, queues.yaml -------------------------------------------------------------------------------------

    def _agents(self) -> Iterator[Mistake]:
        for number, user in self.settings.users.items():
            yield from self._dialled(number, self._at(AGENTS, number))
            for queue in user.rules.queues:
                yield from self._exists("queue", queue, self._at(AGENTS, number, "queues", queue))
            if user.mailbox:
                yield from self._named(user.mailbox, self._at(AGENTS, number, "mailbox"))

    def _queues(self) -> Iterator[Mistake]:
        for name, rules in self.settings.queues.items():
            yield from self._named(name, self._at(QUEUES, name))
            if rules.exit_key and rules.exit_key not in KEYS:
                yield self._at(QUEUES, name, "exit_key")(
                    f"`{rules.exit_key}` is no key", 'write one digit, `"*"` or `"#"`, in quotes')
            if rules.supervision is not None:
                yield from self._sound(rules.supervision.sound, self._at(QUEUES, name, "supervision", "sound"))
            if rules.thresholds is not None:
                yield from threshold_mistakes(rules.thresholds, partial(self._at, QUEUES, name, "thresholds"))
            for key in QUEUE_KEYS:
                yield from speech_checks.prompts(self.settings, getattr(rules, key), partial(self._at, QUEUES), name, key)
            yield from self._leads(rules.exit_to, FROM_QUEUE, self._at(QUEUES, name, "exit_to"))
            yield from self._survey(name, rules)
            yield from self._opens(rules, FROM_QUEUE, QUEUES, name)
            if rules.closed_to == f"queue:{name}":
                yield self._at(QUEUES, name, "closed_to")("it leads back to itself", "lead it elsewhere")
            if rules.overflow:
                yield from self._leads(rules.overflow.to, FROM_QUEUE, self._at(QUEUES, name, "overflow", "to"))

    def _survey(self, queue: str, rules: QueueRules) -> Iterator[Mistake]:
        """What its callers are asked is a survey, in each language."""
        if rules.survey is None:
            return
        asked = {("tree",): rules.survey.tree}
        asked |= {("languages", language): tree for language, tree in rules.survey.languages.items()}
        for place, name in asked.items():
            at = self._at(QUEUES, queue, "survey", *place)
            yield from self._exists("tree", name, at)
            if name in self.settings.trees and not self.settings.trees[name].is_survey:
                yield at(f"tree `{name}` asks nothing: it has no `questions`", suggest(name, self._surveys()))

    def _surveys(self) -> list[str]:
        return [name for name, tree in self.settings.trees.items() if tree.is_survey]

    def _loops(self) -> Iterator[Mistake]:
        """A circle of overflows is told once, at the queue of it that comes first in the file."""
        gives = {name: rules.overflow.to.removeprefix("queue:")
                 for name, rules in self.settings.queues.items() if rules.overflow}
        told: set[str] = set()
        for name in gives:
            way = [name]
            while (after := gives.get(way[-1])) is not None and after not in way:
                way.append(after)
            if after == name and name not in told:
                told.update(way)
                yield self._at(QUEUES, name, "overflow", "to")(
                    "callers overflow in a circle: " + " -> ".join([*way, name]),
                    "let one of them lead to a `voicemail:BOX`, an `extension:NUMBER` or `goodbye`")

    # -- numbers.yaml -------------------------------------------------------------------------------------------------

    def _numbers(self) -> Iterator[Mistake]:
        for number, service in self.settings.numbers.items():
            yield from self._dialled(number, self._at(NUMBERS, number))
            if number in self.settings.users:
                taken = self._at(AGENTS, number)("", "").line
                yield self._at(NUMBERS, number)(
                    f"{number} is the number of an agent, too ({AGENTS}:{taken})", "give one of them another number")
            yield from self._leads(service.to, FROM_NUMBER, self._at(NUMBERS, number, "to"))
            yield from self._opens(service, FROM_CLOSED, NUMBERS, number)
            yield from speech_checks.prompts(self.settings, service.closed_prompt, partial(self._at, NUMBERS), number,
                                             "closed_prompt")

    # -- hours --------------------------------------------------------------------------------------------------------

    def _hours(self) -> Iterator[Mistake]:
        for name, calendar in self.settings.hours.items():
            yield from self._named(name, self._at(HOURS, name))
            if calendar.rules.time_zone:
                yield from self._zone(calendar.rules.time_zone, self._at(HOURS, name, "time_zone"))
        yield from hours_mistakes(self.settings, self._at)

    def _opens(self, what: ServiceNumber | QueueRules, kinds: tuple[str, ...], file: str, name: str) -> Iterator[Mistake]:
        """The hours of a number or a queue, and what happens outside of them."""
        yield from self._exists("hours", what.hours, self._at(file, name, "hours"))
        yield from self._leads(what.closed_to, kinds, self._at(file, name, "closed_to"))
        for key in ("closed_to", "closed_prompt"):
            if not what.hours and (name, key) in self.readings[file].lines:
                yield self._at(file, name, key)(f"`{key}` is never needed: it is always open", "add `hours: NAME`, too")

    # -- names --------------------------------------------------------------------------------------------------------

    def _leads(self, text: str, kinds: tuple[str, ...], at: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
        """The destination is written rightly, may stand here, and exists."""
        try:
            destination = Destination.parse(text)
        except ValueError:
            destination = None
        if destination is None or destination.kind not in kinds:
            if text:  # an empty one has been told by the reader
                what = f"`{text}` cannot stand here" if destination else f"`{text}` leads nowhere"
                yield at(what, "write one of: " + ", ".join(WAYS[kind] for kind in kinds))
        elif destination.kind == "voicemail":
            yield from self._named(destination.target, at)
        elif destination.kind == "outside":
            yield from self._outside(destination.target, at)
        else:
            yield from self._exists(destination.kind, destination.target, at)
            if destination.kind == "tree" and destination.target in self._surveys():
                yield at(f"tree `{destination.target}` is a survey, for after the talk",
                         f"lead here to another tree, and write `survey: {destination.target}` for a queue")

    def _outside(self, number: str, at: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
        if not E164.fullmatch(number):
            yield at(f"`{number}` is no whole number", "write it with its country: `outside:+49301234560`")
        elif not self.readings[TRUNKS].mistakes and (why := unreachable(self.settings.outside, number)):
            yield at(why, f"change `trunks`, `routes` or `toll` in {TRUNKS}, or lead it elsewhere")

    def _exists(self, kind: str, name: str, at: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
        known = self.known.get(kind, ())
        if name and known is not None and name not in known:
            what = {"extension": f"no agent has the number `{name}`",
                    "hours": f"there is no entry in hours.yaml called `{name}`"}.get(kind, f"there is no {kind} `{name}`")
            yield at(what, suggest(name, known))

    def _sound(self, name: str, at: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
        prompts, language = self.settings.prompts, self.settings.system.language
        if name and not prompts.sound(name, language):
            yield at(f"there is no sound `{name}`",
                     f"put `{name}.wav` into `prompts/{language}/`; " + suggest(name, prompts.names(language)))

    def _named(self, name: str, at: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
        if not NAME.fullmatch(name):
            yield at(f"`{name}` is no name", NAME_ADVICE)

    def _dialled(self, number: str, at: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
        if not NUMBER.fullmatch(number):
            yield at(f"`{number}` cannot be dialled", "write digits, without spaces")
        outside = self.settings.outside
        if outside.trunks and (taken := emergency(outside, number)):
            yield at(f"whoever dials {number} means the emergency number {taken}", "give it another number")


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def listen_hazards(settings: Settings) -> list[Mistake]:
    """Why the switch must not listen where it is told to: passwords that the whole world knows, or an address that
    phones cannot send to. Asked again after the command line has had its say."""
    listen, known, hazards = settings.system.listen, demo_passwords(settings), []
    public = [host for host in listen if not is_loopback(host)]
    if known and public:
        hazards.append(Mistake(
            AGENTS, 0, f"{', '.join(known)} have demo passwords, and {', '.join(public)} can be reached by others",
            "give each a password of their own, or listen on 127.0.0.1"))
    if places.speaks_for_nobody(settings.system):
        hazards.append(Mistake(SHOAL, 0, *places.nobody(listen)))
    return hazards


def demo_passwords(settings: Settings) -> list[str]:
    """Whose passwords are those of the demonstration."""
    return [number for number, user in settings.users.items() if user.password == f"demo-{number}"]
