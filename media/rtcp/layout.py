"""The places of the fields of RTCP, for reading and for writing (RFC 3550 section 6, RFC 3611 section 4)."""

import struct

SR, RR, SDES, BYE, XR = 200, 201, 202, 203, 207
"""Kinds of packets."""
CNAME = 1
"""The kind of item of a description."""
REFERENCE, DELAYS, VOIP_METRICS = 4, 5, 7
"""Kinds of blocks of an XR packet."""

HEADER = struct.Struct("!BBH")
WORD = struct.Struct("!I")
SENDER = struct.Struct("!IQIII")
BLOCK = struct.Struct("!IIIIII")
DELAY = struct.Struct("!III")
VOIP = struct.Struct("!IBBBBHHHHbbBBBBBBBxHHH")
REFERENCE_TIME = struct.Struct("!Q")
