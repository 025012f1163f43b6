"""Invalid queries and paths are answered with a problem, never with 500."""

from itertools import product
from urllib.parse import quote

import pytest

from parlour.domain.kernel.paging import pack_cursor
from tests.support.builders import id_of
from tests.support.http_client import HttpUser
from tests.support.http_service import HttpService

LISTS = (
    "/v1/users?query=a&",
    "/v1/conversations?",
    "/v1/conversations/{talk}/members?",
    "/v1/conversations/{talk}/messages?",
    "/v1/conversations/{talk}/receipts?",
    "/v1/conversations/{talk}/events?",
)
NUMBERED = {
    "/v1/conversations/{talk}/messages?": ("before", "after", "around", "limit"),
    "/v1/conversations/{talk}/receipts?": ("seq", "limit"),
    "/v1/conversations/{talk}/events?": ("after", "limit"),
    "/v1/conversations?": ("limit",),
    "/v1/users?query=a&": ("limit",),
}

NO_NUMBERS = [
    "",
    "-1",
    "+1",
    "1e3",
    "1.0",
    "0x10",
    "01",
    "1_000",
    " 1",
    "1 ",
    "٣",
    "１",
    "true",
    "null",
    "NaN",
    "9" * 17,
    "9" * 5000,
]


async def test_a_number_must_be_plain_and_decimal(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    for path, names in NUMBERED.items():
        for name, number in product(names, NO_NUMBERS):
            asked = f"{path.replace('{talk}', talk)}{name}={quote(number)}"
            answer = await http.ask("GET", asked, alice)
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), asked
            assert answer.json()["errors"] == [{"field": name, "message": "is not a whole number"}]


async def test_the_size_of_a_page_is_bounded(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    for path, limit in product(LISTS, (0, 201, 1_000, 10**9, 2**53 - 1)):
        answer = await http.ask("GET", f"{path.replace('{talk}', talk)}limit={limit}", alice)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert answer.json()["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("number", [2**53, 10**16 - 1])
async def test_a_position_beyond_the_largest_number_is_refused(
    http: HttpService, alice: HttpUser, talk: str, number: int
) -> None:
    for asked in (f"messages?before={number}", f"receipts?seq={number}", f"events?after={number}"):
        answer = await http.ask("GET", f"/v1/conversations/{talk}/{asked}", alice)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_repeated_parameter_is_refused(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    for path in LISTS:
        asked = f"{path.replace('{talk}', talk)}limit=1&limit=2"
        answer = await http.ask("GET", asked, alice)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


FORGED = [
    "",
    "x",
    "*" * 10,
    "a" * 5000,
    "é",
    "-5",
    "1.5",
    pack_cursor(""),
    pack_cursor("-1"),
    pack_cursor("1", "2", "3"),
    pack_cursor("9" * 30, "9" * 30),
    pack_cursor("1e5", "0"),
    pack_cursor("-7", str(id_of("x"))),
    pack_cursor("999999999999999999", str(id_of("x"))),
    pack_cursor("0", "not an id"),
    pack_cursor("\0", "\0"),
    pack_cursor("ff", str(id_of("x"))),
    pack_cursor("0", str(id_of("x")), "0"),
]


async def test_a_forged_cursor_is_refused_or_returns_nothing(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    lists = (
        "/v1/users?query=a&cursor=",
        "/v1/conversations?before=",
        f"/v1/conversations/{talk}/members?cursor=",
        f"/v1/conversations/{talk}/receipts?cursor=",
        f"/v1/conversations/{talk}/messages/1/reactions?cursor=",
        "/v1/sync?cursor=",
    )
    await alice.post(talk, "hi")
    reactions = f"/v1/conversations/{talk}/messages/1/reactions/"
    await alice.call("PUT", reactions + quote("👍"))
    for path, cursor in product(lists, FORGED):
        answer = await http.ask("GET", path + quote(cursor), alice)
        if answer.status_code != 200:
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), path + cursor


async def test_the_cursor_of_another_list_is_refused(
    http: HttpService, alice: HttpUser, bob: HttpUser, talk: str
) -> None:
    await alice.create_group("Lobby", bob)
    page = (await http.ask("GET", "/v1/conversations?limit=1", alice)).json()
    answer = await http.ask(
        "GET", f"/v1/conversations/{talk}/members?cursor={page['next']}", alice
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_cursor_of_the_future_is_answered_with_reset(
    http: HttpService, alice: HttpUser
) -> None:
    ahead = pack_cursor("999999", "1767323045678901")
    answer = await http.ask("GET", f"/v1/sync?cursor={ahead}", alice)
    assert answer.status_code == 200
    assert answer.json()["reset"] is True


NO_IDS = [
    "x",
    "1",
    "..",
    "%2e%2e%2f",
    "%00",
    "null",
    "019b7a00-0000-7000-8000-00000000000",
    "019b7a00-0000-7000-8000-0000000000000",
    "g19b7a00-0000-7000-8000-000000000000",
    "' OR 1=1 --",
    "%ff",
    "é",
    "a" * 5000,
]


async def test_an_invalid_id_is_not_found(http: HttpService, alice: HttpUser) -> None:
    missing = await http.ask("GET", f"/v1/conversations/{id_of('nothing')}", alice)
    templates = ("/v1/conversations/{}", "/v1/conversations/{}/members", "/v1/users/{}")
    for template, id_ in product(templates, NO_IDS):
        answer = await http.ask("GET", template.format(id_), alice)
        assert answer.status_code == 404, id_
        assert answer.content == missing.content


async def test_a_missing_message_is_not_found(
    http: HttpService, alice: HttpUser, talk: str
) -> None:
    await alice.post(talk, "hi")
    for seq in ("0", "2", "-1", "+1", "1e0", "01", "1.0", "x", "9" * 16, "9" * 99):
        answer = await http.ask("GET", f"/v1/conversations/{talk}/messages/{seq}", alice)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), seq


async def test_a_search_takes_every_character_literally(
    http: HttpService, alice: HttpUser, bob: HttpUser
) -> None:
    for query in (*("%25", "_", "%5C", "'", "%22", "%25%27%3B--", "%ff", "%F0%9F%A6%A6", "%"),):
        answer = await http.ask("GET", f"/v1/users?query={query}", alice)
        assert answer.status_code == 200, query
        assert answer.json()["users"] == [], query
    for query in ("%00", "a" * 10_000):
        assert (await http.ask("GET", f"/v1/users?query={query}", alice)).status_code == 422


async def test_unknown_parameters_are_ignored(http: HttpService, alice: HttpUser) -> None:
    answer = await http.ask("GET", "/v1/conversations?newer=1&newer%00=2", alice)
    assert answer.status_code == 200
