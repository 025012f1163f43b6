"""The published protocol names everything that the code speaks."""

import re
from pathlib import Path
from typing import get_args

import pytest

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS
from parlour.entrypoints.http.reference.socket import answer_frames, client_frames, push_frames
from parlour.entrypoints.operation.metrics import RESYNCS
from parlour.entrypoints.websocket.frames import ClientFrame
from parlour.entrypoints.websocket.session import CloseCode
from parlour.entrypoints.wire.errors import STATUS
from parlour.entrypoints.wire.views import HeadView, LastView

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/protocol.md").read_text()
NAMED = set(re.findall(r"`([^`]+)`", PAGE))


KINDS = {each.KIND for each in (*CONVERSATION_PAYLOADS, *PRIVATE_PAYLOADS)}


class TestProtocolReference:
    def test_names_every_frame(self) -> None:
        frames = [*client_frames(), *push_frames()]

        assert {frame.type for frame in frames} | {"welcome"} <= NAMED
        assert len(get_args(ClientFrame)) == len(client_frames())

    def test_names_every_field(self) -> None:
        fields = {
            field
            for frame in [*client_frames(), *answer_frames(), *push_frames()]
            for field in frame.schema["properties"]
        }
        fields |= {*HeadView.__struct_fields__, *LastView.__struct_fields__}

        assert set() == {
            field for field in fields - {"type"} if not re.search(rf"`{field}`", PAGE)
        }

    def test_names_every_kind_of_event(self) -> None:
        assert KINDS <= NAMED

    @pytest.mark.parametrize("code", CloseCode)
    def test_names_every_close_code(self, code: CloseCode) -> None:
        assert f"{code.value} {code.name.lower()}" in " ".join(PAGE.split())

    @pytest.mark.parametrize(("code", "status"), STATUS.items())
    def test_names_every_error_with_its_status(self, code: str, status: int) -> None:
        (row,) = (line for line in PAGE.splitlines() if f"`{code}`" in line and "|" in line[:2])

        assert f"| {status} |" in row

    def test_names_every_reason_to_resync(self) -> None:
        assert set(RESYNCS) <= NAMED
