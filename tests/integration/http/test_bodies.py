"""Invalid bodies are answered with a problem and its code, never with 500."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parlour.entrypoints.http.bodies import MAX_BYTES
from parlour.entrypoints.http.reference import build_document
from parlour.entrypoints.http.reference.document import operations
from parlour.entrypoints.http.routes import api
from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService, http_service

JSON = {"Content-Type": "application/json"}
DEEP = 100_000

NOT_JSON = {
    "nothing": b"",
    "a word": b"hello",
    "cut short": b'{"body":{"text":"hi"',
    "two values": b"{}{}",
    "a trailing comma": b'{"body":{"text":"hi"},}',
    "a comment": b'{"body":{"text":"hi"}}//',
    "single quotes": b"{'body':{'text':'hi'}}",
    "invalid UTF-8": b'{"body":{"text":"\xff\xfe"}}',
    "invalid UTF-8 in a name": b'{"\xff":1}',
    "overlong UTF-8": b'{"body":{"text":"\xc0\xaf"}}',
    "a surrogate in UTF-8": b'{"body":{"text":"\xed\xa0\x80"}}',
    "UTF-16": '{"body":{"text":"hi"}}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"body":{"text":"hi"}}',
    "a lone high surrogate": b'{"body":{"text":"\\ud800"}}',
    "a lone low surrogate": b'{"body":{"text":"\\udc00"}}',
    "a raw control character": b'{"body":{"text":"a\x00b"}}',
    "NaN": b'{"body":{"text":"hi"},"reply_to":NaN}',
    "Infinity": b'{"body":{"text":"hi"},"reply_to":Infinity}',
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"body":' * (DEEP // 4),
    "a deep list inside": b'{"body":{"text":' + b"[" * DEEP + b"]" * DEEP + b"}}",
}

OF_WRONG_FORM: dict[str, bytes] = {
    "null": b"null",
    "a list": b"[]",
    "a number": b"5",
    "a string": b'"hi"',
    "an empty object": b"{}",
    "a body that is a string": b'{"body":"hi"}',
    "a body that is a list": b'{"body":["hi"]}',
    "a number as a string": b'{"body":{"text":"hi"},"reply_to":"1"}',
    "a boolean as a number": b'{"body":{"text":"hi"},"reply_to":true}',
    "a broken number": b'{"body":{"text":"hi"},"reply_to":1.5}',
    "2^53": b'{"body":{"text":"hi"},"reply_to":9007199254740992}',
    "2^63": b'{"body":{"text":"hi"},"reply_to":9223372036854775808}',
    "forty digits": b'{"body":{"text":"hi"},"reply_to":' + b"9" * 40 + b"}",
    "five thousand digits": b'{"body":{"text":"hi"},"reply_to":' + b"9" * 5000 + b"}",
    "1e400": b'{"body":{"text":"hi"},"reply_to":1e400}',
    "a negative number": b'{"body":{"text":"hi"},"reply_to":-1}',
    "a field that is not ours": b'{"body":{"text":"hi"},"seq":7}',
    "a sender": b'{"body":{"text":"hi"},"by":"0191c0de-0000-7000-8000-000000000000"}',
    "mentions that are a string": b'{"body":{"text":"hi"},"mentions":"all"}',
    "mentions of numbers": b'{"body":{"text":"hi"},"mentions":[1]}',
    "51 mentions": b'{"body":{"text":"hi"},"mentions":[' + b",".join([b'"all"'] * 51) + b"]}",
    "a mention of 37 characters": b'{"body":{"text":"hi"},"mentions":["' + b"a" * 37 + b'"]}',
    "a kind that is null": b'{"body":{"text":"hi"},"kind":null}',
    "a kind of a megabyte's eighth": b'{"body":{"text":"hi"},"kind":"' + b"k" * 131_072 + b'"}',
    "10,000 keys": b"{" + b",".join(b'"k%d":1' % n for n in range(10_000)) + b"}",
}

OF_WRONG_CONTENT: dict[str, Any] = {
    "an empty text": {"body": {"text": ""}},
    "spaces": {"body": {"text": " \n\t "}},
    "a NUL": {"body": {"text": "a\0b"}},
    "an escape": {"body": {"text": "a\x1b[2Jb"}},
    "8,001 characters": {"body": {"text": "x" * 8_001}},
    "a text that is a number": {"body": {"text": 5}},
    "no text": {"body": {}},
    "an unknown kind": {"kind": "sticker", "body": {"text": "hi"}},
    "an answer to nothing": {"body": {"text": "hi"}, "reply_to": 0},
    "an answer to what is not there": {"body": {"text": "hi"}, "reply_to": 99},
    "a mention of nobody": {"body": {"text": "hi"}, "mentions": ["nobody"]},
}


POLL = b'{"kind":"poll","body":{"question":"Tea?","options":["yes","no"]}}'


def _filled(path: str, talk: str, user: HttpUser, *, seq: int = 1) -> str:
    """Return a path of the document with these in the places of its parameters."""
    path = path.replace("{conversation}", talk).replace("{user}", user.id)
    return path.replace("{seq}", str(seq)).replace("{emoji}", quote("👍"))


async def _post(http: HttpService, who: HttpUser, talk: str, content: bytes) -> httpx.Response:
    headers = {**JSON, "Idempotency-Key": str(http.service.new_id())}
    path = f"/v1/conversations/{talk}/messages"
    return await http.ask("POST", path, who, content=content, headers=headers)


@pytest.fixture
async def unchanged(http: HttpService, alice: HttpUser, talk: str) -> AsyncIterator[None]:
    """See to it that nothing was posted in the end."""
    yield
    head = (await http.ask("GET", f"/v1/conversations/{talk}", alice)).json()
    assert (head["seq"], head["offset"]) == (0, 1)


@pytest.mark.usefixtures("unchanged")
async def test_what_is_not_json_is_malformed(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    for name, content in NOT_JSON.items():
        answer = await _post(http, alice, talk, content)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), name


@pytest.mark.usefixtures("unchanged")
async def test_json_of_another_form_is_malformed(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    for name, content in OF_WRONG_FORM.items():
        answer = await _post(http, alice, talk, content)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), name


@pytest.mark.usefixtures("unchanged")
async def test_invalid_content_is_refused_with_its_field(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    for name, content in OF_WRONG_CONTENT.items():
        answer = await _post(http, alice, talk, json.dumps(content).encode())
        assert answer.status_code == 422, name
        assert answer.json()["code"] in {"invalid", "unsupported_kind"}, name
        assert answer.json()["detail"], name


async def test_a_malformed_field_is_named_and_its_value_is_not(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    answer = await _post(http, alice, talk, b'{"body":{"text":"hi"},"reply_to":"canary"}')
    assert answer.json()["errors"] == [
        {"field": "reply_to", "message": "Expected `int | null`, got `str`"}
    ]
    assert "canary" not in answer.text


async def test_the_last_value_of_a_repeated_field_counts(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    answer = await _post(http, alice, talk, b'{"body":{"text":"one"},"body":{"text":"two"}}')
    assert answer.status_code == 201
    path = f"/v1/conversations/{talk}/messages/1"
    assert (await http.ask("GET", path, alice)).json()["body"] == {"text": "two"}


async def test_a_text_is_returned_unchanged(http: HttpService, alice: HttpUser, talk: str) -> None:
    text = "  Ünï\u200dcode 👩‍👩‍👧 \r\n\t<b>&amp;</b> ' \" \\ % _ ;-- \u202e "
    content = json.dumps({"body": {"text": text}}, ensure_ascii=True).encode()
    assert (await _post(http, alice, talk, content)).status_code == 201
    path = f"/v1/conversations/{talk}/messages/1"
    assert (await http.ask("GET", path, alice)).json()["body"] == {"text": text}


async def test_other_content_types_are_refused(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    for media in (
        "",
        "text/plain",
        "text/plain; charset=utf-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=utf-16",
        "application/x-msgpack",
    ):
        answer = await http.ask(
            "POST",
            f"/v1/conversations/{talk}/messages",
            alice,
            content=b'{"body":{"text":"hi"}}',
            headers={"Content-Type": media, "Idempotency-Key": str(http.service.new_id())},
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media"), media


async def test_a_compressed_body_is_refused(http: HttpService, alice: HttpUser) -> None:
    headers = {**JSON, "Content-Encoding": "gzip"}
    answer = await http.ask("PATCH", "/v1/me", alice, content=b"\x1f\x8b", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media")


@pytest.mark.parametrize("media", ["application/json", "Application/JSON; charset=UTF-8"])
async def test_json_may_declare_the_charset_utf_8(
    http: HttpService, alice: HttpUser, media: str
) -> None:
    content = '{"display_name":"Zoë"}'.encode()
    headers = {"Content-Type": media}
    answer = await http.ask("PATCH", "/v1/me", alice, content=content, headers=headers)
    assert answer.json()["display_name"] == "Zoë"


async def test_a_body_that_is_too_long_is_not_read(http: HttpService, alice: HttpUser) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 50 * MAX_BYTES:
            sent += 65_536
            yield b" " * 65_536

    answer = await http.ask("PATCH", "/v1/me", alice, content=endless(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert sent <= 2 * MAX_BYTES
    content = b" " * (MAX_BYTES + 1)
    answer = await http.ask("PATCH", "/v1/me", alice, content=content, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_every_route_with_a_body_refuses_what_is_not_json(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    document = build_document(api(http.service))
    for template, method, operation in operations(document):
        if "requestBody" not in operation or template.startswith("/v1/admin/"):
            continue  # whom administration refuses, it refuses before it reads
        path = _filled(template, talk, alice)
        for content in (b'{"x":\xff}', b'{"x":' + b"[" * DEEP, b"null", b"[]", b'{"x":1}'):
            headers = {**JSON, "Idempotency-Key": talk}
            answer = await http.ask(method, path, alice, content=content, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), path
        headers = {"Content-Type": "text/plain", "Idempotency-Key": talk}
        answer = await http.ask(method, path, alice, content=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media"), path


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["text", "all", "group", "direct", "owner", "2026-01-01T00:00:00Z"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "body", "kind", "title", "members", "user", "seq", "role"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


async def test_no_body_causes_an_internal_error() -> None:
    async with http_service() as http:
        alice = await http.register("alice")
        talk = await alice.open_direct(alice)
        await alice.post(talk, "hi")
        await _post(http, alice, talk, POLL)
        document = build_document(api(http.service))
        routes = [
            (method, _filled(path, talk, alice, seq=seq), operation)
            for path, method, operation in operations(document)
            if "requestBody" in operation and operation["operationId"] != "change_password"
            for seq in ((1, 2, 9) if "{seq}" in path else (1,))
        ]
        tries: list[tuple[str, str, bytes]] = []

        @settings(max_examples=150, suppress_health_check=list(HealthCheck))
        @given(st.sampled_from(routes), ANYTHING, st.data())
        def gather(route: tuple[str, str, Any], value: Any, data: st.DataObject) -> None:
            method, path, operation = route
            example = next(
                iter(operation["requestBody"]["content"]["application/json"]["examples"].values())
            )["value"]
            if "from" in example:
                example = {**example, "from": talk, "seqs": [1, 2]}
            field = data.draw(st.sampled_from(sorted(example)))
            tries.append((method, path, json.dumps({**example, field: value}).encode()))
            tries.append((method, path, json.dumps(value).encode()))

        gather()
        for method, path, content in tries:
            headers = {**JSON, "Idempotency-Key": str(http.service.new_id())}
            answer = await http.ask(method, path, alice, content=content, headers=headers)
            assert answer.status_code < 500, (path, content, answer.text)
            if answer.status_code >= 400:
                assert answer.json()["code"], (path, content)
        assert http.failures == []
