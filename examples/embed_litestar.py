"""Parlour below /chat of a Litestar application.

    PARLOUR__OPS__PORT=0 uvicorn examples.embed_litestar:app

Litestar does not run the lifespan of what it mounts: the host's own enters it.
"""

from litestar import Litestar, MediaType, asgi, get

from parlour.entrypoints.asgi import create_app

chat = create_app()


@get("/", media_type=MediaType.HTML)
async def home() -> str:
    """Return a page of the host."""
    return '<a href="/chat/">Talk to us</a>'


app = Litestar(
    route_handlers=[home, asgi("/chat", is_mount=True, copy_scope=True)(chat)],
    lifespan=[chat.lifespan],
)
