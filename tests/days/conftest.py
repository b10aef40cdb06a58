"""The configuration that ships; it is read once for all days."""

from pathlib import Path

import pytest

from switch.loading import load
from switch.settings import Settings

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load(CONFIG)
