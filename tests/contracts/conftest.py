"""The backends on which every contract is proved."""

from collections.abc import Iterator

import pytest

from adapters import memory
from domain.kernel.transaction import Storage, UnitOfWork
from entrypoints.use_cases import Stores


@pytest.fixture(params=["memory"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage[Stores]]:
    """An empty storage of each backend."""
    storage = memory.open_storage()
    yield storage
    storage.close()


@pytest.fixture
def uow(storage: Storage[Stores]) -> UnitOfWork[Stores]:
    """The unit of work of each backend."""
    return storage.uow
