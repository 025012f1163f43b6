"""Lines of Parlour, of libraries and of Python itself take the same path."""

import asyncio
import json
import logging
from typing import Any, cast

import pytest
import sqlalchemy

from parlour.adapters.logging import LoggingSubsystem, get_logger, log
from parlour.adapters.logging.root_handler import RootHandler
from tests.unit.logging.conftest import objects, run


class Unreadable:
    def __str__(self) -> str:
        raise RuntimeError


class TestRootHandler:
    def test_receives_the_lines_of_libraries(self, running: LoggingSubsystem, lines: Any) -> None:
        running.levels.set("sqlalchemy.engine", "info")
        greedy = logging.getLogger("uvicorn.error")
        greedy.warning("served %d", 3)
        engine = sqlalchemy.create_engine("sqlite://", hide_parameters=False)
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("SELECT :said"), {"said": "canary"})
        engine.dispose()
        logging.getLogger("redis.connection").error("lost", exc_info=ConnectionError("gone"))

        written = lines()
        by_logger = {line["logger"] for line in written}
        assert by_logger == {"uvicorn.error", "sqlalchemy.engine.Engine", "redis.connection"}
        assert any(line["event"] == "SELECT ?" for line in written)
        assert "canary" not in json.dumps(written)
        assert "ConnectionError: gone" in written[-1]["exception"]

    def test_replaces_handlers_that_libraries_added(self) -> None:
        done = run(
            """
import uvicorn.config, logging.config
logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)
start(LoggingSettings(level="info", levels={"uvicorn": "info"}))
logging.getLogger("uvicorn.error").info("served")
values = ("127.0.0.1:1", "GET", "/v1/ws?token=canary", "1.1", 101)
logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', *values)
"""
        )

        assert [line["event"] for line in objects(done.stderr)] == [
            "served",
            '127.0.0.1:1 - "GET /v1/ws?token=[hidden] HTTP/1.1" 101',
        ]
        assert done.stdout == ""

    def test_receives_warnings_and_uncaught_exceptions(self) -> None:
        done = run(
            """
import gc, threading, warnings
start(LoggingSettings())
warnings.warn("mind the gap")
thread = threading.Thread(target=lambda: [][0], name="lane 1")
thread.start()
thread.join()
class Careless:
    def __del__(self): raise ValueError("in passing")
Careless()
raise RuntimeError("the end")
"""
        )

        warned, in_thread, unraisable, uncaught = objects(done.stderr)
        assert done.returncode == 1
        assert (warned["logger"], "mind the gap" in warned["event"]) == ("py.warnings", True)
        assert (in_thread["thread"], in_thread["level"]) == ("lane 1", "error")
        assert "IndexError" in in_thread["exception"]
        assert "ValueError: in passing" in unraisable["exception"]
        assert (uncaught["level"], uncaught["event"]) == ("critical", "uncaught exception")
        assert uncaught["exception"].endswith("RuntimeError: the end")

    def test_an_interrupt_is_left_to_python(self) -> None:
        done = run("start(LoggingSettings()); raise KeyboardInterrupt")

        assert "KeyboardInterrupt" in done.stderr
        assert "uncaught" not in done.stderr

    async def test_receives_errors_of_the_event_loop(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "Task exception was never retrieved", "exception": ValueError("lost")}
        )

        (line,) = lines()
        assert line["logger"] == "asyncio"
        assert "ValueError: lost" in line["exception"]

    def test_other_adapters_use_the_standard_library_with_fields(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        logging.getLogger("parlour.sql").warning("slow", extra={"ms": 12.5, "token": "x"})
        logging.getLogger("redis").warning("x", extra={"ms": 1})

        ours, library = lines()
        assert (ours["ms"], ours["token"]) == (12.5, "[hidden]")
        assert "ms" not in library

    def test_handlers_of_a_host_see_our_lines_with_their_fields(
        self, running: LoggingSubsystem, caplog: pytest.LogCaptureFixture
    ) -> None:
        get_logger("parlour.hub").bind(node="a").warning("closed", seq=1)

        assert caplog.record_tuples == [("parlour.hub", logging.WARNING, "closed node=a seq=1")]
        assert "WARNING" in caplog.text

    def test_a_format_string_that_does_not_fit_is_written_as_it_is(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        # Straight to our handler: pytest's own would fail the test for the first of them.
        (ours,) = [each for each in logging.getLogger().handlers if isinstance(each, RootHandler)]
        messages = [("%d of %d", (1,)), (ValueError("an object"), ()), (Unreadable(), ())]
        for message, values in messages:
            ours.handle(logging.LogRecord("redis", logging.WARNING, "", 0, message, values, None))
        log.warning(cast("str", 7))

        assert [line["event"] for line in lines()] == [
            *("%d of %d", "an object", "<unreadable Unreadable>", "7")
        ]
