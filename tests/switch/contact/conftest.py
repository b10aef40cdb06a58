"""A stage for each test, on the configuration that ships."""

from collections.abc import Callable
from pathlib import Path

import pytest

from switch.loading import load
from switch.settings import Settings
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
