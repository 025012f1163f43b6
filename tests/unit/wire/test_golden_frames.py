"""The golden frames, with which clients in every language are tested, are current."""

import json
from typing import Any, get_args

import msgspec
import pytest

from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.codec import decode
from parlour.entrypoints.wire import pushes
from tests.support.golden_frames import FILE, Golden, encoded, from_clients, goldens

GOLDENS = goldens()
SAID = [each for each in GOLDENS if each.direction == "C"]
HEARD = [each for each in GOLDENS if each.direction == "S"]


def structs_below(base: type, module: Any) -> list[type]:
    """Return the types of a module that are frames of their own."""
    return [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, base)
        if each.__module__.startswith(module.__name__)
    ]


def fields_of(struct: type) -> set[str]:
    return set(struct.__struct_encode_fields__)  # type: ignore[attr-defined]


def type_of(struct: type) -> str:
    return str(struct.__struct_config__.tag)  # type: ignore[attr-defined]


def test_the_file_of_golden_frames_is_current() -> None:
    assert FILE.read_bytes() == encoded(), "run `python -m tests.support.golden_frames`"


def test_every_golden_frame_has_a_unique_name() -> None:
    names = [(each.direction, each.name) for each in GOLDENS]

    assert len(set(names)) == len(names)


def test_there_is_a_golden_frame_of_every_client_frame() -> None:
    assert {each.frame["type"] for each in SAID} == {
        type_of(struct) for struct in get_args(frames.ClientFrame)
    }


def test_every_field_of_a_client_frame_is_shown() -> None:
    for struct in get_args(frames.ClientFrame):
        shown = [each.frame for each in SAID if each.frame["type"] == type_of(struct)]
        known = fields_of(struct) - {"attachments"}  # files are not here yet

        assert {field for frame in shown for field in frame} - {"type"} == known


def test_there_is_a_golden_frame_of_every_push() -> None:
    kinds = {type_of(struct) for struct in structs_below(msgspec.Struct, pushes)}

    assert kinds | {"ok", "error", "welcome", "pong"} == {each.frame["type"] for each in HEARD}


def test_there_is_a_golden_frame_of_every_answer() -> None:
    answers = [each.frame for each in HEARD if each.frame["type"] in {"ok", "welcome"}]
    shapes = [frame.keys() - {"type"} for frame in answers]

    for struct in structs_below(frames.Answer, frames):
        assert fields_of(struct) in shapes, struct


@pytest.mark.parametrize("golden", SAID, ids=lambda golden: golden.name)
def test_the_service_reads_a_client_frame(golden: Golden) -> None:
    frame = decode(json.dumps(golden.frame))
    written = json.loads(msgspec.json.encode(frame))

    assert isinstance(frame, get_args(frames.ClientFrame))
    assert golden.frame.items() <= written.items()


@pytest.mark.parametrize("golden", HEARD, ids=lambda golden: golden.name)
def test_a_frame_of_the_service_keeps_the_rules_for_json(golden: Golden) -> None:
    """Ids and times are strings, numbers whole and below 2^53; nothing is null where it can go."""

    def check(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                check(inner, f"{path}.{key}")
        elif isinstance(value, list):
            for inner in value:
                check(inner, f"{path}[]")
        elif isinstance(value, int):
            assert 0 <= value < 2**53, path
        else:
            assert isinstance(value, str) or path == ".data.muted_until", path

    check(golden.frame, "")
    if golden.frame["type"] in {"ok", "welcome"}:
        assert "id" in golden.frame
    for name in ("at", "time", "expires_at", "last_seen"):
        if name in golden.frame:
            assert golden.frame[name] == "2026-01-02T03:04:05.678901Z"


def test_golden_frames_are_the_same_in_every_run() -> None:
    assert list(from_clients()) == list(from_clients())
