"""What an account asks of a service that is broken ends all the same."""

import json

from parlour.entrypoints.verify.account import PAGE, Account
from parlour.entrypoints.verify.recorder import Recorder
from tests.support.answering import answering

TOKEN = {"user": {"id": "alice"}, "access_token": "a-token"}


async def test_a_history_whose_pages_lead_nowhere_is_read_to_an_end() -> None:
    """A service whose numbers are in disorder may give the same page again and again."""
    messages = [{"seq": number} for number in range(7, 7 + PAGE)]
    body = json.dumps({**TOKEN, "messages": messages}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with answering(head + body) as place:
        account = Account([f"http://{place}"], "alice", "a-password", Recorder())
        found = await account.whole_history("lobby", seconds=5.0)

    assert found == messages
