"""The published protocol names everything that the code speaks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS
from parlour.entrypoints.http.reference.asyncapi import ANSWERS, build_asyncapi, encode_document
from parlour.entrypoints.http.reference.event_kinds import renewed
from parlour.entrypoints.http.reference.socket import answer_frames, client_frames, push_frames
from parlour.entrypoints.operation.metrics import RESYNCS
from parlour.entrypoints.websocket.frames import Asked, ClientFrame
from parlour.entrypoints.websocket.session import CloseCode
from parlour.entrypoints.wire.errors import STATUS
from parlour.entrypoints.wire.views import HeadView, LastView

RENEW = "run `python -m parlour.entrypoints.http.reference.renew docs/reference`"
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


class TestGeneratedReference:
    def test_the_tables_of_kinds_are_current(self) -> None:
        assert renewed(PAGE) == PAGE, RENEW

    def test_the_document_of_the_socket_is_current(self) -> None:
        published = (ROOT / "docs/reference/asyncapi.json").read_text("utf-8")

        assert encode_document(build_asyncapi()) == published, RENEW

    def test_every_link_of_the_document_leads_somewhere(self) -> None:
        document = build_asyncapi()
        found = set(links(document))

        assert found
        for link in found:
            place: Any = document
            for step in link.removeprefix("#/").split("/"):
                place = place[step]

    def test_the_document_has_every_frame_and_every_kind(self) -> None:
        document = build_asyncapi()
        names = {message["name"] for message in document["components"]["messages"].values()}
        carried = {"event", "event.me"}  # each kind is a message of its own
        frames = {frame.type for frame in [*client_frames(), *push_frames()]} - carried

        assert frames | {"welcome", "ok", "error"} <= names
        assert KINDS == {name.partition(" ")[2] for name in names} - {""}
        assert frames >= set(document["operations"]) - {"push"}

    def test_every_request_says_what_answers_it(self) -> None:
        answered = {frame.__name__ for frame in ANSWERS}

        assert {frame.__name__ for frame in get_args(Asked)} | {"Ping"} == answered


def links(value: Any) -> Iterator[str]:
    """Find every `$ref` in a JSON document."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from links(each)
    elif isinstance(value, list):
        for each in value:
            yield from links(each)
