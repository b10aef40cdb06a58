"""Texts become sounds before anybody calls: engines, a cache, and what became of each text of a configuration."""
