"""All JSON Schemas: those of the configuration, and that of a simulated day."""

from switch import json_schema
from world.day_file import LIMITS, Day


def schemas() -> dict[str, json_schema.Schema]:
    """By name."""
    return {**json_schema.schemas(), "day": json_schema.schema(Day, "days/*.yaml", LIMITS)}
