"""The languages in which people read what the switch says. See :mod:`switch.language.words`."""
