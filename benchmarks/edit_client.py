"""The load of senders who post one message each and edit it again and again."""

import json
import sys
import time
from typing import Any

import picows
import uvloop

from benchmarks.load_client import TEXT, SocketClient, run, say


class Editor(SocketClient):
    """One socket that posts first, and edits what it posted from then on."""

    seq = 0

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        data = frame.get_payload_as_bytes() if not self.seq else b""
        if data.startswith(b'{"type":"ok"'):
            self.seq = json.loads(data)["seq"]
        super().on_ws_frame(transport, frame)

    def send(self) -> None:
        if not self.seq:
            super().send()
            return
        id_ = self.next_id
        self.next_id = id_ + 1
        self.sent_at[id_] = time.perf_counter()
        self.transport.send(
            picows.WSMsgType.TEXT,
            b'{"type":"message.edit","id":%d,"conversation":"%s","seq":%d,"body":{"text":"%s %d"}}'
            % (id_, self.conversation.encode(), self.seq, TEXT.encode(), id_),
        )


if __name__ == "__main__":
    say(uvloop.run(run(json.loads(sys.stdin.readline()), Editor)))
