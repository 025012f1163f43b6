"""The checker passes what is good and names what is wrong, wherever in a history it is."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.entrypoints.verify import Expectations, Record, judge
from tests.support.histories import changed, good_history, told
from tests.support.history_mutations import SPOILED, Spoil

GOOD = good_history()
EXPECTED = Expectations(sends=50, heal=2.0)


def properties(records: list[Record]) -> set[str]:
    """Return which properties the checker finds broken."""
    verdict = judge(records, EXPECTED)
    assert (verdict.outcome == "fail") == bool(verdict.faults)
    return {fault.property for fault in verdict.faults}


def test_a_good_history_passes() -> None:
    verdict = judge(GOOD, EXPECTED)

    assert ("pass", (), ()) == (verdict.outcome, verdict.faults, verdict.doubts)
    assert verdict.acked == 72
    assert verdict.lag_ms[0] >= 1.0


@pytest.mark.parametrize(
    ("spoil", "broken"),
    [pytest.param(*each, id=each[0].__name__) for each in SPOILED.items()],
)
@settings(max_examples=15)
@given(position=st.integers(0, 10_000))
def test_a_spoiled_history_fails_with_the_name_of_the_property(
    spoil: Spoil, broken: str, position: int
) -> None:
    assert broken in properties(spoil(GOOD, position))


def test_a_verdict_lists_its_faults_and_shortens_many() -> None:
    text = str(judge(changed(GOOD, lambda r: r.f == "recv", lambda r: told(r, key="?")), EXPECTED))

    assert text.startswith("fail: 72 acknowledged, 0 refused, 0 unknown")
    assert text.count("  phantom: ") == text.count("  doubled: ") == 6
    assert "  phantom: and 181 more" in text


@pytest.mark.parametrize("rounds", [40, 400, 3_200])
def test_judging_takes_time_in_proportion_to_the_history(rounds: int) -> None:
    """The last one has more than 100,000 records."""
    # Everybody reads a short page only: the pages must not outgrow the records.
    records = good_history(rounds)
    begun = process_time()
    verdict = judge(records, EXPECTED)
    spent = process_time() - begun

    assert verdict.outcome == "pass"
    assert spent < 2.0 + len(records) * 1e-4
