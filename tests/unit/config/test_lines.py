"""A problem in a file is reported with its line."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from parlour.adapters.config.lines import key_lines, line_of

TEXT = '''\
# [server]
title = "a [bracket # in a string"

[server]
host = "x"  # [ops]
origins = [
  "a = b",  # ]
  "[ops]",
]
"port" = 1

[storage.mysql]
password = """
user = 1
""" # done
user = \'\'\'one line\'\'\'
pool.size = 3
inline = { host = "y",
  port = 2 }

[ logging . levels ]
"parlour.hub" = "debug"
'''


class TestKeyLines:
    def test_finds_the_line_of_every_key_and_table(self) -> None:
        tomllib.loads(TEXT.replace(",\n  port = 2", ", port = 2"))

        assert {
            "title": 2,
            "server": 4,
            "server.host": 5,
            "server.origins": 6,
            "server.port": 10,
            "storage.mysql": 12,
            "storage.mysql.password": 13,
            "storage.mysql.user": 16,
            "storage.mysql.pool.size": 17,
            "storage.mysql.inline": 18,
            "logging.levels": 21,
            "logging.levels.parlour.hub": 22,
        } == key_lines(TEXT)

    def test_a_key_inside_an_inline_table_has_the_line_of_the_table(self) -> None:
        assert line_of("storage.mysql.inline.host", key_lines(TEXT)) == 18
        assert line_of("nowhere", key_lines(TEXT)) is None

    @given(
        st.lists(
            st.sampled_from(
                [
                    'text = "#["',
                    "lit = '[\"'",
                    'many = """\nx = 1\n[y]\n\\""" z\n"""',
                    "raw = '''\nx = 1\n'''",
                    "list = [ # [\n 'x = 1',\n]",
                    "nested = [\n [1,\n 2],\n]",
                    "truth = true # x = 1",
                    'empty = ""',
                ]
            ),
            unique=True,
        )
    )
    def test_finds_exactly_the_keys_that_the_parser_finds(self, entries: list[str]) -> None:
        text = "\n".join(entries)

        found = key_lines(text)

        assert set(tomllib.loads(text)) == set(found)
        rows = text.split("\n")
        assert all(rows[line - 1].startswith(f"{name} =") for name, line in found.items())
