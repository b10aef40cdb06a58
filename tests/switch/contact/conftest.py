"""A stage for each test, on the configuration that ships."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from switch.loading import load
from switch.settings import Settings
from tests.switch.contact.city import outside
from tests.switch.contact.stage import Stage, arrange

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load(CONFIG)


@pytest.fixture
def build(settings: Settings) -> Callable[..., Stage]:
    """``build(support={"ring_time": 5})``: a stage with rules of queues (and users) changed."""
    return lambda **changes: Stage(arrange(settings, **changes))


@pytest.fixture
def stage(build: Callable[..., Stage]) -> Stage:
    return build()


@pytest.fixture
def city(settings: Settings) -> Callable[..., Stage]:
    """``city(trunks=..., toll=...)``: a stage with the world outside."""
    def build(hours: object = None, system: object = None, **more: object) -> Stage:
        return Stage(replace(arrange(settings, system=system), outside=outside(**more), hours=hours or {}))
    return build
