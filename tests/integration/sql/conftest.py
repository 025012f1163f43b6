"""Storages with empty tables on databases of their own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parlour.adapters import sql
from tests.support.addresses import Database, MariaDb
from tests.support.archives import Town
from tests.support.storages import empty, migrated, mysql_storage, new_sqlite


@pytest.fixture(scope="module")
def module_tables(mariadb: MariaDb) -> Iterator[Database]:
    """A database with tables, for one test of a module after the other."""
    with mariadb.fresh_database() as database, migrated(database):
        yield database


@pytest.fixture
def tables(module_tables: Database) -> Database:
    """A database with tables and nothing in them."""
    with closing(mysql_storage(module_tables)) as storage:
        empty(storage)
    return module_tables


@pytest.fixture
def mariadb_storage(tables: Database) -> Iterator[sql.SqlStorage]:
    """A storage that gives a lock up after a second."""
    with closing(mysql_storage(tables, lock_wait=1.0)) as storage:
        yield storage


@pytest.fixture
def sqlite_storage(tmp_path: Path) -> Iterator[sql.SqlStorage]:
    """A storage in a file."""
    with closing(new_sqlite(tmp_path / "parlour.db")) as storage:
        yield storage


@pytest.fixture(params=["sqlite", "mariadb"])
def storage(request: pytest.FixtureRequest) -> sql.SqlStorage:
    """A storage of each kind."""
    found: sql.SqlStorage = request.getfixturevalue(f"{request.param}_storage")
    return found


@pytest.fixture(name="empty", params=["sqlite", "mariadb"])
def empty_storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sql.SqlStorage]:
    """A database without tables."""
    if request.param == "sqlite":
        with closing(sql.open_sqlite(tmp_path / "empty.db")) as storage:
            yield storage
        return
    database: Database = request.getfixturevalue("database")
    with closing(mysql_storage(database)) as storage:
        yield storage


@pytest.fixture
def town(storage: sql.SqlStorage) -> Town:
    """A service with a past, on each kind of database."""
    return Town(storage)
