"""The servers that tests start behave as the fault tests need."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pymysql
import pytest
import redis

from tests.support.addresses import Database, MariaDb, RedisSpace
from tests.support.programs import ROOT
from tests.support.servers import MariaDbServer, RedisServer

RUN = """
from tests.support.servers import RedisServer
server = RedisServer()
server.start()
print(server.process.pid, server.home, flush=True)
input()
"""


def rows(database: Database) -> list[tuple[object, ...]]:
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT n FROM t ORDER BY n")
        return list(cursor.fetchall())


def write(database: Database, number: int) -> None:
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS t (n INT PRIMARY KEY) ENGINE=InnoDB")
        cursor.execute("INSERT INTO t VALUES (%s)", (number,))


class TestMariaDb:
    def test_each_test_has_an_empty_database(self, mariadb: MariaDb) -> None:
        with mariadb.fresh_database() as first, mariadb.fresh_database() as second:
            write(first, 1)
            write(second, 2)

            assert [(1,)] == rows(first)
            assert [(2,)] == rows(second)

    def test_a_database_is_dropped_after_its_test(self, mariadb: MariaDb) -> None:
        with mariadb.fresh_database() as database:
            write(database, 1)

        with pytest.raises(pymysql.err.OperationalError, match="Unknown database"):
            database.connect()

    def test_an_acknowledged_row_survives_a_power_cut(self, own_mariadb: MariaDbServer) -> None:
        with own_mariadb.address.fresh_database() as database:
            write(database, 1)
            own_mariadb.kill()
            own_mariadb.start()

            assert [(1,)] == rows(database)

    def test_restarts_on_the_same_port_with_the_same_data(
        self, own_mariadb: MariaDbServer
    ) -> None:
        with own_mariadb.address.fresh_database() as database:
            write(database, 1)
            own_mariadb.restart()

            assert [(1,)] == rows(database)

    def test_listens_on_a_unix_socket(self, own_mariadb: MariaDbServer) -> None:
        address = own_mariadb.address

        pymysql.connect(
            unix_socket=address.unix_socket, user=address.user, password=address.password
        ).close()

    def test_can_refuse_lost_updates(self, snapshot_mariadb: MariaDb) -> None:
        with snapshot_mariadb.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT @@innodb_snapshot_isolation")

            assert (1,) == cursor.fetchone()


class TestRedis:
    def test_two_tests_never_share_a_prefix(self, redis_space: RedisSpace) -> None:
        assert redis_space.prefix != RedisSpace.fresh(redis_space.url).prefix

    def test_is_empty_after_a_restart(self, own_redis: RedisServer) -> None:
        with redis.Redis.from_url(own_redis.url) as client:
            client.set("k", "v")
            own_redis.restart()

            assert client.get("k") is None

    def test_can_persist_over_a_restart(self) -> None:
        with (
            RedisServer(["--appendonly", "yes", "--appendfsync", "always"]) as server,
            redis.Redis.from_url(server.url) as client,
        ):
            client.set("k", "v")
            server.kill()
            server.start()

            assert client.get("k") == b"v"

    def test_does_not_answer_while_paused(self, own_redis: RedisServer) -> None:
        with redis.Redis.from_url(own_redis.url, socket_timeout=0.1, retry=None) as client:
            own_redis.pause()
            with pytest.raises(redis.exceptions.TimeoutError):
                client.ping()
            own_redis.resume()

            assert client.ping()


class TestServer:
    def test_reports_why_it_did_not_start(self) -> None:
        server = RedisServer(["--no-such-option", "1"])
        try:
            with pytest.raises(RuntimeError, match="no-such-option"):
                server.start()
        finally:
            server.close()

    def test_a_killed_run_leaves_no_server_behind(self) -> None:
        run = subprocess.Popen(
            [sys.executable, "-c", RUN],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert run.stdout is not None
        with run:
            pid, home = run.stdout.readline().split()
            os.kill(run.pid, signal.SIGKILL)

        deadline = time.monotonic() + 60
        while psutil.pid_exists(int(pid)) or Path(home).exists():
            assert time.monotonic() < deadline, "the server outlived its run"
            time.sleep(0.02)
