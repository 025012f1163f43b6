"""The reference (OpenAPI, AsyncAPI, the page at /docs) describes the routes as they are."""

import asyncio
import json
import os
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parlour.entrypoints.http import (
    schemas,
    schemas_admin,
    schemas_changes,
    schemas_messages,
    schemas_notifications,
)
from parlour.entrypoints.http.problems import ProblemView
from parlour.entrypoints.http.reference import build_document
from parlour.entrypoints.http.reference.asyncapi import build_asyncapi
from parlour.entrypoints.http.reference.document import Json, operations
from parlour.entrypoints.http.reference.examples import BODIES, PROBLEMS
from parlour.entrypoints.http.reference.page import build_page
from parlour.entrypoints.http.reference.socket import client_frames, push_frames
from parlour.entrypoints.http.routes import api
from parlour.entrypoints.wire.errors import STATUS
from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService

KEPT = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"
RENEW = "PARLOUR_TEST_RENEW"
_SCHEMAS = {
    **vars(schemas),
    **vars(schemas_admin),
    **vars(schemas_changes),
    **vars(schemas_messages),
    **vars(schemas_notifications),
}


@pytest.fixture
def document(http: HttpService) -> Json:
    """The OpenAPI document."""
    return build_document(api(http.service))


def test_the_published_document_is_current(document: Json) -> None:
    now = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get(RENEW):
        KEPT.write_text(now, "utf-8")
    assert KEPT.read_text("utf-8") == now, f"run this test with {RENEW}=1 and read the change"


def test_descriptions_are_not_indented_like_docstrings(document: Json) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert "\n " not in schema.get("description", ""), name


def test_every_route_documents_its_purpose_parameters_and_errors(document: Json) -> None:
    seen = set()
    for path, method, operation in operations(document):
        assert operation["operationId"] not in seen
        seen.add(operation["operationId"])
        assert operation["summary"]
        assert operation["description"].endswith((".", "?"))
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
        assert {"400", "429", "500", "503"} <= set(operation["responses"])
        assert bool(operation["security"]) == ("401" in operation["responses"]) or path.startswith(
            "/v1/auth/"
        )
        assert ("{" in path) <= ("404" in operation["responses"]), path
        if "requestBody" in operation:
            assert {"413", "415", "422"} <= set(operation["responses"])
            assert operation["requestBody"]["content"]["application/json"]["examples"]
        assert any(status.startswith("2") for status in operation["responses"])
        assert method in {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_every_reference_inside_the_document_resolves(document: Json) -> None:
    def links(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for each in value.values():
                yield from links(each)
        elif isinstance(value, list):
            for each in value:
                yield from links(each)

    found = set(links(document))
    assert found
    for link in found:
        place: Any = document
        for step in link.removeprefix("#/").split("/"):
            place = place[step]


def test_every_body_has_an_example_that_its_type_accepts() -> None:
    for name, example in BODIES.items():
        raw = msgspec.json.encode(example)
        assert msgspec.json.decode(raw, type=type(example)) == example, name
    bodies = {
        name
        for name, found in _SCHEMAS.items()
        if isinstance(found, type)
        and issubclass(found, msgspec.Struct)
        and found.__struct_config__.forbid_unknown_fields
        and found is not schemas.Body
    }
    assert bodies - set(BODIES) == {"LoginDevice", "SubscriptionKeys"}  # shown inside others


def test_every_problem_of_a_route_has_an_example_with_its_status(document: Json) -> None:
    for code, example in PROBLEMS.items():
        assert isinstance(example, ProblemView)
        assert (example.code, example.status) == (code, STATUS[code])
    for response in document["components"]["responses"].values():
        (content,) = response["content"].values()
        assert content["examples"]


def test_requests_forbid_unknown_fields_and_answers_allow_them(document: Json) -> None:
    for name, schema in document["components"]["schemas"].items():
        found = _SCHEMAS.get(name)
        is_body = found is not None and found.__struct_config__.forbid_unknown_fields
        assert (schema.get("additionalProperties") is False) == is_body, name


async def test_the_page_shows_every_route_every_frame_and_every_error(
    http: HttpService, document: Json
) -> None:
    answer = await http.ask("GET", "/docs")
    assert answer.headers["content-type"].startswith("text/html")
    for path, method, operation in operations(document):
        assert f'id="{operation["operationId"]}"' in answer.text
        assert f"{method} {path}" in answer.text
    for frame in (*client_frames(), *push_frames()):
        assert f"<code>{frame.type}</code> {frame.name}" in answer.text
    for code in STATUS:
        assert f"<td><code>{code}</code></td>" in answer.text


async def test_the_first_request_does_not_block_the_event_loop(http: HttpService) -> None:
    request = asyncio.create_task(http.ask("GET", "/docs"))
    turns = 0
    while not request.done():
        turns += 1
        await asyncio.sleep(0.01)

    assert request.result().status_code == 200
    assert turns > 5


async def test_the_page_needs_no_script_and_nothing_from_another_host(http: HttpService) -> None:
    answer = await http.ask("GET", "/docs")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert "script" not in policy
    page = _Page()
    page.feed(answer.text)
    assert not page.tags & {"script", "iframe", "img", "style", "form", "object", "base"}
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}
    # Relative, so that they hold wherever the application is mounted.
    assert not any(":" in link or link.startswith("/") for link in page.links)
    assert {link[1:] for link in page.links if link.startswith("#")} <= page.ids
    assert len(page.listed_ids) == len(page.ids)
    for link in {link for link in page.links if not link.startswith("#")}:
        found = await http.ask("GET", f"/{link}")
        assert found.status_code == 200
        assert found.headers["x-content-type-options"] == "nosniff"


async def test_the_openapi_document_is_served(http: HttpService, document: Json) -> None:
    answer = await http.ask("GET", "/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == document


async def test_the_asyncapi_document_is_served(http: HttpService) -> None:
    answer = await http.ask("GET", "/asyncapi.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == build_asyncapi()


def test_texts_of_the_document_are_escaped(document: Json) -> None:
    document["info"]["title"] = "<script>alert(1)</script>"
    document["tags"][0]["description"] = 'a "quoted" <b>word</b> & `<i>`'
    page = build_page(document)
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<code>&lt;i&gt;</code>" in page


async def test_the_examples_of_requests_are_accepted(
    http: HttpService, alice: HttpUser, bob: HttpUser, document: Json
) -> None:
    talk = await alice.open_direct(bob)
    for template, method, operation in operations(document):
        body = operation.get("requestBody")
        if body is None:
            continue
        path = template.replace("{conversation}", talk).replace("{user}", bob.id)
        path = path.replace("{seq}", "1")
        for example in body["content"]["application/json"]["examples"].values():
            headers = {"Idempotency-Key": talk}
            answer = await http.ask(method, path, alice, json=example["value"], headers=headers)
            assert answer.status_code != 400, (path, answer.text)


class _Page(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.listed_ids: list[str] = []

    @property
    def ids(self) -> set[str]:
        """The targets of links."""
        return set(self.listed_ids)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src"}:
                self.links.add(value or "")
            elif name == "id":
                self.listed_ids.append(value or "")
