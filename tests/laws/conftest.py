"""The backends that every property is checked on."""

from tests.contracts.conftest import mariadb_tables, snapshot_tables, storage

__all__ = ["mariadb_tables", "snapshot_tables", "storage"]
