"""Why a call ended, in the three languages that people ask in: a Q.850 name, the raw SIP status, a CSTA cause.

Numbers and names of ITU-T Q.850 section 2.2.7; the mapping from SIP statuses is known in the SIP room, which reads and
writes Reason headers.
"""

from switch.sip.phrases import cause_of_status

Q850 = {
    1: "unallocated_number", 16: "normal_call_clearing", 17: "user_busy", 18: "no_user_responding", 19: "no_answer",
    20: "subscriber_absent", 21: "call_rejected", 22: "number_changed", 25: "exchange_routing_error",
    26: "non_selected_user_clearing", 27: "destination_out_of_order", 28: "invalid_number_format",
    31: "normal_unspecified", 34: "no_circuit_available", 38: "network_out_of_order", 41: "temporary_failure",
    42: "switching_equipment_congestion", 47: "resource_unavailable", 58: "bearer_capability_not_available",
    63: "service_not_available", 79: "service_not_implemented", 88: "incompatible_destination",
    102: "recovery_on_timer_expiry", 111: "protocol_error", 127: "interworking",
}

_CSTA = {
    16: "normal", 17: "busy", 18: "no_answer", 19: "no_answer", 20: "destination_not_obtainable", 21: "call_rejected",
    26: "normal", 1: "destination_not_obtainable", 34: "resources_not_available", 41: "network_not_obtainable",
    88: "incompatible_destination", 102: "network_not_obtainable",
}


def name(q850: int) -> str:
    """The name of a Q.850 cause; ``cause_N`` for one that has none here."""
    return Q850.get(q850, f"cause_{q850}")


def of_status(status: int) -> int:
    """The Q.850 cause that a SIP failure stands for."""
    return cause_of_status(status)


def csta(q850: int) -> str:
    """The CSTA (ECMA-269) cause."""
    return _CSTA.get(q850, "normal" if q850 == 31 else "network_not_obtainable")
