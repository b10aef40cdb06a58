"""RTCP on the wire: reports about the sound that was sent and heard (RFC 3550 section 6, RFC 3611).

A datagram is a *compound*: a sender or a receiver report first, then a description with the CNAME, then whatever else
(appendix A.2). A *block* is what one party says about the packets of another. Times of day are NTP timestamps, of which
mostly only the middle 32 bits travel: units of 1/65536 s, over the wrap of 18 hours.

    words      what a compound can say
    reading    octets -> words, or Malformed
    writing    words -> octets
    party      one leg: when to say what, and what was said
"""

from media.rtcp.party import Party, Reception, Sent
from media.rtcp.reading import Malformed, is_rtcp, parse
from media.rtcp.words import (
    Block,
    Bye,
    Delay,
    Description,
    ReceiverReport,
    ReferenceTime,
    Report,
    SenderReport,
    VoipMetrics,
    middle,
    ntp,
)
from media.rtcp.writing import build

__all__ = [
    "Block",
    "Bye",
    "Delay",
    "Description",
    "Malformed",
    "Party",
    "ReceiverReport",
    "Reception",
    "ReferenceTime",
    "Report",
    "SenderReport",
    "Sent",
    "VoipMetrics",
    "build",
    "is_rtcp",
    "middle",
    "ntp",
    "parse",
]
