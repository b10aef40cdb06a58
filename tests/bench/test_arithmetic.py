"""The arithmetic of the bench. Nothing is measured here."""

import pytest

from bench import machine, results
from bench.agents import order_of
from bench.profile import table
from bench.results import Figure, Part
from bench.screen import Pop, frame, take_frames
from bench.sipp import Counts, counts_of

STAT = "4711 (a (very) odd name) S 17 4711 17 0 -1 4194304 900 0 0 0 250 50 7 8 20 0 3 0 100 0 0"


def test_cpu_of_a_process_is_user_and_system_time_without_that_of_its_children():
    assert machine.cpu_of_stat(STAT) == pytest.approx(300 * machine.TICK)
    assert machine.parent_of_stat(STAT) == 17


def test_the_machine_is_busy_with_all_but_idling_and_waiting_for_the_disk():
    text = "cpu  10 20 30 400 50 6 7 8 9 9\ncpu0 1 2 3 4 5 6 7 8 9 9\n"
    assert machine.busy_of_stat(text) == pytest.approx((10 + 20 + 30 + 6 + 7 + 8) * machine.TICK)


def test_what_went_between_two_looks():
    first = machine.Reading(10.0, {(1, "switch"): 1.0, (2, "worker"): 2.0}, 100.0, 0.01)
    last = machine.Reading(14.0, {(1, "switch"): 2.5, (2, "worker"): 2.25, (3, "worker"): 0.25}, 104.0, 0.03)
    spent = machine.between(first, last)
    assert spent == machine.Spent(4.0, {"switch": 1.5, "worker": 0.5}, 0.5, 0.02)
    assert spent.total == 2.0


def test_statistics_of_sipp_are_those_of_the_last_whole_line():
    head = "StartTime;TotalCallCreated;CurrentCall;SuccessfulCall(C);FailedCall(C);Retransmissions(C);\n"
    assert counts_of("") == counts_of(head) == Counts()
    text = head + "x;5;2;3;0;0;\nx;90;4;85;1;2;\nx;200;4"
    assert counts_of(text) == Counts(created=90, successful=85, failed=1, retransmissions=2, now=4)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100), (0.0, 1)])
def test_a_quantile_is_the_smallest_value_that_so_many_do_not_exceed(share, value):
    assert results.quantile(list(range(100, 0, -1)), share) == value


def test_of_nothing_there_is_no_quantile():
    assert results.quantile([], 0.99) == 0.0


def test_bars_are_exact_to_an_eighth():
    assert results.bar(10, 10, 4) == "████"
    assert results.bar(5, 10, 4) == "██"
    assert results.bar(1, 32, 4) == "▏"
    assert results.bar(20, 10, 4) == "████"
    assert results.bar(1, 0, 4) == ""


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (0.1234, "0.123"), (1.5, "1.50"), (2000, "2000"), (245.7, "246")])
def test_numbers_are_short(value, shown):
    assert results.number(value) == shown


def test_the_table_says_what_was_reached_and_the_chart_what_is_compared():
    part = Part("calls", "what", [Figure("CPU", 2.0, "ms", 1.5, "1.3 quiet", 1.3), Figure("late", 3.0, "ms late"),
                                  Figure("failed", 0, "", 0)], ["seen"])
    text = results.page([part], [("date", "today")], "python -m bench")
    assert "| calls | CPU | 2.00 ms | <= 1.50 ✗ | 1.3 quiet |" in text
    assert "| calls | failed | 0 | <= 0 ✓ |  |" in text
    assert "- date: today" in text and "- seen" in text
    shown = results.chart(part.figures)
    assert "goal" in shown and "Asterisk" in shown and "late" not in shown


def test_the_pop_is_before_the_invite_if_any_stamp_says_so():
    exact, joined = Pop(10.0, exact=True), Pop(10.0, exact=False)
    assert order_of([exact], 10.5) == order_of([joined], 10.5) == "before"
    assert order_of([exact], 9.5) == "after"
    assert order_of([joined], 9.5) == "unsure"
    assert order_of([], 9.5) == "after"


@pytest.mark.parametrize("size", [0, 125, 126, 60_000])
def test_a_clients_frame_is_masked_and_a_servers_is_taken_whole(size):
    sent = frame(b"x" * size, b"\1\2\3\4")
    assert sent[0] == 0x81 and sent[1] & 0x80
    assert sent.endswith(bytes(ord("x") ^ (1 + at % 4) for at in range(size)))
    length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    buffer = bytearray(b"\x81" + length + b"y" * size + b"\x81\x05ab")
    assert take_frames(buffer) == [(1, b"y" * size)]
    assert buffer == b"\x81\x05ab"


def test_a_profile_counts_a_function_once_in_each_stack():
    text = table("main (a.py:1);work (b.py:5);work (b.py:6) 3\nmain (a.py:2);rest (b.py:9) 1\n")
    lines = [line.split() for line in text.splitlines()]
    assert ["75.0%", "75.0%", "work", "(b.py)"] in lines
    assert ["0.0%", "100.0%", "main", "(a.py)"] in lines
