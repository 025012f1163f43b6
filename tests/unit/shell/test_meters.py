"""Counting is exact, and cheap enough to do for every frame."""

import math
import time

from parlour.entrypoints.shell.meters import Histogram, Meters


def test_a_value_on_a_bound_belongs_to_its_bucket() -> None:
    histogram = Histogram((1, 2, 4))
    for value in (0, 1, 1.5, 2, 4, 5):
        histogram.observe(value)
    assert histogram.cumulative() == [(1, 2), (2, 4), (4, 5), (math.inf, 6)]
    assert histogram.sum == 13.5
    assert histogram.count == 6


def test_a_value_may_be_counted_many_times_at_once() -> None:
    one, many = Histogram((1.0,)), Histogram((1.0,))
    for _ in range(3):
        one.observe(0.25)
    many.observe(0.25, 3)
    assert (one.cumulative(), one.sum) == (many.cumulative(), many.sum)


def test_counting_a_message_costs_no_more_than_a_few_calls_of_the_clock() -> None:
    meters, rounds = Meters(), 500
    now = time.perf_counter

    def looking() -> float:
        begun = now()
        for _ in range(rounds):
            now()
        return now() - begun

    def counting() -> float:
        begun = now()
        for _ in range(rounds):
            # What the way of one message adds: a frame in, one out, its acknowledgement.
            meters.frames_in += 1
            meters.frames_out += 1
            meters.ack_seconds.observe(0.003)
        return now() - begun

    # A look is about 40 ns. Among many short turns some are not interrupted by what else runs.
    assert min(counting() for _ in range(200)) < 15 * min(looking() for _ in range(200))
