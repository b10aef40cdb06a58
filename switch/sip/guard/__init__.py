"""Who is heard, and how much of them (see ``guard``)."""

from .bans import Ban
from .guard import Guard
from .rules import GuardRules

__all__ = ["Ban", "Guard", "GuardRules"]
