"""Passwords are hashed with argon2id, exactly as typed, a bounded number at a time."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from threading import Event

import pytest
from argon2 import Type, extract_parameters

from parlour.adapters.security import Argon2Hasher
from parlour.domain.access import Password
from parlour.domain.kernel.errors import Overloaded

SECRET = Password("correct horse")
cheap = partial(Argon2Hasher, memory=64 << 10, passes=1)


@pytest.fixture
def hasher() -> Argon2Hasher:
    return cheap()


class TestHashes:
    def test_match_only_their_own_password(self, hasher: Argon2Hasher) -> None:
        password_hash = hasher.hash(SECRET)

        assert hasher.verify(password_hash, SECRET)
        assert not hasher.verify(password_hash, Password("Correct horse"))

    def test_are_salted(self, hasher: Argon2Hasher) -> None:
        assert hasher.hash(SECRET) != hasher.hash(SECRET)

    def test_are_argon2id_with_the_recommended_minimum_by_default(self) -> None:
        found = extract_parameters(Argon2Hasher().hash(SECRET))

        assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (
            Type.ID,
            19_456,
            2,
            1,
        )

    def test_are_outdated_when_the_parameters_change(self, hasher: Argon2Hasher) -> None:
        password_hash = hasher.hash(SECRET)

        assert not hasher.is_outdated(password_hash)
        assert Argon2Hasher(memory=128 << 10, passes=1).is_outdated(password_hash)
        assert Argon2Hasher(memory=64 << 10, passes=2).is_outdated(password_hash)

    @pytest.mark.parametrize(
        "damaged", ["", "x", "$argon2id$", "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$aGFzaA"]
    )
    def test_that_are_damaged_match_nothing_and_are_outdated(
        self, hasher: Argon2Hasher, damaged: str
    ) -> None:
        assert not hasher.verify(damaged, SECRET)
        assert hasher.is_outdated(damaged)


class TestPasswords:
    def test_are_not_normalised(self, hasher: Argon2Hasher) -> None:
        password_hash = hasher.hash(Password("caf\u00e9 au lait"))

        assert hasher.verify(password_hash, Password("caf\u00e9 au lait"))
        assert not hasher.verify(password_hash, Password("cafe\u0301 au lait"))

    def test_do_not_end_at_a_nul(self, hasher: Argon2Hasher) -> None:
        password_hash = hasher.hash(Password("secret\0one"))

        assert not hasher.verify(password_hash, Password("secret\0two"))

    def test_are_not_truncated(self, hasher: Argon2Hasher) -> None:
        password_hash = hasher.hash(Password("é" * 511 + "ab"))

        assert not hasher.verify(password_hash, Password("é" * 511 + "ac"))


class TestUnknownUser:
    def test_never_has_the_right_password(self, hasher: Argon2Hasher) -> None:
        assert not hasher.verify(None, SECRET)

    def test_takes_as_long_as_a_known_one(self, hasher: Argon2Hasher) -> None:
        assert extract_parameters(hasher._dummy) == extract_parameters(hasher.hash(SECRET))


class TestConcurrency:
    @pytest.fixture
    def threads(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(4) as pool:
            yield pool

    def test_the_next_caller_runs_when_one_is_done(self, threads: ThreadPoolExecutor) -> None:
        hasher = cheap(at_once=1, waiting=1, patience=timedelta(minutes=1))
        with hasher._gate.passed():
            waiting = threads.submit(hasher.hash, SECRET)
            assert not waiting.done()

        assert hasher.verify(waiting.result(30), SECRET)

    def test_a_full_queue_refuses_at_once(self, threads: ThreadPoolExecutor) -> None:
        hasher = cheap(at_once=1, waiting=0, patience=timedelta(minutes=1))
        with hasher._gate.passed():
            for refused in (hasher.hash, lambda password: hasher.verify(None, password)):
                with pytest.raises(Overloaded) as raised:
                    threads.submit(refused, SECRET).result(30)
                assert raised.value.retry_after == timedelta(seconds=1)

        assert hasher.hash(SECRET)

    def test_a_caller_that_waited_too_long_is_refused(self) -> None:
        hasher = cheap(at_once=1, waiting=5, patience=timedelta(milliseconds=1))
        with hasher._gate.passed(), pytest.raises(Overloaded):
            hasher.hash(SECRET)

        assert hasher.hash(SECRET)

    def test_no_more_than_the_limit_run_together(self, threads: ThreadPoolExecutor) -> None:
        hasher = cheap(at_once=2, waiting=2, patience=timedelta(minutes=1))
        go_on = Event()
        entered: SimpleQueue[int] = SimpleQueue()

        def stay() -> None:
            with hasher._gate.passed():
                entered.put(1)
                go_on.wait(30)

        staying = [threads.submit(stay) for _ in range(4)]
        try:
            entered.get(timeout=30)
            entered.get(timeout=30)
            while hasher._gate._inside < 4:
                assert not any(each.done() for each in staying)
            with pytest.raises(Overloaded):
                hasher.hash(SECRET)
            assert entered.empty()
        finally:
            go_on.set()
        for each in staying:
            each.result(30)
        assert hasher._gate._inside == 0


def test_without_memory_callers_are_refused() -> None:
    program = """
import resource
from parlour.adapters.security import Argon2Hasher
from parlour.domain.access import Password
from parlour.domain.kernel.errors import Overloaded

hasher = Argon2Hasher(memory=2 << 30)
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
for attempt in (hasher.hash, lambda password: hasher.verify(None, password)):
    try:
        attempt(Password("correct horse"))
    except Overloaded:
        print("refused")
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert run.stdout == "refused\nrefused\n"
