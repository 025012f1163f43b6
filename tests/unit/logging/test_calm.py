"""No failure of a log output stops the service."""

import os
import threading
import time
from io import StringIO
from pathlib import Path

import attrs

from parlour.adapters.config.settings_logging import LoggingSettings as Section
from parlour.adapters.logging import LoggingSubsystem, log, start
from tests.support.concurrency import eventually
from tests.unit.logging.conftest import objects, run


class TestServiceContinues:
    def test_with_a_full_disk(self, policy: Section, closing: list[LoggingSubsystem]) -> None:
        stream = StringIO()
        closing.append(
            start(attrs.evolve(policy, file=Path("/dev/full"), stream="stderr"), stream=stream)
        )
        for number in range(50):
            log.warning("line", seq=number)
            assert closing[0].flush()
        assert closing[0].flush()

        assert closing[0].dropped == 50
        complaints = [line for line in objects(stream.getvalue()) if line["level"] == "error"]
        assert len(complaints) == 1
        assert "log output does not work" in complaints[0]["event"]
        assert complaints[0]["error"] == "OSError: [Errno 28] No space left on device"
        assert len(objects(stream.getvalue())) == 51

    def test_with_a_full_disk_and_no_other_output(self) -> None:
        done = run(
            'start(LoggingSettings(file=Path("/dev/full"), stream="off")); log.warning("lost")'
        )

        assert done.returncode == 0
        assert "log output does not work" in done.stderr
        assert "No space left on device" in done.stderr

    def test_with_a_terminal_that_hangs(self, closing: list[LoggingSubsystem]) -> None:
        read, write = os.pipe()
        with os.fdopen(read, "rb") as reader, os.fdopen(write, "w") as stream:
            closing.append(start(Section(queue=200), stream=stream))
            began = time.monotonic()
            for number in range(5000):
                log.warning("line", seq=number, filling="x" * 100)
            called = time.monotonic() - began
            assert closing[0].dropped > 0

            drained = threading.Thread(target=reader.read, daemon=True)
            drained.start()
            assert closing[0].flush(30)
            closing[0].close()
            stream.close()
            drained.join(30)

        assert called < 30
        assert closing[0].dropped + closing[0].written >= 5000

    def test_with_a_stream_that_was_closed(
        self, closing: list[LoggingSubsystem], path: Path
    ) -> None:
        stream = StringIO()
        closing.append(start(Section(file=path), stream=stream))
        stream.close()

        log.warning("x")
        eventually(lambda: len(path.read_text().splitlines()) == 2)

        written = objects(path.read_text())
        assert [line["event"][:10] for line in written] == ["x", "log output"]

    def test_with_handlers_that_signals_interrupt(self) -> None:
        """A signal handler that logs, while its own thread is inside a call that logs."""
        done = run(
            """
import signal
running = start(LoggingSettings(file=Path(os.environ["FILE"]), stream="off", queue=1000000))
signal.signal(signal.SIGALRM, lambda *_: log.warning("from the handler"))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
for number in range(20000):
    log.warning("from the loop", seq=number)
signal.setitimer(signal.ITIMER_REAL, 0)
running.close()
print(running.dropped)
""",
            FILE="/dev/null",
        )

        assert (done.stdout, done.stderr) == ("0\n", "")
