"""Whose it is: what of all that REST knows a person may see.

An agent sees what was its own; a supervisor what was the team's, or nobody's; and a quality person the same of what is over,
to hear and to judge it, but gives no orders and sees nobody's screen.
"""

from typing import TYPE_CHECKING, Any

from aiohttp import web

from cti.answers import RestRefused, text
from cti.audience import view_of
from cti.house import Person
from cti.judged import only_of
from cti.login import Login
from cti.states import Snapshot
from cti.visible import visible

if TYPE_CHECKING:
    from cti.server import Server


class Access:
    """What every part of REST asks before it answers. ``agents_may_listen``: to recordings of their own talks."""

    def __init__(self, server: "Server", login: Login, agents_may_listen: bool) -> None:
        self._server = server
        self._house = server.house
        self._login = login
        self._agents_may_listen = agents_may_listen

    def _seen(self, request: web.Request) -> Snapshot:
        return visible(self._server.snapshot(), view_of(self._login.person(request), ("all",)))

    def _supervisor(self, request: web.Request) -> Person:
        person = self._login.person(request)
        if person.role != "supervisor":
            raise RestRefused(403, "forbidden", "this is for supervisors")
        return person

    def _operator(self, request: web.Request) -> Person:
        """A supervisor of the whole house: what is not about one team."""
        person = self._supervisor(request)
        if person.team:
            raise RestRefused(403, "forbidden", "this is for supervisors of the whole house, not of a team")
        return person

    def _judge(self, request: web.Request) -> Person:
        """Who may judge what others said."""
        person = self._login.person(request)
        if not person.reviews:
            raise RestRefused(403, "forbidden", "this is for supervisors and quality people")
        return person

    def _may_see(self, person: Person, agents: "list[str] | tuple[str, ...]") -> bool:
        """An agent sees what was its own; who reviews what was the team's, or nobody's."""
        if not person.reviews:
            return person.user in agents
        if not person.team or not agents:
            return True
        return any((one := self._house.person(agent)) is not None and one.team == person.team for agent in agents)

    def _whose(self, request: web.Request) -> tuple[str, ...] | None:
        """The agents to whom a list is limited; None = to nobody."""
        person = self._login.person(request)
        wanted = text(request, "agent")
        if wanted:
            if not self._may_see(person, [wanted]):
                raise RestRefused(403, "forbidden", f"agent {wanted} is not yours to see", "agent")
            return (wanted,)
        if not person.reviews:
            return (person.user,)
        if not person.team:
            return None
        return ("", *(agent.agent for agent in self._server.snapshot().agents if agent.team == person.team))

    async def _record(self, request: web.Request) -> dict[str, Any]:
        """The record of the contact that is asked for, as this person may see it."""
        person = self._login.person(request)
        record = await self._house.store.contact(request.match_info["contact"])
        if record is None or not self._may_see(person, record.get("agents", ())):
            raise RestRefused(404, "not_found", "there is no such contact, or it is not yours")
        return shown(person, record)

    async def _heard(self, request: web.Request, person: Person) -> dict[str, Any]:
        """The row of a recording that this person may listen to."""
        row = await self._recording(request, person)
        if not self._may_listen(person):
            raise RestRefused(403, "forbidden", "recordings are heard by supervisors and quality people")
        return row

    async def _recording(self, request: web.Request, person: Person) -> dict[str, Any]:
        row = await self._house.store.recording(request.match_info["recording"])
        if row is None or not self._may_see(person, heard_in(row)):
            raise RestRefused(404, "not_found", "there is no such recording, or it is not yours")
        return row

    def _may_listen(self, person: Person) -> bool:
        """Whether they may hear recordings at all."""
        return person.reviews or self._agents_may_listen


def heard_in(row: dict[str, Any]) -> list[str]:
    """The agents whom a recording lets be heard."""
    return list(dict.fromkeys(agent for agent in (row.get("agent"), *row.get("agents", ())) if agent))


def shown(person: Person, record: dict[str, Any]) -> dict[str, Any]:
    """A record as this person may see it: what callers said of agents is for who reviews, unless the survey says else; and
    so is who listened to them unannounced. Of judgements an agent sees their own."""
    if person.reviews:
        return record
    survey, supervisions = record.get("survey") or {}, record.get("supervisions") or ()
    hidden = {"survey"} if survey and not survey.get("tell_agent") else set()
    seen = {name: value for name, value in record.items() if name not in hidden}
    if supervisions:
        told = [each for each in supervisions if each.get("tell_agent")]
        unseen = {each["by"] for each in supervisions} - {each["by"] for each in told}
        seen |= {"supervisions": told,
                 "quality": [each for each in record.get("quality", ()) if each.get("party") not in unseen]}
    return only_of(seen, person.user)
