"""
Fixtures for every test: servers, databases, spaces.

A server that is missing is a failure, unless its name stands in PARLOUR_TEST_WAIVE
(`mysql`, `redis`, `browser`), and then the report says so at its top.
"""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from tests.support.addresses import Database, MariaDb, RedisSpace
from tests.support.browser_user import open_chromium
from tests.support.programs import WAIVED, unless_waived
from tests.support.servers import MariaDbServer, RedisServer

# A property is about values, not about how busy the machine is.
settings.register_profile(
    "parlour",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("parlour")

# Tests of whole deployments, made of processes that mostly wait: one of each kind at a time.
DEPLOYMENTS = {"browser", "e2e", "faults"}


class _Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """Keeps a file on one worker, and each kind of deployments, where there are several."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.removeprefix("tests/").partition("/")[0]
        return folder if folder in DEPLOYMENTS else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _Scheduling:
    """Say what is divided among the workers of `-n`."""
    return _Scheduling(config, log)


def pytest_report_header() -> str | None:
    """Print what this run leaves out."""
    return f"WAIVED, not tested: {', '.join(sorted(WAIVED))}" if WAIVED else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which a test was skipped that nobody waived."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and not WAIVED:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why a run fails in which all tests passed."""
    if terminalreporter.stats.get("skipped") and not WAIVED:
        terminalreporter.write_line("FAILED: a test was skipped that nobody waived", red=True)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A MariaDB for the whole run: the given one, else a private one."""
    unless_waived("mysql")
    if url := os.environ.get("PARLOUR_TEST_MYSQL_URL"):
        yield MariaDb.from_url(url)
        return
    with MariaDbServer() as server:
        yield server.address


@pytest.fixture(scope="session")
def snapshot_mariadb() -> Iterator[MariaDb]:
    """A private MariaDB for the whole run that refuses lost updates (error 1020), as 11.8 does."""
    unless_waived("mysql")
    with MariaDbServer(["--innodb-snapshot-isolation=ON"]) as server:
        yield server.address


@pytest.fixture
def database(mariadb: MariaDb) -> Iterator[Database]:
    """An empty database for one test."""
    with mariadb.fresh_database() as fresh:
        yield fresh


@pytest.fixture
def snapshot_database(snapshot_mariadb: MariaDb) -> Iterator[Database]:
    """An empty database for one test on the server that refuses lost updates."""
    with snapshot_mariadb.fresh_database() as fresh:
        yield fresh


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis for the whole run: the given one, else a private one. Tests use `redis_space`."""
    unless_waived("redis")
    if url := os.environ.get("PARLOUR_TEST_REDIS_URL"):
        yield url
        return
    with RedisServer() as server:
        yield server.url


@pytest.fixture
def redis_space(redis_url: str) -> RedisSpace:
    """A prefix on Redis that one test has to itself."""
    return RedisSpace.fresh(redis_url)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A real browser; `new_context()` gives one person's."""
    unless_waived("browser")
    async with open_chromium() as browser:
        yield browser


@pytest.fixture
def own_mariadb() -> Iterator[MariaDbServer]:
    """A running MariaDB that one test may kill, freeze and restart."""
    unless_waived("mysql")
    with MariaDbServer() as server:
        yield server


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A running Redis that one test may kill, freeze and restart."""
    unless_waived("redis")
    with RedisServer() as server:
        yield server
