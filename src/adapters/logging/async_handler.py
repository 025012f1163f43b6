"""
An output with a queue of its own and a thread that writes: nobody else ever waits for it.

A full disk, a stopped terminal or a slow network drive costs lines, never the service: the queue
is bounded, what does not fit is counted, and once the output works again a line tells how many.
"""

import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol

from parlour.adapters.logging.root_handler import Line, stamp

Render = Callable[[Line], bytes]

_BATCH = 256


class Sink(Protocol):
    """Where lines end up."""

    def write(self, lines: deque[bytes]) -> None:
        """
        Write lines, taking each from the front once it is safe.

        Raises:
            Exception: those still in `lines` could not be written.
        """

    def reopen(self) -> None:
        """Open the output anew before the next line; may be called from any thread."""

    def revive(self) -> None:
        """Share nothing with the parent any more; called in a process just forked."""

    def close(self) -> None:
        """Let go of the output; called by the thread that wrote."""


class AsyncHandler:
    """
    Takes lines from any thread and writes them with its own.

    `written` and `dropped` count lines since the start.
    """

    def __init__(
        self,
        name: str,
        sink: Sink,
        render: Render,
        *,
        limit: int,
        on_trouble: Callable[[str, Exception], None],
    ) -> None:
        self.name = name
        self.written = 0
        self._sink = sink
        self._render = render
        self._limit = limit
        self._on_trouble = on_trouble
        self._counting = threading.RLock()
        self._refused = 0
        self._lost = 0
        self._told = 0
        self._in_trouble = False
        self._begin()
        _outlets.add(self)

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
        """Queue a line, or count it where the queue is full; takes a fraction of a microsecond."""
        if self._queue.qsize() < self._limit:
            self._queue.put(line)
        else:
            with self._counting:
                self._refused += 1

    def reopen(self) -> None:
        self._sink.reopen()

    def mark(self) -> threading.Event:
        """Return an event that is set once everything queued so far is written or lost."""
        reached = threading.Event()
        self._queue.put(reached)
        return reached

    def close(self, timeout: float) -> None:
        """Write what is queued, then stop; give up after `timeout` seconds."""
        self._queue.put(None)
        self._thread.join(timeout)
        _outlets.discard(self)

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
        """Wait for lines; return what is there, up to a mark of flush() or the end."""
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
            self._tell_dropped()
            self._in_trouble = False
        except Exception as error:  # noqa: BLE001 -- whatever it is, the next lines may get through
            self._lost += len(lines)
            if not self._in_trouble:
                self._in_trouble = True
                self._on_trouble(self.name, error)
        self.written += len(batch) - len(lines)

    def _tell_dropped(self) -> None:
        dropped = self.dropped
        if dropped > self._told:
            self._sink.write(deque([self._render(_dropped_line(dropped - self._told))]))
            self._told = dropped

    def revive(self) -> None:
        """Go on in a forked process, which has none of the threads and shares the files."""
        self._counting = threading.RLock()
        self._sink.revive()
        self._begin()


def _dropped_line(count: int) -> Line:
    return {
        "time": stamp(time.time()),
        "level": "warning",
        "logger": "parlour.logging",
        "event": "log lines were dropped",
        "dropped": count,
    }


_outlets: "weakref.WeakSet[AsyncHandler]" = weakref.WeakSet()


def _revive() -> None:
    for outlet in list(_outlets):
        outlet.revive()


os.register_at_fork(after_in_child=_revive)
