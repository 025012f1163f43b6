"""Callers never wait for an output; lost lines are counted and reported."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from parlour.adapters.logging.async_handler import AsyncHandler
from parlour.adapters.logging.root_handler import Line
from tests.support.concurrency import eventually, results_of, run_in_parallel

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
        self.forked = 0

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

    def after_fork(self) -> None:
        self.forked += 1

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def tape() -> Tape:
    return Tape()


@pytest.fixture
def errors() -> list[str]:
    return []


@pytest.fixture
def handler(tape: Tape, errors: list[str]) -> Iterator[AsyncHandler]:
    made = AsyncHandler(
        "tape",
        tape,
        lambda line: f"{line['event']} {line.get('dropped', '')}".strip().encode(),
        limit=LIMIT,
        on_error=lambda name, error: errors.append(f"{name}: {error}"),
    )
    yield made
    tape.failure = None
    tape.may_go_on.set()
    made.close(10)


def line(event: object) -> Line:
    return {"event": event}


def settled(handler: AsyncHandler) -> bool:
    return handler.mark().wait(10)


class TestQueue:
    def test_writes_in_order_and_counts(self, handler: AsyncHandler, tape: Tape) -> None:
        for number in range(1000):
            handler.put(line(number))
            if number % 50 == 0:
                assert settled(handler)
        assert settled(handler)

        assert tape.lines == [str(number).encode() for number in range(1000)]
        assert (handler.written, handler.dropped, handler.waiting) == (1000, 0, 0)

    def test_nobody_waits_for_an_output_that_hangs(
        self, handler: AsyncHandler, tape: Tape
    ) -> None:
        tape.hold()
        handler.put(line("first"))
        assert tape.is_held.wait(10)

        for number in range(10 * LIMIT):
            handler.put(line(number))

        assert tape.lines == []
        assert handler.waiting == LIMIT
        assert handler.dropped == 9 * LIMIT

    def test_dropped_lines_are_reported_when_the_output_works_again(
        self, handler: AsyncHandler, tape: Tape
    ) -> None:
        tape.hold()
        handler.put(line("first"))
        assert tape.is_held.wait(10)
        for number in range(LIMIT + 7):
            handler.put(line(number))
        tape.may_go_on.set()
        assert settled(handler)
        handler.put(line("after"))
        assert settled(handler)

        assert tape.lines.count(b"log lines were dropped 7") == 1
        assert len([text for text in tape.lines if b"dropped" in text]) == 1
        assert tape.lines[-1] == b"after"
        assert handler.dropped == 7

    def test_counts_every_line_of_many_threads(self, handler: AsyncHandler, tape: Tape) -> None:
        tape.hold()
        handler.put(line("first"))
        assert tape.is_held.wait(10)

        def write() -> bool:
            for number in range(500):
                handler.put(line(number))
            return True

        results_of(run_in_parallel([write] * 4))
        tape.may_go_on.set()
        assert settled(handler)

        assert handler.dropped + handler.written == 2001
        assert handler.dropped > 0


class TestErrors:
    def test_a_failing_output_loses_its_lines_and_is_reported_once(
        self, handler: AsyncHandler, tape: Tape, errors: list[str]
    ) -> None:
        tape.failure = OSError(28, "No space left on device")
        for number in range(3):
            handler.put(line(number))
            assert settled(handler)

        assert errors == ["tape: [Errno 28] No space left on device"]
        assert (handler.written, handler.dropped) == (0, 3)

    def test_lost_lines_are_reported_when_the_disk_has_room_again(
        self, handler: AsyncHandler, tape: Tape, errors: list[str]
    ) -> None:
        tape.failure = OSError(28, "No space left on device")
        handler.put(line("lost"))
        assert settled(handler)
        tape.failure = None
        handler.put(line("back"))
        assert settled(handler)
        tape.failure = OSError(5, "Input/output error")
        handler.put(line("lost again"))
        assert settled(handler)

        assert tape.lines == [b"back", b"log lines were dropped 1"]
        assert len(errors) == 2

    def test_no_error_stops_the_writer_thread(self, handler: AsyncHandler, tape: Tape) -> None:
        tape.failure = RuntimeError("a fault of ours")
        handler.put(line("lost"))
        assert settled(handler)
        tape.failure = None
        handler.put(line("back"))
        assert settled(handler)

        assert tape.lines[0] == b"back"
        assert handler.dropped == 1


class TestClose:
    def test_writes_all_queued_lines(self, handler: AsyncHandler, tape: Tape) -> None:
        tape.hold()
        for number in range(LIMIT):
            handler.put(line(number))
        tape.may_go_on.set()

        handler.close(10)

        assert len(tape.lines) == LIMIT
        assert tape.is_closed

    def test_does_not_wait_for_ever_for_an_output_that_hangs(
        self, handler: AsyncHandler, tape: Tape
    ) -> None:
        tape.hold()
        handler.put(line("stuck"))
        assert tape.is_held.wait(10)

        began = time.monotonic()
        handler.close(0.05)

        assert time.monotonic() - began < 5
        assert not tape.is_closed


class TestFork:
    def test_a_forked_process_writes_its_own_lines(
        self, handler: AsyncHandler, tape: Tape
    ) -> None:
        handler.put(line("parent"))
        assert settled(handler)
        read, write = os.pipe()

        def child() -> Any:
            handler.put(line("child"))
            assert settled(handler)
            return repr((tape.lines, tape.forked, handler.dropped))

        told = _in_fork(child, write)
        os.close(write)
        with os.fdopen(read) as pipe:
            assert pipe.read() == "([b'parent', b'child'], 1, 0)"
        assert told == 0
        eventually(lambda: tape.lines == [b"parent"])


def _in_fork(action: Callable[[], str], write: int) -> int:
    process = os.fork()
    if process == 0:
        try:
            os.write(write, action().encode())
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(process, 0)[1]
