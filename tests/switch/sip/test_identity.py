"""Who is calling, as networks say it: read from headers of any shape, believed by nobody here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.identity import Claims, Diversion, Party, asserting


def claims(**headers):
    return Claims({name.replace("_", "-"): value if isinstance(value, list) else [value] for name, value in headers.items()})


def test_nothing_is_said():
    said = claims()
    assert (said.asserted, said.preferred, said.remote_party, said.privacy, said.withheld, said.diversions) == (
        None, None, None, frozenset(), False, ())


@pytest.mark.parametrize("values", [
    ['"Ann A" <sip:+4930123@gw.example>', "tel:+4930123"],
    ['tel:+4930123, "Ann A" <sip:ann@example.org>'],
    ['"Ann A" <sip:+4930123;phone-context=x@gw.example;user=phone>'],
])
def test_asserted_takes_the_number_and_the_name(values):
    assert claims(p_asserted_identity=values).asserted == Party("+4930123", "Ann A")


def test_preferred():
    assert claims(p_preferred_identity="<sip:1002@shoal>").preferred == Party("1002", "")


def test_remote_party_is_that_of_the_calling_party():
    told = claims(remote_party_id='<sip:1@h>;party=called, "B" <sip:2@h>;party=calling;screen=yes;privacy=full')
    assert told.remote_party == Party("2", "B")
    assert told.withheld
    assert not claims(remote_party_id="<sip:2@h>;privacy=off").withheld
    assert not claims(remote_party_id="<sip:2@h>;party=called;privacy=full").withheld


@pytest.mark.parametrize(("privacy", "withheld"), [
    ("id", True), ("header;id", True), ("user ; critical", True), ("ID", True), ("none", False), ("session", False),
    ("id;none", False), ("", False),
])
def test_privacy(privacy, withheld):
    assert claims(privacy=privacy).withheld is withheld


def test_anonymous_has_no_number():
    assert claims(p_asserted_identity="<sip:anonymous@anonymous.invalid>").asserted == Party("", "")


def test_diversion_the_latest_first():
    told = claims(diversion=['<sip:+491@a>;reason=no-answer;counter=1, "Desk" <tel:+49-2>;reason="unconditional"'])
    assert told.diversions == (Diversion("+491", "no-answer"), Diversion("+492", "unconditional"))


def test_history_info_when_there_is_no_diversion():
    """RFC 7044 section 10: 1 was called, mapped to 1.1 for no answer, that one to 1.1.1 because it was busy."""
    told = claims(history_info=[
        "<sip:5000@a>;index=1, <sip:5001@a;cause=408>;index=1.1;mp=1",
        "<sip:5002@a;cause=486>;index=1.1.1;mp=1.1"])
    assert told.diversions == (Diversion("5001", "user-busy"), Diversion("5000", "no-answer"))
    assert claims(history_info="<sip:5000@a>;index=1").diversions == ()
    old = claims(history_info="<sip:5000@a?Reason=SIP%3Bcause%3D302>;index=1, <sip:5001@a;cause=302>;index=1.1")
    assert old.diversions == (Diversion("5000", "unconditional"),)


def test_an_unreadable_entry_is_passed_over():
    assert claims(p_asserted_identity='"x <sip:1@a>, <sip:2@b>').asserted is None
    assert claims(p_asserted_identity=['"x', "<sip:2@b>"]).asserted == Party("2", "")


def test_what_we_tell_a_trusted_trunk():
    assert asserting("+491", 'A "B"', "h", withheld=True) == (
        ("P-Asserted-Identity", "\"A 'B'\" <sip:+491@h>"), ("Privacy", "id"))
    assert asserting("", "A", "h", withheld=True) == ()


@given(st.text(alphabet='<>;,:"\\@= ?%&sipteluser\x00\x7fä1', max_size=80))
def test_any_text_is_survived(text):
    said = claims(p_asserted_identity=text, p_preferred_identity=text, remote_party_id=text, privacy=text, diversion=text,
                  history_info=text)
    for party in (said.asserted, said.preferred, said.remote_party):
        assert party is None or (party.number + party.name).isprintable()
    assert all(diversion.number.isprintable() for diversion in said.diversions)
    assert said.withheld in (True, False)
