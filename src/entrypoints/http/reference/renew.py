"""Writes asyncapi.json, errors.json and the tables of kinds in docs/reference anew.

`python -m parlour.entrypoints.http.reference.renew docs/reference`
"""

import json
import sys
from pathlib import Path

from parlour.entrypoints.http.reference.asyncapi import build_asyncapi, encode_document
from parlour.entrypoints.http.reference.errors import build_errors, encode_errors
from parlour.entrypoints.http.reference.event_kinds import renewed


def renew(folder: Path) -> None:
    """Write the generated parts of the pages in *folder*."""
    (folder / "asyncapi.json").write_text(encode_document(build_asyncapi()), "utf-8")
    openapi = json.loads((folder / "openapi.json").read_text("utf-8"))
    (folder / "errors.json").write_text(encode_errors(build_errors(openapi)), "utf-8")
    page = folder / "protocol.md"
    page.write_text(renewed(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    renew(Path(sys.argv[1]))
