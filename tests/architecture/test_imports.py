"""The import contracts hold; the domain imports only the standard library, attrs and regex."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import grimp
import pytest
from packaging.version import Version

from tests.support.programs import ROOT

# What the domain may import: no clock (`time`), no randomness (`random`, `secrets`), no I/O, no
# threads. `regex` is there for Unicode's data (decision 18). `uuid` is the type of an id: no
# module of the domain may call its factories.
PURE = {
    "abc", "attrs", "base64", "binascii", "bisect", "collections", "contextlib", "datetime",
    "enum", "functools", "hashlib", "heapq", "hmac", "itertools", "json", "math", "operator",
    "re", "regex", "string", "struct", "types", "typing", "unicodedata", "uuid", "__future__",
}  # fmt: skip
IMPURE_CALLS = {
    "open", "print", "input", "datetime.now", "datetime.utcnow", "date.today",
    "uuid1", "uuid4", "uuid.uuid1", "uuid.uuid4",
}  # fmt: skip

# Older releases break a guarantee of Parlour or have a known vulnerability.
FLOORS = {
    "litestar": "2.25",
    "uvicorn": "0.54",
    "multipart": "1.3.1",
    "sqlalchemy": "2.1",
    "pymysql": "1.2",
    "redis": "8.1",
    "msgspec": "0.22",
}

DOMAIN = sorted((ROOT / "src" / "domain").rglob("*.py"))


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("parlour", include_external_packages=True, cache_dir=None)


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def test_the_import_contracts_hold() -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )

    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_a_module_of_the_domain_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text())
    roots = {name.split(".")[0] for name in imports(tree)}
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}

    assert roots - PURE - {"parlour"} == set()
    assert calls & IMPURE_CALLS == set()


def test_every_import_is_absolute() -> None:
    relative = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for name in imports(ast.parse(path.read_text()))
        if name.startswith(".")
    ]

    assert relative == []


def test_only_the_composition_root_names_a_backend(graph: grimp.ImportGraph) -> None:
    backends = {
        "parlour.adapters.memory",
        "parlour.adapters.redis",
        "parlour.adapters.security",
        "parlour.adapters.sql",
    }
    # The command line migrates databases; the harness runs on the memory backend.
    allowed = (
        "parlour.entrypoints.container",
        "parlour.entrypoints.cli",
        "parlour.entrypoints.harness",
    )
    violations = [
        f"{importer} imports {backend}"
        for importer in sorted(graph.modules)
        if importer.startswith("parlour.entrypoints") and not importer.startswith(allowed)
        for backend in sorted(graph.find_modules_directly_imported_by(importer))
        if any(backend == name or backend.startswith(f"{name}.") for name in backends)
    ]

    assert violations == []


@pytest.mark.parametrize(("distribution", "floor"), FLOORS.items())
def test_no_library_is_older_than_its_floor(distribution: str, floor: str) -> None:
    assert Version(version(distribution)) >= Version(floor)
