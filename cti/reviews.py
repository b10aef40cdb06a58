"""REST for quality work: finding contacts, hearing their recordings, judging them, and taking them along."""

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from cti import searching, vcon
from cti.access import Access, heard_in, shown
from cti.answers import RestRefused, answer, page, period, text, whole
from cti.house import Person
from cti.login import Login, read_body
from cti.protocol import Ticket
from cti.scoring import ScoreWish, scores_of
from cti.waveform import marks_of
from switch.events import ContactScored, RecordingPlayed
from switch.orders import OrderRefused

if TYPE_CHECKING:
    from cti.server import Server

ONE_LISTENING = 300.0
"""Seconds between two requests for one recording by one person that are still the same listening."""
REMEMBERED = 10_000
LONGEST_TABLE = 10_000
"""Lines of a CSV file."""
POINTS = (800, 20_000)
"""Points of a waveform: by default, and at most."""
DOWNLOAD = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


class Listenings:
    """Which requests are one listening: a player fetches a recording in pieces, and again when it goes back. Pure."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, str], float] = OrderedDict()

    def begins(self, user: str, recording: str, now: float) -> bool:
        """Whether this request is the first of a listening."""
        last = self._last.pop((user, recording), None)
        self._last[user, recording] = now
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        return last is None or now - last > ONE_LISTENING


class Reviews(Access):
    def __init__(self, server: "Server", login: Login, agents_may_listen: bool) -> None:
        super().__init__(server, login, agents_may_listen)
        self._listenings = Listenings()

    # -- finding ------------------------------------------------------------------------------------------------------

    async def contacts(self, request: web.Request) -> web.Response:
        person, filters = self._login.person(request), searching.sought(request)
        filters["agents"] = self._whose(request)
        if text(request, "as") == "csv":
            return await self._table(request, person, filters)
        found = await self._house.store.contacts(**filters, **page(request))
        return answer([shown(person, record) for record in found])

    async def _table(self, request: web.Request, person: Person, filters: dict[str, Any]) -> web.Response:
        limit = whole(request, "limit", LONGEST_TABLE, LONGEST_TABLE)
        records: list[dict[str, Any]] = []
        while len(records) < limit:
            more = await self._house.store.contacts(
                **filters, limit=min(500, limit - len(records)), offset=len(records))
            records += [shown(person, record) for record in more]
            if not more:
                break
        written = searching.table(records, self._house.zone())
        headers = DOWNLOAD | {"Content-Disposition": 'attachment; filename="contacts.csv"'}
        return web.Response(text=written, content_type="text/csv", charset="utf-8", headers=headers)

    # -- hearing ------------------------------------------------------------------------------------------------------

    async def recordings(self, request: web.Request) -> web.Response:
        return answer(
            await self._house.store.recordings(
                contact=text(request, "contact"), agents=self._whose(request), queue=text(request, "queue"),
                **period(request),
            )
        )

    async def recording(self, request: web.Request) -> web.Response:
        return answer(await self._recording(request, self._login.person(request)))

    async def audio_ticket(self, request: web.Request) -> web.Response:
        person = self._login.person(request)
        name = (await self._heard(request, person))["recording"]
        ticket, expires_at = self._login.ticket(person, f"recording {name}")
        return answer(Ticket(url=f"/api/v1/recordings/{name}/audio?ticket={ticket}", expires_at=expires_at))

    async def audio(self, request: web.Request) -> web.StreamResponse:
        person = self._login.person_for(request, f"recording {request.match_info['recording']}")
        row = await self._heard(request, person)
        path = await self._house.store.recording_path(row["recording"])
        if path is None or not path.is_file():
            raise RestRefused(404, "not_found", "the sound of this recording is gone")
        if self._listenings.begins(person.user, row["recording"], self._server.clock()):
            await self._house.write_down(RecordingPlayed(
                contact=row.get("contact", ""), recording=row["recording"], by=person.user))
        headers = {"Content-Type": "audio/wav", "Cache-Control": "private, no-store"}
        return web.FileResponse(path, headers=headers)

    async def peaks(self, request: web.Request) -> web.Response:
        row = await self._heard(request, self._login.person(request))
        points = max(1, whole(request, "points", *POINTS))
        shape = await self._house.store.shape(row["recording"], points)
        if shape is None:
            raise RestRefused(404, "not_found", "the sound of this recording is gone")
        entries, _ = await self._house.store.timeline(row["contact"])
        return answer(shape | {"recording": row["recording"], "contact": row["contact"],
                               "marks": marks_of(row["recording"], entries)})

    # -- judging ------------------------------------------------------------------------------------------------------

    async def forms(self, request: web.Request) -> web.Response:
        """Everybody may read by what they are judged."""
        self._login.person(request)
        queue = text(request, "queue")
        return answer(self._house.quality_forms([queue] if queue else None))

    async def contact_forms(self, request: web.Request) -> web.Response:
        record = await self._record(request)
        return answer(self._house.quality_forms(_queues(record)))

    async def scores(self, request: web.Request) -> web.Response:
        """An agent may see their own."""
        person, agent = self._login.person(request), text(request, "agent")
        found = await self._house.store.contacts(agents=self._whose(request), scored=True, **period(request))
        only = agent if person.reviews else person.user
        return answer([score for record in found for score in scores_of(shown(person, record), only)])

    async def contact_scores(self, request: web.Request) -> web.Response:
        return answer(scores_of(await self._record(request)))

    async def score(self, request: web.Request) -> web.Response:
        by = self._judge(request)
        record = await self._record(request)
        wish = await read_body(request, ScoreWish)
        if not record.get("complete"):
            raise RestRefused(409, "not_over", "this contact is not over yet: judge it when its agents are done with it")
        try:
            judged = self._house.judge(wish, _queues(record), record.get("agents", ()), record.get("recordings", ()))
        except OrderRefused as refused:
            raise RestRefused(409 if refused.code == "changed" else 400, refused.code, str(refused)) from None
        event = ContactScored(
            contact=record["contact"], by=by.user, agent=judged.agent, form=wish.form, version=judged.version,
            score=judged.score, passed=judged.passed, fatal=wish.fatal, answers=wish.answers,
            not_applicable=wish.not_applicable, note=wish.note,
            remarks=tuple(sorted(wish.remarks, key=lambda each: each.at)))
        await self._house.write_down(event)
        return answer(judged, 201)

    # -- taking along -------------------------------------------------------------------------------------------------

    async def export(self, request: web.Request) -> web.Response:
        record = await self._record(request)
        how = text(request, "recording") or "linked"
        if how not in ("attached", "linked", "none"):
            raise RestRefused(400, "bad_params", "recording is attached, linked or none", "recording")
        tapes = []
        if how != "none" and record.get("recordings"):
            person = self._login.person(request)
            if not self._may_listen(person):
                raise RestRefused(403, "forbidden", "recordings are heard by supervisors and quality people")
            tapes = await self._tapes(record, person, f"{request.url.origin()}", how == "attached")
        made = vcon.made(record, tapes, self._server.clock(), self._names(record), self._house.quality_forms(None))
        name = re.sub(r"[^\w-]", "", record["contact"])
        headers = DOWNLOAD | {"Content-Disposition": f'attachment; filename="{name}.vcon.json"'}
        return web.Response(body=vcon.encoded(made), content_type="application/vcon+json", headers=headers)

    async def _tapes(self, record: dict[str, Any], person: Person, origin: str, attached: bool) -> list[vcon.Tape]:
        """The recordings that are still there and are this person's to hear."""
        tapes = []
        for row in await self._house.store.recordings(contact=record["contact"], limit=100):
            path = await self._house.store.recording_path(row["recording"])
            if path is None or not self._may_see(person, heard_in(row)):
                continue
            tapes.append(await vcon.taped(row, path, origin, attached))
            if attached:
                await self._house.write_down(RecordingPlayed(
                    contact=record["contact"], recording=row["recording"], by=person.user, how="exported"))
        return tapes

    def _names(self, record: dict[str, Any]) -> dict[str, str]:
        found = {agent: self._house.person(agent) for agent in record.get("agents", ())}
        return {agent: person.name for agent, person in found.items() if person is not None}


def _queues(record: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(visit["queue"] for visit in record.get("visits", ())))
