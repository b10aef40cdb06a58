"""What the numbers mean: reason phrases (RFC 3261 section 21) and the causes of the telephone network (ITU-T Q.850)."""

import re

from .message import Message

PHRASES = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted",
    302: "Moved Temporarily", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone", 415: "Unsupported Media Type",
    420: "Bad Extension", 423: "Interval Too Brief", 480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete",
    486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
    500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Server Time-out", 600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere",
}  # fmt: skip

_STATUS_OF_CAUSE = {
    1: 404, 3: 404, 17: 486, 21: 603, 22: 410, 27: 502, 28: 484, 34: 503, 38: 503, 41: 503, 42: 503, 47: 503, 58: 503,
    65: 488, 79: 501, 88: 488, 102: 504,
}  # fmt: skip

_CAUSE = re.compile(r"Q\.850\s{0,9};(?:[^,;]{0,99};){0,9}?\s{0,9}cause\s{0,9}=\s{0,9}([0-9]{1,3})", re.IGNORECASE)


def phrase(status: int) -> str:
    """The phrase of a status; a plain word for one that the RFC does not know."""
    return PHRASES.get(status, "Refused")


def status_of_cause(q850: int) -> int:
    """The final response to an INVITE that is turned away for this cause (RFC 3398 section 8.2.6.1); 480 for others."""
    return _STATUS_OF_CAUSE.get(q850, 480)


def cause_of(message: Message) -> int:
    """The Q.850 cause of a message's Reason header (RFC 3326), 16 (normal clearing) where there is none."""
    for value in message.fields.get("reason", ()):
        if found := _CAUSE.search(value):
            return int(found[1])
    return 16
