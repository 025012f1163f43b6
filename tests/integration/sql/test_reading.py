"""Rows that are read past PyMySQL's reader are the same as PyMySQL reads."""

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from itertools import islice
from threading import Timer
from typing import Any

import pymysql
import pytest

from parlour.adapters.sql.mysql_address import MysqlAddress
from parlour.adapters.sql.mysql_reading import read_packets
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.users import Handle
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.archives import Town
from tests.support.storages import mysql_storage

TWO, TEN = "FROM seq_1_to_2 AS two", "FROM seq_1_to_10 AS ten"

RESULTS = {
    "numbers": "SELECT 0, -1, 127, 65536, 9223372036854775807, 1.5e0, CAST(1.25 AS DECIMAL(5,2))",
    "texts": "SELECT '', 'a', '👍', REPEAT('é', 200)",
    "bytes": "SELECT X'', X'00FF', REPEAT(X'FE', 250)",
    "nulls": "SELECT NULL, 1, NULL, 'x', NULL",
    "no rows": "SELECT 1 FROM DUAL WHERE FALSE",
    "many rows": "SELECT seq, HEX(seq), NULLIF(seq % 3, 0) FROM seq_1_to_2000",
    "times": "SELECT TIME('12:34:56'), DATE('2026-02-28'), YEAR('2026-02-28')",
    "length of one byte": "SELECT REPEAT('x', 250), 1",
    "length of two bytes": "SELECT REPEAT('x', 251), REPEAT('x', 65535), 1",
    "length of three bytes": "SELECT REPEAT('x', 65536), 1",
}


@pytest.fixture(params=[True, False], ids=["direct", "by the driver"])
def connection(tables: Database, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A connection as the stores have it, of both kinds."""
    server = tables.server
    address = MysqlAddress(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        database=tables.name,
        direct=request.param,
    )
    with closing(address.connect()) as connection:
        yield connection


@pytest.mark.parametrize("sql", RESULTS.values(), ids=RESULTS)
def test_a_result_is_what_pymysql_reads(tables: Database, connection: Any, sql: str) -> None:
    with closing(tables.connect()) as plain, plain.cursor() as cursor:
        assert type(plain) is pymysql.connections.Connection
        cursor.execute(sql)
        expected = [list(cursor.fetchall())]

    assert list(connection.results(sql)) == expected
    assert list(connection.results(sql)) == expected


def test_the_results_of_several_statements_come_one_by_one(connection: Any) -> None:
    connection.query("CREATE TEMPORARY TABLE kept (n INT AUTO_INCREMENT PRIMARY KEY, t TEXT)")
    insert = "INSERT INTO kept (t) VALUES " + ", ".join(["('x')"] * 300)

    found = list(
        connection.results(
            f"SELECT 1, 2; {insert}; SELECT MAX(n) FROM kept; DELETE FROM kept; SELECT t FROM kept"
        )
    )

    assert found == [[(1, 2)], [], [(300,)], [], []]
    assert list(connection.results("SELECT 7")) == [[(7,)]]


def test_the_same_names_may_mean_other_columns(connection: Any) -> None:
    assert list(connection.results("SELECT 1 AS x")) == [[(1,)]]
    assert list(connection.results("SELECT 'one' AS x")) == [[("one",)]]
    assert list(connection.results("SELECT X'01' AS x, 2 AS y")) == [[(b"\x01", 2)]]


def test_a_result_may_have_more_columns_than_fit_a_byte(connection: Any) -> None:
    numbers = tuple(range(300))

    assert list(connection.results(f"SELECT {', '.join(map(str, numbers))}")) == [[numbers]]


def test_an_error_among_the_rows_is_raised_and_the_next_statement_runs(connection: Any) -> None:
    with pytest.raises(pymysql.err.Error) as refusal:
        list(connection.results(f"SELECT seq, (SELECT two.seq {TWO} WHERE ten.seq > 9) {TEN}"))
    assert refusal.value.args[0] == pymysql.constants.ER.SUBQUERY_NO_1_ROW

    assert list(connection.results("SELECT 7")) == [[(7,)]]


def test_an_error_comes_after_the_results_of_the_statements_before(connection: Any) -> None:
    results = connection.results("SELECT 1; SELECT 2; SELECT nothing; SELECT 4")

    assert [next(results), next(results)] == [[(1,)], [(2,)]]
    with pytest.raises(pymysql.err.Error):
        next(results)
    assert list(connection.results("SELECT 7")) == [[(7,)]]


@pytest.mark.parametrize("connection", [True], indirect=True, ids=["direct"])
def test_a_server_that_asks_for_a_file_is_disconnected(connection: Any) -> None:
    asks = b"\xfb/etc/passwd"
    connection._rfile = BytesIO(len(asks).to_bytes(3, "little") + b"\x01" + asks)

    with pytest.raises(pymysql.err.OperationalError, match="asks for a file"):
        list(connection.results("SELECT 1"))
    assert not connection.open


def test_a_killed_connection_is_closed(tables: Database, connection: Any) -> None:
    with closing(tables.connect()) as other, other.cursor() as cursor:
        kill = Timer(0.2, lambda: cursor.execute(f"KILL {connection.thread_id()}"))
        kill.start()
        with pytest.raises(pymysql.err.OperationalError):
            list(connection.results("SELECT seq, SLEEP(0.05) FROM seq_1_to_1000"))
        kill.join()
    assert not connection.open


def test_stores_see_the_same_either_way(tables: Database) -> None:
    with (
        closing(mysql_storage(tables)) as direct,
        closing(mysql_storage(tables, direct=False)) as plain,
    ):
        town = Town(plain)

        assert town.seen(plain) == town.seen(direct)
        with pytest.raises(AlreadyExists):
            plain.uow(lambda stores: stores.users.add(b.user("alice")))
        with pytest.raises(RuntimeError, match="only reads"):
            plain.uow.read(lambda stores: stores.users.add(b.user("dora")))
        assert plain.uow.read(lambda stores: stores.users.find_by_handle(Handle("alice")))


class Wire:
    """What a connection reads from."""

    def __init__(self, *packets: tuple[int, bytes]) -> None:
        parts = [
            len(data).to_bytes(3, "little") + bytes([number]) + data for number, data in packets
        ]
        self._rfile = BytesIO(b"".join(parts))
        self._next_seq_id = 0
        self.is_open = True

    def _force_close(self) -> None:
        self.is_open = False


def test_data_longer_than_a_packet_is_joined() -> None:
    most = bytes(2**24 - 1)
    wire = Wire((0, most), (1, b"x"), (2, b"y"))

    assert [len(data) for data in islice(read_packets(wire), 2)] == [2**24, 1]
    assert wire._next_seq_id == 3


@pytest.mark.parametrize("packets", [[], [(1, b"x")], [(0, b"x"), (0, b"y")]])
def test_an_incomplete_packet_closes_the_connection(packets: list[tuple[int, bytes]]) -> None:
    wire = Wire(*packets)

    with pytest.raises(pymysql.err.OperationalError) as refusal:
        list(read_packets(wire))
    assert refusal.value.args[0] == pymysql.constants.CR.CR_SERVER_LOST
    assert not wire.is_open
