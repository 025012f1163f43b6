"""A clock that stands until a test moves it."""

from datetime import UTC, datetime, timedelta

from parlour.domain.kernel.time import Clock

START = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class HeldClock(Clock):
    """Tells the moment that the test says, in UTC."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta = SECOND) -> datetime:
        """Move on, or back where *by* is negative; return the new moment."""
        self.now += by
        return self.now

    def monotonic(self) -> float:
        """Tell the same time as seconds since the start of the test."""
        return (self.now - START).total_seconds()
