"""Who may do what: every route, for everybody, on what is theirs, foreign, and missing.

Who does not belong to a conversation learns nothing of it, not even that it exists: foreign and
missing answer with the same bytes. A route without a row here fails a test.
"""

from itertools import product

import pytest

from parlour.entrypoints.http.reference import build_document
from parlour.entrypoints.http.reference.document import operations
from parlour.entrypoints.http.routes import api
from tests.support.access_table import (
    DESCRIPTION,
    EVERYBODY,
    INSIDE,
    MISSING,
    OF_ADMINS,
    OF_CONVERSATIONS,
    OF_DEVICES,
    OF_SUBSCRIPTIONS,
    OUTSIDE,
    PERSONAL,
    PUBLIC,
    ROWS,
    Scene,
    filled,
)
from tests.support.http_service import HttpService


@pytest.fixture
async def scene(http: HttpService) -> Scene:
    """Everybody in their places."""
    return await Scene(http).set()


async def test_every_route_has_a_row(http: HttpService) -> None:
    document = build_document(api(http.service))
    routes = {
        operation["operationId"]: (method, path)
        for path, method, operation in operations(document)
    }
    assert set(ROWS) == set(routes)
    for name, row in ROWS.items():
        method, path = routes[name]
        assert row.method == method
        assert row.path.split("?")[0].count("/") == path.count("/")


async def test_without_a_token_every_answer_is_unauthorized(scene: Scene) -> None:
    for name in (*PERSONAL, *OF_CONVERSATIONS, *OF_DEVICES, *OF_SUBSCRIPTIONS, *OF_ADMINS):
        answers = [
            await scene.ask(ROWS[name], None, conversation, device=scene.people["member"].device)
            for conversation in (scene.own, scene.foreign, MISSING)
        ]
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), name
            assert answer.content == answers[0].content, name
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), name


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer x", "Basic bWVtYmVyOnB3", "bearer  x", "Bearer " + "a" * 5000],
)
async def test_a_malformed_token_is_unauthorized(http: HttpService, authorization: str) -> None:
    told = {"{own}": MISSING, "{victim}": MISSING, "{device}": MISSING}
    for name, row in ROWS.items():
        if name in PUBLIC or name in DESCRIPTION:
            continue
        path = str(filled(row.path, told))
        answer = await http.ask(row.method, path, headers={"Authorization": authorization})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), name


@pytest.mark.parametrize("name", PUBLIC)
async def test_registration_and_log_in_need_no_token(scene: Scene, name: str) -> None:
    answer = await scene.ask(ROWS[name], None)
    assert answer.status_code == ROWS[name].status
    assert answer.json()["access_token"]


@pytest.mark.parametrize("name", DESCRIPTION)
async def test_the_description_of_the_service_needs_no_token(scene: Scene, name: str) -> None:
    answer = await scene.ask(ROWS[name], None)
    assert answer.status_code == ROWS[name].status


@pytest.mark.parametrize("name", PERSONAL)
async def test_every_user_may_change_what_is_their_own(scene: Scene, name: str) -> None:
    for who in EVERYBODY:
        answer = await scene.ask(ROWS[name], who)
        assert answer.status_code == ROWS[name].status, (who, answer.text)
        if who in OUTSIDE:
            assert scene.own not in answer.text
        assert scene.foreign not in answer.text


async def test_foreign_and_missing_conversations_have_the_same_answer(scene: Scene) -> None:
    for name, who in product(OF_CONVERSATIONS, EVERYBODY):
        missing = await scene.ask(ROWS[name], who, MISSING)
        foreign = await scene.ask(ROWS[name], who, scene.foreign)
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found"), (name, who)
        assert foreign.status_code == 404, (name, who)
        assert foreign.content == missing.content, (name, who)
        assert foreign.headers == missing.headers, (name, who)


async def test_non_members_see_nothing_of_a_group(scene: Scene) -> None:
    for name, who in product(OF_CONVERSATIONS, OUTSIDE):
        missing = await scene.ask(ROWS[name], who, MISSING)
        own = await scene.ask(ROWS[name], who)
        assert own.status_code == 404, (name, who)
        assert own.content == missing.content, (name, who)


