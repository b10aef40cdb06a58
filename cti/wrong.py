"""What is wrong with a message, in our own words: msgspec speaks of types and of objects, and a client's author reads it."""

import re

import msgspec

FIELD = re.compile(r"`\$\.?([^`]*)`|field `([^`]*)`")
KINDS = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "`true` or `false`", "array": "a list",
    "object": "names with values", "null": "nothing", "str | null": "a text", "int | null": "a whole number",
    "float | null": "a number",
}
SAID = {
    re.compile(r"Expected `(?P<kind>[^`]*)`, got .*"): "`{field}` should be {kind}",
    re.compile(r"Expected `(?P<kind>int|float)` (?P<sign>>=|<=|>|<) (?P<limit>[^ ]*).*"):
        "`{field}` should be {sign} {limit}",
    re.compile(r"Expected `(?:str|array)` of length (?P<sign>>=|<=|==) (?P<limit>[^ ]*).*"):
        "the length of `{field}` should be {sign} {limit}",
    re.compile(r"Object missing required field `(?P<missing>[^`]*)`.*"): "`{missing}` is missing",
    re.compile(r"Object contains unknown field `(?P<unknown>[^`]*)`.*"): "`{unknown}` is not known here",
    re.compile(r"Invalid (?:enum )?value '?(?P<value>.*?)'?(?: - at .*)?"): "`{value}` cannot be used for `{field}`",
}


def field_of(wrong: msgspec.ValidationError | str) -> str:
    """The field that is wrong; empty = the whole."""
    found = FIELD.findall(str(wrong))
    return next((at or named for at, named in found if at or named), "")


def told(wrong: msgspec.ValidationError | str) -> str:
    """One sentence."""
    field = field_of(wrong) or "the message"
    for pattern, ours in SAID.items():
        if found := pattern.fullmatch(str(wrong)):
            given = {"field": field} | found.groupdict()
            return ours.format(**given | {"kind": KINDS.get(given.get("kind", ""), "something else")})
    return f"`{field}` cannot be used"
