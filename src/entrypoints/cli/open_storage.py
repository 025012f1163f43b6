"""The storage of a configuration, for commands that work on it without serving."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import rich_click as click

if TYPE_CHECKING:
    from parlour.adapters.config import Settings
    from parlour.entrypoints.container import Container


@contextmanager
def opened(settings: "Settings") -> Iterator["Container"]:
    """Give the container of *settings*, and close its storage.

    Raises:
        click.ClickException: the storage is not there, or refuses.
    """
    from parlour.entrypoints.container import Container

    with told():
        container = Container(settings=settings)
        storage = container.storage()
        try:
            yield container
        finally:
            storage.close()


@contextmanager
def told() -> Iterator[None]:
    """Tell in one line what goes wrong inside with the storage, instead of a traceback."""
    from parlour.adapters.sql import SchemaMismatch
    from parlour.domain.kernel.errors import DomainError
    from parlour.entrypoints.backends import NoSuchBackend

    try:
        yield
    except (DomainError, NoSuchBackend, SchemaMismatch) as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        if problem.filename is None:
            raise
        raise click.ClickException(f"{problem.filename}: {problem.strerror}") from None
    except driver_errors() as problem:
        raise click.ClickException(
            f"The database cannot be used: {first_line(problem)}. `parlour doctor` says more."
        ) from None


def driver_errors() -> tuple[type[Exception], ...]:
    """Return what the drivers of databases raise, as far as they are installed."""
    import sqlite3

    from sqlalchemy.exc import SQLAlchemyError

    errors: tuple[type[Exception], ...] = (SQLAlchemyError, sqlite3.Error)
    try:
        from pymysql import MySQLError
    except ImportError:
        return errors
    return (*errors, MySQLError)


def first_line(error: BaseException) -> str:
    """Return the words of a driver, without what others put around them."""
    # SQLAlchemy wraps the error of the driver and adds the statement.
    cause = getattr(error, "orig", None) or error
    match cause.args:
        case (int(number), str(words)):
            said = f"{words} ({number})"
        case _:
            said = str(cause) or type(cause).__name__
    return said.splitlines()[0]
