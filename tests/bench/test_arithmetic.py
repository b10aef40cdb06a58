"""The arithmetic of the bench. Nothing is measured here."""

import socket
from xml.etree import ElementTree

import numpy as np
import pytest

from bench import against, machine, results
from bench.chart import chart
from bench.flame import flame
from bench.mmsg import Basket, Burst
from bench.phone import order_of
from bench.profile import table
from bench.results import Figure, Part
from bench.screen import Pop, frame, take_frames
from bench.sipp import Counts, counts_of, times_of
from bench.voices import lateness
from bench.workloads import named

STAT = "4711 (a (very) odd name) S 17 4711 17 0 -1 4194304 900 0 0 0 250 50 7 8 20 0 3 0 100 0 0"


def test_cpu_of_a_process_is_user_and_system_time_without_that_of_its_children():
    assert machine.cpu_of_stat(STAT) == pytest.approx(300 * machine.TICK)
    assert machine.parent_of_stat(STAT) == 17


def test_the_machine_is_busy_with_all_but_idling_and_waiting_for_the_disk():
    text = "cpu  10 20 30 400 50 6 7 8 9 9\ncpu0 1 2 3 4 5 6 7 8 9 9\n"
    assert machine.busy_of_stat(text) == pytest.approx(((10 + 20 + 30 + 6 + 7) * machine.TICK, 8 * machine.TICK))


def test_what_went_between_two_looks():
    first = machine.Reading(10.0, {(1, "switch"): 1.0, (2, "worker"): 2.0}, 100.0, 1.0, 0.01)
    last = machine.Reading(14.0, {(1, "switch"): 2.5, (2, "worker"): 2.25, (3, "worker"): 0.25}, 104.0, 1.5, 0.03)
    spent = machine.between(first, last)
    assert spent == machine.Spent(4.0, {"switch": 1.5, "worker": 0.5}, 0.5, 0.125, 0.02)
    assert spent.total == 2.0


def test_statistics_of_sipp_are_those_of_the_last_whole_line():
    head = ("CurrentTime;TotalCallCreated;CurrentCall;SuccessfulCall(C);FailedCall(C);Retransmissions(C);GenericCounter1(C);"
            "\n")
    assert counts_of("") == counts_of(head) == Counts()
    text = head + "a\tb\t7.5;5;2;3;0;0;0;\na\tb\t8.5;90;4;85;1;2;3;\nx;200;4"
    assert counts_of(text) == Counts(created=90, successful=85, failed=1, retransmissions=2, now=4, at=8.5, refused=3)


def test_response_times_of_sipp():
    assert times_of("Date_ms;response_time_ms;rtd_no\n36.001;4;1\n72.001;12;1\n9") == [0.004, 0.012]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100), (0.0, 1)])
def test_a_quantile_is_the_smallest_value_that_so_many_do_not_exceed(share, value):
    assert results.quantile(list(range(100, 0, -1)), share) == value


def test_of_nothing_there_is_no_quantile():
    assert results.quantile([], 0.99) == 0.0


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (0.1234, "0.123"), (1.5, "1.50"), (2000, "2000"), (245.7, "246")])
def test_numbers_are_short(value, shown):
    assert results.number(value) == shown


def test_the_table_says_what_was_reached():
    part = Part("calls", "what", [Figure("CPU", 2.0, "ms", 1.5, "1.3 quiet", 1.3), Figure("late", 3.0, "ms late"),
                                  Figure("legs", 900, "", 1000, at_least=True), Figure("failed", 0, "", 0)], ["seen"])
    text = results.page([part], [("date", "today")], "python -m bench", "chart.svg")
    assert "| calls | CPU | 2.00 ms |  | <= 1.50 ✗ | 1.3 quiet |" in text
    assert "| calls | late | 3.00 ms late |  |  |  |" in text
    assert "| calls | legs | 900 |  | >= 1000 ✗ |  |" in text
    assert "| calls | failed | 0 |  | <= 0 ✓ |  |" in text
    assert "- date: today" in text and "- seen" in text and "(chart.svg)" in text


def test_several_runs_are_told_by_their_median_and_spread():
    runs = [[Part("calls", "what", [Figure("CPU", value, "ms", 1.5), *more], [f"saw {value}"])]
            for value, more in ((1.0, []), (4.0, [Figure("past", 7.0, "")]), (2.0, []))]
    (part,) = results.combined(runs)
    assert part.figures[0] == Figure("CPU", 2.0, "ms", 1.5, spread=(1.0, 4.0))
    assert part.figures[1] == Figure("past (in 1 of 3 runs)", 7.0, "")
    assert part.seen == ["run 1: saw 1.0", "run 2: saw 4.0", "run 3: saw 2.0"]
    assert "| 2.00 ms | 1.00-4.00 |" in results.table([part])
    assert results.combined(runs[:1]) == runs[0]


