"""Bounds for transactions that write: how long one waits for a lock, and may hold one while idle.

A process that is stopped in the middle of a transaction (a paused virtual machine, a cut network)
keeps its locks for as long as its connection is open: hours, by default. So the server is told to
end such transactions after seconds. The process finds its connection closed when it continues, and
nothing of the transaction committed.
"""

from typing import Any

import attrs

from parlour.adapters.sql.mysql_address import MysqlAddress

_MIN_IDLE = 3
"""Seconds that a transaction may be idle at least: a busy machine must not lose its own."""

_MIN_LOCK_WAIT = 0.25

_CLOSE_IDLE = 28_800
"""Seconds without a statement after which MySQL closes a connection outside a transaction."""


@attrs.frozen(kw_only=True)
class WriteBounds:
    """What a session is told: once, before statements that lock, and around a transaction."""

    session: tuple[str, ...]
    before_lock: str = ""
    before_transaction: tuple[str, ...] = ()
    before_commit: tuple[str, ...] = ()

    @classmethod
    def of(cls, address: MysqlAddress, *, is_mariadb: bool) -> "WriteBounds":
        """Return the bounds for a server; they follow from `lock_wait`.

        A statement waits for a fifth of it, one that only locks rows for a tenth where the server
        counts in less than seconds. MySQL knows no time-out for transactions that are idle: there
        the one for connections is short during a transaction.
        """
        wait = max(1, round(address.lock_wait / 5))
        idle = max(_MIN_IDLE, round(address.lock_wait * 0.6))
        session = (f"SET SESSION innodb_lock_wait_timeout = {wait}",)
        if is_mariadb:
            lock_wait = max(_MIN_LOCK_WAIT, address.lock_wait / 10)
            return cls(
                session=(*session, f"SET SESSION idle_transaction_timeout = {idle}"),
                before_lock=f"SET STATEMENT max_statement_time={lock_wait:.2f} FOR ",
            )
        return cls(
            session=session,
            before_transaction=(f"SET SESSION wait_timeout = {idle}",),
            before_commit=(f"SET SESSION wait_timeout = {_CLOSE_IDLE}",),
        )

    def apply(self, driver: Any) -> Any:
        """Set up the session of the connection *driver*; return it."""
        with driver.cursor() as cursor:
            for statement in self.session:
                cursor.execute(statement)
        return driver


NO_BOUNDS = WriteBounds(session=())


def bounds_for(driver: Any, address: MysqlAddress) -> WriteBounds:
    """Return the bounds for the server that the connection *driver* reached."""
    return WriteBounds.of(address, is_mariadb="mariadb" in driver.get_server_info().lower())
