"""The people that a client knows: found by handle, named by id."""

from collections.abc import Callable

from parlour.entrypoints.client.api import Api
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.state import State


class People:
    """Finds people, and puts what is known of them into the state."""

    def __init__(
        self, api: Api, *, dispatch: Callable[[Frame], None], state: Callable[[], State]
    ) -> None:
        self._api = api
        self._dispatch = dispatch
        self._state = state
        self._unknown: set[str] = set()

    async def load(self, users: set[str]) -> None:
        """Get the names of users that are not known yet."""
        users = users - self._state().users.keys() - self._unknown
        if users:
            found = await self._api.users(users)
            self._unknown |= users - {user["id"] for user in found}
            self._dispatch({"type": "users", "users": found})

    async def find(self, handles: list[str]) -> list[str]:
        """Return the ids of people by their handles; raise `Refused` where there is none."""
        users = []
        for handle in handles:
            try:
                users.append(await self._api.user(handle))
            except Refused as refusal:
                if refusal.code != "not_found":
                    raise
                raise Refused(refusal.code, f"Nobody has the handle {handle}") from None
        self._dispatch({"type": "users", "users": users})
        return [user["id"] for user in users]

    async def find_known(self, handle: str) -> str:
        """Find somebody; without an answer, among those that are known."""
        try:
            (user,) = await self.find([handle])
        except NoAnswer:
            known = (each.id for each in self._state().users.values() if each.handle == handle)
            if not (user := next(known, "")):
                raise
        return user
