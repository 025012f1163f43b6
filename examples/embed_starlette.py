"""Parlour below /chat of a Starlette application (the same works with FastAPI).

    PARLOUR__OPS__PORT=0 uvicorn examples.embed_starlette:app

Starlette does not run the lifespan of what it mounts: the host's own enters it.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from parlour.entrypoints.asgi import create_app

chat = create_app()


async def home(request: Request) -> HTMLResponse:
    """Return a page of the host."""
    return HTMLResponse(f'<a href="{request.url_for("chat", path="/")}">Talk to us</a>')


app = Starlette(
    routes=[Route("/", home), Mount("/chat", chat, name="chat")],
    lifespan=chat.lifespan,
)
