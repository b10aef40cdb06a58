"""REST: the same state and the same commands, for programs that do not keep a line open. What may be asked is listed
in :mod:`cti.routes`; here is how it is answered, and to whom."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from cti.answers import RestRefused, answer, page, text
from cti.commands import NOT_JSON, failure
from cti.customers import MOST_MISTAKES, ImportRefused, read_csv
from cti.login import read_body
from cti.operating import Operating
from cti.protocol import (
    CustomerEntry,
    HoursWish,
    ImportMistake,
    ImportResult,
    PhonePass,
    to_json,
)
from cti.states import Colleague
from cti.timeline import timeline_of
from cti.timeline_text import drawn
from cti.watchers import from_here
from switch.orders import CloseHours, FollowHours, OpenHours, OrderRefused

HOURS = {"close": CloseHours, "open": OpenHours, "follow": FollowHours}
PICTURES = {"svg": "image/svg+xml", "txt": "text/plain"}
"""What a proxy adds: whoever asked then is not on this machine."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PICTURE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "X-Content-Type-Options": "nosniff"}
"""A picture that is opened as a page of its own can do nothing."""


class Rest(Operating):
    # -- what is now --------------------------------------------------------------------------------------------------

    async def snapshot(self, request: web.Request) -> web.Response:
        return answer(self._seen(request))

    async def agents(self, request: web.Request) -> web.Response:
        return answer(self._seen(request).agents)

    async def agent(self, request: web.Request) -> web.Response:
        return answer(_one(self._seen(request).agents, "agent", request))

    async def agent_day(self, request: web.Request) -> web.Response:
        """An agent may see their own."""
        agent = request.match_info["agent"]
        if not self._may_see(self._login.person(request), [agent]):
            raise RestRefused(404, "not_found", f"there is no agent {agent[:60]}, or it is not yours to see")
        return answer(await self._house.store.agent_today(agent))

    async def colleagues(self, request: web.Request) -> web.Response:
        """Whoever may transfer a call may see to whom; what the others are doing it for, nobody need know."""
        self._login.person(request)
        return answer([Colleague(agent=one.agent, name=one.name, team=one.team, state=one.state, phone=one.phone)
                       for one in self._server.snapshot().agents])

    async def queues(self, request: web.Request) -> web.Response:
        return answer(self._seen(request).queues)

    async def queue(self, request: web.Request) -> web.Response:
        return answer(_one(self._seen(request).queues, "queue", request))

    async def figures(self, request: web.Request) -> web.Response:
        self._supervisor(request)
        return answer(await self._house.figures())

    async def hours(self, request: web.Request) -> web.Response:
        return answer(self._seen(request).hours)

    async def hours_week(self, request: web.Request) -> web.Response:
        self._login.person(request)
        name = request.match_info["hours"]
        try:
            drawn = self._house.hours_week(name, text(request, "at"))
        except ValueError as wrong:
            raise RestRefused(400, "bad_params", str(wrong), "at") from None
        if drawn is None:
            raise RestRefused(404, "not_found", f"there are no hours {name[:60]}")
        return web.Response(text=drawn, content_type="text/plain", charset="utf-8", headers=PICTURE)

    async def change_hours(self, request: web.Request) -> web.Response:
        by, kind = self._supervisor(request).user, HOURS.get(request.match_info["verb"])
        if kind is None:
            raise RestRefused(404, "not_found", "write one of: " + ", ".join(HOURS))
        wish = msgspec.to_builtins(await read_body(request, HoursWish))
        wish = {name: value for name, value in wish.items() if name in kind.__struct_fields__}
        try:
            return answer(await self._house.submit(kind(hours=request.match_info["hours"], **wish), by))
        except OrderRefused as refused:
            raise RestRefused(404 if refused.code == "unknown_hours" else 409, refused.code, str(refused)) from None

    async def command(self, request: web.Request) -> web.Response:
        person = self._login.person(request)
        try:
            message = msgspec.json.decode(await request.read())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return web.Response(
                body=to_json(failure(NOT_JSON, "not_json", "this is not JSON")), status=400,
                content_type="application/json",
            )
        body = await self._server.clerk.answer(person, message)
        if body is None:
            return web.Response(status=204)
        return web.Response(body=body, content_type="application/json")

    async def held(self, request: web.Request) -> web.Response:
        """Who can ask from this machine itself, and through no proxy, could look into our memory anyway."""
        if not from_here(request):
            self._operator(request)
        return answer(await self._house.held())

    async def phone(self, request: web.Request) -> web.Response:
        """Whoever may log in as somebody may be their phone; so their password need not be kept in a page."""
        user, until = self._login.person(request).user, self._login.claims(request).exp
        return answer(PhonePass(user=user, expires_at=until, **self._house.phone_pass(user, until)))

    # -- what is over -------------------------------------------------------------------------------------------------

    async def contact(self, request: web.Request) -> web.Response:
        return answer(await self._record(request))

    async def timeline(self, request: web.Request) -> web.Response:
        """For supervisors: it shows what everybody did, and addresses of phones."""
        person, contact = self._supervisor(request), request.match_info["contact"]
        entries, messages = await self._house.store.timeline(contact)
        record = await self._house.store.contact(contact) or {}
        if not entries or not self._may_see(person, record.get("agents", ())):
            raise RestRefused(404, "not_found", "there is no such contact, or it is not yours")
        made = timeline_of(contact, entries, messages)
        if text(request, "as") == "txt":
            return web.Response(text=drawn(made), content_type="text/plain", charset="utf-8", headers=PICTURE)
        return answer(made)

    async def report(self, request: web.Request) -> web.Response:
        self._supervisor(request)
        day = text(request, "day")
        first, last = text(request, "from") or day, text(request, "to") or day
        for name, value in (("from" if first != day else "day", first), ("to" if last != day else "day", last)):
            if not _DAY.fullmatch(value):
                raise RestRefused(400, "bad_params", f"{name} is a day as YYYY-MM-DD", name)
        try:
            return answer(await self._house.store.report(first=first, last=last))
        except ValueError as wrong:
            raise RestRefused(400, "bad_params", str(wrong), "day") from None

    async def tree(self, request: web.Request) -> web.Response:
        return answer(await self._of_tree(request, self._house.tree_figures))

    async def tree_picture(self, request: web.Request) -> web.Response:
        shape = request.match_info["shape"]
        language, accepted = text(request, "language"), request.headers.get("Accept-Language", "")
        drawn = await self._of_tree(request, self._house.tree_picture, shape, language, accepted)
        return web.Response(text=drawn, content_type=PICTURES[shape], charset="utf-8", headers=PICTURE)

    async def _of_tree(self, request: web.Request, ask: Callable[..., Awaitable[Any]], *more: str) -> Any:
        """What the house says of a tree on a day."""
        self._supervisor(request)
        tree, day = request.match_info["tree"], text(request, "day")
        if day and not _DAY.fullmatch(day):
            raise RestRefused(400, "bad_params", "day is a day as YYYY-MM-DD", "day")
        try:
            found = await ask(tree, day, *more)
        except ValueError as wrong:
            raise RestRefused(400, "bad_params", str(wrong), "day") from None
        if found is None:
            raise RestRefused(404, "not_found", f"there is no tree {tree[:60]}, or no such picture of it")
        return found

    # -- customers ----------------------------------------------------------------------------------------------------

    async def customers(self, request: web.Request) -> web.Response:
        self._login.person(request)
        return answer(await self._house.store.customers(text=text(request, "text"), **page(request)))

    async def customer(self, request: web.Request) -> web.Response:
        self._login.person(request)
        customer = await self._house.store.customer(request.match_info["number"])
        if customer is None:
            raise RestRefused(404, "not_found", "there is no such customer")
        return answer(customer)

    async def put_customer(self, request: web.Request) -> web.Response:
        self._supervisor(request)
        entry = await read_body(request, CustomerEntry)
        entry = msgspec.structs.replace(entry, number=request.match_info["number"])
        await self._put([entry])
        return answer(entry)

    async def import_customers(self, request: web.Request) -> web.Response:
        self._supervisor(request)
        try:
            entries, mistakes = read_csv(await request.read())
        except ImportRefused as refused:
            raise RestRefused(400, "bad_table", str(refused)) from None
        written, more = await self._house.store.take_customers(entries)
        mistakes += [ImportMistake(line=0, reason=reason) for reason in more]
        return answer(ImportResult(imported=written, mistakes=tuple(mistakes[:MOST_MISTAKES])))

    async def _put(self, entries: list[CustomerEntry]) -> int:
        try:
            return await self._house.store.put_customers(entries)
        except ValueError as wrong:
            raise RestRefused(400, "bad_params", str(wrong)) from None


def _one(states: tuple[Any, ...], name: str, request: web.Request) -> Any:
    wanted = request.match_info[name]
    for state in states:
        if getattr(state, name) == wanted:
            return state
    raise RestRefused(404, "not_found", f"there is no {name} {wanted[:60]}, or it is not yours to see")
