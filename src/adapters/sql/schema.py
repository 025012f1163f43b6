"""The version of the tables of a database, and the migrations to the version of the code."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Lock

import attrs
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect

from parlour.adapters.sql.tables import metadata
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.transaction import SchemaState

VERSION_TABLE = "schema_version"

VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""Every version of the tables that this code knows, the oldest first."""

# Alembic keeps its context in a module, so one process migrates one database at a time.
_alembic = Lock()


class SchemaMismatch(Unavailable):
    """The tables have a version that this program does not know."""


def state_of(current: str | None) -> SchemaState:
    """Return the state of tables of the version *current*."""
    is_newer = current is not None and current not in VERSIONS
    return SchemaState(current, VERSIONS[-1], is_newer)


def refuse_newer(state: SchemaState) -> None:
    """Raise `SchemaMismatch` where a newer release has made the tables."""
    if state.is_newer:
        raise SchemaMismatch(
            f"The tables have version {state.current}, this program knows {state.needed}: "
            "a newer release has been here. Run that one, or restore a backup."
        )


@attrs.frozen
class Schema:
    """The tables of one database; *lock* excludes other migrations meanwhile."""

    engine: Engine
    lock: Callable[[Connection], AbstractContextManager[None]]

    def state(self) -> SchemaState:
        """Return which version the tables have."""
        with self.engine.connect() as connection:
            return self._state(connection)

    def migrate(self, version: str = VERSIONS[-1]) -> None:
        """Bring the tables to *version*; raise `SchemaMismatch` for those of a newer release."""
        with _alembic, self.engine.connect() as connection, self.lock(connection):
            state = self._state(connection)
            refuse_newer(state)
            if not state.is_current:
                _upgrade(connection, version)
                connection.commit()

    def _state(self, connection: Connection) -> SchemaState:
        if not inspect(connection).has_table(VERSION_TABLE):
            return state_of(None)
        row = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").first()  # noqa: S608 - a name of ours
        return state_of(row[0] if row else None)


def tables_of(version: str) -> MetaData:
    """Return the tables as they are at *version*, columns in their order.

    Those of an older version are what its migrations make of an empty database in memory.
    """
    if version == VERSIONS[-1]:
        return metadata
    found = MetaData()
    with _alembic, create_engine("sqlite://").connect() as connection:
        _upgrade(connection, version)
        found.reflect(connection)
    found.remove(found.tables[VERSION_TABLE])
    return found


def _upgrade(connection: Connection, version: str) -> None:
    # Importing alembic takes longer than opening an up-to-date database.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", "parlour.adapters.sql:migrations")
    command.upgrade(config, version)
