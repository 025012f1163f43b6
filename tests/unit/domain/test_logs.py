"""Cursors and private logs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.paging import pack_cursor
from parlour.domain.logs import Cursor, PrivateNote, UnknownPayload, write_private
from tests.support import builders as b
from tests.support.fakes import START
from tests.support.world import World

MOMENTS = st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - `timezones` makes it aware


class TestCursor:
    @given(st.integers(0, 2**53), MOMENTS)
    def test_survives_a_round_trip_as_text(self, offset: int, at: datetime) -> None:
        cursor = Cursor(offset, at)

        assert Cursor.parse(str(cursor)) == cursor

    @pytest.mark.parametrize(
        "parts",
        [
            ["1"],
            *(
                pair.split(",")
                for pair in ["1,-1", "-1,0", "1,x", "٣,1", "1,٣", "1_0,1", ",0", "1,"]
            ),
        ],
    )
    def test_refuses_malformed_input(self, parts: list[str]) -> None:
        with pytest.raises(Invalid) as refusal:
            Cursor.parse(pack_cursor(*parts))
        assert refusal.value.field == "cursor"

    @pytest.mark.parametrize("digits", [18, 30, 300])
    def test_refuses_a_time_that_cannot_be_represented(self, digits: int) -> None:
        with pytest.raises(Invalid, match="not a cursor"):
            Cursor.parse(pack_cursor("1", "9" * digits))


class TestPrivateLog:
    def test_numbers_events_in_order(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        notes = [
            PrivateNote(user=user, payload=UnknownPayload(kind=kind, data={}))
            for user, kind in [(alice, "one"), (bob, "two"), (alice, "three")]
        ]
        written = world.storage.uow(
            lambda stores: write_private(stores.private_logs, notes, START)
        )

        assert [(alice, 1, "one"), (bob, 1, "two"), (alice, 2, "three")] == [
            (event.user, event.offset, event.kind) for event in written
        ]
        kept = world.storage.uow.read(lambda stores: stores.private_logs.after(alice, 0, 10))
        assert [written[0], written[2]] == kept

    def test_of_an_unknown_user_gets_no_event(self, world: World) -> None:
        note = PrivateNote(user=UserId(b.next_id()), payload=UnknownPayload(kind="one", data={}))

        assert () == world.storage.uow(
            lambda stores: write_private(stores.private_logs, [note], START)
        )
        assert () == world.storage.uow(
            lambda stores: write_private(stores.private_logs, [], START)
        )
