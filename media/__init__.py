"""The media room: every leg is a row, every 20 ms one step over all rows. Imports nothing of the house."""
