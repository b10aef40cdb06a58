"""Shoal: the switch. Rooms and directions are told in README.md."""
