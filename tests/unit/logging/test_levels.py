"""Levels change while the service runs, and temporary ones revert by themselves."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import attrs
import pytest

from parlour.adapters.config.settings_logging import LoggingSettings as Section
from parlour.adapters.logging import (
    LoggerLevel,
    LoggingSubsystem,
    Traced,
    bind,
    bound,
    get_logger,
    start,
)
from parlour.adapters.logging.levels import Levels, level_name, wanted_levels
from tests.support.concurrency import eventually
from tests.support.fakes import ManualClock

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def levels(clock: ManualClock) -> Iterator[Levels]:
    made = Levels(wanted_levels("info", {"parlour.sql": "error"}), now=clock)
    yield made
    made.close()


def effective(logger: str) -> int:
    return logging.getLogger(logger).getEffectiveLevel()


class TestConfigured:
    def test_libraries_log_from_warning_and_parlour_as_configured(self, levels: Levels) -> None:
        assert effective("parlour.hub") == logging.INFO
        assert effective("parlour.sql.pool") == logging.ERROR
        assert effective("sqlalchemy.engine") == logging.WARNING

    def test_libraries_never_have_a_lower_level_than_parlour(self) -> None:
        assert wanted_levels("critical", {}) == {"root": "critical", "parlour": "critical"}

    def test_a_reload_replaces_them(self, levels: Levels) -> None:
        levels.configure(wanted_levels("warning", {"redis": "debug"}))

        assert effective("parlour.hub") == logging.WARNING
        assert effective("parlour.sql") == logging.WARNING
        assert effective("redis.cluster") == logging.DEBUG

    def test_close_resets_all_loggers(self, levels: Levels) -> None:
        levels.set("redis", "debug", MINUTE)
        levels.trace("bob", MINUTE)

        levels.close()

        assert [effective(name) for name in ("redis", "parlour", "parlour.sql")] == [
            logging.WARNING
        ] * 3

    @pytest.mark.parametrize(
        ("number", "name"),
        [(10, "debug"), (25, "info"), (50, "critical"), (60, "critical"), (5, "debug")],
    )
    def test_a_level_in_between_has_the_name_of_the_one_below(
        self, number: int, name: str
    ) -> None:
        assert name == level_name(number)


class TestChanged:
    def test_a_level_holds_until_it_is_changed_again(
        self, levels: Levels, clock: ManualClock
    ) -> None:
        levels.set("parlour.hub", "debug")
        clock.advance(1000 * MINUTE)
        levels.revert()

        assert effective("parlour.hub") == logging.DEBUG
        assert LoggerLevel(logger="parlour.hub", level="debug") in levels.current()

    def test_a_temporary_level_reverts_to_the_permanent_one(
        self, levels: Levels, clock: ManualClock
    ) -> None:
        levels.set("parlour.sql", "debug", 10 * MINUTE)
        levels.set("redis", "debug", 5 * MINUTE)
        assert (effective("parlour.sql"), effective("redis")) == (logging.DEBUG, logging.DEBUG)

        clock.advance(5 * MINUTE)
        levels.revert()
        assert (effective("parlour.sql"), effective("redis")) == (logging.DEBUG, logging.WARNING)

        clock.advance(5 * MINUTE)
        levels.revert()
        assert effective("parlour.sql") == logging.ERROR

    def test_a_temporary_level_survives_a_reload(self, levels: Levels, clock: ManualClock) -> None:
        levels.set("parlour.sql", "debug", MINUTE)
        levels.configure(wanted_levels("info", {"parlour.sql": "critical"}))
        assert effective("parlour.sql") == logging.DEBUG

        clock.advance(MINUTE)
        levels.revert()

        assert effective("parlour.sql") == logging.CRITICAL

    def test_a_permanent_level_replaces_a_temporary_one(self, levels: Levels) -> None:
        levels.set("parlour.hub", "debug", MINUTE)
        levels.set("parlour.hub", "error")

        assert effective("parlour.hub") == logging.ERROR

    def test_it_reverts_by_itself(self) -> None:
        levels = Levels(wanted_levels("info", {}))
        try:
            levels.set("parlour.hub", "debug", timedelta(milliseconds=30))
            levels.trace("bob", timedelta(milliseconds=60))

            eventually(lambda: effective("parlour.hub") == logging.INFO and not levels.traced())
        finally:
            levels.close()

    def test_current_levels_are_listed_with_their_ends(
        self, levels: Levels, clock: ManualClock
    ) -> None:
        levels.set("parlour.hub", "debug", MINUTE)
        levels.trace("bob", 2 * MINUTE)

        assert levels.current() == (
            LoggerLevel(logger="parlour", level="info"),
            LoggerLevel(logger="parlour.hub", level="debug", until=clock.now + MINUTE),
            LoggerLevel(logger="parlour.sql", level="error"),
            LoggerLevel(logger="root", level="warning"),
        )
        assert levels.traced() == (Traced(user="bob", until=clock.now + 2 * MINUTE),)

    @pytest.mark.parametrize(
        ("logger", "level", "for_", "message"),
        [
            ("parlour", "loud", None, "the level must be one of debug, info, .*, not 'loud'"),
            ("", "info", None, "the name of a logger is printable text"),
            ("a\nb", "info", None, "the name of a logger is printable text"),
            ("parlour", "info", timedelta(), "the time must be positive"),
        ],
    )
    def test_invalid_values_are_refused_and_change_nothing(
        self, levels: Levels, logger: str, level: str, for_: timedelta | None, message: str
    ) -> None:
        before = levels.current()

        with pytest.raises(ValueError, match=message):
            levels.set(logger, level, for_)

        assert before == levels.current()

    def test_a_reload_with_an_unknown_level_changes_nothing(self, levels: Levels) -> None:
        with pytest.raises(ValueError, match="the level must be one of"):
            levels.configure({"root": "loud"})

        assert effective("parlour.hub") == logging.INFO


class TestTracing:
    """Debug for one user, while the level is info for everybody."""

    @pytest.fixture
    def running(self, policy: Section) -> Iterator[LoggingSubsystem]:
        started = start(attrs.evolve(policy, level="info", levels={"parlour.sql": "error"}))
        yield started
        started.close()

    def test_writes_the_debug_lines_of_that_user(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        log = get_logger("parlour.hub")
        running.levels.trace("bob", MINUTE)

        for user in ("alice", "bob"):
            with bound(user=user):
                log.debug("seen of bob alone")
                log.info("seen of both")
                logging.getLogger("parlour.sql").debug("seen of bob alone")
                logging.getLogger("redis").info("never seen")
        log.debug("never seen")
        log.info("seen")

        assert [(line["event"], line.get("user")) for line in lines()] == [
            ("seen of both", "alice"),
            ("seen of bob alone", "bob"),
            ("seen of both", "bob"),
            ("seen of bob alone", "bob"),
            ("seen", None),
        ]

    def test_ends_when_it_is_stopped(self, running: LoggingSubsystem, lines: Any) -> None:
        running.levels.trace("bob", MINUTE)
        running.levels.untrace("bob")

        with bound(user="bob"):
            get_logger("parlour.hub").debug("not seen")

        assert lines() == []
        assert not logging.getLogger("parlour.hub").isEnabledFor(logging.DEBUG)

    def test_ends_with_its_time(self, levels: Levels, clock: ManualClock) -> None:
        levels.trace("bob", MINUTE)
        assert levels.admits("parlour.hub", logging.DEBUG, "bob")
        assert not levels.admits("parlour.hub", logging.DEBUG, "alice")
        assert not levels.admits("parlour.sql", logging.WARNING, None)

        clock.advance(MINUTE)
        levels.revert()

        assert not levels.admits("parlour.hub", logging.DEBUG, "bob")
        assert effective("parlour.hub") == logging.INFO

    def test_a_level_set_meanwhile_counts_for_all_others(self, levels: Levels) -> None:
        levels.trace("bob", MINUTE)
        levels.set("parlour.hub", "warning")

        assert not levels.admits("parlour.hub.socket", logging.INFO, "alice")
        assert levels.admits("parlour.hub.socket", logging.WARNING, "alice")
        assert levels.admits("parlour.hub.socket", logging.DEBUG, "bob")
        assert levels.admits("uvicorn", logging.WARNING, "alice")


class TestContext:
    def test_ids_are_in_every_line_of_the_block(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        log = get_logger("parlour.hub")
        with bound(request="r1", user="alice"):
            with bound(session="s1", token="x"):
                log.info("inner", seq=1)
            logging.getLogger("uvicorn.error").warning("outer")
        log.info("outside")

        inner, outer, outside = lines()
        assert list(inner)[4:] == ["request", "user", "session", "token", "seq"]
        assert (inner["session"], inner["token"]) == ("s1", "[hidden]")
        assert (outer["request"], outer.get("session")) == ("r1", None)
        assert "request" not in outside

    async def test_ids_stay_within_their_task(self, running: LoggingSubsystem, lines: Any) -> None:
        async def serve(user: str) -> None:
            bind(user=user)
            await asyncio.sleep(0)
            get_logger("parlour.hub").info("served")

        async with asyncio.TaskGroup() as group:
            group.create_task(serve("alice"))
            group.create_task(serve("bob"))
        get_logger("parlour.hub").info("done")

        assert [line.get("user") for line in lines()] == ["alice", "bob", None]

    def test_a_logger_can_have_fields_of_its_own(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        log = get_logger("parlour.hub").bind(node="a")
        log.bind(node="b", lane=1).info("x", seq=2)
        log.info("y")

        first, second = lines()
        assert (first["node"], first["lane"], first["seq"]) == ("b", 1, 2)
        assert (second["node"], second.get("lane")) == ("a", None)
