"""The fixture `chat`, for anybody's tests."""

from collections.abc import Iterator

import pytest

from parlour.entrypoints.harness.chat import Chat


@pytest.fixture
def chat() -> Iterator[Chat]:
    """The whole service in memory, for one test; unhandled errors inside fail the test."""
    with Chat() as chat:
        yield chat
    if chat.errors:
        raise chat.errors[0]