def test_the_chart_has_a_panel_for_each_workload_with_an_axis():
    figures = [Figure(f"CPU, {legs} legs", 0.5 - legs / 1e4, "ms", 0.36, "", 3.6, at=legs, spread=(0.4, 0.6))
               for legs in (50, 100, 1600)]
    drawn = ElementTree.fromstring(chart([Part("W3 <loud>", "", [*figures, Figure("other", 9.0, "ms")], []),
                                          Part("W6", "", [Figure("no axis", 1.0, "us")], [])]))
    name = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f"{name}g")) == 1
    assert len(drawn.findall(f".//{name}circle")) == 3
    texts = [text.text for text in drawn.iter(f"{name}text")]
    assert {"W3 <loud>, ms", "goal 0.360", "Asterisk, quiet 3.60", "legs", "1600"} <= set(texts)
    heights = [float(dot.get("cy")) for dot in drawn.iter(f"{name}circle")]
    assert heights == sorted(heights), "what costs less stands lower"
    assert chart([]) == ""


def test_a_flame_graph_is_as_wide_as_its_samples():
    drawn = ElementTree.fromstring(flame(["main (a.py:1);work (b.py:5) 3", "main (a.py:1) 1", "broken"], "W1"))
    name = "{http://www.w3.org/2000/svg}"
    boxes = {box.find(f"{name}title").text: float(box.find(f"{name}rect").get("width")) for box in drawn.iter(f"{name}g")}
    assert boxes == {"all 100.0%": 1200, "main (a.py:1) 100.0%": 1200, "work (b.py:5) 75.0%": 900}


def test_servers_in_turns_are_compared_where_both_held():
    def taken(*costs: float, broken: str = "") -> list[against.Taken]:
        return [against.Taken("", cost, broken, 0.007) for cost in costs]

    lines = against.table({
        "W1": {against.OURS: taken(1.0, 2.0, 4.0), against.THEIRS: taken(3.0, 6.0) + taken(99.0, broken="a third failed")},
        "W2": {against.OURS: taken(1.0), against.THEIRS: []},
    }).splitlines()[2:]
    assert lines == ["| W1 | 2.00 (1.00-4.00) | 4.50 (3.00-6.00), broke 1 of 3 | 2.2 | 7-7 |",
                     "| W2 | 1.00 (1.00-1.00) |  |  | 7-7 |"]


def test_a_frame_is_late_against_the_earliest_of_its_stream():
    late, missing = lateness([(7, 10.0), (8, 10.021), (10, 10.06), (9, 10.045)])
    assert late == pytest.approx([0.0, 0.001, 0.0, 0.005]) and missing == 0
    assert lateness([(7, 10.0), (10, 10.06)]) == (pytest.approx([0.0, 0.0]), 2)
    assert lateness([(7, 10.0)]) == ([], 0)


def test_many_datagrams_go_and_come_by_one_call():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two:
        for each in (one, two):
            each.bind(("127.0.0.1", 0))
        packets = np.arange(4 * 20, dtype=np.uint8).reshape(4, 20)
        burst = Burst(packets, [one.getsockname(), two.getsockname(), one.getsockname()], rows=[3, 1, 0], lengths=[20, 5, 8])
        assert burst.send(two) == 3 and burst.send(two, 1, 1) == 1
        assert [two.recv(64) for _ in range(2)] == [packets[1, :5].tobytes()] * 2
        basket = Basket(lines=8)
        assert basket.take(one) == 2 and basket.take(one) == 0
        assert basket.data[0, :20].tobytes() == packets[3].tobytes()
        assert basket.data[1, :8].tobytes() == packets[0, :8].tobytes()


def test_parts_are_known_by_name_and_label():
    assert named("w3") == named("W3") == named("recorded") == "recorded"
    assert named("W99") is None


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


def test_a_part_that_failed_once_keeps_its_other_runs():
    good = Part("W3 prompt + recording", "what", [Figure("CPU", 1.0, "ms")], ["fine"])
    failed = Part("W3 recorded", "", [], ["could not be measured: no sound"])
    (part,) = results.combined([[failed], [good]])
    assert part == Part("W3 prompt + recording", "what", [Figure("CPU (in 1 of 2 runs)", 1.0, "ms")],
                        ["run 1: could not be measured: no sound", "run 2: fine"])
