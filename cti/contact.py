"""One contact's entries, folded into its record: what each event means for it."""

from collections.abc import Callable

import msgspec

import switch.events as told
from cti import judged, talks
from cti.record import ContactRecord, Followup, Noted, Segment, Supervised, Survey, Visit, WrapUp, outcome_of, seconds_of
from switch.events import Event, Step
from switch.journal import Entry

WITH_CONTACT = ("reserved", "busy", "after_call_work")
"""The agent states in which an agent has a contact."""


class ContactFold:
    """One contact, entry by entry. Takes entries of its own contact and the agents' states; skips all others."""

    def __init__(self, record: ContactRecord) -> None:
        self._record = record
        self._agents: set[str] = set()
        self._menu: tuple[str, float] | None = None

    def add(self, entry: Entry) -> None:
        handler = _HANDLERS.get(type(entry.event))
        if handler is not None:
            handler(self, entry.event, entry.at)

    @property
    def complete(self) -> bool:
        """Nothing more is to come of this contact itself. (News of its queue may follow its end in the same moment.)"""
        record = self._record
        if not record.ended or self._agents:
            return False
        return not record.visits or record.visits[-1].why != ""

    def record(self) -> ContactRecord:
        """The record as it stands; later entries do not change it."""
        record = self._record
        return msgspec.structs.replace(
            record, outcome=outcome_of(record), seconds=seconds_of(record), complete=record.complete or self.complete,
            collected=dict(record.collected), look_ups=dict(record.look_ups),
        )

    # -- what each event means ----------------------------------------------------------------------------------------

    def _offered(self, event: told.ContactOffered, at: float) -> None:
        record = self._record
        record.started, record.direction = at, event.direction
        record.caller, record.caller_name, record.called = event.caller, event.caller_name, event.called

    def _answered(self, event: told.ContactAnswered, at: float) -> None:
        self._record.answered = self._record.answered or at

    def _customer(self, event: told.CustomerFound, at: float) -> None:
        self._record.customer = event.customer

    def _segment(self, event: told.SegmentBegan, at: float) -> None:
        self._close_segment(at)
        record = self._record
        record.segments += (Segment(event.kind, event.owner, at),)
        talks.segment(record, event, at)
        if event.kind == "wrap_up":
            self._agents.add(event.owner)

    def _close_segment(self, at: float) -> None:
        segments = self._record.segments
        if segments and not segments[-1].ended:
            self._record.segments = (*segments[:-1], msgspec.structs.replace(segments[-1], ended=at))

    def _ended(self, event: told.ContactEnded, at: float) -> None:
        record = self._record
        self._close_menu("", at)
        talks.over(record, at)
        if not (record.segments and record.segments[-1].kind == "wrap_up"):
            self._close_segment(at)
        record.ended, record.ended_by, record.cause = at, event.ended_by, event.cause
        record.sip_status, record.csta_cause = event.sip_status, event.csta_cause
        if event.cause == "system_shutdown":
            self._cut_off(at)

    def _cut_off(self, at: float) -> None:
        """The switch was killed under this contact: nobody will tell how its queue and its agents left it."""
        for agent in list(self._agents):
            self._released(agent, at)
        visits = self._record.visits
        if visits and not visits[-1].why:
            last = msgspec.structs.replace(visits[-1], why="withdrawn", waited=at - visits[-1].joined)
            self._record.visits = (*visits[:-1], last)

    def _menu_entered(self, event: told.MenuEntered, at: float) -> None:
        if self._record.survey is not None:  # its questions are no part of the way to the agent
            return
        self._close_menu("", at)
        self._menu = (event.menu, at)
        if event.tree not in self._record.trees:
            self._record.trees += (event.tree,)

    def _option_chosen(self, event: told.OptionChosen, at: float) -> None:
        self._close_menu(event.digit, at)

    def _tree_left(self, event: told.TreeLeft, at: float) -> None:
        if self._record.survey is not None:
            return
        self._close_menu("", at)
        self._record.tree_outcome = event.outcome

    def _close_menu(self, digit: str, at: float) -> None:
        if self._menu is not None:
            menu, since = self._menu
            self._record.way += (Step(menu, digit, at - since),)
            self._menu = None

    def _noted(self, event: told.ContactNoted, at: float) -> None:
        others = tuple(each for each in self._record.noted if each.agent != event.agent)
        self._record.noted = (*others, Noted(event.agent, at, event.outcome, event.note))

    def _supervised(self, event: told.SupervisionEvent, at: float) -> None:
        record = self._record
        rest = tuple(msgspec.structs.replace(each, ended=at) if each.by == event.by and not each.ended else each
                     for each in record.supervisions)
        if not isinstance(event, told.SupervisionEnded):
            rest += (Supervised(event.by, event.agent, event.kind, at, tell_agent=event.tell_agent),)
        elif event.why == "taken_over":
            rest += (Supervised(event.by, event.agent, "take_over", at, at, True),)
        record.supervisions = rest

    def _survey_started(self, event: told.SurveyStarted, at: float) -> None:
        self._record.survey = Survey(survey=event.survey, version=event.version, agent=event.agent, queue=event.queue,
                                     began=at, tell_agent=event.tell_agent)

    def _survey_answered(self, event: told.SurveyAnswered, at: float) -> None:
        survey = self._record.survey
        if survey is not None:
            answers = survey.answers | {event.question: event.score}
            self._record.survey = msgspec.structs.replace(survey, answers=answers)

    def _survey_ended(self, event: told.SurveyEnded, at: float) -> None:
        if self._record.survey is not None:
            self._record.survey = msgspec.structs.replace(
                self._record.survey, ended=at, outcome=event.outcome, answers=event.answers, score=event.score)

    def _followup_queued(self, event: told.FollowupQueued, at: float) -> None:
        self._record.followups += (Followup(followup=event.followup, rule=event.rule, state="queued", at=at, to=event.to,
                                            text=event.text),)

    def _followup_skipped(self, event: told.FollowupSkipped, at: float) -> None:
        self._record.followups += (Followup(followup=event.followup, rule=event.rule, state="skipped", at=at,
                                            why=event.why),)

    def _followup_done(self, event: told.FollowupSent | told.FollowupFailed, at: float) -> None:
        state, why = ("failed", event.why) if isinstance(event, told.FollowupFailed) else ("sent", "")
        self._record.followups = tuple(
            msgspec.structs.replace(each, state=state, at=at, why=why) if each.followup == event.followup else each
            for each in self._record.followups)

    def _collected(self, event: told.DigitsCollected, at: float) -> None:
        self._record.collected[event.name] = event.value

    def _looked_up(self, event: told.LookedUp, at: float) -> None:
        self._record.look_ups[event.node] = event.outcome

    def _queued(self, event: told.ContactQueued, at: float) -> None:
        self._record.visits += (Visit(event.queue, at),)

    def _dequeued(self, event: told.ContactDequeued, at: float) -> None:
        visits = self._record.visits
        if visits and not visits[-1].why and visits[-1].queue == event.queue:
            visits = visits[:-1]
        left = Visit(event.queue, at - event.waited, event.why, event.waited, event.announced_wait, event.agent)
        self._record.visits = (*visits, left)

    def _given_away(self, event: told.Transferred | told.Diverted, at: float) -> None:
        talks.given_away(self._record, event, at)

    def _transferred(self, event: told.TransferChanged, at: float) -> None:
        talks.transferred(self._record, event, at)

    def _consulted(self, event: told.ConsultationChanged, at: float) -> None:
        talks.consulted(self._record, event, at)

    def _conferenced(self, event: told.Conferenced, at: float) -> None:
        talks.conferenced(self._record, event, at)

    def _away(self, event: told.Held | told.LegEnded, at: float) -> None:
        talks.left(self._record, event.party, at)

    def _agent_state(self, event: told.AgentStateChanged, at: float) -> None:
        mine = event.contact == self._record.contact or (not event.contact and event.agent in self._agents)
        if not mine or event.state not in WITH_CONTACT or (event.state != "after_call_work" and not event.contact):
            self._released(event.agent, at)
            return
        self._agents.add(event.agent)
        if event.state == "after_call_work" and self._wrap_up_of(event.agent) is None:
            self._record.wrap_ups += (WrapUp(event.agent, at),)

    def _wrap_up_of(self, agent: str) -> WrapUp | None:
        return next((work for work in self._record.wrap_ups if work.agent == agent and not work.ended), None)

    def _released(self, agent: str, at: float) -> None:
        """This agent has turned to something else."""
        if agent not in self._agents:
            return
        self._agents.remove(agent)
        work = self._wrap_up_of(agent)
        if work is not None:
            done = msgspec.structs.replace(work, ended=at)
            self._record.wrap_ups = tuple(done if each is work else each for each in self._record.wrap_ups)
        segments = self._record.segments
        if segments and segments[-1].kind == "wrap_up" and segments[-1].owner == agent:
            self._close_segment(at)

    def _recording_started(self, event: told.RecordingStarted, at: float) -> None:
        self._record.recordings += (event.recording,)

    def _recording_saved(self, event: told.RecordingSaved, at: float) -> None:
        self._record.recorded += event.seconds

    def _recording_deleted(self, event: told.RecordingDeleted, at: float) -> None:
        self._record.deleted += (event.recording,)

    def _speech(self, event: told.SpeechMeasured, at: float) -> None:
        self._record.speech = event

    def _scored(self, event: told.ContactScored, at: float) -> None:
        judged.scored(self._record, event, at)

    def _quality(self, event: told.MediaQuality, at: float) -> None:
        self._record.quality += (event,)

    def _voicemail(self, event: told.VoicemailLeft, at: float) -> None:
        self._record.voicemails += (event,)


