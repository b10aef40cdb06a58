"""Voice mailboxes: whose lamp is lit, by whom it is put out, and who may look."""

import pytest

import switch.events as told
from switch.orders import MarkVoicemailHeard, OrderRefused
from switch.sip.effects import Transmit
from tests.switch.watching.desk_phone import DeskPhone


def leave_a_message(stage, place=2):
    """Speak to box ``support``."""
    caller = stage.caller("7001", place=place)
    stage.run_for(20)
    caller.hang_up()
    stage.run_for(1)


def test_the_lamp_is_lit_by_a_message_and_put_out_by_a_click(stage):
    stage.agent("1001")
    watcher = DeskPhone(stage, "1001")
    assert watcher.subscribe("1001", "message-summary") == 200 and watcher.messages == (0, 0)
    leave_a_message(stage)
    assert stage.event(told.VoicemailLeft) and watcher.messages == (1, 0)
    assert watcher.told[-1][2].startswith("Messages-Waiting: yes\r\n")
    stage.obey(MarkVoicemailHeard(box="support"), "1001")
    stage.run_for(0.1)
    assert watcher.messages == (0, 1) and stage.event(told.VoicemailHeard).messages == 1
    stage.obey(MarkVoicemailHeard(box="support"), "1001")
    assert stage.event(told.VoicemailHeard), "nothing was new: nothing has happened"


@pytest.mark.parametrize(("user", "target", "status"), [
    ("1001", "support", 200), ("1001", "7001", 200), ("1001", "sales", 404), ("1004", "sales", 200), ("2001", "sales", 200),
    ("1001", "1002", 404), ("1001", "nothing", 404), ("1001", "5000", 404),
])
def test_whose_boxes_may_be_watched(stage, user, target, status):
    assert DeskPhone(stage, user).subscribe(target, "message-summary") == status


def test_a_box_of_others_cannot_be_marked(stage):
    with pytest.raises(OrderRefused):
        stage.obey(MarkVoicemailHeard(box="sales"), "1001")


def test_the_count_survives_a_restart(stage):
    leave_a_message(stage)
    assert stage.memory["box/support"] == {"new": 1, "old": 0}
    stage.exchange.house.boxes.restore("support", {"new": 3, "old": 4})
    watcher = DeskPhone(stage, "1001")
    watcher.subscribe("support", "message-summary")
    assert watcher.messages == (3, 4)


def unasked(stage):
    return [effect for _, effect in stage.said
            if type(effect) is Transmit and effect.data.startswith(b"NOTIFY ") and b"Event: message-summary" in effect.data]


def test_a_phone_with_a_named_mailbox_is_told_without_asking(build):
    stage = build(users={"1001": {"mailbox": "support"}})
    stage.agent("1001")
    assert len(unasked(stage)) == 1 and b"Voice-Message: 0/0 (0/0)" in unasked(stage)[0].data
    leave_a_message(stage)
    phone = stage.exchange.house.endpoint.registrar.bindings("1001", stage.now)[0]
    last = unasked(stage)[-1]
    assert b"Voice-Message: 1/0 (0/0)" in last.data and last.destination == phone.source
    count = len(unasked(stage))
    watcher = DeskPhone(stage, "1001")
    watcher.subscribe("1001", "message-summary")
    leave_a_message(stage, place=3)
    assert watcher.messages == (2, 0)
    assert not [each for each in unasked(stage)[count:] if each.destination == phone.source], "one way is enough"
