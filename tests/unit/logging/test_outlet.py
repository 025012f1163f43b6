"""Whoever writes a line never waits for where it goes; what is lost is counted and reported."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from parlour.adapters.logging.async_handler import AsyncHandler
from parlour.adapters.logging.root_handler import Line
from tests.support.threads import at_once, results
from tests.support.waiting import eventually

LIMIT = 100


class Tape:
    """A sink that holds still or refuses when the test says so."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.failure: Exception | None = None
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.is_held = threading.Event()
        self.is_closed = False
        self.revived = 0

    def hold(self) -> None:
        self.is_held.clear()
        self.may_go_on.clear()

    def write(self, lines: deque[bytes]) -> None:
        self.is_held.set()
        assert self.may_go_on.wait(30)
        if self.failure is not None:
            raise self.failure
        self.lines.extend(lines)
        lines.clear()

    def reopen(self) -> None:
        pass

    def revive(self) -> None:
        self.revived += 1

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def tape() -> Tape:
    return Tape()


@pytest.fixture
def troubles() -> list[str]:
    return []


@pytest.fixture
def outlet(tape: Tape, troubles: list[str]) -> Iterator[AsyncHandler]:
    made = AsyncHandler(
        "tape",
        tape,
        lambda line: f"{line['event']} {line.get('dropped', '')}".strip().encode(),
        limit=LIMIT,
        on_trouble=lambda name, error: troubles.append(f"{name}: {error}"),
    )
    yield made
    tape.failure = None
    tape.may_go_on.set()
    made.close(10)


def line(event: object) -> Line:
    return {"event": event}


def settled(outlet: AsyncHandler) -> bool:
    return outlet.mark().wait(10)


class TestQueue:
    def test_writes_in_order_and_counts(self, outlet: AsyncHandler, tape: Tape) -> None:
        for number in range(1000):
            outlet.put(line(number))
            if number % 50 == 0:
                assert settled(outlet)
        assert settled(outlet)

        assert tape.lines == [str(number).encode() for number in range(1000)]
        assert (outlet.written, outlet.dropped, outlet.waiting) == (1000, 0, 0)

    def test_nobody_waits_for_an_output_that_stands_still(
        self, outlet: AsyncHandler, tape: Tape
    ) -> None:
        tape.hold()
        outlet.put(line("first"))
        assert tape.is_held.wait(10)

        for number in range(10 * LIMIT):
            outlet.put(line(number))

        assert tape.lines == []
        assert outlet.waiting == LIMIT
        assert outlet.dropped == 9 * LIMIT

    def test_what_was_dropped_is_reported_once_it_goes_on(
        self, outlet: AsyncHandler, tape: Tape
    ) -> None:
        tape.hold()
        outlet.put(line("first"))
        assert tape.is_held.wait(10)
        for number in range(LIMIT + 7):
            outlet.put(line(number))
        tape.may_go_on.set()
        assert settled(outlet)
        outlet.put(line("after"))
        assert settled(outlet)

        assert tape.lines.count(b"log lines were dropped 7") == 1
        assert len([text for text in tape.lines if b"dropped" in text]) == 1
        assert tape.lines[-1] == b"after"
        assert outlet.dropped == 7

    def test_counts_every_line_of_many_threads(self, outlet: AsyncHandler, tape: Tape) -> None:
        tape.hold()
        outlet.put(line("first"))
        assert tape.is_held.wait(10)

        def write() -> bool:
            for number in range(500):
                outlet.put(line(number))
            return True

        results(at_once([write] * 4))
        tape.may_go_on.set()
        assert settled(outlet)

        assert outlet.dropped + outlet.written == 2001
        assert outlet.dropped > 0


class TestTrouble:
    def test_a_failing_output_costs_its_lines_and_is_told_once(
        self, outlet: AsyncHandler, tape: Tape, troubles: list[str]
    ) -> None:
        tape.failure = OSError(28, "No space left on device")
        for number in range(3):
            outlet.put(line(number))
            assert settled(outlet)

        assert troubles == ["tape: [Errno 28] No space left on device"]
        assert (outlet.written, outlet.dropped) == (0, 3)

    def test_once_there_is_room_again_the_loss_is_reported(
        self, outlet: AsyncHandler, tape: Tape, troubles: list[str]
    ) -> None:
        tape.failure = OSError(28, "No space left on device")
        outlet.put(line("lost"))
        assert settled(outlet)
        tape.failure = None
        outlet.put(line("back"))
        assert settled(outlet)
        tape.failure = OSError(5, "Input/output error")
        outlet.put(line("lost again"))
        assert settled(outlet)

        assert tape.lines == [b"back", b"log lines were dropped 1"]
        assert len(troubles) == 2

    def test_no_failure_ends_the_writing(self, outlet: AsyncHandler, tape: Tape) -> None:
        tape.failure = RuntimeError("a fault of ours")
        outlet.put(line("lost"))
        assert settled(outlet)
        tape.failure = None
        outlet.put(line("back"))
        assert settled(outlet)

        assert tape.lines[0] == b"back"
        assert outlet.dropped == 1


class TestEnd:
    def test_everything_queued_is_written_first(self, outlet: AsyncHandler, tape: Tape) -> None:
        tape.hold()
        for number in range(LIMIT):
            outlet.put(line(number))
        tape.may_go_on.set()

        outlet.close(10)

        assert len(tape.lines) == LIMIT
        assert tape.is_closed

    def test_an_output_that_stands_still_does_not_hold_up_the_end(
        self, outlet: AsyncHandler, tape: Tape
    ) -> None:
        tape.hold()
        outlet.put(line("stuck"))
        assert tape.is_held.wait(10)

        began = time.monotonic()
        outlet.close(0.05)

        assert time.monotonic() - began < 5
        assert not tape.is_closed


class TestFork:
    def test_a_forked_process_goes_on_writing(self, outlet: AsyncHandler, tape: Tape) -> None:
        outlet.put(line("parent"))
        assert settled(outlet)
        read, write = os.pipe()

        def child() -> Any:
            outlet.put(line("child"))
            assert settled(outlet)
            return repr((tape.lines, tape.revived, outlet.dropped))

        told = _in_fork(child, write)
        os.close(write)
        with os.fdopen(read) as pipe:
            assert pipe.read() == "([b'parent', b'child'], 1, 0)"
        assert told == 0
        eventually(lambda: tape.lines == [b"parent"])


def _in_fork(deed: Callable[[], str], write: int) -> int:
    process = os.fork()
    if process == 0:
        try:
            os.write(write, deed().encode())
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(process, 0)[1]
