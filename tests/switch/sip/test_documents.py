"""What watchers are told: the bodies, by values."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from switch.sip.documents import (
    DialogInfo,
    DialogState,
    MessageSummary,
    Presence,
    Progress,
    dialog_body,
    presence_body,
    sipfrag_body,
    summary_body,
)

WORDS = "{urn:ietf:params:xml:ns:dialog-info}"
IDLE = DialogInfo()


def test_messages_wait_or_not():
    assert summary_body(MessageSummary(2, 8), "sip:box@h") == (
        b"Messages-Waiting: yes\r\nMessage-Account: sip:box@h\r\nVoice-Message: 2/8 (0/0)\r\n")
    assert summary_body(MessageSummary(0, 8), "sip:box@h").startswith(b"Messages-Waiting: no\r\n")


def test_sipfrag_is_a_status_line():
    assert sipfrag_body(Progress(486)) == b"SIP/2.0 486 Busy Here\r\n"


def test_presence():
    tree = ElementTree.fromstring(presence_body(Presence(True, "in a <call>"), "sip:1@h"))
    pidf = "{urn:ietf:params:xml:ns:pidf}"
    assert tree.get("entity") == "sip:1@h"
    assert tree.findtext(f"{pidf}tuple/{pidf}status/{pidf}basic") == "open"
    assert tree.findtext(f"{pidf}tuple/{pidf}note") == "in a <call>"


names = st.text(max_size=12)
lines = st.lists(
    st.builds(DialogState, st.sampled_from("abc"), st.sampled_from(["early", "confirmed"]),
              st.sampled_from(["initiator", "recipient"]), names, names),
    max_size=3, unique_by=lambda dialog: dialog.id,
).map(lambda dialogs: DialogInfo(tuple(dialogs)))


@given(lines)
def test_a_full_document_tells_all(info):
    tree = ElementTree.fromstring(dialog_body(info, "sip:1002@h", 3, None))
    assert (tree.get("state"), tree.get("version"), tree.get("entity")) == ("full", "3", "sip:1002@h")
    assert [dialog.get("id") for dialog in tree] == [dialog.id for dialog in info.dialogs]


@given(st.lists(lines, min_size=1))
def test_whoever_adds_up_the_partial_documents_knows_the_whole(history):
    known = {}
    for version, (before, now) in enumerate(zip([None, *history], history, strict=False)):
        tree = ElementTree.fromstring(dialog_body(now, "sip:1002@h", version, before))
        for dialog in tree:
            state = dialog.findtext(f"{WORDS}state")
            if state == "terminated":
                assert known.pop(dialog.get("id"))
            else:
                known[dialog.get("id")] = (state, dialog.get("direction"))
        assert known == {dialog.id: (dialog.state, dialog.direction) for dialog in now.dialogs}


def test_who_must_not_see_the_other_party_sees_no_remote():
    hidden = DialogInfo((DialogState("a", "confirmed", "recipient"),))
    assert b"<remote>" not in dialog_body(hidden, "sip:1@h", 0, None)
    shown = DialogInfo((DialogState("a", "confirmed", "recipient", "+4930", '"<&'),))
    tree = ElementTree.fromstring(dialog_body(shown, "sip:1@h", 0, IDLE))
    remote = tree.find(f"{WORDS}dialog/{WORDS}remote/{WORDS}identity")
    assert (remote.text, remote.get("display")) == ("sip:+4930@h", '"<&')
