"""A minute of mixed traffic on the running switch: random hang-ups, lost BYEs, vanishing agents; and nothing is left."""

from bench.soak import soak
from tests.interop.running import ALWAYS_OPEN

LEGS = 40


def test_a_minute_of_everything_leaves_nothing_behind(tmp_path):
    outcome = soak(tmp_path, 1.0, legs=LEGS, crew_size=12, **ALWAYS_OPEN)
    assert outcome.trouble == []
    assert outcome.did["answered"] > 50 and outcome.did["refused"] == 0
    assert outcome.did["lost BYEs"] >= 1 and outcome.did["hung up by the caller"] > 20
    assert any(count for what, count in outcome.did.items() if what.startswith("agents vanished"))
