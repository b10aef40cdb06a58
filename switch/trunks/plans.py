"""What is known of the numbering of countries: emergency numbers, and the numbers that thieves like.

A thief with a stolen password calls numbers that pay him: premium numbers at home, and within country code 1 the islands
that share it but not its tariff. No list is complete; operations add to it (``toll.blocked``) and take from it
(``toll.countries``: the longer prefix decides).
"""

EMERGENCY = {
    "1": ("911",), "33": ("112", "15", "17", "18"), "34": ("112",), "39": ("112", "113", "115", "118"),
    "41": ("112", "117", "118", "144"), "43": ("112", "122", "133", "144"), "44": ("999", "112"), "49": ("112", "110"),
    "61": ("000", "112"), "81": ("110", "119"), "82": ("112", "119"), "86": ("110", "119", "120", "122"),
    "91": ("112", "100", "101", "108"),
}
"""Country code -> what is dialled there."""
ANYWHERE = ("112",)

_ISLANDS = ("242", "246", "264", "268", "284", "345", "441", "473", "649", "658", "664", "721", "758", "767", "784",
            "809", "829", "849", "868", "869", "876")
PREMIUM = {
    "1": ("900", "976", *_ISLANDS), "31": ("900", "906", "909"), "33": ("89",), "34": ("803", "806", "807", "905"),
    "39": ("89",), "41": ("900", "901", "906"), "43": ("900", "901", "930", "931"), "44": ("9", "70", "871", "872", "873"),
    "46": ("900", "939", "944"), "48": ("70",), "49": ("900", "137", "118", "1805"), "61": ("190",), "81": ("990",),
}
"""Country code -> what stands behind it in numbers that cost more than a call."""
EVERYWHERE = ("+870", "+878", "+881", "+882", "+883", "+888", "+979")
"""Satellites and international networks: no country, no known tariff."""


def emergency(country: str) -> tuple[str, ...]:
    """The emergency numbers of a country."""
    return EMERGENCY.get(country, ANYWHERE)


def premium(country: str) -> tuple[str, ...]:
    """Prefixes that nobody should be able to call from this country unless somebody has said so."""
    return EVERYWHERE + tuple([f"+{country}{rest}" for rest in PREMIUM.get(country, ())])
