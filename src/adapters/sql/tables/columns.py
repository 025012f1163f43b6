"""The types of columns, and how tables are declared with them."""

from typing import Any

from sqlalchemy import (
    BINARY,
    BigInteger,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.types import TypeEngine

from parlour.adapters.sql.row_mapping import FIELD

metadata = MetaData()

Id = BINARY(16).with_variant(sqlite.BLOB(), "sqlite")
Digest = BINARY(32).with_variant(sqlite.BLOB(), "sqlite")
Timestamp = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
Json = Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
Kind = String(32)
Number = BigInteger()


def binary(most: int) -> TypeEngine[Any]:
    """Return the type of at most *most* bytes, which an index can have."""
    return LargeBinary().with_variant(mysql.VARBINARY(most), "mysql")


Bytes = binary(1024)


def column(
    name: str, kind: TypeEngine[Any], field: str = "", *, null: bool = False
) -> Column[Any]:
    """Declare a column, and the *field* of the value that it holds where that has another name."""
    return Column(name, kind, nullable=null, info={FIELD: field or name})


def table(name: str, *parts: Column[Any] | PrimaryKeyConstraint | UniqueConstraint) -> Table:
    """Declare a table.

    WITHOUT ROWID clusters it by its primary key, as InnoDB does of itself.
    """
    return Table(name, metadata, *parts, mysql_engine="InnoDB", sqlite_with_rowid=False)
