"""Examinations of this machine: ports, disk space, rights of the data."""

import errno
import json
import os
import shutil
import socket
import stat
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from parlour.entrypoints.cli.check_result import CheckResult, bad, doubt, good

if TYPE_CHECKING:
    from parlour.adapters.config import Settings

MIB = 1024 * 1024
NEEDED = 100 * MIB
COMFORTABLE = 1024 * MIB
PATIENCE = 2.0


def examine_ports(settings: "Settings") -> Iterator[CheckResult]:
    """Look whether the listeners' ports are free, or serve Parlour already."""
    server, ops = settings.server, settings.ops
    yield examine_port("server", server.host, server.port, "/v1/me")
    if ops.port:
        yield examine_port("ops", ops.host, ops.port, "/livez")


def examine_port(section: str, host: str, port: int, path: str) -> CheckResult:
    """Look at one port; *path* is where a Parlour that listens there can be told."""
    subject, where = f"port {port}", f"{host}:{port}"
    if port == 0:
        return good(subject, f"[{section}] takes a free one")
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        return bad(subject, f"{host} is no address here", f"correct {section}.host")
    with socket.socket(family, kind) as probe:
        # As the service does: a port that was in use a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return _judge_bind(error, subject, section, where, (host, port, path))
    return good(subject, f"{where} is free")


def _judge_bind(
    error: OSError, subject: str, section: str, where: str, listener: tuple[str, int, str]
) -> CheckResult:
    if error.errno == errno.EADDRINUSE:
        if speaks_parlour(*listener):
            return good(subject, f"Parlour serves on {where} already")
        return bad(
            subject,
            f"another program listens on {where}",
            f"stop it, or choose another {section}.port",
        )
    if error.errno == errno.EACCES:
        return bad(
            subject,
            f"{where} may not be used by this user",
            f"choose a {section}.port above 1023, with a proxy in front",
        )
    return bad(subject, f"{where}: {error.strerror}", f"correct {section}.host")


def speaks_parlour(host: str, port: int, path: str) -> bool:
    """Tell whether what listens there answers as Parlour does."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - told, not bound
    connection = HTTPConnection(everywhere.get(host, host), port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = json.loads(connection.getresponse().read(64 * 1024))
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    if not isinstance(answer, dict):
        return False
    return answer.get("code") == "unauthenticated" or answer.get("state") == "ok"


def examine_folder(what: str, path: Path, setting: str) -> Iterator[CheckResult]:
    """Look at the folder of a file: is it there, may it be written, is there room, who reads."""
    folder = path.absolute().parent
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield bad(
            f"{what} folder",
            f"{there} may not be written by this user",
            f"chown it to the user of the service, or correct {setting}",
        )
        return
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        yield bad(
            f"{what} folder",
            f"{path} may not be read and written by this user",
            "chown it to the user of the service",
        )
        return
    yield good(f"{what} folder", f"{folder}" if folder == there else f"{folder} will be made")
    yield examine_space(what, there)
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield doubt(
            f"{what} folder", f"others on this machine may read {path}", f"chmod 600 {path}"
        )


def examine_space(what: str, folder: Path) -> CheckResult:
    """Look how much room a disk has."""
    subject = f"{what} disk"
    free = shutil.disk_usage(folder).free
    text = f"{free // MIB:,} MiB free at {folder}"
    if free < NEEDED:
        return bad(subject, text, "make room: below that, messages are refused")
    if free < COMFORTABLE:
        return doubt(subject, text, "make room soon")
    return good(subject, text)
