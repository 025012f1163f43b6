"""Opens the configured storage for commands that do not serve."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import rich_click as click

from parlour.entrypoints.cli.os_errors import explain

if TYPE_CHECKING:
    from parlour.adapters.config import Settings
    from parlour.entrypoints.container import Container


@contextmanager
def open_container(settings: "Settings") -> Iterator["Container"]:
    """Open the container of *settings*; close its storage at the end.

    Raises:
        click.ClickException: the storage cannot be reached or used.
    """
    from parlour.entrypoints.container import Container

    with readable_errors():
        container = Container(settings=settings)
        storage = container.storage()
        try:
            yield container
        finally:
            storage.close()


def warn_of_second_writer(settings: "Settings") -> None:
    """Print a warning where a service uses the SQLite file that this command will write to."""
    from parlour.adapters.sql import second_writer_risk
    from parlour.entrypoints.operation.startup_checks import is_served

    if is_served(settings) and (risk := second_writer_risk()) is not None:
        click.echo(
            f"Warning: {risk}, and a service uses {settings.storage.sqlite.path}: stop it first, "
            "or use /v1/admin.",
            err=True,
        )


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turn errors of the storage inside into one readable line."""
    from parlour.adapters.sql import SchemaMismatch
    from parlour.domain.kernel.errors import DomainError
    from parlour.entrypoints.backends import BackendNotFound

    try:
        yield
    except (DomainError, BackendNotFound, SchemaMismatch) as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(explain(problem)) from None
    except driver_errors() as problem:
        raise click.ClickException(
            f"The database cannot be used: {first_line(problem)}. `parlour doctor` says more."
        ) from None


def driver_errors() -> tuple[type[Exception], ...]:
    """Return the base classes of the errors of the installed database drivers."""
    import sqlite3

    from sqlalchemy.exc import SQLAlchemyError

    errors: tuple[type[Exception], ...] = (SQLAlchemyError, sqlite3.Error)
    try:
        from pymysql import MySQLError
    except ImportError:
        return errors
    return (*errors, MySQLError)


def first_line(error: BaseException) -> str:
    """Return the first line of a driver's own error message."""
    # SQLAlchemy wraps the error of the driver and adds the statement.
    cause = getattr(error, "orig", None) or error
    match cause.args:
        case (int(number), str(words)):
            said = f"{words} ({number})"
        case _:
            said = str(cause) or type(cause).__name__
    return said.splitlines()[0]
