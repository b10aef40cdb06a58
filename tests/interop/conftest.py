"""The running switch, and parties for it."""

import importlib.util
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import missing
from tests.interop.parties import Screen, Softphone, nobody_left
from tests.interop.running import Switch
from tests.interop.wire import Rough, Watched, Weather
from tests.laws import check_laws


@pytest.fixture(scope="session")
def shared_switch(tmp_path_factory) -> Iterator[Switch]:
    """One switch for all tests that do not break it, on the shipped configuration and a direct number of agent 1002."""
    switch = Switch(tmp_path_factory.mktemp("switch"))
    switch.configure("numbers.yaml", {5050: {"to": "extension:1002"}})
    try:
        switch.start()
        yield switch
        switch.stop()
        assert not switch.complaints(), switch.complaints()
        check_laws(switch.journal(), finished=True)
    finally:
        switch.kill()


@pytest.fixture
def switch(shared_switch) -> Iterator[Switch]:
    """The shared switch; its log of this test is shown when the test fails."""
    before = len(shared_switch.said())
    yield shared_switch
    sys.stderr.write(shared_switch.said()[before:])


class Parties:
    """Makes phones and screens that leave when the test ends."""

    def __init__(self, switch: Switch, folder: Path, stack: AsyncExitStack) -> None:
        self.switch, self.folder, self.stack = switch, folder, stack

    async def phone(self, user: str, server: str = "", register: bool | None = None, **options: object) -> Softphone:
        """A softphone; with a password and registered when it is an agent's. ``server``: not the switch itself."""
        agent = len(user) == 4 if register is None else register
        if agent:
            options.setdefault("password", f"demo-{user}")
        server = server or (self.switch.sips if options.get("transport") == "tls" else self.switch.sip)
        phone = await self.stack.enter_async_context(Softphone(user, server, self.folder, **options))
        return await phone.register() if agent else phone

    async def screen(self, user: str) -> Screen:
        return await self.stack.enter_async_context(Screen(user, self.switch.url))

    async def watched(self, look: Callable[[], Any]) -> Watched:
        """A wire on which the INVITE of the switch is looked at."""
        return await self.stack.enter_async_context(Watched(self.switch.sip_port, look))

    async def rough(self, seed: int, weather: Weather) -> Rough:
        """A wire with weather."""
        return await self.stack.enter_async_context(Rough(self.switch.sip_port, seed, weather))

    async def agent(self, user: str, ready: bool = True, **options: object) -> tuple[Softphone, Screen]:
        """A phone that is registered and a screen that is logged in; logged out when the test ends."""
        phone, screen = await self.phone(user, **options), await self.screen(user)
        await screen.order("agent.logIn", ready=ready)
        self.stack.push_async_callback(screen.log_out)
        return phone, screen


@pytest.fixture
async def parties(switch, tmp_path) -> AsyncIterator[Parties]:
    _need_pjsua2()
    async with AsyncExitStack() as stack:
        yield Parties(switch, tmp_path, stack)
    await nobody_left(switch, within=40.0)


@pytest.fixture
async def own(tmp_path) -> AsyncIterator[Parties]:
    """Parties around a switch of their own, which the test configures, starts, and may kill."""
    _need_pjsua2()
    switch = Switch(tmp_path / "switch")
    try:
        async with AsyncExitStack() as stack:
            yield Parties(switch, tmp_path, stack)
    finally:
        switch.kill()
        sys.stderr.write(switch.said())


def _need_pjsua2() -> None:
    if importlib.util.find_spec("pjsua2") is None:
        missing("pjsua2-python is not installed (there are wheels for Python 3.11 and 3.12)")
