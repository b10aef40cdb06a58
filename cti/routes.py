"""Everything that REST may be asked, as one table: the server registers it, the OpenAPI document is made of it."""

from typing import Any, NamedTuple

from cti.protocol import (
    BanState,
    Command,
    CommandFailure,
    CommandResult,
    CustomerEntry,
    Figures,
    HoursWish,
    ImportResult,
    PhonePass,
    Publication,
    StopState,
    StopWish,
    Ticket,
    TokenRequest,
    TokenResponse,
    VersionState,
)
from cti.report_agents import AgentFigures
from cti.report_trees import TreeFigures
from cti.scoring import FormState, Judged, ScoreState, ScoreWish
from cti.searching import FILTERS
from cti.states import AgentState, Colleague, HoursState, QueueState, Snapshot
from cti.timeline import Timeline
from cti.waveform import Waveform
from switch.events import Customer


class Route(NamedTuple):
    """One thing that may be asked. ``handler`` names a method of :class:`~cti.rest.Rest`."""

    method: str
    path: str
    handler: str
    summary: str
    answers: Any = dict[str, Any]
    """The type of the answer's body, or a tuple of several; None = a sound file; a text = content of this kind."""
    body: Any = None
    query: tuple[str, ...] = ()
    open: bool = False
    """Needs no token."""


PAGING = ("limit", "offset")
PERIOD = ("since", "until")

