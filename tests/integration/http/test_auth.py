"""Registration, log-in, refresh, log-out and password changes over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from parlour.adapters.config.settings import Access, Server
from tests.support.fakes import FastHasher
from tests.support.http_client import PASSWORD, HttpUser
from tests.support.http_service import ORIGIN, HttpService, http_service

REGISTER, LOGIN = "/v1/auth/register", "/v1/auth/login"
REFRESH, LOGOUT = "/v1/auth/refresh", "/v1/auth/logout"
COOKIE, SAFE_COOKIE = "parlour-refresh-8000", "__Host-parlour-refresh-8000"


def _code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_new_account_is_logged_in_at_once(http: HttpService) -> None:
    answer = await http.ask(
        "POST",
        REGISTER,
        json={
            "handle": "Alice",
            "display_name": "Alice A.",
            "password": PASSWORD,
            "device": {"name": "Firefox", "platform": "web"},
        },
    )
    assert answer.status_code == 201
    who = http.user(answer.json())
    me = (await http.ask("GET", "/v1/me", who)).json()
    assert me == answer.json()["user"]
    assert (me["handle"], me["display_name"], me["role"]) == ("alice", "Alice A.", "user")
    (device,) = (await http.ask("GET", "/v1/devices", who)).json()["devices"]
    assert (device["name"], device["platform"], device["current"]) == ("Firefox", "web", True)


async def test_a_taken_handle_is_refused_in_any_case_of_letters(
    http: HttpService, alice: HttpUser
) -> None:
    answer = await http.ask("POST", REGISTER, json={"handle": "ALICE", "password": PASSWORD})
    assert _code(answer) == (409, "handle_taken")


@pytest.mark.parametrize(
    "password", ["short", "password123", "aaaaaaaaaaaa", "x" * 1025, "ü" * 513]
)
async def test_a_common_too_short_or_too_long_password_is_refused(
    http: HttpService, password: str
) -> None:
    answer = await http.ask("POST", REGISTER, json={"handle": "alice", "password": password})
    assert _code(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == "password"


async def test_a_password_may_have_any_characters_and_is_never_cut(http: HttpService) -> None:
    password = "\0 Zürich 🦦 " + "y" * 900
    body: dict[str, Any] = {"handle": "alice", "password": password}
    assert (await http.ask("POST", REGISTER, json=body)).status_code == 201
    assert (await http.ask("POST", LOGIN, json=body)).status_code == 200
    body["password"] = password[:-1]
    assert (await http.ask("POST", LOGIN, json=body)).status_code == 401


async def test_registration_cannot_set_the_administrator_role(http: HttpService) -> None:
    body = {"handle": "mallory", "password": PASSWORD, "role": "admin"}
    answer = await http.ask("POST", REGISTER, json=body)
    assert _code(answer) == (400, "bad_request")


async def test_an_unknown_handle_and_a_wrong_password_have_the_same_answer(
    http: HttpService, alice: HttpUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bool] = []
    real = FastHasher.verify

    def spy(self: FastHasher, known: str | None, password: Any) -> bool:
        checked.append(known is not None)
        return real(self, known, password)

    monkeypatch.setattr(FastHasher, "verify", spy)
    wrong = await http.ask("POST", LOGIN, json={"handle": "alice", "password": "no such word"})
    unknown = await http.ask("POST", LOGIN, json={"handle": "nobody1", "password": "no such"})
    impossible = await http.ask("POST", LOGIN, json={"handle": "!!", "password": "no such"})
    assert wrong.status_code == 401
    assert wrong.content == unknown.content == impossible.content
    assert wrong.headers == unknown.headers == impossible.headers
    assert checked == [True, False, False]  # once each, whatever was wrong


async def test_a_refresh_token_is_used_once_and_replaced(
    http: HttpService, alice: HttpUser
) -> None:
    answer = await http.ask("POST", REFRESH, json={"refresh_token": alice.refresh_token})
    assert answer.status_code == 200
    following = http.user(answer.json())
    assert following.device == alice.device
    assert following.refresh_token != alice.refresh_token
    assert (await http.ask("GET", "/v1/me", following)).status_code == 200


async def test_a_refresh_whose_answer_was_lost_can_be_repeated(
    http: HttpService, alice: HttpUser
) -> None:
    first = await http.ask("POST", REFRESH, json={"refresh_token": alice.refresh_token})
    http.clock.advance(timedelta(seconds=5))
    second = await http.ask("POST", REFRESH, json={"refresh_token": alice.refresh_token})
    assert second.status_code == 200
    assert first.json()["refresh_token"] == second.json()["refresh_token"]


async def test_a_stolen_refresh_token_ends_the_device(http: HttpService, alice: HttpUser) -> None:
    following = http.user(
        (await http.ask("POST", REFRESH, json={"refresh_token": alice.refresh_token})).json()
    )
    http.clock.advance(timedelta(minutes=1))
    again = await http.ask("POST", REFRESH, json={"refresh_token": alice.refresh_token})
    assert _code(again) == (401, "unauthenticated")
    for token in (alice, following):
        assert _code(await http.ask("GET", "/v1/me", token)) == (401, "unauthenticated")
    spent = await http.ask("POST", REFRESH, json={"refresh_token": following.refresh_token})
    assert _code(spent) == (401, "unauthenticated")


async def test_an_access_token_expires_and_says_so(http: HttpService, alice: HttpUser) -> None:
    http.clock.advance(timedelta(minutes=16))
    answer = await http.ask("GET", "/v1/me", alice)
    assert _code(answer) == (401, "token_expired")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


async def test_a_refresh_token_is_not_an_access_token(http: HttpService, alice: HttpUser) -> None:
    headers = {"Authorization": f"Bearer {alice.refresh_token}"}
    assert _code(await http.ask("GET", "/v1/me", headers=headers)) == (401, "unauthenticated")
    spent = await http.ask("POST", REFRESH, json={"refresh_token": alice.token})
    assert _code(spent) == (401, "unauthenticated")


async def test_logging_out_ends_every_token_of_the_device_and_no_other(
    http: HttpService, alice: HttpUser
) -> None:
    other = await http.log_in("alice")
    assert (await http.ask("POST", LOGOUT, alice)).status_code == 204
    assert _code(await http.ask("GET", "/v1/me", alice)) == (401, "unauthenticated")
    spent = await http.ask("POST", REFRESH, json={"refresh_token": alice.refresh_token})
    assert spent.status_code == 401
    assert (await http.ask("GET", "/v1/me", other)).status_code == 200


async def test_a_new_password_ends_the_other_devices(http: HttpService, alice: HttpUser) -> None:
    other = await http.log_in("alice")
    body = {"old_password": PASSWORD, "new_password": "seven red kites sleep"}
    assert (await http.ask("POST", "/v1/auth/password", alice, json=body)).status_code == 204
    assert (await http.ask("GET", "/v1/me", alice)).status_code == 200
    assert (await http.ask("GET", "/v1/me", other)).status_code == 401
    old = await http.ask("POST", LOGIN, json={"handle": "alice", "password": PASSWORD})
    assert old.status_code == 401


async def test_a_new_password_requires_the_old_one(http: HttpService, alice: HttpUser) -> None:
    body = {"old_password": "not this one", "new_password": "seven red kites sleep"}
    answer = await http.ask("POST", "/v1/auth/password", alice, json=body)
    assert _code(answer) == (401, "unauthenticated")
    assert (await http.log_in("alice")).id == alice.id


async def test_closed_registration_says_so() -> None:
    async with http_service(access=Access(registration="closed")) as http:
        answer = await http.ask("POST", REGISTER, json={"handle": "a1", "password": PASSWORD})
        assert _code(answer) == (403, "forbidden")


# -- the cookie of a page -------------------------------------------------------------------


async def _page_login(http: HttpService, origin: str = ORIGIN) -> httpx.Response:
    body = {"handle": "alice", "password": PASSWORD, "cookie": True}
    return await http.ask("POST", LOGIN, json=body, headers={"Origin": origin})


async def test_a_page_receives_its_refresh_token_in_an_http_only_cookie(
    http: HttpService, alice: HttpUser
) -> None:
    answer = await _page_login(http)
    assert "refresh_token" not in answer.json()
    said = answer.headers["Set-Cookie"]
    assert said.startswith(f"{COOKIE}=plr_")
    flags = {part.strip().lower() for part in said.split(";")[1:]}
    assert flags == {"httponly", "samesite=strict", "path=/", "max-age=2592000"}


async def test_a_page_may_refresh_with_a_valid_cookie(http: HttpService) -> None:
    body = {"handle": "alice", "password": PASSWORD, "cookie": True}
    evil = {"Origin": "http://evil.example"}
    refused = await http.ask("POST", REGISTER, json=body, headers=evil)
    assert _code(refused) == (403, "forbidden")
    answer = await http.ask("POST", REGISTER, json=body, headers={"Origin": ORIGIN})
    assert answer.status_code == 201  # what was refused before had made no account
    assert answer.cookies[COOKIE].startswith("plr_")


async def test_each_refresh_replaces_the_cookie(http: HttpService, alice: HttpUser) -> None:
    first = (await _page_login(http)).cookies[COOKIE]
    headers = {"Origin": ORIGIN, "Cookie": f"{COOKIE}={first}"}
    answer = await http.ask("POST", REFRESH, json={}, headers=headers)
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    second = answer.cookies[COOKIE]
    assert second != first
    assert (await http.ask("GET", "/v1/me", http.user(answer.json()))).status_code == 200


async def test_logging_out_clears_the_cookie(http: HttpService, alice: HttpUser) -> None:
    login = await _page_login(http)
    headers = {"Cookie": f"{COOKIE}={login.cookies[COOKIE]}"}
    answer = await http.ask("POST", LOGOUT, http.user(login.json()), headers=headers)
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["Set-Cookie"].lower()


FOREIGN = [
    None,
    "null",
    "http://evil.example",
    "https://127.0.0.1:8000",
    "http://127.0.0.1",
    "http://127.0.0.1:8001",
    "http://127.0.0.1:8000.evil.example",
    "http://evil.example/127.0.0.1:8000",
    "http://127.0.0.1:8000/",
    "HTTP://127.0.0.1:8000",
    "http://localhost:8000",
]


async def test_a_cookie_is_refused_from_other_origins(http: HttpService, alice: HttpUser) -> None:
    cookie = (await _page_login(http)).cookies[COOKIE]
    for origin in FOREIGN:
        headers = {"Cookie": f"{COOKIE}={cookie}", **({"Origin": origin} if origin else {})}
        answer = await http.ask("POST", REFRESH, json={}, headers=headers)
        assert _code(answer) == (403, "forbidden"), origin
        assert "Set-Cookie" not in answer.headers
        if origin:
            assert _code(await _page_login(http, origin)) == (403, "forbidden"), origin


async def test_a_foreign_name_that_resolves_here_is_not_the_own_origin(
    http: HttpService, alice: HttpUser
) -> None:
    cookie = (await _page_login(http)).cookies[COOKIE]
    headers = {
        "Cookie": f"{COOKIE}={cookie}",
        "Origin": "http://rebound.example:8000",
        "Host": "rebound.example:8000",
    }
    answer = await http.ask("POST", REFRESH, json={}, headers=headers)
    assert _code(answer) == (403, "forbidden")


async def test_behind_tls_the_cookie_is_bound_to_host_and_tls() -> None:
    server = Server(behind_tls=True, origins=("https://chat.example",))
    async with http_service(server=server) as http:
        await http.register("alice")
        answer = await _page_login(http, "https://chat.example")
        said = answer.headers["Set-Cookie"]
        assert said.startswith(f"{SAFE_COOKIE}=plr_")
        flags = {part.strip().lower() for part in said.split(";")[1:]}
        assert {"secure", "httponly", "samesite=strict", "path=/"} <= flags
        assert not any(flag.startswith("domain") for flag in flags)
        assert _code(await _page_login(http, "https://other.example")) == (403, "forbidden")


async def test_services_on_two_ports_of_one_host_keep_their_own_cookies(
    http: HttpService, alice: HttpUser
) -> None:
    """A cookie is for every port of its host (RFC 6265, section 8.5)."""
    names = []
    for host in ("localhost:8000", "localhost:8001", "localhost", "localhost:80"):
        body = {"handle": "alice", "password": PASSWORD, "cookie": True}
        headers = {"Host": host, "Origin": f"http://{host}"}
        answer = await http.ask("POST", LOGIN, json=body, headers=headers)
        names.append(answer.headers["Set-Cookie"].partition("=")[0])

    name = "parlour-refresh"
    assert names == [f"{name}-8000", f"{name}-8001", name, name]


async def test_without_a_token_and_without_a_cookie_nothing_is_refreshed(
    http: HttpService,
) -> None:
    answer = await http.ask("POST", REFRESH, json={}, headers={"Origin": ORIGIN})
    assert _code(answer) == (401, "unauthenticated")


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_form_of_another_site_cannot_refresh(
    http: HttpService, alice: HttpUser, media: str
) -> None:
    cookie = (await _page_login(http)).cookies[COOKIE]
    headers = {"Cookie": f"{COOKIE}={cookie}", "Origin": ORIGIN, "Content-Type": media}
    answer = await http.ask("POST", REFRESH, content=b"{}", headers=headers)
    assert _code(answer) == (415, "unsupported_media")
