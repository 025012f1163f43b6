"""Checks this machine: ports, disk space, permissions of the data."""

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

from parlour.entrypoints.cli.check_result import CheckResult, failure, ok, warning

if TYPE_CHECKING:
    from parlour.adapters.config import Settings

MIB = 1024 * 1024
MIN_FREE = 100 * MIB
LOW_FREE = 1024 * MIB
PROBE_TIMEOUT = 2.0


def check_ports(settings: "Settings") -> Iterator[CheckResult]:
    """Check that the ports to listen on are free, or used by Parlour already."""
    server, ops = settings.server, settings.ops
    yield check_port("server", server.host, server.port, "/v1/me")
    if ops.port:
        yield check_port("ops", ops.host, ops.port, "/livez")


def check_port(section: str, host: str, port: int, path: str) -> CheckResult:
    """Check one port; *path* is a route by which a running Parlour is recognised."""
    subject, where = f"port {port}", f"{host}:{port}"
    if port == 0:
        return ok(subject, f"[{section}] uses any free port")
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        return failure(
            subject, f"{host} is not an address of this machine", f"correct {section}.host"
        )
    with socket.socket(family, kind) as probe:
        # As the service does: a port that was in use a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return _bind_failure(error, subject, section, where, (host, port, path))
    return ok(subject, f"{where} is free")


def _bind_failure(
    error: OSError, subject: str, section: str, where: str, listener: tuple[str, int, str]
) -> CheckResult:
    if error.errno == errno.EADDRINUSE:
        if is_parlour(*listener):
            return ok(subject, f"Parlour serves on {where} already")
        return failure(
            subject,
            f"another program listens on {where}",
            f"stop it, or choose another {section}.port",
        )
    if error.errno == errno.EACCES:
        return failure(
            subject,
            f"this user may not listen on {where}",
            f"choose a {section}.port above 1023, with a proxy in front",
        )
    return failure(subject, f"{where}: {error.strerror}", f"correct {section}.host")


def is_parlour(host: str, port: int, path: str) -> bool:
    """Return whether what listens there answers as Parlour does."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked, not bound
    connection = HTTPConnection(everywhere.get(host, host), port, timeout=PROBE_TIMEOUT)
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


def check_folder(what: str, path: Path, setting: str) -> Iterator[CheckResult]:
    """Check the folder of a file: it exists or can be made, is writable, private and has space."""
    folder = path.absolute().parent
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield failure(
            f"{what} folder",
            f"this user may not write to {there}",
            f"chown it to the user of the service, or correct {setting}",
        )
        return
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        yield failure(
            f"{what} folder",
            f"this user may not read and write {path}",
            "chown it to the user of the service",
        )
        return
    yield ok(f"{what} folder", f"{folder}" if folder == there else f"{folder} will be made")
    yield check_space(what, there)
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield warning(
            f"{what} folder", f"other users of this machine may read {path}", f"chmod 600 {path}"
        )


def check_space(what: str, folder: Path) -> CheckResult:
    """Check the free space of a disk."""
    subject = f"{what} disk"
    free = shutil.disk_usage(folder).free
    text = f"{free // MIB:,} MiB free at {folder}"
    if free < MIN_FREE:
        return failure(subject, text, "free some space: on a full disk messages are refused")
    if free < LOW_FREE:
        return warning(subject, text, "free some space soon")
    return ok(subject, text)
