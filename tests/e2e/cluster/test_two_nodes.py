"""Two nodes on a Redis Cluster of three primaries behave as on one Redis."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.support.addresses import Database
from tests.support.chat_processes import PARLOUR, ChatProcess, Server, register, running_server
from tests.support.concurrency import eventually
from tests.support.programs import WAIVED
from tests.support.redis_cluster import RedisCluster
from tests.support.socket_client import SHORT_TIMEOUT

PASSWORD = "four words are enough"


@pytest.fixture
def cluster() -> Iterator[RedisCluster]:
    """Three primaries and a replica of the first."""
    if "redis" in WAIVED:
        pytest.skip("redis is waived by PARLOUR_TEST_WAIVE")
    with RedisCluster() as cluster:
        yield cluster


@pytest.fixture
def settings(database: Database, cluster: RedisCluster) -> tuple[str, ...]:
    """The settings of both nodes."""
    return (
        *database.settings,
        "presence.backend=redis",
        "bus.backend=redis",
        f"redis.url={cluster.url}",
        "redis.cluster=true",
        # Only the bus may be quick here: what it loses would long not be seen.
        "delivery.head_check=50s",
        "server.drain=500ms",
    )


@pytest.fixture
def nodes(settings: tuple[str, ...], tmp_path: Path) -> Iterator[list[Server]]:
    """Two nodes that share a database and the cluster."""
    pairs = [word for pair in settings for word in ("--set", pair)]
    for words in (["db", "upgrade"], ["user", "add", "boss", "--admin", "--password-stdin"]):
        subprocess.run(
            [PARLOUR, *words, *pairs],
            cwd=tmp_path,
            input=f"{PASSWORD}\n".encode(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
    with ExitStack() as stack:
        folders = [tmp_path / "one", tmp_path / "two"]
        for folder in folders:
            folder.mkdir()
        yield [stack.enter_context(running_server(folder, *settings)) for folder in folders]


@pytest.fixture
def clients(nodes: list[Server], tmp_path: Path) -> Iterator[tuple[ChatProcess, ChatProcess]]:
    """Alice on the first node and Bob on the second, in one conversation."""
    for node, handle in zip(nodes, ("alice", "bob"), strict=True):
        register(node, tmp_path, handle)
    with ExitStack() as stack:
        alice = ChatProcess(nodes[0], tmp_path, "alice", "--to", "bob")
        stack.callback(alice.kill)
        bob = ChatProcess(nodes[1], tmp_path, "bob", "--to", "alice")
        stack.callback(bob.kill)
        alice.sees("-- bob --")
        bob.sees("-- alice --")
        yield alice, bob


def test_users_chat_across_nodes_while_a_primary_is_lost(
    clients: tuple[ChatProcess, ChatProcess], cluster: RedisCluster
) -> None:
    alice, bob = clients
    alice.type("hello from node one")
    bob.sees("alice: hello from node one")
    alice.sees(r"\* bob is online")
    bob.type("hello from node two")
    alice.sees("bob: hello from node two")

    cluster.servers[0].kill()
    # A commit needs no Redis: what the bus does not carry meanwhile is seen a little later.
    alice.type("said while a primary is dead")
    bob.sees("alice: said while a primary is dead", seconds=90)
    eventually(lambda: cluster.owner(0) is cluster.servers[3], seconds=60)
    bob.type("the replica took over")
    alice.sees("bob: the replica took over", seconds=90)
    alice.type("and I hear you")
    bob.sees("alice: and I hear you", seconds=90)

    assert bob.spoken.count("said while a primary is dead") == 1


def test_an_admin_on_one_node_logs_a_user_out_on_the_other(
    nodes: list[Server], clients: tuple[ChatProcess, ChatProcess]
) -> None:
    _, bob = clients
    with httpx.Client(base_url=nodes[0].url) as client:
        tokens = client.post(
            "/v1/auth/login", json={"handle": "boss", "password": PASSWORD}
        ).json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        (account,) = client.get("/v1/admin/users", params={"prefix": "bob"}).json()["users"]
        ended = client.delete(f"/v1/admin/users/{account['id']}/sessions")
        assert ended.status_code == 204
        # At once, on a busy machine: asking for every device alone would take 30 seconds.
        bob.sees("this device was logged out", seconds=SHORT_TIMEOUT)
        entries = client.get("/v1/admin/audit").json()["entries"]
    assert [(entry["action"], entry.get("by_handle")) for entry in entries] == [
        ("user.logged_out", "boss"),
        ("user.added", None),
    ]
