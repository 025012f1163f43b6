"""A database as the rest of the program sees it."""

from collections.abc import Callable, Mapping

import attrs
from sqlalchemy import Connection

from parlour.adapters.sql.connection import Database
from parlour.adapters.sql.database_snapshot import DatabaseAccess
from parlour.adapters.sql.schema import Schema, SchemaState, state_of
from parlour.adapters.sql.stores import SqlStores
from parlour.adapters.sql.transaction import SqlUnitOfWork
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.transaction import Storage


@attrs.frozen(kw_only=True)
class SqlStorage(Storage[SqlStores]):
    """Everything durable in one database.

    *probe* asks, on a connection of its own and with little patience, for the version of the
    tables; *doubts* for what could cost acknowledged messages in a power cut; *vault* is all of it
    at once. What operators call, `migrate`, `schema_state` and `durability`, lets errors of
    SQLAlchemy through.
    """

    uow: SqlUnitOfWork
    database: Database
    schema: Schema
    probe: Callable[[], str | None]
    doubts: Callable[[Connection], list[str]]
    vault: DatabaseAccess
    is_inline: bool = False

    def migrate(self) -> None:
        """Bring the tables to the version of the code; raise `SchemaMismatch` for newer ones."""
        self.schema.migrate()

    def schema_state(self) -> SchemaState:
        """Return which version the tables have and which one is needed."""
        return self.schema.state()

    def durability(self) -> list[str]:
        """Say what could cost acknowledged messages in a power cut; nothing where all is well."""
        with self.schema.engine.connect() as connection:
            return self.doubts(connection)

    def pool_usage(self) -> Mapping[str, tuple[int, int]]:
        """Tell of each pool how many connections are lent, and how many may be at most."""
        return self.database.usage()

    def check(self) -> None:
        try:
            state = state_of(self.probe())
        except Exception as error:
            if self.database.fault(error) is None:
                raise
            raise Unavailable("The database does not answer") from error
        if not state.is_current:
            raise Unavailable(
                f"The tables have version {state.current or 'none'}, {state.needed} is needed"
            )

    def close(self) -> None:
        self.database.close()
        self.schema.engine.dispose()
