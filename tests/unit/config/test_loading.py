"""Settings come from defaults, a file, the environment and the command line, in this order."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.config import ConfigError, Secret, Settings, Url, describe, load
from adapters.config.keys import catalog

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "parlour.toml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


def problems(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {}, overrides or {})
    return [str(problem) for problem in caught.value.problems]


class TestOrder:
    def test_without_anything_the_defaults_stand(self) -> None:
        loaded = load(None, {}, {})

        assert Settings() == loaded.settings
        assert set(loaded.origins.values()) == {"default"}
        assert loaded.warnings == ()

    def test_each_layer_wins_over_the_one_below(self, write: Write) -> None:
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
            "PARLOUR__LOGGING__LEVELS": '{"parlour.hub": "debug", "uvicorn": "error"}',
            "PARLOUR__STORAGE__MYSQL__UNIX_SOCKET": "",
            "PARLOUR__STORAGE__MYSQL__PASSWORD": "correct horse",
        }

        settings = load(None, environ, {"logging.file": "x.log", "server.port": "7"}).settings

        assert ("https://a.example.org", "https://b.example.org") == settings.server.origins
        assert settings.server.trusted_proxies == ("10.0.0.0/8",)
        assert settings.redis.cluster is True
        assert (32_768, 1_000_000) == (settings.websocket.frame, settings.websocket.outbox_bytes)
        assert {"parlour.hub": "debug", "uvicorn": "error"} == settings.logging.levels
        pairs = {"PARLOUR__LOGGING__LEVELS": "parlour.hub=debug, uvicorn=error"}
        assert settings.logging.levels == load(None, pairs, {}).settings.logging.levels
        assert settings.storage.mysql.unix_socket is None
        assert Secret("correct horse") == settings.storage.mysql.password
        assert Path("x.log") == settings.logging.file
        assert settings.server.port == 7


class TestRefusal:
    def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_one(
        self, write: Write
    ) -> None:
        path = write('[server]\nhost = "localhost"\n\nprot = 80\n[storge]\nbackend = 1\n')

        assert [
            f"{path}:4: server.prot is not a key of the configuration; did you mean server.port?",
            f"{path}:5: storge is not a key of the configuration; did you mean storage?",
        ] == problems(path)

    def test_a_key_in_the_wrong_section_is_sent_to_the_right_one(self, write: Write) -> None:
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
            ("server = 1", "server is a section: write [server] above its keys"),
            ('[storage]\nbackend = "oracle"', '"mysql" or "package.module:factory", not "oracle"'),
            ('[redis]\nurl = "http://x"', "redis.url must be an address such as redis://"),
            ('[redis]\nurl = "redis://[x"', "redis.url must be an address such as redis://"),
        ],
    )
    def test_wrong_types_and_ranges_are_named_in_plain_words(
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
            ("LOGGING__LEVELS", "debug", 'must be pairs such as parlour.hub=debug, not "debug"'),
        ],
    )
    def test_variables_that_cannot_be_read_are_named_in_plain_words(
        self, variable: str, text: str, message: str
    ) -> None:
        (problem,) = problems(environ={f"PARLOUR__{variable}": text})

        assert message in problem
        assert problem.startswith(f"PARLOUR__{variable}: ")

    def test_everything_wrong_is_said_at_once(self, write: Write) -> None:
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
    def test_is_taken_or_refused_in_words(self, overrides: dict[str, object]) -> None:
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


class TestSecretFiles:
    def test_a_secret_is_read_from_its_file_without_the_line_end(
        self, write: Write, tmp_path: Path
    ) -> None:
        secret = _secret(tmp_path, "correct horse\n")
        path = write(f'[storage.mysql]\npassword_file = "{secret}"\n')

        loaded = load(path, {}, {})

        assert loaded.settings.storage.mysql.password.reveal() == "correct horse"
        assert loaded.origins["storage.mysql.password"] == f"the file {secret}"
        assert loaded.warnings == ()

    def test_an_address_may_lie_in_a_file_as_well(self, tmp_path: Path) -> None:
        secret = _secret(tmp_path, "redis://:correct-horse@127.0.0.1/3")

        loaded = load(None, {"PARLOUR__REDIS__URL_FILE": str(secret)}, {})

        assert Url("redis://:correct-horse@127.0.0.1/3") == loaded.settings.redis.url

    def test_a_file_that_everybody_can_read_is_warned_of(self, tmp_path: Path) -> None:
        secret = _secret(tmp_path, "correct horse", mode=0o644)

        loaded = load(None, {"PARLOUR__STORAGE__MYSQL__PASSWORD_FILE": str(secret)}, {})

        (warning,) = loaded.warnings
        assert f"everybody on this machine can read {secret}" in warning.message

    def test_a_configuration_with_a_secret_that_everybody_can_read_is_warned_of(
        self, write: Write
    ) -> None:
        path = write('[storage.mysql]\npassword = "correct horse"\n')
        assert load(path, {}, {}).warnings == ()
        path.chmod(0o644)

        (warning,) = load(path, {}, {}).warnings

        assert "which holds storage.mysql.password" in warning.message

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b" \n", "must hold the secret, and is empty"),
            (b"\xff", "must be text in UTF-8"),
            (b"x" * 70_000, "is too long for a secret"),
        ],
    )
    def test_a_file_without_a_usable_secret_is_refused(
        self, tmp_path: Path, content: bytes, message: str
    ) -> None:
        path = _bytes(tmp_path, content)

        (problem,) = problems(environ={"PARLOUR__STORAGE__MYSQL__PASSWORD_FILE": str(path)})

        assert problem.endswith(f"password_file: the file {path} {message}")

    def test_a_missing_file_is_refused(self) -> None:
        (problem,) = problems(environ={"PARLOUR__REDIS__URL_FILE": "/nowhere/url"})

        assert problem.endswith("the file /nowhere/url cannot be read: No such file or directory")

    @pytest.mark.parametrize("order", ["password password_file", "password_file password"])
    def test_a_secret_and_its_file_in_one_place_are_one_too_many(
        self, write: Write, order: str
    ) -> None:
        lines = "\n".join(f'{name} = "x"' for name in order.split())

        (problem,) = problems(write(f"[storage.mysql]\n{lines}\n"))

        assert "are both given: keep one" in problem

    def test_a_secret_replaces_the_file_of_a_lower_layer_and_the_reverse(
        self, write: Write, tmp_path: Path
    ) -> None:
        in_file = write('[storage.mysql]\npassword_file = "/nowhere/password"\n')
        given = {"PARLOUR__STORAGE__MYSQL__PASSWORD": "correct horse"}
        assert load(in_file, given, {}).settings.storage.mysql.password.reveal() == "correct horse"

        secret = _secret(tmp_path, "battery staple")
        plain = write('[storage.mysql]\npassword = "correct horse"\n')
        named = {"PARLOUR__STORAGE__MYSQL__PASSWORD_FILE": str(secret)}
        mysql = load(plain, named, {}).settings.storage.mysql

        assert mysql.password.reveal() == "battery staple"

    def test_an_empty_secret_counts_as_none(self, write: Write) -> None:
        path = write('[storage.mysql]\npassword = "correct horse"\npassword_file = ""\n')

        loaded = load(path, {"PARLOUR__STORAGE__MYSQL__PASSWORD": ""}, {})

        assert not loaded.settings.storage.mysql.password

    def test_no_problem_repeats_a_secret(self, write: Write, tmp_path: Path) -> None:
        secret = _secret(tmp_path, "canary-in-a-file")
        path = write(
            f'[storage.mysql]\npassword = ["canary"]\n[redis]\nurl_file = "{secret}"\n'
            "[logging]\nqueue = 0\n"
        )

        text = str(problems(path)) + str(problems(None, {"PARLOUR__REDIS__URL": "canary:x@y"}))

        assert "storage.mysql.password must be text in quotes" in text
        assert "canary" not in text


def _secret(folder: Path, text: str, *, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_text(text)
    path.chmod(mode)
    return path
