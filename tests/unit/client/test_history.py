"""Messages of a history page."""

from parlour.entrypoints.client.models import Event


def test_a_message_of_a_history_page_mentions_whom_its_event_mentioned() -> None:
    message = {
        "offset": 2,
        "seq": 1,
        "kind": "text",
        "by": "ann",
        "at": "2026-01-02T03:04:05.000000Z",
        "key": "k",
        "body": {"text": "hi @ben"},
        "mentions": ["ben"],
        "revision": 1,
    }

    assert Event.read_message(message).data["mentions"] == ["ben"]
