"""What operations ask by REST: who is not heard, what is published, and that the switch stops."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from cti.access import Access
from cti.answers import RestRefused, answer, text
from cti.login import read_body
from cti.protocol import Flaw, Publication, PublicationRefused, Refusal, StopState, StopWish, VersionState

LONGEST_DRAIN = 86400.0
"""Seconds for which calls may go on, where an end is given."""


class Operating(Access):
    """For supervisors of the whole house alone."""

    # -- who is not heard ---------------------------------------------------------------------------------------------

    async def bans(self, request: web.Request) -> web.Response:
        self._operator(request)
        return answer(self._house.bans())

    async def lift_ban(self, request: web.Request) -> web.Response:
        source = request.match_info["source"]
        if not self._house.lift_ban(source, self._operator(request).user):
            raise RestRefused(404, "not_found", f"{source[:60]} is not banned")
        return answer({"source": source})

    # -- the configuration --------------------------------------------------------------------------------------------

    async def publish(self, request: web.Request) -> web.Response:
        by = self._operator(request).user
        return _published(await self._house.publish(by, bool(text(request, "preview"))))

    async def versions(self, request: web.Request) -> web.Response:
        self._operator(request)
        kept = await asyncio.to_thread(self._house.versions)
        return answer([VersionState(version=one.number, at=one.at, by=one.by, changes=one.changes) for one in kept])

    async def rollback(self, request: web.Request) -> web.Response:
        by, number = self._operator(request).user, request.match_info["version"]
        try:
            return _published(await self._house.rollback(int(number) if number.isdecimal() else 0, by))
        except LookupError:
            raise RestRefused(404, "not_found", f"there is no version {number[:20]}") from None

    # -- the way out --------------------------------------------------------------------------------------------------

    async def stop_state(self, request: web.Request) -> web.Response:
        self._operator(request)
        return answer(msgspec.convert(self._house.stop_state(), StopState))

    async def stop(self, request: web.Request) -> web.Response:
        by, wish = self._operator(request).user, await read_body(request, StopWish)
        if wish.seconds is not None and not 0 <= wish.seconds <= LONGEST_DRAIN:
            raise RestRefused(400, "bad_params", f"seconds is {wish.seconds:g}: write 0 to {LONGEST_DRAIN:g}")
        return answer(msgspec.convert(self._house.stop(by, wish.seconds, wish.to_the_end), StopState))


def _published(told: Any) -> web.Response:
    """422 with every mistake when nothing was published because of them."""
    if not told.mistakes:
        return answer(Publication(version=told.version, published=told.published, changes=told.changes,
                                  restart=told.restart))
    flaws = tuple(Flaw(each.file, each.line, each.what, each.instead) for each in told.mistakes)
    lines = [f"{flaw.file}:{flaw.line}: {flaw.what} — {flaw.instead}" for flaw in flaws]
    reason = "\n".join([f"refused; version {told.version} goes on", *lines])
    return answer(PublicationRefused(error=Refusal(code="mistakes", reason=reason), mistakes=flaws), 422)
