"""What a run of `parlour verify` learns from the log about the membership of its guest."""

from typing import Any

import pytest

from parlour.entrypoints.verify.driver import membership_after

GUEST = "guest"


def log(*kinds: str, user: str = GUEST) -> list[dict[str, Any]]:
    """Return events of these kinds about *user*, with the offsets from 1 on."""
    return [
        {"offset": offset, "kind": kind, "data": {"user": user}}
        for offset, kind in enumerate(kinds, 1)
    ]


class TestTheMembershipOfTheGuest:
    def test_begins_when_they_are_added_and_ends_when_they_are_removed(self) -> None:
        assert membership_after((False, 0), log("member.added"), GUEST) == (True, 1)
        assert membership_after((False, 0), log("member.added", "member.removed"), GUEST) == (
            False,
            2,
        )

    @pytest.mark.parametrize("kind", ["member.changed", "member.kind_of_a_newer_release"])
    def test_goes_on_when_their_role_changes(self, kind: str) -> None:
        events = log("member.added", kind)

        assert membership_after((False, 0), events, GUEST) == (True, 1)

    def test_is_not_changed_by_what_happens_to_others_or_by_messages(self) -> None:
        events = log("member.removed", user="somebody else")
        posted = {"offset": 2, "kind": "message.posted", "data": {"body": {"text": "hi"}}}

        assert membership_after((True, 7), [*events, posted], GUEST) == (True, 7)
