"""
A log handler with a queue and a thread of its own: callers never wait for the output.

A full disk, a stopped terminal or a slow network drive loses lines, but never blocks the service:
the queue is bounded, dropped lines are counted, and the next line that is written says how many.
"""

import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol

from parlour.adapters.logging.root_handler import Line, timestamp

Render = Callable[[Line], bytes]

_BATCH = 256


class Sink(Protocol):
    """An output for lines: a file or a stream."""

    def write(self, lines: deque[bytes]) -> None:
        """
        Write lines, and remove each from the front once it is written.

        Raises:
            Exception: those still in `lines` could not be written.
        """

    def reopen(self) -> None:
        """Open the output again before the next line; may be called from any thread."""

    def after_fork(self) -> None:
        """Stop sharing files and locks with the parent; called in a process just forked."""

    def close(self) -> None:
        """Close the output; called by the thread that writes."""


class AsyncHandler:
    """
    Accepts lines from any thread and writes them in a thread of its own.

    `written` and `dropped` count lines since the start.
    """

    def __init__(
        self,
        name: str,
        sink: Sink,
        render: Render,
        *,
        limit: int,
        on_error: Callable[[str, Exception], None],
    ) -> None:
        self.name = name
        self.written = 0
        self._sink = sink
        self._render = render
        self._limit = limit
        self._on_error = on_error
        self._counting = threading.RLock()
        self._refused = 0
        self._lost = 0
        self._reported = 0
        self._is_failing = False
        self._begin()
        _handlers.add(self)

    def _begin(self) -> None:
        # SimpleQueue alone may be used from signal handlers and finalizers, which can come while
        # the same thread is inside put().
        self._queue: SimpleQueue[Line | threading.Event | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"log {self.name}", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        return self._refused + self._lost

    @property
    def waiting(self) -> int:
        """Lines in the queue."""
        return self._queue.qsize()

    def put(self, line: Line) -> None:
        """Queue a line, or count it as dropped where the queue is full; takes under 1 µs."""
        if self._queue.qsize() < self._limit:
            self._queue.put(line)
        else:
            with self._counting:
                self._refused += 1

    def reopen(self) -> None:
        self._sink.reopen()

    def mark(self) -> threading.Event:
        """Return an event that is set once every line queued so far is written or lost."""
        reached = threading.Event()
        self._queue.put(reached)
        return reached

    def close(self, timeout: float) -> None:
        """Write the queued lines and stop, after at most `timeout` seconds."""
        self._queue.put(None)
        self._thread.join(timeout)
        _handlers.discard(self)

    def _run(self) -> None:
        is_open = True
        while is_open:
            batch, reached, is_open = self._take()
            if batch:
                self._write(batch)
            if reached is not None:
                reached.set()
        self._sink.close()

    def _take(self) -> tuple[list[Line], threading.Event | None, bool]:
        """Wait for lines; return a batch, a mark that was reached, and whether to continue."""
        batch: list[Line] = []
        try:
            item = self._queue.get()
            while True:
                if item is None:
                    return batch, None, False
                if isinstance(item, threading.Event):
                    return batch, item, True
                batch.append(item)
                if len(batch) == _BATCH:
                    return batch, None, True
                item = self._queue.get_nowait()
        except Empty:
            return batch, None, True

    def _write(self, batch: list[Line]) -> None:
        lines = deque(self._render(line) for line in batch)
        try:
            self._sink.write(lines)
            self._report_dropped()
            self._is_failing = False
        except Exception as error:  # noqa: BLE001 -- the next lines may succeed
            self._lost += len(lines)
            if not self._is_failing:
                self._is_failing = True
                self._on_error(self.name, error)
        self.written += len(batch) - len(lines)

    def _report_dropped(self) -> None:
        dropped = self.dropped
        if dropped > self._reported:
            self._sink.write(deque([self._render(_dropped_line(dropped - self._reported))]))
            self._reported = dropped

    def after_fork(self) -> None:
        """Start again in a forked process, which has no threads and shares the files."""
        self._counting = threading.RLock()
        self._sink.after_fork()
        self._begin()


def _dropped_line(count: int) -> Line:
    return {
        "time": timestamp(time.time()),
        "level": "warning",
        "logger": "parlour.logging",
        "event": "log lines were dropped",
        "dropped": count,
    }


_handlers: "weakref.WeakSet[AsyncHandler]" = weakref.WeakSet()


def _revive() -> None:
    for handler in list(_handlers):
        handler.after_fork()


os.register_at_fork(after_in_child=_revive)
