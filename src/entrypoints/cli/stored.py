"""The storage of a configuration, for commands that work on it without serving."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import rich_click as click

if TYPE_CHECKING:
    from adapters.config import Settings
    from adapters.sql import SchemaState
    from entrypoints.container import Container


@runtime_checkable
class Versioned(Protocol):
    """A storage with tables that have a version."""

    def schema_state(self) -> "SchemaState":
        """Return which version the tables have and which one is needed."""
        ...

    def durability(self) -> list[str]:
        """Say what could cost acknowledged messages in a power cut."""
        ...


@contextmanager
def opened(settings: "Settings") -> Iterator["Container"]:
    """Give the container of *settings*; what goes wrong inside becomes one line and exit code 1.

    Raises:
        click.ClickException: the storage is not there, or refuses.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from adapters.sql import SchemaMismatch
    from domain.kernel.errors import DomainError
    from entrypoints.backends import NoSuchBackend
    from entrypoints.container import Container

    container = Container(settings=settings)
    try:
        storage = container.storage()
        try:
            yield container
        finally:
            storage.close()
    except (DomainError, NoSuchBackend, SchemaMismatch) as problem:
        raise click.ClickException(str(problem)) from None
    except (OSError, SQLAlchemyError) as problem:
        first = str(problem).splitlines()[0]
        raise click.ClickException(
            f"The database cannot be used: {first}. `parlour doctor` says more."
        ) from None
