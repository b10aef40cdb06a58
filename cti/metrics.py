"""Figures for Prometheus: what the house and this room count becomes families with a meaning and a unit.

Every name that may come is in :data:`MEANINGS`, with its unit at its end where it has one (``_seconds``, ``_ratio``,
``_score``); what is only ever counted up ends in ``_total``. A figure without a meaning is a mistake, and a test finds it.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

if TYPE_CHECKING:
    from cti.server import Server

MEANINGS: dict[str, str] = {
    # what is alive
    "contacts": "Contacts that the switch holds, those in wrap-up included",
    "legs": "Legs: parties with a SIP session and a row in media",
    "calls": "SIP sessions of contacts; a phone that rings at two places has two",
    "seats": "Free pairs of RTP ports; at 0 callers are turned away",
    # queues and people
    "queue_waiting": "Callers who wait in the queue",
    "queue_oldest_wait_seconds": "Seconds that the one who waits longest has waited; 0 = nobody waits",
    "queue_staffed_agents": "Agents of the queue who are logged in, reachable and willing",
    "queue_ready_agents": "Agents of the queue who are free",
    "agents": "Agents by state",
    "agents_registered": "Agents whose phone is registered",
    "phone_registrations": "Places at which phones are registered; one user may have several",
    "acd_waiting": "Callers who wait, in all queues",
    "acd_reservations": "Offers to agents that are open",
    # signalling
    "sip_passes": "Passes of phones in browsers that are good now",
    "sip_transactions": "SIP transactions under way", "sip_questions": "DNS questions under way",
    "sip_dialogs": "SIP dialogs, those of legs that still ring included",
    "sip_calls": "SIP sessions, those included that belong to no contact yet",
    "sip_registrations": "Registrations of ours with providers", "sip_subscriptions": "Subscriptions of phones",
    "sip_referrals": "Transfers by phones' own keys that are under way", "sip_timers": "SIP timers that run",
    "guard_banned": "Addresses that are not heard", "guard_sources": "Addresses that the guard remembers",
    "guard_unheard_total": "Messages of banned addresses that were dropped",
    "guard_refused_total": "Requests that were refused because their source asked too much",
    "guard_wrong_passwords_total": "Wrong SIP passwords",
    # trunks
    "hours_open": "Whether these opening hours are open now: 1 or 0",
    "trunk_up": "Whether the trunk is there: 1 or 0", "trunk_calls": "Calls that the trunk has now, in and out",
    "toll_refused_total": "Calls out that were refused because they could cost too much",
    "toll_spikes_total": "Times that calls abroad were stopped because they became too many",
    # how the house keeps up
    "event_loop_lag_seconds": "How late the signalling loop came to what was due, asked twice a second",
    "admitting": "Whether new calls are let in: 1, or 0 while there is too much to do",
    "overload_refused_total": "Calls that were refused (503) because there was too much to do",
    "journal_entries_total": "Entries of the journal since it began",
    "journal_lag_entries": "Entries that are not safe in the store yet",
    "journal_lag_seconds": "Age of the oldest entry that is not safe in the store yet",
    "store_writable": "Whether the last attempt to write to the store succeeded: 1 or 0",
    "outbox_entries": "Entries that wait to be sent out",
    "outbox_age_seconds": "Age of the oldest entry that waits to be sent out",
    # media
    "media_up": "How many media workers there are",
    "media_legs": "Legs that the media workers serve",
    "media_frames_total": "Frames of 20 ms, each a step over all legs",
    "media_late_frames_total": "Frames that began when the next one was due",
    "media_late_p99_seconds": "How late frames began, 99th percentile of the last second",
    "media_late_max_seconds": "How late frames began, the worst of the last second",
    "media_worker_legs": "Legs that this media worker serves",
    "media_worker_late_p99_seconds": "How late frames of this media worker began, 99th percentile of the last second",
    "media_worker_cpu_seconds": "Processor time of this media worker since it was started",
    "media_late_packets_total": "Voice packets of phones that came too late to be heard, told at the end of each leg",
    "media_mos_heard_score": "Opinion score (MOS, 1 to 4.4) of what came from each leg, at its end",
    "media_mos_sent_score": "Opinion score (MOS, 1 to 4.4) of what each leg got, by its own reports",
    "media_loss_heard_ratio": "Share of packets of each leg that were lost or too late",
    "media_loss_sent_ratio": "Share of our packets that did not reach each leg, by its own reports",
    "media_jitter_heard_seconds": "Jitter of what came from each leg (RFC 3550)",
    "media_jitter_sent_seconds": "Jitter of what each leg got, by its own reports",
    "media_round_trip_seconds": "Time there and back to each leg, by RTCP",
    "media_dropped_packets_total": "Packets that were dropped: of strangers, not opened by the key, replayed",
    "media_timeouts_total": "Phones that were taken for gone because nothing came from them",
    "media_no_seat_total": "Calls that were turned away because every RTP port was taken",
    # this room
    "cti_clients": "Websocket clients", "cti_events_delivered_total": "Events delivered to websocket clients",
    "cti_resyncs_total": "Times that a client which did not read was told to start anew",
}  # fmt: skip


class Figures:
    """A Prometheus collector over what the house and this room count."""

    def __init__(self, server: "Server") -> None:
        self._server = server

    def collect(self) -> Iterator[Metric]:
        for name, value in {**self._server.house.counts(), **self._server.counts()}.items():
            yield family(name, value)


def family(name: str, value: float | Mapping[tuple[str, str], float]) -> Metric:
    """One figure, or one for each of several things: ``{("trunk", "carrier"): 3}``; with a sum, the buckets of a
    histogram: ``{("le", "0.5"): 3, ("le", "+Inf"): 4, ("sum", ""): 1.7}``."""
    kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
    full, told = f"shoal_{name}", MEANINGS.get(name, name)
    if not isinstance(value, Mapping):
        return kind(full, told, value=value)
    if ("sum", "") in value:
        return HistogramMetricFamily(full, told, buckets(value), value["sum", ""])
    made = kind(full, told, labels=[next(iter(value))[0]] if value else ["name"])
    for (_, which), number in value.items():
        made.add_metric([which], number)
    return made


def buckets(figures: Mapping[tuple[str, str], float]) -> list[tuple[str, float]]:
    """The buckets of a histogram, as its family takes them."""
    return [(bound, number) for (label, bound), number in figures.items() if label == "le"]
