"""Who gets whom: strategies, tiers, skills, several queues, and at what price."""

import pytest

from switch.acd import matching, rules
from switch.acd.agent import Agent
from switch.acd.waiting import Waiting
from tests.switch.acd.centre import Centre

TEAM = ("1001", "1002", "1003")


def centre_of(strategy, **options):
    centre = Centre({"support": {"strategy": strategy, "wrap_up": 0.0}}, {agent: {} for agent in TEAM}, **options)
    centre.at_work(*TEAM)
    return centre


def serve(centre, contact, seconds=10):
    """One whole call; who had it."""
    centre.join(contact, "support")
    agent = next(iter(centre.offered()))
    centre.pick_up(agent)
    centre.pass_time(seconds)
    centre.disengage(agent, contact)
    return agent


def test_every_strategy_of_the_rules_is_there():
    assert tuple(matching.STRATEGIES) == rules.STRATEGIES
    assert all(strategy.__doc__ for strategy in matching.STRATEGIES.values())


def test_longest_idle():
    centre = centre_of("longest_idle")
    assert [serve(centre, f"c{n}") for n in range(4)] == ["1001", "1002", "1003", "1001"]
    centre.set_not_ready("1002", "lunch")
    centre.set_ready("1002")
    assert [serve(centre, f"d{n}") for n in range(3)] == ["1003", "1001", "1002"]


def test_an_offer_that_came_to_nothing_is_no_work():
    centre = centre_of("longest_idle")
    centre.join("c1", "support")
    centre.withdraw("c1", "abandoned")
    assert serve(centre, "c2") == "1001"


def test_idle_counts_from_the_end_of_after_call_work_behind_a_call():
    centre = centre_of("longest_idle")
    centre.engage("1001", "x")
    centre.disengage("1001", "x", wrap_up=10.0)
    centre.offer("y", "1001")
    centre.pass_time(15)
    centre.reject(centre.offer_of("1001"))
    assert serve(centre, "c1") == "1002"


def test_fewest_calls():
    centre = centre_of("fewest_calls")
    centre.log_out("1003")
    assert [serve(centre, f"c{n}") for n in range(4)] == ["1001", "1002", "1001", "1002"]
    centre.log_in("1003")
    assert [serve(centre, f"d{n}") for n in range(3)] == ["1003", "1003", "1001"]


def test_least_talk_time():
    centre = centre_of("least_talk_time")
    talks = [serve(centre, f"c{n}", seconds) for n, seconds in enumerate((100, 30, 40, 5, 50))]
    assert talks == ["1001", "1002", "1003", "1002", "1002"]


def test_round_robin():
    centre = centre_of("round_robin")
    assert [serve(centre, f"c{n}") for n in range(3)] == ["1001", "1002", "1003"]
    centre.engage("1001", "x")
    assert [serve(centre, f"d{n}") for n in range(3)] == ["1002", "1003", "1002"]


def test_linear():
    centre = centre_of("linear")
    assert [serve(centre, f"c{n}") for n in range(3)] == ["1001"] * 3
    centre.engage("1001", "x")
    assert serve(centre, "d") == "1002"


def test_random_is_the_same_with_the_same_seed():
    ways = [[serve(centre_of("random", seed=seed), "c") for _ in range(1)] for seed in range(20)]
    assert ways == [[serve(centre_of("random", seed=seed), "c") for _ in range(1)] for seed in range(20)]
    assert {agent for way in ways for agent in way} == set(TEAM)


def test_the_lower_tier_is_asked_first():
    centre = Centre(agents={"1001": {"queues": {"support": 2}}, "1002": {"queues": {"support": 1}}})
    centre.at_work("1001", "1002")
    for contact in ("c1", "c2"):
        centre.join(contact, "support")
    assert centre.offered() == {"1002": "c1", "1001": "c2"}


def test_whoever_failed_comes_after_the_next_tier():
    centre = Centre(agents={"1001": {"queues": {"support": 2}}, "1002": {"queues": {"support": 1}}})
    centre.at_work("1001", "1002")
    centre.join("c1", "support")
    centre.reject(centre.offer_of("1002"))
    centre.pass_time(1)
    assert centre.offered() == {"1001": "c1"}


