"""People who talk over HTTP, so that a page finds something to show."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

import attrs
import httpx

from tests.support.visitors import PASSWORD


@attrs.frozen
class Resident:
    """Somebody with an account."""

    id: str
    token: str
    client: httpx.Client

    def direct(self, other: "Resident") -> str:
        """Open the direct conversation with somebody; return its id."""
        return self._open({"kind": "direct", "user": other.id})

    def group(self, title: str, *others: "Resident") -> str:
        """Make a group; return its id."""
        members = [other.id for other in others]
        return self._open({"kind": "group", "title": title, "members": members})

    def say(self, conversation: str, *texts: str, mentions: Sequence["Resident"] = ()) -> None:
        """Post messages, one after the other."""
        named = {"mentions": [each.id for each in mentions]} if mentions else {}
        for text in texts:
            self._ask(
                "POST",
                f"/v1/conversations/{conversation}/messages",
                {"body": {"text": text}, **named},
                {"Idempotency-Key": str(uuid4())},
            )

    def read(self, conversation: str, seq: int) -> None:
        """Say how far they read."""
        self._ask("PUT", f"/v1/conversations/{conversation}/read", {"seq": seq}, {})

    def has_read(self, conversation: str) -> int:
        """Return how far they have read, as the service knows it."""
        return int(self._ask("GET", f"/v1/conversations/{conversation}", None, {}).json()["read"])

    def notified(self) -> int:
        """Return how many notifications wait for them, up to a hundred."""
        answer = self._ask("GET", "/v1/notifications?limit=100", None, {})
        return len(answer.json()["notifications"])

    def subscriptions(self) -> list[str]:
        """Return where their browsers are pushed to."""
        answer = self._ask("GET", "/v1/push-subscriptions", None, {})
        return [each["endpoint"] for each in answer.json()["subscriptions"]]

    def _open(self, what: dict[str, object]) -> str:
        answer = self._ask("POST", "/v1/conversations", what, {})
        return str(answer.json()["conversation"])

    def _ask(
        self, method: str, path: str, body: dict[str, object] | None, headers: dict[str, str]
    ) -> httpx.Response:
        entitled = {"Authorization": f"Bearer {self.token}", **headers}
        answer = self.client.request(method, path, json=body, headers=entitled)
        answer.raise_for_status()
        return answer


@attrs.frozen
class Town:
    """Where residents come from."""

    client: httpx.Client

    def person(self, handle: str, name: str) -> Resident:
        """Make an account."""
        account = {"handle": handle, "display_name": name, "password": PASSWORD}
        answer = self.client.post("/v1/auth/register", json=account)
        answer.raise_for_status()
        tokens = answer.json()
        return Resident(tokens["user"]["id"], tokens["access_token"], self.client)


@contextmanager
def town(url: str) -> Iterator[Town]:
    """Give a town whose people use the service at *url*."""
    with httpx.Client(base_url=url) as client:
        yield Town(client)
