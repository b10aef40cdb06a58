"""Who is offered what only a browser takes, and that theirs are answered."""

import pytest

import switch.sip.effects as sip
from media import sdp
from media.orders import Certified, Stream, Web
from switch.orders import LogIn
from switch.sip.effects import Address
from tests.media.test_sdp_web import OFFER, OURS

AGREED = Web("ourufrag", "p" * 32, "Xk2b", ("AB:CD",))
BROWSER, PHONE = Address("wss", "10.0.1.1", 40001), Address("udp", "10.0.1.2", 5060)


@pytest.fixture
def house(stage):
    stage.exchange.media(Certified(OURS), stage.now)
    return stage.exchange.house


def leg(house, peer, stream=None):
    contact = house.new_contact(caller="1", caller_name="", called="2", direction="inbound")
    made = house.new_leg(contact, "1", peer=peer)
    made.stream = stream
    return made


@pytest.mark.parametrize(("peer", "stream", "browser"), [
    (BROWSER, None, True), (BROWSER._replace(transport="ws"), None, True), (PHONE, None, False),
    (PHONE._replace(transport="tls"), None, False), (BROWSER, Stream("10.0.1.1", 4000), False),
    (BROWSER, Stream("", 0, web=AGREED), True),
])  # fmt: skip
def test_a_phone_on_a_websocket_is_offered_what_a_browser_takes_and_no_other(house, peer, stream, browser):
    body = sdp.offer(**house.ours(leg(house, peer, stream)))
    assert sdp.for_browser(body) == browser
    assert (b"a=ice-ufrag:ourufrag\r\n" in body) == (stream is not None and browser)


def test_one_of_an_agents_phones_may_be_a_browser(house):
    both = leg(house, PHONE)
    assert sdp.for_browser(sdp.offer(**house.ours(both, BROWSER)))
    assert not sdp.for_browser(sdp.offer(**house.ours(both)))


def test_a_browser_on_the_switchs_own_machine_is_told_its_other_address_and_a_phone_is_not(house):
    house.nearby = ("198.51.100.7",)
    both = leg(house, PHONE)
    assert sdp.offer(**house.ours(both, BROWSER)).count(b"a=candidate:") == 2
    assert b"198.51.100.7" not in sdp.offer(**house.ours(both))


def test_before_media_has_a_certificate_nobody_is_a_browser(stage):
    house = stage.exchange.house
    assert not sdp.for_browser(sdp.offer(**house.ours(leg(house, BROWSER))))
    with pytest.raises(sdp.Unacceptable):
        sdp.answer(OFFER.encode(), **house.ours(leg(house, BROWSER)))


def test_names_come_of_chance_that_follows_from_nothing(house):
    one, other = (sdp.answer(OFFER.encode(), **house.ours(leg(house, BROWSER))).stream.web for _ in range(2))
    assert one.password != other.password
    assert one.fingerprints == other.fingerprints


def test_an_agents_page_and_phone_are_each_offered_theirs_and_the_page_may_answer(stage):
    stage.exchange.media(Certified(OURS), stage.now)
    page = stage.page("1001")
    desk = stage.telephone(5)
    desk.register("1001")
    stage.obey(LogIn(ready=True), "1001")
    caller = stage.caller()
    page.ring()
    offers = {phone: phone.last(sip.Offered).sdp for phone in (page, desk)}
    assert {phone: sdp.for_browser(offer) for phone, offer in offers.items()} == {page: True, desk: False}
    page.offer = OFFER.replace("actpass", "active").replace("111 63 9 0 8 13 110 126", "0").encode()
    page.answer()
    assert stage.state("1001").state == "busy"
    assert stage.hears(caller).partner
    (_, leg), *_ = [each for each in stage.exchange.house.calls.values() if each[1].agent == "1001"]
    assert (leg.stream.codec, leg.stream.web.theirs, leg.stream.web.active) == ("PCMU", "Xk2b", False)
    caller.hang_up()
    stage.over()
