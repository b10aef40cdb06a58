"""Why a call ended, in the three languages that people ask in: a Q.850 name, the raw SIP status, a CSTA cause.

Numbers and names of ITU-T Q.850 section 2.2.7; the mapping from SIP statuses is RFC 3398 section 8.2.6.1.
"""

Q850 = {
    1: "unallocated_number", 16: "normal_call_clearing", 17: "user_busy", 18: "no_user_responding", 19: "no_answer",
    20: "subscriber_absent", 21: "call_rejected", 27: "destination_out_of_order", 31: "normal_unspecified",
    34: "no_circuit_available", 41: "temporary_failure", 42: "switching_equipment_congestion",
    47: "resource_unavailable", 58: "bearer_capability_not_available", 79: "service_not_implemented",
    88: "incompatible_destination", 102: "recovery_on_timer_expiry", 111: "protocol_error", 127: "interworking",
}

_STATUS_TO_Q850 = {
    400: 41, 401: 21, 403: 21, 404: 1, 405: 63, 407: 21, 408: 102, 410: 22, 415: 79, 480: 18, 481: 41, 484: 28,
    486: 17, 487: 16, 488: 88, 500: 41, 501: 79, 503: 41, 504: 102, 600: 17, 603: 21, 604: 1, 606: 88,
}

_CSTA = {
    16: "normal", 17: "busy", 18: "no_answer", 19: "no_answer", 20: "destination_not_obtainable", 21: "call_rejected",
    1: "destination_not_obtainable", 34: "resources_not_available", 41: "network_not_obtainable",
    88: "incompatible_destination", 102: "network_not_obtainable",
}


def name(q850: int) -> str:
    """The name of a Q.850 cause; ``cause_N`` for one that has none here."""
    return Q850.get(q850, f"cause_{q850}")


def of_status(status: int) -> int:
    """The Q.850 cause that a SIP failure stands for."""
    return _STATUS_TO_Q850.get(status, 31)


def csta(q850: int) -> str:
    """The CSTA (ECMA-269) cause."""
    return _CSTA.get(q850, "normal" if q850 == 31 else "network_not_obtainable")
