"""A reload applies a changed configuration at run time; a wrong one changes nothing."""

from collections.abc import AsyncIterator, Callable
from io import StringIO
from pathlib import Path

import attrs
import pytest

from parlour.adapters import logging
from parlour.adapters.config import ConfigError, Loaded, Settings, load
from parlour.entrypoints.operation.reloading import CannotReload, Reloaded, Reloader
from tests.support.http_service import HttpService, http_service

PRE = {"storage.backend": "memory"}
Change = Callable[[str], None]


@attrs.frozen
class Site:
    """A running service and its configuration file."""

    http: HttpService
    file: Path

    async def reload(self, text: str) -> Reloaded:
        """Write the file and take it over."""
        self.file.write_text(text)
        return await Reloader(self.http.service, load=self.load).reload()

    def load(self) -> Loaded:
        return load(self.file, {}, PRE)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with http_service() as http:
        yield Site(http, tmp_path / "chat.toml")


async def test_registration_can_be_closed_and_opened(site: Site) -> None:
    body = {"handle": "alice", "password": "quiet otters juggle lamps"}
    await site.reload('[access]\nregistration = "closed"\n')
    answer = await site.http.ask("POST", "/v1/auth/register", json=body)
    assert answer.status_code == 403
    found = await site.reload("")
    assert "access.registration" in found.applied
    assert (await site.http.ask("POST", "/v1/auth/register", json=body)).status_code == 201


async def test_the_maximum_size_of_groups_can_change(site: Site) -> None:
    alice, bob, carol = [await site.http.register(name) for name in ("alice", "bob", "carol")]
    group = await alice.create_group("Lobby", bob)
    await site.reload("[limits]\ngroup_members = 2\n")
    body = {"kind": "group", "title": "Three", "members": [bob.id, carol.id]}
    answer = await site.http.ask("POST", "/v1/conversations", alice, json=body)
    assert answer.status_code == 409, answer.text
    path = f"/v1/conversations/{group}/members"
    answer = await site.http.ask("POST", path, alice, json={"users": [carol.id]})
    assert answer.status_code == 409, answer.text


async def test_the_rate_of_messages_can_change(site: Site) -> None:
    alice, bob = await site.http.register("alice"), await site.http.register("bob")
    talk = await alice.open_direct(bob)
    await site.reload('[limits]\nmessages = "1/s burst 2"\n')
    await alice.post(talk, "hi")
    await alice.post(talk, "hi")
    answer = await site.http.ask(
        "POST",
        f"/v1/conversations/{talk}/messages",
        alice,
        json={"body": {"text": "third"}},
        headers={"Idempotency-Key": str(site.http.service.new_id())},
    )
    assert answer.status_code == 429


async def test_the_rate_of_log_ins_can_change(site: Site) -> None:
    await site.http.register("alice")
    await site.reload('[limits]\nlogins_per_account = "1/m"\n')
    body = {"handle": "alice", "password": "wrong as can be"}
    answers = [await site.http.ask("POST", "/v1/auth/login", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 429]


async def test_an_origin_can_be_added_and_removed(site: Site) -> None:
    origin = {"Origin": "https://chat.example.org"}

    async def allowed() -> str | None:
        answer = await site.http.ask("GET", "/v1/me", headers=origin)
        found: str | None = answer.headers.get("access-control-allow-origin")
        return found

    assert await allowed() is None
    await site.reload('[server]\norigins = ["https://chat.example.org"]\n')
    assert await allowed() == "https://chat.example.org"
    await site.reload("")
    assert await allowed() is None


async def test_keys_that_need_a_restart_are_named_and_unchanged(site: Site) -> None:
    before = site.http.service.settings
    found = await site.reload("[server]\nport = 9000\n[websocket]\nsockets_per_user = 3\n")
    assert found.needs_restart == ("server.port",)
    assert "websocket.sockets_per_user" in found.applied
    after = site.http.service.settings
    assert after.server.port == before.server.port
    assert after.websocket.sockets_per_user == 3
    # It is still waiting: the next reload says so again.
    again = await Reloader(site.http.service, load=site.load).reload()
    assert again == Reloaded((), ("server.port",))


async def test_a_wrong_file_changes_nothing_and_every_error_is_logged(site: Site) -> None:
    before = site.http.service.settings
    stream = StringIO()
    running = logging.start(Settings().logging, stream=stream)
    try:
        with pytest.raises(ConfigError) as raised:
            await site.reload(
                '[limits]\ngroup_members = 3\nmessages = "many"\n[log]\nlevel = "loud"\n'
            )
        running.flush()
    finally:
        running.close()
    assert len(raised.value.problems) == 2
    assert site.http.service.settings is before
    said = stream.getvalue()
    assert "nothing has changed" in said
    assert "limits.messages must be a rate" in said
    assert "log" in said


async def test_log_levels_can_change(site: Site) -> None:
    running = logging.start(Settings().logging, stream=StringIO())
    try:
        site.file.write_text('[logging.levels]\n"parlour.socket" = "debug"\n')
        await Reloader(site.http.service, load=site.load, logging=running).reload()
        levels = {each.logger: each.level for each in running.levels.current()}
        assert levels["parlour.socket"] == "debug"
    finally:
        running.close()


async def test_a_process_without_a_source_refuses_to_reload(site: Site) -> None:
    with pytest.raises(CannotReload):
        await Reloader(site.http.service).reload()
