"""Menus and announcements: keys, silence, wrong keys, the way to a person."""

from ivr.effects import Leave, Say
from ivr.interpreter import MOST_NODES
from ivr.tree import Announcement, Destination, Menu, Prompt, Tree


def test_an_option_leads_to_a_queue_with_its_priority(call, tree):
    caller = call(tree)
    caller.read("""
        start
        < menu main on level 1
        < say welcome main-menu
        heard
        press 1
        < chose 1 in main: queue:sales
        < leave main for queue:sales""")
    assert caller.walk.over and caller.walk.deadline is None


def test_the_destination_keeps_priority_and_skills(call, tree):
    caller = call(tree)
    caller.do("start")
    leave = caller.do("press", "1")[-1]
    assert leave == Leave(tree.menus["main"].options["1"], "main")
    assert leave.destination.priority == 2 and leave.destination.skills == {"english": 3}


def test_a_key_during_the_prompt_stops_it_and_counts(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        press 3
        < hush
        < chose 3 in main: announcement:hours
        < say hours-are""")


def test_without_barge_in_keys_count_when_the_prompt_was_heard(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        press 4
        < hush
        < chose 4 in main: menu:billing
        < say going-to-billing
        heard
        < menu billing on level 2
        < say billing-menu
        press 1
        heard
        < chose 1 in billing: queue:billing
        < leave billing for queue:billing""")


def test_zero_does_not_wait_for_the_prompt(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        press 4
        < hush
        < chose 4 in main: menu:billing
        < say going-to-billing
        heard
        < menu billing on level 2
        < say billing-menu
        press 0
        < hush
        < chose 0 in billing: queue:support
        < leave billing for queue:support""")


def test_typing_ahead_passes_the_prompt_on_the_way(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        press 4*
        < hush
        < chose 4 in main: menu:billing
        < say going-to-billing
        < hush
        < menu billing on level 2
        < say billing-menu
        heard
        < chose * in billing: menu:main
        < menu main on level 1
        < say welcome main-menu""")


def test_silence_counts_from_the_end_of_the_prompt(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        wait 20
        heard
        wait 4.9
        wait 0.1
        < missed main: silence
        < say no-input welcome main-menu
        heard
        wait 5
        < missed main: silence
        < say no-input welcome main-menu
        heard
        wait 5
        < missed main: silence
        < passed menu main by silence.then: queue:silent
        < leave main for queue:silent
        wait 5
        press 1""")


def test_a_wrong_key_is_counted_apart_from_silence(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        heard
        wait 5
        < missed main: silence
        < say no-input welcome main-menu
        press 9
        < hush
        < missed main: wrong_key 9
        < say invalid-key welcome main-menu
        press 8
        < hush
        < missed main: wrong_key 8
        < passed menu main by wrong_key.then: extension:1001
        < leave main for extension:1001""")


def test_a_menu_that_says_nothing_about_silence_leads_to_a_person(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        press 44
        < hush
        < chose 4 in main: menu:billing
        < say going-to-billing
        < hush
        < menu billing on level 2
        < say billing-menu
        heard
        < missed billing: wrong_key 4
        < say billing-menu
        heard
        wait 3
        < missed billing: silence
        < say billing-menu
        heard
        wait 3
        < missed billing: silence
        < say billing-menu
        heard
        wait 3
        < missed billing: silence
        < passed menu billing by silence.then: queue:support
        < leave billing for queue:support""")


def test_an_announcement_goes_on_when_it_was_heard_or_skipped(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        press 3
        < hush
        < chose 3 in main: announcement:hours
        < say hours-are
        heard
        < passed announcement hours by then: menu:main
        < menu main on level 1
        < say welcome main-menu
        press 3
        < hush
        < chose 3 in main: announcement:hours
        < say hours-are
        press 1
        < hush
        < passed announcement hours by then: menu:main
        < menu main on level 1
        < say welcome main-menu
        press 30
        < hush
        < chose 3 in main: announcement:hours
        < say hours-are
        < hush
        < chose 0 in main: queue:support
        < leave main for queue:support""")


def test_goodbye_is_said_before_the_end(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        press 5
        < hush
        < chose 5 in main: goodbye
        < say goodbye
        heard
        < leave main for goodbye""")


def test_even_behind_goodbye_zero_is_a_person(call, tree):
    caller = call(tree)
    caller.do("start")
    caller.do("press", "5")
    assert caller.do("press", "0")[-1] == Leave(tree.person, "main")


def test_zero_while_being_led_to_the_person_is_not_led_again(call):
    person = Destination(queue="support", prompts=(Prompt("hold-on"),))
    caller = call(Tree(person=person, menus={"main": Menu(options={"1": Destination(goodbye=True)})}))
    caller.read("""
        start
        < menu main on level 1
        press 0
        < chose 0 in main: queue:support
        < say hold-on
        press 0
        < hush
        < leave main for queue:support""")


def test_the_end_of_another_prompt_does_not_count(call, tree):
    caller = call(tree)
    first = next(effect for effect in caller.do("start") if isinstance(effect, Say))
    caller.do("press", "3")
    assert caller.walk.played(first.say, caller.now) == []
    caller.do("heard")
    assert caller.walk.played("", caller.now) == []


def test_a_prompt_whose_end_is_never_reported_does_not_hold_the_caller(call, tree):
    call(tree).read("""
        start
        < menu main on level 1
        < say welcome main-menu
        wait 120
        wait 5
        < missed main: silence
        < say no-input welcome main-menu""")


def test_who_walks_in_circles_without_a_key_is_given_to_a_person(call):
    tree = Tree(
        person=Destination(queue="support"),
        menus={"main": Menu(options={"1": Destination(announcement="a")})},
        announcements={
            "a": Announcement((), Destination(announcement="b")),
            "b": Announcement((), Destination(announcement="a")),
        },
    )
    caller = call(tree)
    caller.do("start")
    *passed, left = caller.do("press", "1")
    assert left == Leave(tree.person, "main") and len(passed) == MOST_NODES + 1


def test_a_tree_without_a_person_or_a_menu_ends_the_call(call):
    call(Tree()).read("""
        start
        < leave  for goodbye""")


def test_keys_that_are_none_are_ignored(call, tree):
    caller = call(tree)
    caller.do("start")
    assert [caller.walk.press(key, caller.now) for key in ("A", "", "11", "F")] == [[], [], [], []]


def test_the_way_tiles_the_walk(call, tree):
    caller = call(tree)
    for line in ("start", "wait 3", "press 3", "wait 2", "heard", "wait 4", "press 1", "wait 60"):
        caller.do(*line.split())
    assert caller.walk.steps(caller.now) == [("main", "3", 3.0), ("hours", "", 2.0), ("main", "1", 4.0)]


def test_the_step_in_which_the_caller_is_still_grows(call, tree):
    caller = call(tree)
    for line in ("start", "wait 3"):
        caller.do(*line.split())
    assert caller.walk.steps(caller.now) == [("main", "", 3.0)]
