"""What operators want to know of a database: its product, its risks, its clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

PROBE = "write_probe"
"""The name of a row of `service_keys` that is written to see whether anything can be written."""

PROBE_BYTES = 1_000


class Diagnostics(Protocol):
    """Questions to one kind of database; the errors of its driver come through."""

    def schema_version(self) -> str | None:
        """Return the version of the tables, None where there are none, or give up in seconds.

        Uses a connection of its own, so that a health check never waits for a pool.
        """
        ...

    def commit_probe(self) -> None:
        """Commit `PROBE`, a row that means nothing and replaces that of the last probe.

        Gives up within seconds. A process that is stopped in it holds up no other.
        """
        ...

    def describe(self, connection: Connection) -> str:
        """Name the product, its version and how the connection is secured."""
        ...

    def durability_risks(self, connection: Connection) -> Sequence[str]:
        """Return one sentence for each setting that could lose acknowledged messages."""
        ...

    def server_time(self, connection: Connection) -> datetime | None:
        """Return the clock of the server in UTC; None where it is the clock of this process."""
        ...
