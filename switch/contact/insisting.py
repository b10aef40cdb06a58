"""A phone, or a trunk, that takes nothing but SRTP.

Where SRTP is offered and not required, the keys stand in a plain line (RTP/AVP), which whoever has no SRTP may answer as
well. Who insists on SRTP may refuse that with 488, for the line does not say that it is meant (RFC 4568 section 9 knows
the keys in a line of RTP/SAVP only). So that one is asked once more, with RTP/SAVP.
"""

from media import sdp
from switch.contact.state import Leg
from switch.house import House

_INSISTS = 488


def demand(house: House, leg: Leg, offered: bytes, status: int) -> bytes:
    """The offer after this refusal of ``offered``; empty = there is no other than what was refused."""
    if status != _INSISTS or b"a=crypto:" not in offered or b" RTP/SAVP " in offered:
        return b""
    ours = house.ours(leg)
    ours["security"].offered = "require"
    return sdp.offer(**ours)
