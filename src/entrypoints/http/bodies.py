"""Strict parsing of JSON request bodies; errors name the field."""

import asyncio
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException

from parlour.domain.access import Identity
from parlour.entrypoints.http.problems import BadRequest, UnsupportedMedia

MAX_BYTES = 256 * 1024
"""Largest JSON body in bytes; a group of 5,000 members fits."""

BODY_TIMEOUT = 15.0
"""Seconds in which the whole body must arrive (against slow clients that hold requests open)."""


class StrictRequest(Request[Identity, str, State]):
    """A request whose JSON body is decoded once, directly into the type of its handler.

    The framework's own way guesses types ("7" as 7), takes any content type, and answers 500 to
    invalid UTF-8 and to deep nesting.
    """

    async def body(self) -> bytes:
        """Return the bytes of the body; raise `BadRequest` if it is late or incomplete."""
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                return await super().body()
        except TimeoutError:
            raise BadRequest("The body took too long", closes=True) from None
        except InternalServerException:
            raise BadRequest("The body ended too early") from None

    async def json(self) -> Any:
        """Decode the body into the handler's `data`; raise `BadRequest` or `UnsupportedMedia`."""
        self._require_json()
        field = self.route_handler.parsed_data_field
        wanted = field.annotation if field is not None else Any
        try:
            return msgspec.json.decode(await self.body(), type=wanted)
        except msgspec.ValidationError as error:
            raise _named(str(error)) from None
        except (ValueError, RecursionError):
            raise BadRequest("The body is not JSON in UTF-8") from None

    def _require_json(self) -> None:
        media, options = self.content_type
        charset = options.get("charset", "utf-8").lower()
        encoding = self.headers.get("content-encoding", "identity").lower()
        if media != "application/json" or charset != "utf-8" or encoding != "identity":
            raise UnsupportedMedia


def _named(fault: str) -> BadRequest:
    """Split an error of msgspec, "Expected `int`, got `str` - at `$.seq`", into its parts."""
    message, _, place = fault.partition(" - at ")
    field = place.strip("`").removeprefix("$").lstrip(".")
    return BadRequest(message, field=field or None)
