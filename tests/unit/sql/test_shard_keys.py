"""The tables can be sharded as documented: every row has its shard key, every look-up an index."""

import re

from sqlalchemy.schema import ColumnCollectionConstraint

from parlour.adapters.sql.tables import metadata
from tests.support.programs import ROOT

PAPER = ROOT / "docs" / "explanation" / "scaling.md"
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| (?:`(\w+)` )?\|$", re.MULTILINE)
WHOLE = re.compile(r"^\| `(\w+)` \| a copy everywhere \| \|$", re.MULTILINE)


def test_the_documentation_names_the_shard_key_of_every_table() -> None:
    text = PAPER.read_text("utf-8")
    planned = {table: key for table, key, _ in ROW.findall(text)}

    assert set(planned) | set(WHOLE.findall(text)) == set(metadata.tables)
    for name, key in planned.items():
        column = metadata.tables[name].columns[key]
        assert not column.nullable, name
        assert str(column.type) == "BINARY(16)", name


def test_every_other_look_up_has_an_index() -> None:
    for name, _, other in ROW.findall(PAPER.read_text("utf-8")):
        table = metadata.tables[name]
        indexes = [
            [column.name for column in each.columns]
            for each in table.constraints
            if isinstance(each, ColumnCollectionConstraint)
        ]
        assert not other or any(index[0] == other for index in indexes), (name, other)


def test_there_is_no_auto_increment_and_no_foreign_key() -> None:
    for table in metadata.sorted_tables:
        assert not table.foreign_keys
        assert table.autoincrement_column is None
