"""Kinds of events are named by their classes alone, and every client knows every kind."""

import ast
from pathlib import Path

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
KINDS = {each.KIND for each in (*CONVERSATION_PAYLOADS, *PRIVATE_PAYLOADS)}

CLIENTS = tuple(f"entrypoints/{name}/" for name in ("cli/chat", "client", "verify"))
"""They know the protocol alone and have a list of kinds of their own."""

MIGRATIONS = "adapters/sql/migrations/versions/"
"""They name what was stored at their time, whatever becomes of the classes."""


def literals(path: Path) -> set[str]:
    """Return the kinds of events that stand in a module as literals."""
    tree = ast.parse(path.read_text("utf-8"))
    return KINDS & {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_no_module_names_a_kind_but_the_class_of_the_kind() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(kinds)
        for path in sorted(SOURCE.rglob("*.py"))
        if path.name != "events.py" or "domain" not in path.parts
        if not str(path.relative_to(SOURCE)).startswith((*CLIENTS, MIGRATIONS))
        if (kinds := literals(path))
    }

    assert found == {}, "import the class and take its KIND"


def test_every_kind_is_declared_by_the_concept_that_owns_it() -> None:
    declared = set[str]().union(
        *(literals(path) for path in (SOURCE / "domain").glob("*/events.py"))
    )

    assert declared == KINDS
