"""Refusals by the storage are counted by reason and logged, however many there are."""

from collections.abc import Callable

import pytest

from parlour.domain.kernel.errors import (
    AlreadyExists,
    DiskFull,
    DomainError,
    Locked,
    NotFound,
    OutcomeUnknown,
    Overloaded,
    ReadOnly,
    Unavailable,
    Unreachable,
)
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.entrypoints.shell.storage_refusals import (
    LOG_EVERY,
    REASONS,
    RECENT,
    RecordingUnitOfWork,
    StorageRefusals,
    T,
)


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class BrokenUnitOfWork(UnitOfWork[None]):
    """Raises the same error for all work."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(
        self,
        work: Callable[[None], T],
        *,
        idempotent: bool = False,
        waits_for_locks: bool = True,
    ) -> T:
        raise self.error

    def read(self, work: Callable[[None], T]) -> T:
        raise self.error


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def logged() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def refusals(time: Time, logged: list[tuple[str, int]]) -> StorageRefusals:
    def report(reason: str, refusals: int, _latest: BaseException) -> None:
        logged.append((reason, refusals))

    return StorageRefusals(report, time)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unreachable(), "unreachable"),
        (DiskFull(), "disk_full"),
        (ReadOnly(), "read_only"),
        (Locked(), "locked"),
        (Overloaded(), "overloaded"),
        (OutcomeUnknown(), "outcome_unknown"),
        (Unavailable(), "other"),
    ],
)
def test_what_a_unit_of_work_refuses_is_counted_and_raised(
    refusals: StorageRefusals, error: DomainError, reason: str
) -> None:
    uow = RecordingUnitOfWork(BrokenUnitOfWork(error), refusals)
    with pytest.raises(type(error)):
        uow(lambda _: 1)
    with pytest.raises(type(error)):
        uow.read(lambda _: 1)

    assert refusals.counts == {reason: 2}
    assert reason in REASONS


@pytest.mark.parametrize("error", [NotFound(), AlreadyExists(), ValueError("a bug")])
def test_refusals_of_the_work_itself_do_not_count(
    refusals: StorageRefusals, error: Exception
) -> None:
    uow = RecordingUnitOfWork(BrokenUnitOfWork(error), refusals)
    with pytest.raises(type(error)):
        uow(lambda _: 1)

    assert not refusals.counts


def test_a_thousand_refusals_are_few_lines_that_count_them_all(
    refusals: StorageRefusals, time: Time, logged: list[tuple[str, int]]
) -> None:
    for _ in range(1_000):
        refusals.record(DiskFull())
    refusals.record(Locked())
    time.now += LOG_EVERY
    refusals.record(DiskFull())

    assert logged == [("disk_full", 1), ("locked", 1), ("disk_full", 1_000)]


def test_the_latest_reasons_are_shown_for_seconds(refusals: StorageRefusals, time: Time) -> None:
    refusals.record(DiskFull())
    time.now += 1
    refusals.record(Locked())

    assert refusals.recent == ["locked", "disk_full"]
    time.now += RECENT
    assert refusals.recent == ["locked"]
    time.now += 0.1
    assert refusals.recent == []
