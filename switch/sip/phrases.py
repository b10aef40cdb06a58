"""What the numbers mean: reason phrases (RFC 3261 section 21) and the causes of the telephone network (ITU-T Q.850)."""

import re

from .message import Message

PHRASES = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 302: "Moved Temporarily",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone",
    415: "Unsupported Media Type", 420: "Bad Extension", 422: "Session Interval Too Small",
    423: "Interval Too Brief", 480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete",
    486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
    500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Server Time-out", 600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere",
}  # fmt: skip

_STATUS_OF_CAUSE = {
    1: 404, 3: 404, 17: 486, 21: 603, 22: 410, 27: 502, 28: 484, 34: 503, 38: 503, 41: 503, 42: 503, 47: 503, 58: 503,
    65: 488, 79: 501, 88: 488, 102: 504,
}  # fmt: skip

_CAUSE_OF_STATUS = {
    400: 41, 401: 21, 402: 21, 403: 21, 404: 1, 405: 63, 406: 79, 407: 21, 408: 102, 410: 22, 413: 127, 414: 127,
    415: 79, 416: 127, 420: 127, 421: 127, 423: 127, 480: 18, 481: 41, 482: 25, 483: 25, 484: 28, 485: 1, 486: 17,
    487: 16, 488: 88, 500: 41, 501: 79, 502: 38, 503: 41, 504: 102, 505: 127, 513: 127, 600: 17, 603: 21, 604: 1,
    606: 88,
}  # fmt: skip

_CAUSE = re.compile(
    r"(Q\.850|SIP)\s{0,9};(?:[^,;]{0,99};){0,9}?\s{0,9}cause\s{0,9}=\s{0,9}([0-9]{1,3})(?![0-9])", re.IGNORECASE)


def phrase(status: int) -> str:
    """The phrase of a status; a plain word for one that the RFC does not know."""
    return PHRASES.get(status, "Refused")


def status_of_cause(q850: int) -> int:
    """The final response to an INVITE that is turned away for this cause (RFC 3398 section 8.2.6.1); 480 for others."""
    return _STATUS_OF_CAUSE.get(q850, 480)


def cause_of_status(status: int) -> int:
    """The Q.850 cause that a SIP failure stands for (RFC 3398 section 8.2.6.1); 31 (normal, unspecified) for others."""
    return _CAUSE_OF_STATUS.get(status, 31)


def cause_of(message: Message) -> int:
    """The cause of a message's Reason header (RFC 3326): its Q.850 value where it has one, else what its SIP status
    stands for, 200 being "completed elsewhere"; 16 (normal clearing) where there is none."""
    status = 0
    for value in message.fields.get("reason", ()):
        for found in _CAUSE.finditer(value):
            if found[1].upper() != "SIP":
                return int(found[2])
            status = status or int(found[2])
    if status < 300:
        return 26 if 200 <= status < 300 else 16
    return cause_of_status(status)
