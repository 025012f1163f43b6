"""The state of stored data, which decides whether a release can work with it."""

from parlour.domain.kernel.transaction import SchemaState


def test_data_of_the_version_needed_is_current() -> None:
    assert SchemaState("0004", "0004").is_current


def test_data_of_another_version_or_of_none_is_not() -> None:
    assert not SchemaState("0003", "0004").is_current
    assert not SchemaState(None, "0004").is_current
