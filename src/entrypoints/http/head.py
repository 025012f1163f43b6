"""HEAD where GET is (RFC 9110, section 9.3.2)."""

from typing import cast

from litestar import Litestar
from litestar.types import HTTPResponseBodyEvent, Message, Receive, Scope, Send

_NO_BODY: HTTPResponseBodyEvent = {
    "type": "http.response.body",
    "body": b"",
    "more_body": False,
}


def answering_head(app: Litestar) -> Litestar:
    """Let each route of *app* that answers GET answer HEAD: the same headers, and no body."""
    answer = app.asgi_handler

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "HEAD":
            await answer(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
            elif not message["more_body"]:
                await send(_NO_BODY)

        asked = {**scope, "method": "GET"}
        await answer(cast("Scope", asked), receive, send_head)

    app.asgi_handler = handle
    return app