def test_skills_of_the_queue():
    agents = {"1001": {"skills": {"tax": 4}}, "1002": {"skills": {"tax": 5}}}
    centre = Centre({"support": {"skills": {"tax": 5}}}, agents)
    centre.at_work("1001")
    centre.join("c1", "support")
    assert centre.offered() == {}
    assert centre.desk.queue("support").logged_in == 0
    centre.at_work("1002")
    assert centre.offered() == {"1002": "c1"}


def test_skills_of_the_caller_hold_up_nobody_else():
    centre = Centre(agents={"1001": {}, "1002": {"skills": {"german": 8}}})
    centre.join("german", "support", skills={"german": 5})
    centre.join("any", "support")
    centre.at_work("1001")
    assert centre.offered() == {"1001": "any"}
    centre.at_work("1002")
    assert centre.offered() == {"1001": "any", "1002": "german"}


class TestSeveralQueues:
    @pytest.fixture
    def centre(self):
        centre = Centre(
            {"sales": {"ageing": 60.0}, "support": {"ageing": 60.0}, "vip": {"priority": 3, "ageing": 0.0}},
            {"1001": {"queues": {"sales": 1, "support": 2, "vip": 1}}},
        )
        centre.phone("1001", True)
        return centre

    def test_the_longest_wait(self, centre):
        centre.join("first", "support")
        centre.pass_time(1)
        centre.join("second", "sales")
        centre.log_in("1001")
        assert centre.offered() == {"1001": "first"}

    def test_the_highest_priority(self, centre):
        centre.join("first", "support")
        centre.pass_time(1)
        centre.join("second", "sales", priority=1)
        centre.log_in("1001")
        assert centre.offered() == {"1001": "second"}

    @pytest.mark.parametrize(("waited", "who"), [(179.0, "vip"), (181.0, "old")])
    def test_queues_age_at_their_own_pace(self, centre, waited, who):
        centre.join("old", "support")
        centre.pass_time(waited)
        centre.join("vip", "vip")
        centre.log_in("1001")
        assert centre.offered() == {"1001": who}


class TestPrice:
    """1,000 wait, 300 agents: what an agent who becomes free costs, counted in comparisons instead of seconds."""

    @pytest.fixture
    def counted(self, monkeypatch):
        counts = {"has": 0, "rank": 0}

        def counting(kind, name):
            original = getattr(kind, name)

            def call(self, *arguments):
                counts[name] += 1
                return original(self, *arguments)

            monkeypatch.setattr(kind, name, call)

        counting(Agent, "has")
        counting(Waiting, "rank")
        return counts

    def full_house(self):
        agents = {str(number): {"queues": {"support": 1, "sales": 1}, "skills": {"german": number % 10}}
                  for number in range(300)}
        centre = Centre({"support": {"max_size": 2000}, "sales": {"max_size": 2000}}, agents)
        for agent in agents:
            centre.phone(agent, True)
            centre.log_in(agent)
            centre.engage(agent, f"call of {agent}")
        for number in range(1000):
            centre.join(f"c{number}", ("support", "sales")[number % 2], skills={"german": number % 5 + 1})
        return centre

    def test_one_agent_becomes_free(self, counted):
        centre = self.full_house()
        counted.update(has=0, rank=0)
        centre.disengage("299", "call of 299")
        assert centre.offered() == {"299": "c0"}
        assert counted["has"] + counted["rank"] <= 25

    def test_one_agent_whom_nobody_needs(self, counted):
        centre = self.full_house()
        counted.update(has=0, rank=0)
        centre.disengage("290", "call of 290")
        assert centre.offered() == {}
        assert counted["has"] + counted["rank"] <= 25

    def test_one_more_caller_while_all_are_busy(self, counted):
        centre = self.full_house()
        counted.update(has=0, rank=0)
        centre.join("one more", "support")
        assert counted["has"] + counted["rank"] <= 25