ROUTES = (
    Route("POST", "/auth/token", "token", "A token for a user and a password", TokenResponse, TokenRequest, open=True),
    Route("POST", "/auth/renew", "renew", "A fresh token for who has one that is still good", TokenResponse),
    Route("GET", "/health", "health", "Whether all is well, for whoever watches the switch", open=True),
    Route("GET", "/health/live", "live", "Whether calls are served; 503 = start another switch", open=True),
    Route("GET", "/health/ready", "ready", "Whether new calls would be served; 503 = send them elsewhere", open=True),
    Route("POST", "/api/v1/phone", "phone", "What a phone of yours in a browser registers with (SIP at `/sip`)", PhonePass),
    Route("GET", "/api/v1/snapshot", "snapshot", "Everything that is now, as far as you may see it", Snapshot),
    Route("GET", "/api/v1/agents", "agents", "Agents and their states", list[AgentState]),
    Route("GET", "/api/v1/agents/{agent}", "agent", "One agent", AgentState),
    Route("GET", "/api/v1/agents/{agent}/day", "agent_day", "The figures of one agent, today so far; agents see their own",
          AgentFigures),
    Route("GET", "/api/v1/colleagues", "colleagues", "Everybody who works here: whom a call may be led to",
          list[Colleague]),
    Route("GET", "/api/v1/queues", "queues", "Queues and who waits in them", list[QueueState]),
    Route("GET", "/api/v1/queues/{queue}", "queue", "One queue", QueueState),
    Route("GET", "/api/v1/figures", "figures", "What waits in each queue, and today so far, as the report says it; as the "
          "message `figures` of the websocket", Figures),
    Route("GET", "/api/v1/hours", "hours", "What is open", list[HoursState]),
    Route("GET", "/api/v1/hours/{hours}/week", "hours_week", "The week of a day as a picture for terminals; `at`: as people "
          "say a moment, or a date; without it: now", ("text/plain",), query=("at",)),
    Route("POST", "/api/v1/hours/{hours}/{verb}", "change_hours", "`close`, `open` or `follow` (the calendar), as the "
          "commands `hours.close` and so on", HoursState, HoursWish),
    Route("GET", "/api/v1/contacts", "contacts", "Records of contacts, newest first; as=csv: as a table for spreadsheets",
          (list[dict[str, Any]], "text/csv"), query=(*FILTERS, *PAGING, "as")),
    Route("GET", "/api/v1/contacts/{contact}", "contact", "The record of one contact"),
    Route("GET", "/api/v1/contacts/{contact}/timeline", "timeline",
          "Everything that happened to one contact, with its SIP messages; as=txt draws it for terminals",
          (Timeline, "text/plain"), query=("as",)),
    Route("GET", "/api/v1/contacts/{contact}/forms", "contact_forms", "The forms by which this contact may be judged",
          list[FormState]),
    Route("GET", "/api/v1/contacts/{contact}/scores", "contact_scores", "How this contact was judged; agents see their own",
          list[ScoreState]),
    Route("POST", "/api/v1/contacts/{contact}/scores", "score", "Judge a talk by a form; for supervisors and quality people",
          Judged, ScoreWish),
    Route("GET", "/api/v1/contacts/{contact}/vcon", "export", "The contact as vCon (draft-ietf-vcon-vcon-core); recording: "
          "`attached`, `linked` or `none`", ("application/vcon+json",), query=("recording",)),
    Route("GET", "/api/v1/quality/forms", "forms", "Forms by which talks are judged, all or those of a queue",
          list[FormState], query=("queue",)),
    Route("GET", "/api/v1/quality/scores", "scores", "Scores, by contacts, newest first; agents see their own",
          list[ScoreState], query=("agent", *PERIOD, *PAGING)),
    Route("GET", "/api/v1/recordings", "recordings", "Recordings, newest first", list[dict[str, Any]],
          query=("contact", "agent", "queue", *PERIOD, *PAGING)),
    Route("GET", "/api/v1/recordings/{recording}", "recording", "What is known of one recording"),
    Route("GET", "/api/v1/recordings/{recording}/audio", "audio", "The sound, whole or by Range", None,
          query=("ticket",)),
    Route("POST", "/api/v1/recordings/{recording}/ticket", "audio_ticket",
          "An address of the sound that opens without a token for ten minutes", Ticket),
    Route("GET", "/api/v1/recordings/{recording}/peaks", "peaks", "The picture of a recording: loudness, speech, and what "
          "happened meanwhile", Waveform, query=("points",)),
    Route("GET", "/api/v1/customers", "customers", "Customers by a part of number or name", list[Customer],
          query=("text", *PAGING)),
    Route("GET", "/api/v1/customers/{number}", "customer", "One customer", Customer),
    Route("PUT", "/api/v1/customers/{number}", "put_customer", "Write a customer down", CustomerEntry, CustomerEntry),
    Route("POST", "/api/v1/customers/import", "import_customers", "Write many customers down from CSV", ImportResult,
          body=str),
    Route("GET", "/api/v1/reports", "report", "The figures of a day, or of several", query=("day", "from", "to")),
    Route("GET", "/api/v1/trees/{tree}.{shape}", "tree_picture",
          "A tree as a picture (svg, or txt for terminals) with what callers did there; without a day: today so far",
          ("image/svg+xml", "text/plain"), query=("day",)),
    Route("GET", "/api/v1/trees/{tree}", "tree", "The figures of a tree, version by version; without a day: today so far",
          list[TreeFigures], query=("day",)),
    Route("GET", "/api/v1/bans", "bans", "Addresses that are not heard, the newest last", list[BanState]),
    Route("DELETE", "/api/v1/bans/{source}", "lift_ban", "Hear an address again"),
    Route("POST", "/api/v1/configuration/publish", "publish", "Publish the files of the configuration as they are",
          Publication, query=("preview",)),
    Route("GET", "/api/v1/configuration/versions", "versions", "Versions of the configuration, the newest first",
          list[VersionState]),
    Route("POST", "/api/v1/configuration/versions/{version}/rollback", "rollback",
          "Write the files of a version back and publish them", Publication),
    Route("GET", "/api/v1/stop", "stop_state", "Whether the switch is being stopped, and how many calls are up", StopState),
    Route("POST", "/api/v1/stop", "stop", "Take no new calls, and stop when those that are up are over", StopState,
          StopWish),
    Route("POST", "/api/v1/commands", "command", "A command, or a batch of them, as on the websocket",
          (CommandResult, CommandFailure), Command),
)
