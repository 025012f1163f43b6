"""Cursors and private logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import pack_cursor
from parlour.domain.kernel.time import to_micros
from parlour.domain.logs import Cursor, OffsetDigest, PrivateNote, UnknownPayload, write_private
from tests.support import builders as b
from tests.support.fakes import START
from tests.support.world import World

IDS = st.uuids().map(ConversationId)
OFFSETS = st.dictionaries(IDS, st.integers(0, 2**53), max_size=100)


class TestOffsetDigest:
    @given(OFFSETS)
    def test_survives_a_round_trip_as_text(self, offsets: dict[ConversationId, int]) -> None:
        digest = OffsetDigest.of(offsets)

        assert OffsetDigest.parse(str(digest)) == digest
        assert digest.moved(offsets) == []

    @given(OFFSETS, st.data())
    def test_finds_every_conversation_that_moved(
        self, offsets: dict[ConversationId, int], data: st.DataObject
    ) -> None:
        choice = st.sets(st.sampled_from(sorted(offsets)) if offsets else st.nothing())
        moved = {each: data.draw(st.integers(1, 10**6)) for each in data.draw(choice)}
        now = {each: offset + moved.get(each, 0) for each, offset in offsets.items()}

        assert set(OffsetDigest.of(offsets).moved(now)) >= moved.keys()

    @given(OFFSETS, IDS)
    def test_finds_a_conversation_that_is_new(
        self, offsets: dict[ConversationId, int], joined: ConversationId
    ) -> None:
        offsets.pop(joined, None)

        assert joined in OffsetDigest.of(offsets).moved({**offsets, joined: 1})

    @pytest.mark.parametrize(
        "raw", ["", "x", "AAA", "AAAAAAA", "AAAA AAA", "AAAA!!!!AA", "é", "A" * 4000]
    )
    def test_refuses_malformed_text(self, raw: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - any is turned into a refusal
            OffsetDigest.parse(raw)


class TestCursor:
    @given(st.integers(0, 2**53), OFFSETS)
    def test_survives_a_round_trip_as_text(
        self, offset: int, offsets: dict[ConversationId, int]
    ) -> None:
        cursor = Cursor(offset, OffsetDigest.of(offsets))

        assert Cursor.parse(str(cursor)) == cursor
        assert len(str(cursor)) <= 512

    def test_of_an_earlier_release_knows_no_conversations(self) -> None:
        old = pack_cursor(7, to_micros(START))

        assert Cursor.parse(old) == Cursor(7)
        assert Cursor.parse(str(Cursor(7))) == Cursor(7)

    @pytest.mark.parametrize(
        "parts",
        [
            ["1"],
            *(
                pair.split(",")
                for pair in [
                    "1,-1",
                    "-1,0",
                    "1,x",
                    "٣,1",
                    "1,٣",
                    "1_0,1",
                    ",0",
                    "1,",
                    "1,~",
                    "1,~A",
                    "x,~AAAAAA",
                ]
            ),
        ],
    )
    def test_refuses_malformed_input(self, parts: list[str]) -> None:
        with pytest.raises(Invalid) as refusal:
            Cursor.parse(pack_cursor(*parts))
        assert refusal.value.field == "cursor"

    def test_that_cannot_be_read_is_none(self) -> None:
        assert Cursor.recover("nonsense") is None
        assert Cursor.recover(str(Cursor(7))) == Cursor(7)

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
