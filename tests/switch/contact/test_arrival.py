"""A call comes in: whom we speak with, what we can speak, and what becomes of it when something breaks."""

import pytest
from structlog.testing import capture_logs

import media.orders as m
import switch.events as told
import switch.sip.effects as sip
from media import sdp
from media.paper import Paper
from switch.contact import walking
from switch.orders import MakeCall, OrderRefused
from tests.laws import check_laws
from tests.switch.contact.stage import Stage, arrange


def test_a_stranger_gets_one_quiet_answer_for_what_is_not_for_everybody(stage):
    """The same whether the number exists or not: nobody learns which do; no ringing, no challenge, and nothing kept."""
    answers = []
    for number in ("4242", "1001", "9030123456"):
        before = len(stage.said)
        assert stage.caller(number, place=3).told == [sip.Refused("10.0.1.3-0", 404, "Not Found")]
        sent, = [effect for _, effect in stage.said[before:] if isinstance(effect, sip.Transmit)]
        answers.append(sent.data.partition(b"\r\n")[0])
        assert b"Authenticate" not in sent.data
    assert set(answers) == {b"SIP/2.0 404 Not Found"}
    assert not stage.events(told.ContactOffered)
    stage.over()


def test_a_phone_where_somebody_is_registered_is_asked_to_prove_itself(stage):
    phone = stage.agent("1001")
    phone.dial("4242")
    assert phone.last(sip.Refused).status == 407
    stage.over()


def test_who_has_proved_who_they_are_learns_that_it_leads_nowhere(stage):
    phone = stage.agent("1001")
    phone.dial("4242", user="1001")
    assert phone.last(sip.Refused).status == 404
    assert stage.state("1001").state == "ready" and not stage.events(told.ContactOffered)


def test_a_wrong_password_is_challenged_again(stage):
    phone = stage.agent("1001")
    phone.dial("1002", user="1001", password="wrong")
    assert phone.last(sip.Refused).status == 407


def test_an_agent_calls_another_by_number(stage):
    """Proved by password; the called one decides, and a service number leads the agent where it leads everybody."""
    one, other = stage.agent("1001"), stage.agent("1002", ready=False)
    one.dial("1002", user="1001")
    assert stage.state("1001").state == "busy" and stage.state("1002").state == "reserved"
    assert one.last(sip.Progressed).status == 180
    other.answer()
    assert one.last(sip.Answered) and stage.hears(one).partner and stage.hears(other).partner
    other.hang_up()
    assert one.last(sip.Ended)
    stage.run_for(1)
    assert (stage.state("1001").state, stage.state("1002").state) == ("ready", "not_ready")
    stage.over()


def test_the_called_agent_does_not_answer(stage):
    one, other = stage.agent("1001"), stage.agent("1002")
    one.dial("1002", user="1001")
    other.ring()
    stage.run_for(21)
    assert one.last(sip.Refused).status == 480 and other.last(sip.Ended).how == "cancel"
    assert stage.state("1002").state == "ready", "a call by number does not make anybody not ready"
    stage.over()


@pytest.mark.parametrize(("status", "answer"), [(486, 603), (603, 603)])
def test_the_called_agent_refuses(stage, status, answer):
    one, other = stage.agent("1001"), stage.agent("1002")
    one.dial("1002", user="1001")
    other.refuse(status)
    assert one.last(sip.Refused).status == answer
    stage.over()


def test_the_calling_agent_gives_up(stage):
    one, other = stage.agent("1001"), stage.agent("1002")
    one.dial("1002", user="1001")
    other.ring()
    one.hang_up()
    assert other.last(sip.Ended).how == "cancel"
    assert (stage.state("1001").state, stage.state("1002").state) == ("ready", "ready")
    stage.over()


def test_an_agent_who_is_not_there(stage):
    one = stage.agent("1001")
    one.dial("1002", user="1001")
    assert one.last(sip.Refused).status == 480
    stage.over()


# -- a click ------------------------------------------------------------------------------------------------------------


def test_a_click_makes_a_call(stage):
    """The agent's own phone rings first, then the number."""
    one, other = stage.agent("1001"), stage.agent("1002")
    stage.obey(MakeCall(to="1002"), "1001")
    stage.run_for(0.1)
    assert one.last(sip.Offered) and other.last(sip.Offered) is None
    one.answer()
    assert other.last(sip.Offered)
    assert stage.events(told.ContactAnswered) == []
    other.answer()
    assert len(stage.events(told.ContactAnswered)) == 1
    assert stage.hears(one).partner and stage.hears(other).partner
    one.hang_up()
    assert other.last(sip.Ended)
    stage.over()


