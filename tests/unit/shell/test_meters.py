"""Counting is exact, and cheap enough to do for every frame."""

import math
import time

from entrypoints.shell.meters import Histogram, Meters


def test_a_value_on_a_bound_counts_below_it() -> None:
    histogram = Histogram((1, 2, 4))
    for value in (0, 1, 1.5, 2, 4, 5):
        histogram.observe(value)
    assert histogram.cumulative() == [(1, 2), (2, 4), (4, 5), (math.inf, 6)]
    assert histogram.sum == 13.5
    assert histogram.count == 6


def test_a_value_may_be_seen_many_times_at_once() -> None:
    one, many = Histogram((1.0,)), Histogram((1.0,))
    for _ in range(3):
        one.observe(0.25)
    many.observe(0.25, 3)
    assert (one.cumulative(), one.sum) == (many.cumulative(), many.sum)


def test_a_message_is_counted_in_less_than_half_a_microsecond() -> None:
    meters, rounds = Meters(), 20_000

    def once() -> float:
        begun = time.perf_counter()
        for _ in range(rounds):
            # What the way of one message adds: a frame in, one out, its acknowledgement.
            meters.frames_in += 1
            meters.frames_out += 1
            meters.ack_seconds.observe(0.003)
        return (time.perf_counter() - begun) / rounds

    assert min(once() for _ in range(20)) < 0.5e-6
