"""The requests over HTTP, by name; those over the socket are made by `client` and its parts."""

import asyncio
import platform
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.http import Http

Json = Any
USERS_PER_PAGE = 100
MESSAGES_PER_PAGE = 50
MAX_ATTEMPTS = 10
MIN_WAIT = 0.05


def device() -> Mapping[str, str]:
    """Return what the list of a user's devices shows of this client."""
    return {
        "name": f"parlour on {socket.gethostname()}"[:64],
        "platform": platform.system().lower() or "terminal",
    }


class AuthApi:
    """The requests that need no token."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def is_registration_open(self) -> bool:
        """Return whether accounts can be made; True where an older service does not say."""
        try:
            service = await self._http.request("GET", "/v1/service")
        except Refused:
            return True
        return bool(service.get("registration") != "closed")

    async def register(self, handle: str, password: str, name: str | None = None) -> Json:
        """Create an account and return the tokens of its first device."""
        named = {"display_name": name} if name else {}
        body = {"handle": handle, "password": password, "device": device(), **named}
        return await self._http.request("POST", "/v1/auth/register", body)

    async def log_in(self, handle: str, password: str) -> Json:
        """Return the tokens of a new device."""
        body = {"handle": handle, "password": password, "device": device()}
        return await self._http.request("POST", "/v1/auth/login", body)

    async def refresh(self, refresh_token: str) -> Json:
        """Return the next pair of tokens."""
        body = {"refresh_token": refresh_token}
        return await self._http.request("POST", "/v1/auth/refresh", body)


class Api:
    """The requests of a user who is logged in.

    *token* gives an access token, with True another one than before. Every request raises
    `Refused` where the service says no, and `NoAnswer` where nobody knows the outcome.
    """

    def __init__(self, http: Http, token: Callable[[bool], Awaitable[str]]) -> None:
        self._http = http
        self._token = token

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Ask, again after `rate_limited` and `token_expired`: those had no effect."""
        fresh = False
        for _ in range(MAX_ATTEMPTS):
            try:
                token = await self._token(fresh)
                return await self._http.request(method, path, body, token=token)
            except Refused as refusal:
                if refusal.code == "rate_limited":
                    await asyncio.sleep(max(refusal.retry_after, MIN_WAIT))
                elif refusal.code != "token_expired" or fresh:
                    raise
                fresh = refusal.code == "token_expired"
        raise NoAnswer("The service is too busy for this now")

    async def log_out(self) -> None:
        """End this device."""
        await self._ask("POST", "/v1/auth/logout")

    async def user(self, handle: str) -> Json:
        """Find a user by handle."""
        return await self._ask("GET", f"/v1/users/{quote(handle, safe='')}")

    async def users(self, ids: Iterable[str]) -> list[Json]:
        """Return users by id, in pages of a hundred."""
        wanted, found = sorted(set(ids)), []
        for first in range(0, len(wanted), USERS_PER_PAGE):
            query = urlencode({"ids": ",".join(wanted[first : first + USERS_PER_PAGE])})
            found += (await self._ask("GET", f"/v1/users?{query}"))["users"]
        return found

    async def head(self, conversation: str) -> Json:
        """Return the head of one conversation."""
        return await self._ask("GET", f"/v1/conversations/{conversation}")

    async def open_direct(self, user: str) -> Json:
        """Return the head of the direct conversation with *user*, created where there is none."""
        return await self._ask("POST", "/v1/conversations", {"kind": "direct", "user": user})

    async def find_direct(self, user: str) -> Json:
        """Return the head of the direct conversation with *user*; create none."""
        return await self._ask("GET", f"/v1/conversations/direct/{user}")

    async def create_group(self, title: str, members: list[str]) -> Json:
        """Return the head of a new group."""
        body = {"kind": "group", "title": title, "members": members}
        return await self._ask("POST", "/v1/conversations", body)

    async def members(self, conversation: str) -> list[Json]:
        """Return all members of a conversation, page by page."""
        found, cursor = [], ""
        while True:
            query = urlencode({"limit": USERS_PER_PAGE, **({"cursor": cursor} if cursor else {})})
            page = await self._ask("GET", f"/v1/conversations/{conversation}/members?{query}")
            found += page["members"]
            cursor = page.get("next") or ""
            if not cursor:
                return found

    async def add(self, conversation: str, users: list[str]) -> None:
        """Add users to a group."""
        await self._ask("POST", f"/v1/conversations/{conversation}/members", {"users": users})

    async def leave(self, conversation: str, me: str) -> None:
        """Leave a group."""
        await self._ask("DELETE", f"/v1/conversations/{conversation}/members/{me}")

    async def history(
        self, conversation: str, *, before: int | None = None, limit: int = MESSAGES_PER_PAGE
    ) -> Json:
        """Return a page of messages in order: the newest, or the last ones before a `seq`.

        Its `as_of` is the offset that the page was read at.
        """
        query = urlencode({"limit": limit, **({"before": before} if before else {})})
        return await self._ask("GET", f"/v1/conversations/{conversation}/messages?{query}")

    async def messages(self, conversation: str, seqs: Iterable[int]) -> Json:
        """Return a page of at most 50 messages, by `seq`; those that are not seen are left out."""
        query = urlencode({"seqs": ",".join(map(str, sorted(set(seqs))))})
        return await self._ask("GET", f"/v1/conversations/{conversation}/messages?{query}")

    async def pins(self, conversation: str) -> list[Json]:
        """Return the pins of a conversation, each with its message."""
        page = await self._ask("GET", f"/v1/conversations/{conversation}/pins")
        pins: list[Json] = page["pins"]
        return pins

    async def receipts(self, conversation: str) -> list[Json]:
        """Return the first page of what the members have received and read."""
        page = await self._ask("GET", f"/v1/conversations/{conversation}/receipts")
        receipts: list[Json] = page["receipts"]
        return receipts
