"""The IVR room: trees, one caller's walk through them, and what is said on the way. Imports nothing of the house."""
