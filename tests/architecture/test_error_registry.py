"""docs/reference/errors.json names every code and every field that the service can refuse."""

import json
import re
from pathlib import Path

from parlour.entrypoints.http.reference.errors import build_errors, encode_errors

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"
PARTS = ("domain", "entrypoints/http", "entrypoints/websocket", "entrypoints/wire")
REFUSED_FIELD = re.compile(r'(?:Invalid|BadRequest)\([^"]*"[^"]*"[^)]*?\bfield="([\w.]+)"')
ADMINISTRATION = {"seconds"}


def test_is_current() -> None:
    openapi = json.loads((REFERENCE / "openapi.json").read_text("utf-8"))

    assert (REFERENCE / "errors.json").read_text("utf-8") == encode_errors(build_errors(openapi))


def test_names_every_field_that_the_code_refuses() -> None:
    registry = json.loads((REFERENCE / "errors.json").read_text("utf-8"))
    refused = {
        field
        for part in PARTS
        for path in (ROOT / "src" / part).rglob("*.py")
        for field in REFUSED_FIELD.findall(path.read_text("utf-8"))
    }

    assert {"handle", "limit"} <= refused
    assert refused - ADMINISTRATION <= set(registry["fields"])