@pytest.mark.parametrize("name", OF_CONVERSATIONS)
@pytest.mark.parametrize("who", INSIDE)
async def test_members_may_do_what_their_role_allows(scene: Scene, name: str, who: str) -> None:
    row = ROWS[name]
    answer = await scene.ask(row, who)
    if who in row.allowed:
        assert answer.status_code == row.status, answer.text
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("who", EVERYBODY)
async def test_foreign_and_missing_devices_have_the_same_answer(scene: Scene, who: str) -> None:
    row = ROWS["end_device"]
    missing = await scene.ask(row, who, device=MISSING)
    foreign = await scene.ask(row, who, device=scene.people["somebody"].device)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert foreign.content == missing.content
    assert (await scene.ask(PERSONAL["get_me"], "somebody")).status_code == 200
    own = await scene.ask(row, who, device=scene.people[who].device)
    assert own.status_code == 204


@pytest.mark.parametrize("who", EVERYBODY)
async def test_foreign_and_missing_subscriptions_have_the_same_answer(
    scene: Scene, who: str
) -> None:
    theirs = await scene.ask(PERSONAL["subscribe_to_pushes"], "somebody")
    row = ROWS["unsubscribe_from_pushes"]
    missing = await scene.ask(row, who, device=MISSING)
    foreign = await scene.ask(row, who, device=theirs.json()["id"])
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert foreign.content == missing.content
    assert (await scene.ask(row, "somebody", device=theirs.json()["id"])).status_code == 204


@pytest.mark.parametrize("name", OF_ADMINS)
async def test_administration_is_for_admins_and_reveals_nothing_to_others(
    scene: Scene, name: str
) -> None:
    row = ROWS[name]
    before = await scene.ask(OF_ADMINS["read_audit"], "operator")
    for who in EVERYBODY:
        if who == "operator":
            continue
        answers = [
            await scene.ask(row, who),
            await scene.ask(row, who, MISSING),
            await scene.http.ask(
                row.method,
                str(filled(row.path, {"{victim}": MISSING, "{own}": MISSING})),
                scene.people[who],
                content=b"not even JSON",
            ),
        ]
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), who
            assert answer.content == answers[0].content, who
    assert (await scene.ask(OF_ADMINS["read_audit"], "operator")).content == before.content


@pytest.mark.parametrize("name", OF_ADMINS)
async def test_admins_may_administer_and_never_see_message_texts(scene: Scene, name: str) -> None:
    answer = await scene.ask(ROWS[name], "operator")
    assert answer.status_code == ROWS[name].status, answer.text
    assert "canary" not in answer.text
    assert "Lobby" not in answer.text


async def test_admins_receive_not_found_for_what_is_missing(scene: Scene) -> None:
    for name, row in OF_ADMINS.items():
        if "{" in row.path:
            path = str(filled(row.path, {"{victim}": MISSING, "{own}": MISSING}))
            more = {} if row.body is None else {"json": row.body}
            answer = await scene.http.ask(row.method, path, scene.people["operator"], **more)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), name


@pytest.mark.parametrize("name", OF_CONVERSATIONS)
async def test_a_refusal_changes_nothing(scene: Scene, name: str) -> None:
    before = await _seen(scene)
    for who in (*OUTSIDE, *(each for each in INSIDE if each not in ROWS[name].allowed)):
        await scene.ask(ROWS[name], who)
    await scene.ask(ROWS[name], "owner", scene.foreign)
    assert await _seen(scene) == before


async def _seen(scene: Scene) -> list[bytes]:
    """Return all that the owners see of both groups."""
    looks = [row for row in OF_CONVERSATIONS.values() if row.method == "GET"]
    return [
        (await scene.ask(row, who, conversation)).content
        for who, conversation in (("owner", scene.own), ("somebody", scene.foreign))
        for row in looks
    ]
