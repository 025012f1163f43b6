"""What a client asks over HTTP, by name; what it asks over the socket is in `client`."""

import asyncio
import platform
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from parlour.entrypoints.cli.chat.http import Http
from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused

Json = Any
PEOPLE_A_PAGE = 100
MESSAGES_A_PAGE = 50
MAX_TRIES = 10
SHORTEST_REST = 0.05


def device() -> Mapping[str, str]:
    """Say what this client is, so that people recognise it in the list of their devices."""
    return {
        "name": f"parlour chat on {socket.gethostname()}"[:64],
        "platform": platform.system().lower() or "terminal",
    }


class Entrance:
    """The requests that need no token."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def register(self, handle: str, password: str, name: str | None = None) -> Json:
        """Make an account and return the tokens of its first device."""
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
    """The requests of somebody who is logged in.

    *token* gives an access token: one that should hold, or with True another one than before.
    """

    def __init__(self, http: Http, token: Callable[[bool], Awaitable[str]]) -> None:
        self._http = http
        self._token = token

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Ask, again where it is too soon or the token was too old: nothing has happened then."""
        fresh = False
        for _ in range(MAX_TRIES):
            try:
                token = await self._token(fresh)
                return await self._http.request(method, path, body, token=token)
            except Refused as refusal:
                if refusal.code == "rate_limited":
                    await asyncio.sleep(max(refusal.retry_after, SHORTEST_REST))
                elif refusal.code != "token_expired" or fresh:
                    raise
                fresh = refusal.code == "token_expired"
        raise NoAnswer("The service is too busy for this now")

    async def log_out(self) -> None:
        """End this device."""
        await self._ask("POST", "/v1/auth/logout")

    async def person(self, handle: str) -> Json:
        """Find somebody by handle."""
        return await self._ask("GET", f"/v1/users/{quote(handle, safe='')}")

    async def people(self, ids: Iterable[str]) -> list[Json]:
        """Return users by id, in pages of a hundred."""
        wanted, found = sorted(set(ids)), []
        for first in range(0, len(wanted), PEOPLE_A_PAGE):
            query = urlencode({"ids": ",".join(wanted[first : first + PEOPLE_A_PAGE])})
            found += (await self._ask("GET", f"/v1/users?{query}"))["users"]
        return found

    async def head(self, conversation: str) -> Json:
        """Return the head of one conversation."""
        return await self._ask("GET", f"/v1/conversations/{conversation}")

    async def open_direct(self, user: str) -> Json:
        """Return the head of the one conversation with *user*, which begins now or stands."""
        return await self._ask("POST", "/v1/conversations", {"kind": "direct", "user": user})

    async def create_group(self, title: str, members: list[str]) -> Json:
        """Return the head of a new group."""
        body = {"kind": "group", "title": title, "members": members}
        return await self._ask("POST", "/v1/conversations", body)

    async def members(self, conversation: str) -> list[Json]:
        """Return everybody in a conversation, page by page."""
        found, cursor = [], ""
        while True:
            query = urlencode({"limit": PEOPLE_A_PAGE, **({"cursor": cursor} if cursor else {})})
            page = await self._ask("GET", f"/v1/conversations/{conversation}/members?{query}")
            found += page["members"]
            cursor = page.get("next") or ""
            if not cursor:
                return found

    async def add(self, conversation: str, users: list[str]) -> None:
        """Add people to a group."""
        await self._ask("POST", f"/v1/conversations/{conversation}/members", {"users": users})

    async def leave(self, conversation: str, me: str) -> None:
        """Leave a group."""
        await self._ask("DELETE", f"/v1/conversations/{conversation}/members/{me}")

    async def history(
        self, conversation: str, *, before: int | None = None, limit: int = MESSAGES_A_PAGE
    ) -> list[Json]:
        """Return messages in order: the newest, or the last ones before a `seq`."""
        query = urlencode({"limit": limit, **({"before": before} if before else {})})
        page = await self._ask("GET", f"/v1/conversations/{conversation}/messages?{query}")
        messages: list[Json] = page["messages"]
        return messages

    async def receipts(self, conversation: str) -> list[Json]:
        """Return what the members have received and read: the first page of it."""
        page = await self._ask("GET", f"/v1/conversations/{conversation}/receipts")
        receipts: list[Json] = page["receipts"]
        return receipts
