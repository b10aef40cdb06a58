"""What stands in a session description about RTCP: where it goes (RFC 3605, RFC 5761), what it reports (RFC 3611)."""

import re

from msgspec import structs

from media.orders import Control

METRICS = ("rcvr-rtt", "voip-metrics")
"""The extended reports that we write, and ask for where they are known."""

_RTCP = re.compile(r"(\d{1,5})(?:[ \t]+IN[ \t]+IP[46][ \t]+(\S{1,255}))?", re.ASCII | re.IGNORECASE)


def read(name: str, value: str, known: Control) -> Control:
    """What an attribute makes of what was known."""
    if name == "rtcp-mux":
        return structs.replace(known, mux=True)
    if name == "rtcp-xr":
        wanted = {word.partition("=")[0].lower() for word in value.split()}
        return structs.replace(known, metrics=tuple(metric for metric in METRICS if metric in wanted))
    if name == "rtcp" and (found := _RTCP.fullmatch(value)) and 0 < int(found[1]) < 65536:
        return structs.replace(known, host=found[2] or "", port=int(found[1]))
    return known


def lines(agreed: Control) -> list[str]:
    """Our own, where this is agreed on."""
    told = ["a=rtcp-mux"] if agreed.mux else []
    return [*told, "a=rtcp-xr:rcvr-rtt=all voip-metrics"] if agreed.metrics else told
