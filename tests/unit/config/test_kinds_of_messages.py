"""Kinds of messages that operators add: their schemas are checked at the start, bodies after."""

import json
from pathlib import Path
from typing import Any

import pytest

from parlour.adapters.config import ConfigError, load
from parlour.adapters.config.json_schema import MAX_SCHEMA, compile_check, load_kinds
from parlour.domain.kernel.errors import Invalid
from parlour.domain.messages import Content

ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://tea.example.org/order",
    "type": "object",
    "properties": {
        "of": {"enum": ["tea", "coffee"]},
        "pattern": {"type": "string", "maxLength": 8},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}, "maxItems": 3},
    },
    "required": ["of"],
    "additionalProperties": False,
    "$defs": {
        "part": {"anyOf": [{"$ref": "#/$defs/name"}, {"const": {"$ref": "x"}}]},
        "name": {"type": "string"},
    },
}


def written(folder: Path, schema: object) -> Path:
    """Write a schema to a file."""
    path = folder / "order.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema))
    return path


class TestSchemas:
    def test_say_what_bodies_are_accepted(self, tmp_path: Path) -> None:
        kinds = load_kinds({"order": written(tmp_path, ORDER)})
        body = {"of": "tea", "pattern": "dots", "parts": ["milk", {"$ref": "x"}]}

        assert Content.parse(kind="order", body=body, kinds=kinds).body == body
        assert Content.parse(body={"text": "hi"}, kinds=kinds).kind == "text"

    @pytest.mark.parametrize(
        ("body", "field", "said"),
        [
            ({}, "body", "'of' is a required property"),
            ({"of": "beer"}, "body.of", "'beer' is not one of"),
            ({"of": "tea", "parts": ["milk", 2]}, "body.parts[1]", "2 is not valid"),
            ({"of": "tea", "sugar": 1}, "body", "'sugar' was unexpected"),
        ],
        ids=["missing", "other", "part", "more"],
    )
    def test_say_where_a_body_does_not_fit(
        self, body: dict[str, Any], field: str, said: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            compile_check(ORDER)(body)
        assert refusal.value.field == field
        assert said in refusal.value.message

    def test_never_answer_at_length(self) -> None:
        with pytest.raises(Invalid) as refusal:
            compile_check(ORDER)({"of": "x" * 30_000})
        assert len(str(refusal.value)) < 300


REFUSED: dict[str, tuple[object, str]] = {
    "a file that is no JSON": ("{", "Expecting property name"),
    "a list": ([], "must be a JSON object"),
    "a type that does not exist": ({"type": "texts"}, r"\$.type: 'texts' is not valid"),
    "another draft": ({"$schema": "http://json-schema.org/draft-07/schema#"}, r"\$schema"),
    "a regular expression": ({"properties": {"a": {"pattern": "(a+)+"}}}, "pattern is not"),
    "one for names": ({"items": {"patternProperties": {}}}, "patternProperties is not"),
    "unique items": ({"anyOf": [{"uniqueItems": True}]}, "uniqueItems is not"),
    "one in a definition": ({"$defs": {"a": {"not": {"pattern": ""}}}}, "pattern is not"),
    "a name further down": ({"items": {"$id": "https://a.example"}}, r"\$id is not"),
    "another document": ({"$ref": "https://a.example/b"}, "must name one of its"),
    "a definition that is missing": ({"items": {"$ref": "#/$defs/a"}}, "must name one of its"),
    "itself": ({"items": {"$ref": "#"}}, "must name one of its"),
    "a definition that is missing further down": (
        {"$defs": {"a": {"$ref": "#/$defs/b"}}},
        "must name one of its",
    ),
    "a circle": (
        {"$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"not": {"$ref": "#/$defs/a"}}}},
        "leads back to itself",
    ),
    "more than can be read": (" " * (MAX_SCHEMA + 1), "is larger than"),
    "lists without an end": ("[" * 100_000, "recursion"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_schema_that_cannot_be_used_is_an_error_of_the_configuration(
    tmp_path: Path, case: tuple[object, str]
) -> None:
    schema, said = case
    path = written(tmp_path, schema)
    with pytest.raises(ConfigError, match=said) as error:
        load(None, {}, {"messages.kinds": f"order={path}"})
    assert f"messages.kinds has the schema {path} for order" in str(error.value)


def test_a_missing_file_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load(None, {}, {"messages.kinds": f"order={tmp_path}/no.json"})


def test_a_name_that_is_taken_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has a kind named 'poll'"):
        load(None, {}, {"messages.kinds": f"poll={written(tmp_path, ORDER)}"})


def test_a_table_in_the_file_names_them(tmp_path: Path) -> None:
    schema, file = written(tmp_path, ORDER), tmp_path / "parlour.toml"
    file.write_text(f'[messages.kinds]\norder = "{schema}"\n')

    assert load(file, {}, {}).settings.messages.kinds == {"order": schema}
    file.write_text('[messages]\nkinds = ["order"]\n')
    with pytest.raises(ConfigError, match=r"messages\.kinds must be a table such as"):
        load(file, {}, {})
