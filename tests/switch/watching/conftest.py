"""The stage of the joint, with desk phones that watch."""

from tests.switch.contact.conftest import build, settings, stage  # noqa: F401