_HANDLERS: dict[type[Event], Callable[[ContactFold, Event, float], None]] = {
    told.ContactOffered: ContactFold._offered,
    told.ContactAnswered: ContactFold._answered,
    told.CustomerFound: ContactFold._customer,
    told.SegmentBegan: ContactFold._segment,
    told.ContactEnded: ContactFold._ended,
    told.MenuEntered: ContactFold._menu_entered,
    told.OptionChosen: ContactFold._option_chosen,
    told.TreeLeft: ContactFold._tree_left,
    told.FollowupQueued: ContactFold._followup_queued,
    told.FollowupSkipped: ContactFold._followup_skipped,
    told.FollowupSent: ContactFold._followup_done,
    told.FollowupFailed: ContactFold._followup_done,
    told.ContactNoted: ContactFold._noted,
    told.SupervisionBegan: ContactFold._supervised,
    told.SupervisionChanged: ContactFold._supervised,
    told.SupervisionEnded: ContactFold._supervised,
    told.SurveyStarted: ContactFold._survey_started,
    told.SurveyAnswered: ContactFold._survey_answered,
    told.SurveyEnded: ContactFold._survey_ended,
    told.DigitsCollected: ContactFold._collected,
    told.LookedUp: ContactFold._looked_up,
    told.ContactQueued: ContactFold._queued,
    told.ContactDequeued: ContactFold._dequeued,
    told.Transferred: ContactFold._given_away,
    told.Diverted: ContactFold._given_away,
    told.TransferChanged: ContactFold._transferred,
    told.ConsultationChanged: ContactFold._consulted,
    told.Conferenced: ContactFold._conferenced,
    told.Held: ContactFold._away,
    told.LegEnded: ContactFold._away,
    told.AgentStateChanged: ContactFold._agent_state,
    told.RecordingStarted: ContactFold._recording_started,
    told.RecordingSaved: ContactFold._recording_saved,
    told.RecordingDeleted: ContactFold._recording_deleted,
    told.SpeechMeasured: ContactFold._speech,
    told.ContactScored: ContactFold._scored,
    told.MediaQuality: ContactFold._quality,
    told.VoicemailLeft: ContactFold._voicemail,
}
