"""What goes out is what was meant, however it is written on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.trunks.numbers import E164, covers, dialled, emergency, longest, read, write
from switch.trunks.rules import FORMS, Outside, Reading, Trunk, Writing

COUNTRIES = ("1", "39", "44", "49", "86", "7")
HOME = Reading(area="30")
OUTSIDE = Outside(country="49", dialling=Reading(area="30", strip=("9",)), trunks={"one": Trunk("192.0.2.1")})

numbers = st.builds(lambda country, rest: f"+{country}{rest}"[:16], st.sampled_from(COUNTRIES),
                    st.from_regex(r"[0-9]{7,12}", fullmatch=True))


@pytest.mark.parametrize(("text", "meant"), [
    ("+49301234567", "+49301234567"), ("0049 30 / 1234-567", "+49301234567"), ("030 1234567", "+49301234567"),
    ("1234567", "+49301234567"), ("+49 (0) 30 1234567", "+49301234567"), ("0049(0)301234567", "+49301234567"),
    ("+1 (212) 555-0100", "+12125550100"), ("0012125550100", "+12125550100"),
    ("", ""), ("*21#", ""), ("alice", ""), ("+", ""), ("++4930123456", ""), ("+0301234567", ""), ("+12", ""),
    ("+1234567890123456", ""), ("٠٣٠١٢٣٤٥٦٧", ""),
])
def test_what_people_write_is_brought_into_one_form(text, meant):
    assert read(text, HOME, "49") == meant


def test_a_local_number_needs_an_area():
    assert read("1234567", Reading(), "49") == ""
    assert read("2125550100", Reading(international=("011",), national=("1",), bare="national"), "1") == "+12125550100"
    assert read("12125550100", Reading(international=("011",), national=("1",), bare="national"), "1") == "+12125550100"
    assert read("01144201234567", Reading(international=("011",), national=("1",), bare="national"), "1") == "+44201234567"


def test_rules_in_words():
    assert read("9030123456", Reading(strip=("9",)), "49") == "+4930123456"
    assert read("123456", Reading(add="0049 30".replace(" ", "")), "49") == "+4930123456"
    assert write("+4930123456", Writing(form="national", add="8"), "49") == "8030123456"
    assert write("+4930123456", Writing(strip=("+4930",)), "49") == "123456"
    assert write("+39061234567", Writing(form="national", national=""), "39") == "061234567"


@given(numbers, st.sampled_from(COUNTRIES), st.sampled_from(FORMS), st.sampled_from(["", "9", "777#"]))
def test_what_is_written_for_a_trunk_is_read_as_what_was_meant(number, country, form, add):
    written = write(number, Writing(form=form, add=add), country)
    assert read(written, Reading(strip=(add,) if add else (), bare="international"), country) == number


@given(text=st.text(max_size=30), area=st.sampled_from(["", "30"]))
def test_what_is_read_is_a_number_or_nothing_and_stays_what_it_is(text, area):
    number = read(text, Reading(area=area), "49")
    assert number == "" or (E164.fullmatch(number) and read(number, Reading(area=area), "49") == number)


def test_emergency_numbers_are_known_however_they_are_dialled():
    assert emergency(OUTSIDE, "112") == "112" and emergency(OUTSIDE, "9112") == "112"
    assert emergency(OUTSIDE, "911") == "" and emergency(Outside(country="1"), "911") == "911"
    assert emergency(Outside(country="999"), "112") == "112"
    assert emergency(Outside(country="49", emergency=("19222",)), "112") == ""
    assert dialled(OUTSIDE, "112") == "112" and dialled(OUTSIDE, "9030123456") == "+4930123456"
    assert dialled(Outside(country="49"), "112") == "", "nobody is called without a trunk"


def test_prefixes_fit_with_and_without_their_plus():
    assert covers("+49", "+4930") and covers("49", "+4930") and not covers("+4", "49")
    assert longest(("+", "+49", "+4930"), "+493012345") == 4
    assert longest(("+",), "+1") == 0 and longest(("+33",), "+49") == -1
