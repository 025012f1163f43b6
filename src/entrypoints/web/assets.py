"""Serves the page: each file from memory, under a URL that changes with its content.

Assets stand below `assets/<version>/`, where the version is a hash over all of them: modules
import each other by relative names, so a page never mixes two releases, and a browser asks for a
file once and never again. The page itself, which names the version, is asked for each time.
"""

import gzip
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

import attrs
from litestar import Response, Router, get
from litestar.connection import Request
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from parlour.adapters.config.settings import Settings
from parlour.domain.kernel.errors import NotFound
from parlour.entrypoints.http.headers import security_headers
from parlour.entrypoints.mounting import ends_with_slash

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    # The icon of the tab shows a count: it is drawn in the page.
    "img-src 'self' blob:; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    # No text becomes a script; the one policy lets the service worker in.
    "require-trusted-types-for 'script'; trusted-types parlour"
)
"""Content security policy of the page: its own files and nothing else."""

_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}
_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
_ASSETS = "assets/"
_FIXED = ("worker.js", "icon.svg", "manifest.webmanifest")
"""Files with a fixed URL: the scope of a service worker is the folder of its script."""
_MODULES = ("client/", "text/", "ui/")

AnyRequest = Request[object, object, State]


@attrs.frozen
class Asset:
    """A file as it is sent: plain and compressed bytes, and its ETag."""

    content: bytes
    packed: bytes
    type: str
    tag: str

    @classmethod
    def of(cls, content: bytes, type: str) -> "Asset":
        """Compress and hash *content* once for all requests."""
        # Weak: one tag for both encodings.
        tag = f'W/"{sha256(content).hexdigest()[:24]}"'
        return cls(content, gzip.compress(content, mtime=0), type, tag)


@attrs.frozen
class Bundle:
    """All files of the page by their path below this package, and a hash over them.

    `missing` is the page for an address where nothing is, with links as in `page`.
    """

    version: str
    assets: dict[str, Asset]
    page: Asset
    missing: str

    @classmethod
    def read(cls) -> "Bundle":
        """Read the files of this package."""
        contents = dict(sorted(_walk(files(__package__ or ""), "")))
        page = contents.pop("index.html").decode()
        missing = contents.pop("missing.html").decode()
        whole = sha256()
        for path, content in contents.items():
            whole.update(f"{path}\0{len(content)}\0".encode() + content)
        version = whole.hexdigest()[:16]
        assets = {path: Asset.of(data, _type_of(path)) for path, data in contents.items()}
        return cls(
            version,
            assets,
            Asset.of(_page(page, version, assets), _TYPES[".html"]),
            _versioned(missing, version),
        )


def page_routes(settings: Settings, bundle: Bundle) -> list[ControllerRouterHandler]:
    """Return the routes of the page and its files."""
    headers = {**security_headers(settings), "Content-Security-Policy": POLICY}

    @get("/")
    async def page(request: AnyRequest) -> Response[bytes]:
        """Return the page, whose links are relative to an address that ends with a slash."""
        if not ends_with_slash(request.scope):
            return Response(
                b"", status_code=307, headers={**headers, "Location": _with_slash(request)}
            )
        return _answer(request, bundle.page, {**headers, "Cache-Control": _REVALIDATE})

    @get([f"/{name}" for name in _FIXED])
    async def fixed(request: AnyRequest) -> Response[bytes]:
        """Return a file with a fixed URL."""
        asset = bundle.assets[request.scope["path"].lstrip("/")]
        return _answer(request, asset, {**headers, "Cache-Control": _REVALIDATE})

    @get(f"/{_ASSETS}{{version:str}}/{{path:path}}")
    async def file(
        request: AnyRequest, version: FromPath[str], path: FromPath[str]
    ) -> Response[bytes]:
        """Return a file; a URL of an older version gets the current file, uncached."""
        asset = bundle.assets.get(path.lstrip("/"))
        if asset is None:
            raise NotFound
        keep = _IMMUTABLE if version == bundle.version else _REVALIDATE
        return _answer(request, asset, {**headers, "Cache-Control": keep})

    return [Router("/", route_handlers=[page, fixed, file], include_in_schema=False)]


def _with_slash(request: AnyRequest) -> str:
    """Return the address of *request* with a slash at its end, relative to itself."""
    folder = request.scope["raw_path"].decode("latin-1").rsplit("/", 1)[-1]
    query = request.scope["query_string"].decode("latin-1")
    return f"./{folder}/{query and '?'}{query}"


def _answer(request: AnyRequest, asset: Asset, headers: dict[str, str]) -> Response[bytes]:
    own = {**headers, "ETag": asset.tag, "Vary": "Accept-Encoding"}
    if asset.tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=own)
    if "gzip" in request.headers.get("accept-encoding", ""):
        own["Content-Encoding"] = "gzip"
        return Response(asset.packed, status_code=200, media_type=asset.type, headers=own)
    return Response(asset.content, status_code=200, media_type=asset.type, headers=own)


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif any(entry.name.endswith(suffix) for suffix in _TYPES):
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _type_of(path: str) -> str:
    return next(kind for suffix, kind in _TYPES.items() if path.endswith(suffix))


def _page(template: str, version: str, assets: dict[str, Asset]) -> bytes:
    """Fill in the version, and preload every module so that imports do not wait in turn."""
    modules = (path for path in assets if path.endswith(".js") and path.startswith(_MODULES))
    links = "".join(f'    <link rel="modulepreload" href="{_ASSETS}{path}">\n' for path in modules)
    whole = template.replace("  </head>", f"{links}  </head>")
    return _versioned(whole, version).encode()


def _versioned(page: str, version: str) -> str:
    return page.replace(f'"{_ASSETS}', f'"{_ASSETS}{version}/')
