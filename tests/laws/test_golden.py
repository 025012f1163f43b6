"""The golden cases, which client stores are tested with, are what this service sends."""

from tests.support.golden import FILE, cases, encode


def test_the_committed_cases_are_current() -> None:
    assert FILE.read_bytes() == encode(cases()), "run `python -m tests.support.golden`"


def test_the_cases_contain_every_kind_of_event() -> None:
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
