"""HTML in pieces: everything that is not a piece already is escaped."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

_CODE = re.compile(r"`([^`]+)`")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, *inside: str, **attributes: str) -> Html:
    """Return an element; attributes `class_` and `for_` lose their underscore."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{said}>{join(*inside)}</{name}>")


def join(*pieces: str) -> Html:
    """Put pieces together."""
    return Html("".join(each if isinstance(each, Html) else escape(each) for each in pieces))


def prose(text: str) -> Html:
    """Return a sentence, with what stands in backticks as code."""
    return Html(_CODE.sub(r"<code>\1</code>", escape(text)))


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Html:
    """Return a table; nothing where it has no rows."""
    if not rows:
        return Html()
    return tag(
        "table",
        tag("thead", tag("tr", *(tag("th", each, scope="col") for each in head))),
        tag("tbody", *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows)),
    )


def kind(schema: dict[str, Any], anchor: str) -> Html:
    """Say the type of a JSON Schema in a few words; *anchor* begins the targets of links."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1].removeprefix("#frame-")
        return tag("a", name, href=f"#{anchor}{name}")
    for union in ("anyOf", "oneOf"):
        if union in schema:
            kinds = [kind(each, anchor) for each in schema[union]]
            return join(kinds[0], *(join(" or ", each) for each in kinds[1:]))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return prose(" or ".join(f"`{value}`" for value in values))
    if schema.get("type") == "array":
        return join("list of ", kind(schema.get("items", {}), anchor), _bounds(schema))
    return join(str(schema.get("type", "any")), _form(schema), _bounds(schema))


def _form(schema: dict[str, Any]) -> str:
    return f" ({schema['format']})" if "format" in schema else ""


def _bounds(schema: dict[str, Any]) -> str:
    for least, most, unit in (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ):
        if most in schema:
            return f", {schema.get(least, 0)} to {schema[most]}{unit}"
        if least in schema:
            return f", at least {schema[least]}{unit}"
    return ""
