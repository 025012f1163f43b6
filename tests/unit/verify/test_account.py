"""Requests to a broken service come to an end."""

import json

from parlour.entrypoints.verify.account import PAGE, Account
from parlour.entrypoints.verify.recorder import Recorder
from tests.support.scripted_service import answering

TOKEN = {"user": {"id": "alice"}, "access_token": "a-token"}


async def test_reading_a_history_ends_where_a_page_repeats() -> None:
    """A service whose numbers are in disorder may give the same page again and again."""
    messages = [{"seq": number} for number in range(7, 7 + PAGE)]
    body = json.dumps({**TOKEN, "messages": messages}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with answering(head + body) as place:
        account = Account([f"http://{place}"], "alice", "a-password", Recorder())
        found = await account.whole_history("lobby", seconds=5.0)

    assert found == messages