def test_a_click_on_a_service_number_is_answered_by_the_switch(stage):
    one = stage.agent("1001")
    stage.obey(MakeCall(to="7000"), "1001")
    stage.run_for(0.1)
    assert stage.events(told.ContactAnswered) == []
    one.answer()
    assert stage.event(told.ContactAnswered)
    one.hang_up()
    stage.over()


def test_a_click_and_nobody_picks_up_the_own_phone(stage):
    one = stage.agent("1001")
    stage.obey(MakeCall(to="1002"), "1001")
    stage.run_for(0.1)
    one.refuse(486)
    assert stage.state("1001").state == "ready" and stage.event(told.ContactEnded).ended_by == "agent"
    stage.over()


@pytest.mark.parametrize(("to", "code"), [("4242", "unknown_destination"), ("1001", "unknown_destination")])
def test_a_click_that_leads_nowhere(stage, to, code):
    stage.agent("1001")
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to=to), "1001")
    assert refused.value.code == code and not stage.exchange.house.contacts


def test_a_click_without_a_phone(stage):
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to="1002"), "1001")
    assert refused.value.code == "unreachable"


# -- what cannot be -----------------------------------------------------------------------------------------------------


def test_a_switch_about_to_stop_takes_no_new_call_and_lets_the_others_be(stage):
    caller, _ = stage.talk()
    stage.exchange.house.draining = True
    assert stage.caller(place=3).last(sip.Refused).status == 503
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to="1002"), "1003")
    assert refused.value.code == "overloaded"
    assert stage.state("1001").state == "busy" and stage.exchange.house.calls
    caller.hang_up()
    assert not stage.exchange.house.calls


def test_no_seat_is_free(stage):
    seats = stage.exchange.house.seats
    kept = list(seats)
    seats.clear()
    phone = stage.caller()
    assert phone.last(sip.Refused).status == 503
    assert b"Retry-After" in next(effect.data for _, effect in stage.said if type(effect) is sip.Transmit
                                  and effect.data.startswith(b"SIP/2.0 503"))
    assert not stage.exchange.house.contacts and not stage.events(told.ContactOffered)
    seats.extend(kept)
    assert stage.caller(place=3).last(sip.Answered)


def test_a_codec_that_we_do_not_speak(stage):
    phone = stage.telephone()
    offered = phone.offer.replace(b"RTP/AVP 0 8 9 111", b"RTP/AVP 18 3")
    seats = len(stage.exchange.house.seats)
    phone.dial("7000", offer=offered)
    assert phone.last(sip.Refused).status == 488
    said = next(effect.data for effect in stage.orders(sip.Transmit) if effect.data.startswith(b"SIP/2.0 488"))
    assert b'\r\nWarning: 305 127.0.0.1:5060 "none of PCMU, ' in said
    assert len(stage.exchange.house.seats) == seats and not stage.exchange.house.rows
    stage.over()


def test_an_invite_without_an_offer(stage):
    """Our 200 carries the offer, their ACK the answer; only then anything is played."""
    phone = stage.telephone()
    phone.dial("5000", offer=None)
    offer = phone.last(sip.Answered).sdp
    assert b"m=audio" in offer and not stage.orders(m.Play)
    answer = sdp.answer(offer, host="10.0.1.2", port=20000, session=1, version=0)
    phone.offer = answer.sdp
    phone.answer()
    assert stage.orders(m.Play) and stage.hears(phone).foreground
    phone.hang_up()
    stage.over()


def test_an_ack_with_an_answer_that_we_cannot_speak(stage):
    phone = stage.telephone()
    phone.dial("5000", offer=None)
    phone.offer = phone.offer.replace(b"RTP/AVP 0 8 9 111", b"RTP/AVP 18 3")
    phone.answer()
    assert phone.last(sip.Ended).how == "bye"
    stage.over()


