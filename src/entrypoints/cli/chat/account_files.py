"""
The files of an account on this machine: tokens and unsent messages, readable by the owner alone.

One folder for each service and handle, below `$XDG_STATE_HOME/parlour/chat`. Folders have the mode
0700 and files 0600; several processes may use one account at a time.
"""

import asyncio
import fcntl
import json
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import attrs

from parlour.entrypoints.client.errors import ClientError, NoAnswer
from parlour.entrypoints.client.tokens import TokenStorage

_HANDLE = re.compile(r"[a-z0-9._-]{1,64}")
_LOCK_TIMEOUT = 30.0
_LOCK_INTERVAL = 0.05


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder for all accounts: `$XDG_STATE_HOME`, by default `~/.local/state`."""
    base = environ.get("XDG_STATE_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".local" / "state"
    return root / "parlour" / "chat"


@attrs.frozen
class AccountFiles(TokenStorage):
    """The files of one handle on one service, in *folder*."""

    server: str
    handle: str
    folder: Path

    @classmethod
    def at(cls, root: Path, server: str, handle: str) -> "AccountFiles":
        """Return the files of *handle*; raise `ClientError` where that is no handle."""
        handle = handle.strip().lower()
        if not _HANDLE.fullmatch(handle):
            raise ClientError("A handle has letters, digits, dots, dashes and underscores")
        # Readable, and different for any two services.
        name = re.sub(r"[^a-z0-9.]+", "_", server.partition("://")[2].lower())[:80]
        digest = sha256(server.encode()).hexdigest()[:8]
        return cls(server, handle, root / f"{name}-{digest}" / handle)

    @property
    def outbox(self) -> Path:
        """The file of unsent messages."""
        self._make_folder()
        return self.folder / "outbox.db"

    def load_tokens(self) -> dict[str, Any] | None:
        try:
            kept = json.loads(self._tokens.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return kept if isinstance(kept, dict) and "refresh_token" in kept else None

    def save_tokens(self, tokens: Mapping[str, Any]) -> None:
        self._make_folder()
        draft = self.folder / f"tokens.{os.getpid()}.new"
        with os.fdopen(_open_private(draft, os.O_TRUNC), "w", encoding="utf-8") as file:
            json.dump(tokens, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._tokens)

    def forget_tokens(self) -> None:
        self._tokens.unlink(missing_ok=True)

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        self._make_folder()
        handle = _open_private(self.folder / "lock", 0)
        try:
            for _ in range(round(_LOCK_TIMEOUT / _LOCK_INTERVAL)):
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(_LOCK_INTERVAL)
            else:
                raise NoAnswer(f"Another process holds {self.folder / 'lock'}")
            yield
        finally:
            os.close(handle)

    @property
    def _tokens(self) -> Path:
        return self.folder / "tokens.json"

    def _make_folder(self) -> None:
        for folder in (self.folder.parent.parent, self.folder.parent, self.folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _open_private(path: Path, flags: int) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | flags, 0o600)
