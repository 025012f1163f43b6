"""`python -m benchmarks [NAME] [--runs N]`: measure, print a table, write figures to a file."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from benchmarks import (
    behind,
    ejabberd,
    fanout,
    idle,
    life,
    limits,
    log,
    page,
    paging,
    send,
    storage,
)
from benchmarks.report import Case, measure
from tests.support.programs import Missing

DELIVERY = ("delivered_per_second", "server_us", "database_us", "ack_p50_ms", "ack_p99_ms")
IDLE = ("hello_per_second", "hello_us", "kib_per_socket", "idle_cpu_share")
Goals = Mapping[str, tuple[str, float]]

OF_ECHO = {"delivered_per_second": "echo_per_second", "server_us": "echo_us"}


def _send(name: str, backend: str, goals: Goals | None = None, **load: float) -> Case:
    run = partial(send.measure, backend, **load)  # type: ignore[arg-type]
    return Case(name=name, run=run, show=DELIVERY, goals=goals or {}, limits=OF_ECHO)


def _over_asgi(name: str, run: Callable[..., dict[str, Any]], show: Sequence[str]) -> Case:
    """Return the case just before on the path that every ASGI server takes, as its ratio."""
    return Case(
        name=f"over ASGI: {name}",
        run=partial(run, direct=False),
        show=tuple(show),
        limits={each: each for each in show},
    )


_ECHO = Case(name="bare echo, same server", run=limits.echo, show=("echo_per_second", "echo_us"))


def limit_cases() -> list[Case]:
    """The limits of the machine, for ratios."""
    rows = tuple(f"rows_per_second_{size}" for size in (1, 32, 256))
    return [
        Case(name="bare Python, a million additions", run=limits.python, show=("python_ms",)),
        _ECHO,
        Case(name="bare insert and commit", run=limits.inserts, show=rows),
    ]


def send_cases() -> list[Case]:
    """Pairs of users who chat."""
    return [
        *limit_cases(),
        _send(
            "MariaDB, Redis: 100 users, 8 in flight",
            "mysql",
            {"delivered_per_second": (">=", 12_000), "server_us": ("<=", 80)},
            users=100,
            window=8,
        ),
        _send(
            "MariaDB, Redis: 20 users, 1 in flight",
            "mysql",
            {"delivered_per_second": (">=", 4_000), "ack_p50_ms": ("<=", 5)},
            users=20,
            window=1,
        ),
        _send(
            "MariaDB, Redis: open loop, 200/s",
            "mysql",
            {"ack_p50_ms": ("<=", 2), "ack_p99_ms": ("<=", 5)},
            users=20,
            window=1,
            rate=200,
        ),
        _send("SQLite: 100 users, 8 in flight", "sqlite", users=100, window=8),
        _send("memory: 100 users, 8 in flight", "memory", users=100, window=8),
        _over_asgi(
            "memory: 100 users, 8 in flight",
            partial(send.measure, "memory", users=100, window=8),
            DELIVERY,
        ),
    ]


def fanout_cases() -> list[Case]:
    """Four senders in a large group."""
    goals = {"delivered_per_second": (">=", 100_000.0), "server_us": ("<=", 8.0)}
    return [
        case
        for members in (100, 1_000)
        for case in (
            Case(
                name=f"bare fan-out, same server: {members} members",
                run=partial(limits.fanout, members=members),
                show=("frames_per_second", "frame_us"),
            ),
            Case(
                name=f"MariaDB, Redis: {members} members",
                run=partial(fanout.measure, "mysql", members=members),
                show=DELIVERY,
                goals=goals,
                limits={"delivered_per_second": "frames_per_second", "server_us": "frame_us"},
            ),
            _over_asgi(
                f"MariaDB, Redis: {members} members",
                partial(fanout.measure, "mysql", members=members),
                DELIVERY,
            ),
        )
    ]


def idle_cases() -> list[Case]:
    """Silent sockets."""
    return [
        Case(
            name="bare handshake, same server",
            run=limits.hellos,
            show=("handshakes_per_second", "handshake_us"),
        ),
        Case(
            name="MariaDB, Redis: 5,000 sockets",
            run=partial(idle.measure, "mysql", sockets=5_000),
            show=IDLE,
            goals={"kib_per_socket": ("<=", 40), "hello_per_second": (">=", 2_000)},
            limits={"hello_per_second": "handshakes_per_second", "hello_us": "handshake_us"},
        ),
        _over_asgi(
            "MariaDB, Redis: 5,000 sockets", partial(idle.measure, "mysql", sockets=5_000), IDLE
        ),
    ]


def history_cases() -> list[Case]:
    """The newest page of a long conversation."""
    return [
        _ECHO,
        *(
            Case(
                name=f"{backend}: newest 50 of 20,000, 16 clients",
                run=partial(paging.history, backend),
                show=("pages_per_second", "server_us"),
                goals={"pages_per_second": (">=", 2_000)},
                limits={"pages_per_second": "echo_per_second", "server_us": "echo_us"},
            )
            for backend in ("mysql", "sqlite")
        ),
    ]


def connect_cases() -> list[Case]:
    """Hello to welcome with many conversations."""
    return [
        Case(
            name=f"{backend}: 500 conversations",
            run=partial(paging.connect, backend),
            show=("hello_ms", "server_ms"),
        )
        for backend in ("mysql", "sqlite")
    ]


def node_cases() -> list[Case]:
    """The same load on one node and on two."""
    return [
        _ECHO,
        *(
            _send(f"MariaDB, Redis: {nodes} nodes", "mysql", users=100, window=8, nodes=nodes)
            for nodes in (1, 2)
        ),
    ]


def growth_cases() -> list[Case]:
    """Whether a message costs more when more is stored, and a head when more is unread."""
    shapes = [
        ("50 conversations", {}),
        ("100,000 more conversations", {"elsewhere": 100_000}),
        ("10,000 more conversations of one user", {"group_pairs": 10_000}),
        ("100,000 messages before", {"history": 100_000}),
        ("10,000 more users", {"strangers": 10_000}),
    ]
    return [
        Case(
            name=f"MariaDB, Redis: {name}",
            run=partial(send.measure, "mysql", users=100, window=8, more=more),
            show=("delivered_per_second", "server_us", "database_us"),
            runs=1,
        )
        for name, more in shapes
    ] + [
        Case(
            name=f"{backend}: a head, {distance:,} messages behind",
            run=partial(behind.measure, backend, distance),
            show=("head_ms",),
            runs=1,
        )
        for backend in ("sqlite", "mysql")
        for distance in (1_000, 10_000, 100_000)
    ]


def life_cases() -> list[Case]:
    """What happens to messages after they were posted."""
    reactions = ("reactions_per_second", "seconds", "server_us", "database_us")
    changes = ("edits_per_second", "server_us", "database_us", "ack_p50_ms", "ack_p99_ms")
    pages = ("page_ms", "server_us", "database_us", "page_kib")
    return [
        Case(
            name="MariaDB, Redis: 500 people react to one message",
            run=partial(life.burst, "mysql"),
            show=reactions,
            goals={"seconds": ("<=", 1.0)},
        ),
        Case(
            name="MariaDB, Redis: 100 users edit, 8 in flight",
            run=partial(life.edits, "mysql", users=100, window=8),
            show=changes,
        ),
        Case(
            name="MariaDB: a page of 50 without reactions",
            run=partial(life.page, "mysql", reacting=0),
            show=pages,
        ),
        Case(
            name="MariaDB: a page of 50 with six emojis each",
            run=partial(life.page, "mysql", reacting=5),
            show=pages,
            limits={each: each for each in pages},
        ),
    ]


def log_cases() -> list[Case]:
    """The cost of a log line."""
    show = ("line_us", "silent_us", "bare_us", "steady_lines_per_s")
    return [Case(name="a line", run=log.run, show=show, goals={"line_us": ("<=", 10)}, runs=1)]


def page_cases() -> list[Case]:
    """The frame rate of the page with a long history."""
    goals = {
        "first_paint_ms": ("<=", 1_000.0),
        "scroll_fps": (">=", 59.0),
        "scroll_cpu_ms": ("<=", 16.7),
    }
    figures = ("fps", "p99_ms", "cpu_ms")
    frames = [f"{name}_{figure}" for name in page.SCROLLS for figure in figures]
    show = ("first_paint_ms", "paint_again_ms", *frames, "heap_mib")
    return [
        Case(name="20,000 messages in the store", run=page.measure, show=show, goals=goals, runs=1)
    ]


def storage_cases() -> list[Case]:
    """The cost of storing messages, without sockets."""
    goals = {"ms_1_in_1": ("<=", 1.6), "messages_per_s_128_in_32": (">=", 12_000.0)}
    shapes = ("1_in_1", "32_in_8", "128_in_32", "128_in_128")
    show = ("ms_1_in_1", *(f"messages_per_s_{shape}" for shape in shapes))
    return [
        Case(name=name, run=partial(storage.measure, backend), show=show, goals=bounds)
        for name, backend, bounds in (
            ("MariaDB", "mariadb", goals),
            ("SQLite", "sqlite", {}),
            ("MariaDB, bare insert and commit", "bare", {}),
        )
    ]


def ejabberd_cases() -> list[Case]:
    """The same load on ejabberd and on Parlour, in turn."""
    return [
        case
        for users, window in ((100, 8), (20, 1))
        for shape in (f"{users} users, {window} in flight",)
        for case in (
            Case(
                name=f"ejabberd, MariaDB: {shape}",
                run=partial(ejabberd.measure, users=users, window=window),
                show=DELIVERY,
            ),
            Case(
                name=f"Parlour, MariaDB, Redis: {shape}",
                run=partial(send.measure, "mysql", users=users, window=window),
                show=DELIVERY,
                limits={name: name for name in DELIVERY},
            ),
        )
    ]


CASES: Mapping[str, Callable[[], list[Case]]] = {
    "limits": limit_cases,
    "send": send_cases,
    "fanout": fanout_cases,
    "idle": idle_cases,
    "history": history_cases,
    "connect": connect_cases,
    "nodes": node_cases,
    "growth": growth_cases,
    "life": life_cases,
    "log": log_cases,
    "page": page_cases,
    "storage": storage_cases,
    "ejabberd": ejabberd_cases,
}


def main() -> None:
    """Run the named benchmark, or list all."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*CASES, "all"])
    parser.add_argument("--runs", type=int, help="runs of each case; 3 by default")
    given = parser.parse_args()
    if given.name is None:
        parser.print_help()
        return
    ours = [name for name in CASES if name != "ejabberd"]
    try:
        for name in ours if given.name == "all" else [given.name]:
            measure(name, CASES[name](), given.runs)
    except Missing as missing:
        parser.error(str(missing))


if __name__ == "__main__":
    main()