def test_nobody_acknowledges(stage, monkeypatch):
    """The 200 is repeated, then the call is cleared; the tree was never begun."""
    send = stage.net.send
    monkeypatch.setattr(stage.net, "send",
                        lambda datagram, now: None if datagram.data.startswith(b"ACK") else send(datagram, now))
    caller = stage.caller("5000")
    stage.run_for(33)
    assert len(stage.sent(b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.1.2")) > 5
    assert not stage.events(told.MenuEntered)
    assert stage.event(told.ContactEnded).ended_by == "network" and caller.last(sip.Ended).how == "bye"
    stage.over()


# -- what breaks --------------------------------------------------------------------------------------------------------


def test_an_exception_ends_the_contact_and_nothing_else(stage, monkeypatch):
    """500 is written down, the others go on."""
    phone = stage.agent("1001")
    good = stage.caller("7000", place=3)
    phone.answer()
    bad = stage.caller("5000")
    monkeypatch.setattr(walking, "press", lambda *_: 1 / 0)
    with capture_logs() as logged:
        bad.press("1")
    assert [line["event"] for line in logged] == ["contact failed"]
    assert bad.last(sip.Ended).how == "bye"
    ended = stage.event(told.ContactEnded)
    assert ended.ended_by == "system" and ended.sip_status == 500
    assert stage.hears(good).partner
    good.hang_up()
    stage.over()


def test_media_dies(stage):
    """Calls without sound are ended; when seats come again, so do calls."""
    caller, phone = stage.talk()
    waiting = stage.caller(place=3)
    stage.paper = Paper(stage.paper.seconds)
    stage._do(stage.exchange.media_lost(stage.now))
    stage.run_for(0.1)
    assert all(each.last(sip.Ended).how == "bye" for each in (caller, phone, waiting))
    stage.run_for(60)
    check_laws(stage.journal, finished=True)
    counts = stage.exchange.counts()
    assert (counts["contacts"], counts["legs"], counts["calls"]) == (0, 0, 0)
    assert stage.caller("5000", place=4).last(sip.Answered)


def test_after_a_crash(settings):
    """Phones and seats are taken up again; what was cut off is closed lawfully, and calls can be made at once."""
    before = Stage(arrange(settings))
    before.talk("7000", "1001", place=2)
    before.caller("7000", place=3)
    before.caller("5000", place=4)
    second = before.agent("1004", ready=False)
    before.obey(MakeCall(to="1005"), "1004")
    before.run_for(0.1)
    assert second.last(sip.Offered)
    lines = before.journal
    open_contacts = [[entry for entry in lines if getattr(entry.event, "contact", "") == contact]
                     for contact in before.exchange.house.contacts]
    after = Stage(arrange(settings), seed=2)
    after.exchange.journal.last, after.exchange.journal.at = lines[-1].number, lines[-1].at
    first = after.exchange.journal.last
    after._do(after.exchange.start("town", before.memory, open_contacts, before.now))
    told_after = after.exchange.journal.since(first)
    check_laws(lines + told_after, finished=False)
    ends = [entry.event for entry in told_after if type(entry.event) is told.ContactEnded]
    assert len(ends) == 4 and {end.cause for end in ends} == {"system_shutdown"}
    assert after.state("1001").state == "ready" and after.state("1001").reachable
    assert not [key for key in after.memory if key.startswith("contact/")]


def test_a_phone_is_rung_where_it_was_before_the_crash(settings):
    before = Stage(arrange(settings))
    before.agent("1001")
    after = Stage(arrange(settings), seed=3)
    after._do(after.exchange.start("town", before.memory, [], before.now))
    after.caller()
    assert [destination for _, destination in after.sent(b"INVITE")] == [sip.Address("udp", "10.0.3.1", 5060)]


def test_bans_outlast_a_crash_with_what_is_left_of_them(settings):
    before, noise = Stage(arrange(settings)), sip.Address("udp", "203.0.113.9", 5060)
    offend(before, noise)
    ban, = before.exchange.bans()
    before.run_for(20)
    after = Stage(arrange(settings), seed=2)
    after._do(after.exchange.start("town", before.memory, [], before.now))
    assert after.exchange.bans() == [ban]
    after.now = max(after.now, ban.until - 1)
    assert not after.exchange.house.endpoint.guard.hears(noise, after.now)
    after.run_for(2)
    assert after.exchange.bans() == [] and not [key for key in after.memory if key.startswith("ban/")]
    assert after.exchange.house.endpoint.guard.hears(noise, after.now)


def test_a_ban_that_was_lifted_or_served_before_the_crash_is_none_after_it(settings):
    for end in (lambda stage: stage._do(stage.exchange.lift_ban("203.0.113.9", "2001", stage.now)[1]),
                lambda stage: stage.run_for(120)):
        before = Stage(arrange(settings))
        offend(before, sip.Address("udp", "203.0.113.9", 5060))
        assert "ban/203.0.113.9" in before.memory
        end(before)
        assert "ban/203.0.113.9" not in before.memory


def offend(stage, source):
    """As much rubbish as is a ban."""
    for number in range(60):
        stage._do(stage.exchange.receive(b"rubbish of more than thirty-two octets, number %d" % number, source, stage.now))


def test_the_switch_is_stopped(stage):
    caller, phone = stage.talk()
    stage._do(stage.exchange.stop("SIGTERM", stage.now))
    stage.run_for(0.1)
    assert caller.last(sip.Ended) and phone.last(sip.Ended)
    assert stage.event(told.ContactEnded).cause != "normal_call_clearing"
    stage.over()
