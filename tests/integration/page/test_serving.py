"""The page is served complete, with a strict content security policy and cache headers."""

import gzip
import re
from collections.abc import AsyncIterator
from importlib.resources import files

import httpx
import pytest

from parlour.adapters.config.settings import Server, Settings
from parlour.adapters.config.settings_backends import StorageSettings
from parlour.domain.access import Password
from parlour.entrypoints.app import litestar_app
from parlour.entrypoints.node import Node
from parlour.entrypoints.web.assets import Bundle

ORIGIN = "http://127.0.0.1:8000"
KEEP = "public, max-age=31536000, immutable"


async def open_page(server: Server) -> httpx.AsyncClient:
    settings = Settings(server=server, storage=StorageSettings(backend="memory"))
    app = litestar_app(Node(settings))
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with await open_page(Server()) as client:
        yield client


async def addresses(client: httpx.AsyncClient) -> list[str]:
    page = await client.get("/")
    return [f"/{path}" for path in re.findall(r'(?:href|src)="([^"]*)"', page.text)]


async def test_every_file_that_the_page_refers_to_exists(client: httpx.AsyncClient) -> None:
    named = await addresses(client)

    assert len(named) > 50
    for address in named:
        answer = await client.get(address)
        assert answer.status_code == 200, address
        assert answer.content, address


async def test_every_module_is_preloaded_and_data_is_not(
    client: httpx.AsyncClient,
) -> None:
    named = {address.split("/", 3)[-1] for address in await addresses(client)}
    parts = ("client/", "ui/", "text/")
    files = {path for path in Bundle.read().assets if path.startswith(parts)}
    data = {path for path in files if not path.endswith(".js")}

    assert data == {"ui/emoji-data.txt"}
    assert files & named == files - data


async def test_data_is_served_compressed(client: httpx.AsyncClient) -> None:
    version = Bundle.read().version
    answer = await client.get(f"/assets/{version}/ui/emoji-data.txt")

    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-encoding"] == "gzip"
    assert "🎉\tparty popper" in answer.text


async def test_files_with_a_version_in_their_address_are_cached_for_ever(
    client: httpx.AsyncClient,
) -> None:
    assets = [path for path in await addresses(client) if path.startswith("/assets/")]
    version = Bundle.read().version

    assert {path.split("/")[2] for path in assets} == {version}
    for path in assets:
        assert (await client.get(path)).headers["cache-control"] == KEEP
    older = await client.get("/assets/0123456789abcdef/app.js")
    assert older.status_code == 200
    assert older.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/worker.js", "/icon.svg", "/manifest.webmanifest"])
async def test_files_with_a_fixed_address_are_revalidated(
    client: httpx.AsyncClient, path: str
) -> None:
    first = await client.get(path)
    tag = first.headers["etag"]
    again = await client.get(path, headers={"If-None-Match": tag})
    other = await client.get(path, headers={"If-None-Match": 'W/"another"'})

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (other.status_code, other.content) == (200, first.content)


async def test_files_are_compressed_for_clients_that_accept_it(
    client: httpx.AsyncClient,
) -> None:
    plain = await client.get("/worker.js", headers={"Accept-Encoding": "identity"})
    async with client.stream("GET", "/worker.js", headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert len(raw) < len(plain.content)
    assert gzip.decompress(raw) == plain.content
    assert plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/", "/assets/x/app.js", "/assets/x/styles/base.css", "/worker.js"]
)
async def test_the_content_security_policy_allows_own_files_only(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_strict_transport_security_is_sent_only_over_tls(
    client: httpx.AsyncClient,
) -> None:
    async with await open_page(Server(behind_tls=True)) as secure:
        assert "strict-transport-security" in (await secure.get("/")).headers
    assert "strict-transport-security" not in (await client.get("/")).headers


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/assets/x/app.js", "text/javascript; charset=utf-8"),
        ("/assets/x/styles/base.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ],
)
async def test_each_file_has_its_content_type(
    client: httpx.AsyncClient, path: str, kind: str
) -> None:
    assert (await client.get(path)).headers["content-type"] == kind


@pytest.mark.parametrize(
    "path",
    [
        "/assets/x/assets.py",
        "/assets/x/index.html",
        "/assets/x/nothing.js",
        "/assets/x/",
        "/assets/x/../assets.py",
        "/assets/x/..%2f..%2fapp.py",
        "/assets/x/%2e%2e/%2e%2e/app.py",
        "/assets/x/..%5capp.py",
        "/assets/x//etc/passwd",
        "/assets/x/ui/%00.js",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_other_methods_than_get_and_head_are_refused(client: httpx.AsyncClient) -> None:
    head = await client.head("/")

    assert head.status_code == 200
    assert head.content == b""
    assert (await client.post("/")).status_code == 405


def test_the_version_depends_on_the_content() -> None:
    one, other = Bundle.read(), Bundle.read()

    assert one.version == other.version
    assert "index.html" not in one.assets
    assert (
        files("parlour.entrypoints.web").joinpath("app.js").read_bytes()
        == one.assets["app.js"].content
    )


def test_the_page_asks_for_as_many_characters_in_a_password_as_the_domain() -> None:
    limits = (files("parlour.entrypoints.web") / "client" / "limits.js").read_text("utf-8")
    found = re.findall(r"password: \{ min: (\d+) \}", limits)

    assert found == [str(Password.MIN_LENGTH)]


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("address", ["/chat", "/v1/nowhere", "/a/deep/one"])
async def test_people_get_a_page_at_an_unknown_address_and_programs_get_json(
    client: httpx.AsyncClient, address: str
) -> None:
    page = await client.get(address, headers={"accept": BROWSER})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address." in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["vary"] == "Accept"
    for link in re.findall(r'(?:href|src)="([^"]*)"', page.text):
        assert (await client.get(link)).status_code == 200, link
    head = await client.head(address, headers={"accept": BROWSER})
    assert (head.status_code, head.content) == (404, b"")

    for accept in ("application/json", "*/*", "application/problem+json, text/html;q=0.5"):
        answer = await client.get(address, headers={"accept": accept})
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
    posted = await client.post(address, headers={"accept": BROWSER})
    assert posted.json()["code"] == "not_found"


async def test_the_page_at_an_unknown_address_finds_its_files_below_a_path() -> None:
    app = litestar_app(Node(Settings(storage=StorageSettings(backend="memory"))))
    transport = httpx.ASGITransport(app, root_path="/chat")  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        page = await client.get("/chat/nowhere", headers={"accept": BROWSER})
        links = re.findall(r'(?:href|src)="([^"]*)"', page.text)
        assert links
        assert all(link.startswith("/chat/") for link in links)
