"""Settings come from defaults, a file, the environment and the command line, in this order."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.adapters.config import ConfigError, Secret, Settings, describe, load
from parlour.adapters.config.keys import catalog
from tests.unit.config.conftest import problems

Write = Callable[[str], Path]


class TestOrder:
    def test_without_any_source_the_defaults_apply(self) -> None:
        loaded = load(None, {}, {})

        assert Settings() == loaded.settings
        assert set(loaded.origins.values()) == {"default"}
        assert loaded.warnings == ()

    def test_each_source_overrides_the_one_before(self, write: Write) -> None:
        path = write('[server]\nport = 1\nhost = "localhost"\ndrain = "1s"\n')
        environ = {"PARLOUR__SERVER__PORT": "2", "PARLOUR__SERVER__HOST": "::1", "PATH": "/bin"}

        loaded = load(path, environ, {"server.port": 3, "ops.port": None})

        assert (3, "::1") == (loaded.settings.server.port, loaded.settings.server.host)
        assert timedelta(seconds=1) == loaded.settings.server.drain
        assert loaded.settings.ops.port == 8001
        assert loaded.origins["server.port"] == "--port"
        assert loaded.origins["server.host"] == "PARLOUR__SERVER__HOST"
        assert loaded.origins["server.drain"] == f"{path}:4"
        assert loaded.origins["ops.port"] == "default"

    def test_text_without_types_is_read_by_the_type_of_its_key(self) -> None:
        environ = {
            "PARLOUR__SERVER__ORIGINS": "https://a.example.org, https://b.example.org",
            "PARLOUR__SERVER__TRUSTED_PROXIES": '["10.0.0.0/8"]',
            "PARLOUR__REDIS__CLUSTER": "yes",
            "PARLOUR__WEBSOCKET__FRAME": "32KiB",
            "PARLOUR__WEBSOCKET__OUTBOX_BYTES": "1000000",
            "PARLOUR__LOGGING__LEVELS": '{"parlour.socket": "debug", "uvicorn": "error"}',
            "PARLOUR__STORAGE__MYSQL__UNIX_SOCKET": "",
            "PARLOUR__STORAGE__MYSQL__PASSWORD": "correct horse",
        }

        settings = load(None, environ, {"logging.file": "x.log", "server.port": "7"}).settings

        assert ("https://a.example.org", "https://b.example.org") == settings.server.origins
        assert settings.server.trusted_proxies == ("10.0.0.0/8",)
        assert settings.redis.cluster is True
        assert (32_768, 1_000_000) == (settings.websocket.frame, settings.websocket.outbox_bytes)
        assert {"parlour.socket": "debug", "uvicorn": "error"} == settings.logging.levels
        pairs = {"PARLOUR__LOGGING__LEVELS": "parlour.socket=debug, uvicorn=error"}
        assert settings.logging.levels == load(None, pairs, {}).settings.logging.levels
        assert settings.storage.mysql.unix_socket is None
        assert Secret("correct horse") == settings.storage.mysql.password
        assert Path("x.log") == settings.logging.file
        assert settings.server.port == 7


class TestProblems:
    def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_one(
        self, write: Write
    ) -> None:
        path = write('[server]\nhost = "localhost"\n\nprot = 80\n[storge]\nbackend = 1\n')

        assert [
            f"{path}:4: server.prot is not a key of the configuration; did you mean server.port?",
            f"{path}:5: storge is not a key of the configuration; did you mean storage?",
        ] == problems(path)

    def test_for_a_key_in_the_wrong_section_the_right_one_is_named(self, write: Write) -> None:
        (problem,) = problems(write("heartbeat = 1\n"))

        assert problem.endswith(
            ":1: heartbeat is not a key of the configuration; did you mean websocket.heartbeat?"
        )

    def test_unknown_variables_and_options_are_refused_too(self) -> None:
        in_environ, on_command_line = problems(
            environ={"PARLOUR__SERVER__PRT": "1"}, overrides={"z\n": 1}
        )

        assert in_environ.startswith("PARLOUR__SERVER__PRT: server.prt is not a key")
        assert in_environ.endswith("; did you mean server.port?")
        assert on_command_line == '--z\n: "z\\n" is not a key of the configuration'

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('[server]\nport = "80"', 'server.port must be a whole number, not "80"'),
            ("[server]\nport = true", "server.port must be a whole number, not true"),
            ("[server]\nport = 80.0", "server.port must be a whole number, not 80.0"),
            ("[server]\nport = 70000", "server.port must be between 0 and 65535, not 70000"),
            ('[server]\nbehind_tls = "no"', 'server.behind_tls must be true or false, not "no"'),
            ("[server]\nhost = ''", 'server.host must be a host name or an address, not ""'),
            ("[server]\nport = {}", "server.port must be a whole number, not a table"),
            ("[server]\nhost = 1", "server.host must be text in quotes, not 1"),
            (
                "[server]\norigins = 'x'",
                'server.origins must be a list of text such as ["a", "b"]',
            ),
            ("[server]\ndrain = 10", "server.drain must be a duration with its unit"),
            ('[server]\ndrain = "1h"', "server.drain must be between 0s and 25s, not 1h"),
            (
                '[websocket]\nframe = "1GiB"',
                "websocket.frame must be between 4KiB and 1MiB, not 1GiB",
            ),
            ("[websocket]\nframe = -1", 'websocket.frame must be a size such as "64KiB", not -1'),
            ('[storage.sqlite]\npath = ""', "storage.sqlite.path must be a path, and not empty"),
            (
                '[access]\nregistration = "no"',
                'access.registration must be one of "open", "closed"',
            ),
            ('[logging]\nlevels = "x"', "logging.levels must be a table such as"),
            ('[logging.levels]\n"a.b" = "loud"', 'not "loud" (for the logger "a.b")'),
            (
                '[logging.levels]\n"parlour.sokcet" = "info"',
                'there is no logger "parlour.sokcet"; did you mean parlour.socket?',
            ),
            (
                '[logging.levels]\nuvcorn = "debug"',
                'there is no logger "uvcorn"; did you mean uvicorn?',
            ),
            ("server = 1", "server is a section: write [server] above its keys"),
            ('[storage]\nbackend = "oracle"', '"mysql" or "package.module:factory", not "oracle"'),
            ('[redis]\nurl = "http://x"', "redis.url must be an address such as redis://"),
            ('[redis]\nurl = "redis://[x"', "redis.url must be an address such as redis://"),
        ],
    )
    def test_wrong_types_and_ranges_are_explained(
        self, write: Write, text: str, message: str
    ) -> None:
        (problem,) = problems(write(text))

        assert message in problem
        assert "parlour.toml:" in problem

    @pytest.mark.parametrize(
        ("variable", "text", "message"),
        [
            ("SERVER__PORT", "eighty", 'must be a whole number, not "eighty"'),
            ("SERVER__BEHIND_TLS", "maybe", 'must be true or false, not "maybe"'),
            ("SERVER__ORIGINS", "[1", "must be JSON or parts with commas between"),
            (
                "LOGGING__LEVELS",
                "debug",
                'must be pairs such as name=value, not "debug"',
            ),
        ],
    )
    def test_variables_that_cannot_be_read_are_explained(
        self, variable: str, text: str, message: str
    ) -> None:
        (problem,) = problems(environ={f"PARLOUR__{variable}": text})

        assert message in problem
        assert problem.startswith(f"PARLOUR__{variable}: ")

    def test_all_problems_are_reported_at_once(self, write: Write) -> None:
        path = write("[server]\nprt = 1\nport = true\n[access]\naccess_ttl = '1m'\nhashers = 0\n")

        found = problems(
            path,
            {"PARLOUR__SERVER__HOST": "0.0.0.0", "PARLOUR__ACCESS__REFRESH_GRACE": "2m"},  # noqa: S104
            {"limits.group_members": 1},
        )

        assert [
            "server.prt",
            "server.port",
            "access.hashers",
            "limits.group_members",
            "server.host",
            "access.refresh_grace",
        ] == [problem.split(": ")[1].split()[0] for problem in found]

    def test_the_message_lists_every_problem_on_a_line_of_its_own(self) -> None:
        with pytest.raises(ConfigError, match=r"has 2 problems:\n  --a: .*\n  --b: "):
            load(None, {}, {"a": 1, "b": 1})

    def test_a_missing_or_broken_file_is_named(self, tmp_path: Path, write: Write) -> None:
        (missing,) = problems(tmp_path / "none.toml")
        (broken,) = problems(write("[server]\nport = \n"))
        (binary,) = problems(_bytes(tmp_path, b"\xff\xfe"))

        assert missing.endswith("none.toml: cannot be read: No such file or directory")
        assert "parlour.toml: is not valid TOML" in broken
        assert "line 2" in broken
        assert binary.endswith("is not text in UTF-8")

    def test_a_byte_order_mark_and_the_line_ends_of_windows_are_taken(
        self, tmp_path: Path
    ) -> None:
        text = b"\xef\xbb\xbf[server]\r\nport = 1\r\n\r\nprot = 2\r\n"
        path = _bytes(tmp_path, text.replace(b"prot", b"host").replace(b"= 2", b'= "localhost"'))

        assert load(path, {}, {}).origins["server.port"] == f"{path}:2"

        (problem,) = problems(_bytes(tmp_path, text))
        assert f"{path}:4: server.prot is not a key" in problem

    def test_variables_and_options_that_are_no_utf_8_are_refused(self) -> None:
        secret = b"caf\xe9 au lait".decode("utf-8", "surrogateescape")
        name = "storage.mysql.password"

        assert problems(environ={"PARLOUR__STORAGE__MYSQL__PASSWORD": secret}) == [
            "PARLOUR__STORAGE__MYSQL__PASSWORD: is not text in UTF-8"
        ]
        assert problems(overrides={name: secret}) == [
            "--storage-mysql-password: is not text in UTF-8"
        ]


def _bytes(folder: Path, content: bytes) -> Path:
    path = folder / "binary.toml"
    path.write_bytes(content)
    return path


class TestAnyInput:
    values = st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(),
            st.binary(),
            st.datetimes(),
            st.sampled_from(["redis://[", "https://[::1", "9" * 5000, "{", "[1", "a=b=c", "\0"]),
        ),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
        max_leaves=5,
    )

    @given(st.dictionaries(st.sampled_from(sorted(catalog(Settings))), values, max_size=4))
    def test_is_loaded_or_refused_with_a_problem(self, overrides: dict[str, object]) -> None:
        texts = {
            f"PARLOUR__{name.replace('.', '__').upper()}": value
            for name, value in overrides.items()
            if isinstance(value, str)
        }
        for environ, given_values in ((texts, {}), ({}, overrides)):
            try:
                loaded = load(None, environ, given_values)
            except ConfigError:
                continue
            assert len(describe(loaded.settings, loaded.origins)) == len(catalog(Settings))
