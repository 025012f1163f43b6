"""The comparison of text that distinguishes any two texts, on every server."""

from sqlalchemy import Connection


def exact_collation(connection: Connection) -> str | None:
    """Return the collation of utf8mb4 that compares code points and does not pad.

    Others call 'bob' and 'bob ' the same, some even two different emoji; MySQL and MariaDB have no
    name in common for the one that does not. SQLite compares exactly by default.
    """
    if connection.dialect.name != "mysql":
        return None
    version = str(connection.exec_driver_sql("SELECT version()").scalar())
    return "utf8mb4_nopad_bin" if "mariadb" in version.lower() else "utf8mb4_0900_bin"
