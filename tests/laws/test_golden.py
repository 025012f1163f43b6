"""The cases that other stores are tried on are what this service says."""

from tests.support.golden import FILE, cases, encode


def test_the_written_cases_are_the_present_ones() -> None:
    assert FILE.read_bytes() == encode(cases()), "run `python -m tests.support.golden`"


def test_they_hold_every_kind_of_event() -> None:
    found = cases()
    kinds = {event.kind for case in found for event in (*case["events"], *case["private"])}

    assert kinds >= {
        "message.posted",
        "conversation.changed",
        "member.added",
        "member.removed",
        "member.changed",
        "read.moved",
        "settings.changed",
        "profile.changed",
    }
    assert len(found) > 50
