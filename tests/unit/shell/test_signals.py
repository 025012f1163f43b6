"""The binary form of signals between nodes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.shell.signals import (
    NOBODY,
    Signal,
    SignalKind,
    conversation_topic,
    presence_topic,
    user_topic,
)
from tests.support import builders as b

signals = st.builds(
    Signal,
    st.sampled_from(SignalKind),
    st.binary(max_size=200),
    st.integers(0, 2**53 - 1),
    st.uuids(),
    st.uuids(),
    st.uuids(),
)


class TestSignal:
    @given(signals)
    def test_is_decoded_as_it_was_encoded(self, signal: Signal) -> None:
        assert Signal.unpack(signal.pack()) == signal

    def test_is_for_everybody_by_default(self) -> None:
        signal = Signal.unpack(Signal(SignalKind.EVENT, b"{}", 7).pack())

        assert signal == Signal(SignalKind.EVENT, b"{}", 7, NOBODY, NOBODY, NOBODY)

    @pytest.mark.parametrize("changed", [{0: 2}, {0: 0}, {1: 0}, {1: 200}])
    def test_of_a_newer_release_is_ignored(self, changed: dict[int, int]) -> None:
        packed = bytearray(Signal(SignalKind.EVENT, b"{}", 7).pack())
        for at, value in changed.items():
            packed[at] = value

        assert Signal.unpack(bytes(packed)) is None

    @given(st.binary(max_size=80))
    def test_that_is_malformed_is_ignored(self, payload: bytes) -> None:
        unpacked = Signal.unpack(payload)

        assert unpacked is None or unpacked.pack() == payload


class TestTopics:
    def test_are_short_ascii_names_that_differ(self) -> None:
        same = UUID(b.ALICE.hex)
        names = {conversation_topic(same), user_topic(same), presence_topic(same)}

        assert len(names) == 3
        assert all(name.isascii() and len(name) == 34 for name in names)
