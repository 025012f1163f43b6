"""The storage port over a SQL database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import attrs

from parlour.adapters.sql.connection import Database
from parlour.adapters.sql.database_snapshot import BulkAccess
from parlour.adapters.sql.diagnostics import Diagnostics
from parlour.adapters.sql.schema import Schema, state_of
from parlour.adapters.sql.stores import SqlStores
from parlour.adapters.sql.transaction import SqlUnitOfWork, unavailable
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.transaction import PoolUsage, SchemaState, Storage


@attrs.frozen(kw_only=True)
class SqlStorage(Storage[SqlStores]):
    """Everything durable in one database.

    Beyond the port, *bulk* reads and fills the whole database for backups. The methods for
    operators let errors of SQLAlchemy through.
    """

    uow: SqlUnitOfWork
    database: Database
    schema: Schema
    diagnostics: Diagnostics
    bulk: BulkAccess
    is_inline: bool = False

    def migrate(self) -> None:
        """Bring the tables to the version of the code; raise `SchemaMismatch` for newer ones."""
        self.schema.migrate()

    def schema_state(self) -> SchemaState:
        return self.schema.state()

    def describe(self) -> str:
        with self.schema.engine.connect() as connection:
            return self.diagnostics.describe(connection)

    def durability_risks(self) -> Sequence[str]:
        with self.schema.engine.connect() as connection:
            return self.diagnostics.durability_risks(connection)

    def server_time(self) -> datetime | None:
        with self.schema.engine.connect() as connection:
            return self.diagnostics.server_time(connection)

    def pool_usage(self) -> Mapping[str, PoolUsage]:
        return self.database.usage()

    def check(self) -> None:
        with self._refusing("The database does not answer"):
            state = state_of(self.diagnostics.schema_version())
        if not state.is_current:
            way_out = "use the newer release" if state.is_newer else "run `parlour db upgrade`"
            raise Unavailable(
                f"The tables have version {state.current or 'none'}, {state.needed} is needed: "
                f"{way_out}"
            )

    def check_writing(self) -> None:
        with self._refusing("The database takes no writes"):
            self.diagnostics.commit_probe()

    def close(self) -> None:
        self.database.close()
        self.schema.engine.dispose()

    @contextmanager
    def _refusing(self, detail: str) -> Iterator[None]:
        """Turn errors of the driver into `Unavailable` with this *detail*."""
        try:
            yield
        except Exception as error:
            fault = self.database.fault(error)
            if fault is None:
                raise
            raise unavailable(fault, detail) from error
