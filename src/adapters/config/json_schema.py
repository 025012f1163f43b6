"""Checks of bodies by JSON Schema (2020-12), for the kinds of messages that operators add.

The schema and the size of a body bound the time of a check. So a schema may not hold what takes
more: references that lead back to themselves or to other documents, regular expressions, and
comparisons of every value with every other.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from parlour.domain.kernel.errors import Invalid
from parlour.domain.messages.kinds import BUILT_IN, Check, Kinds

MAX_SCHEMA = 256 * 1024
"""Bytes of a schema."""

_REFUSED = frozenset({
    "pattern", "patternProperties", "uniqueItems", "unevaluatedItems", "unevaluatedProperties",
    "$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor",
})  # fmt: skip
_DEFINITIONS = ("$defs", "definitions")
_BY_NAME = frozenset({"properties", "dependentSchemas", *_DEFINITIONS})
_DATA = frozenset({"const", "enum", "default", "examples"})


def load_kinds(schemas: Mapping[str, Path]) -> Kinds:
    """Return the built-in kinds of messages and those whose bodies fit the schemas of *schemas*.

    Raises:
        ValueError: a name is taken, a file cannot be read or is no schema that is accepted. It
            names the file, and its text follows the name of the key.
    """
    checks = {}
    for kind, path in schemas.items():
        try:
            checks[kind] = compile_check(json.loads(_read(path)))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"has the schema {path} for {kind}: {error}") from None
    return BUILT_IN.with_own(checks)


def compile_check(schema: Any) -> Check:
    """Return what checks bodies by *schema*; raise `ValueError` where it is not accepted."""
    if not isinstance(schema, dict):
        raise ValueError("must be a JSON object")  # noqa: TRY004 - a wrong value to its author
    _check_bounded(schema)
    # Imported here: most services have no kinds of their own.
    library = import_module("jsonschema")
    try:
        library.Draft202012Validator.check_schema(schema)
    except library.SchemaError as error:
        raise ValueError(f"{error.json_path}: {error.message[:200]}") from None
    # An empty registry: nothing is ever fetched.
    validator = library.Draft202012Validator(
        schema, registry=import_module("referencing").Registry()
    )

    def check(body: Mapping[str, Any]) -> Mapping[str, Any]:
        for error in validator.iter_errors(body):
            field = "body" + error.json_path.removeprefix("$")
            raise Invalid(f"does not fit its schema: {error.message[:200]}", field=field[:200])
        return body

    return check


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SCHEMA + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    if len(data) > MAX_SCHEMA:
        raise ValueError(f"is larger than {MAX_SCHEMA} bytes")
    return data


def _check_bounded(schema: Mapping[str, Any]) -> None:
    """Raise `ValueError` for a schema by which a check could take long."""
    definitions = {
        f"#/{place}/{name}": each
        for place in _DEFINITIONS
        if isinstance(found := schema.get(place), dict)
        for name, each in found.items()
    }
    used = {name: set(_references(each)) for name, each in definitions.items()}
    # A name of its own is harmless, but one further down would change what references mean.
    whole = {keyword: each for keyword, each in schema.items() if keyword != "$id"}
    for reference in (*_references(whole), *(name for each in used.values() for name in each)):
        if reference not in definitions:
            raise ValueError(f'a $ref must name one of its "$defs", not {reference!r}')
    while used:
        ended = [name for name, names in used.items() if used.keys().isdisjoint(names)]
        if not ended:
            raise ValueError(f"the $ref {min(used)!r} leads back to itself")
        for name in ended:
            del used[name]


def _references(schema: object) -> Iterator[str]:
    """Yield the references in a schema, without those of its definitions; check its keywords."""
    for keyword, value in schema.items() if isinstance(schema, dict) else ():
        if keyword in _REFUSED or (keyword == "$schema" and "2020-12" not in str(value)):
            raise ValueError(f"{keyword} is not accepted here")
        if keyword == "$ref":
            yield str(value)
        elif keyword in _DATA or keyword in _DEFINITIONS:
            continue
        else:
            yield from _below(keyword, value)


def _below(keyword: str, value: object) -> Iterator[str]:
    parts: Collection[object] = ()
    if isinstance(value, dict):
        parts = value.values() if keyword in _BY_NAME else (value,)
    elif isinstance(value, list):
        parts = value
    for part in parts:
        yield from _references(part)
