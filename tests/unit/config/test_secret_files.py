"""Secrets in files of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from parlour.adapters.config import Url, load
from tests.unit.config.conftest import problems

Write = Callable[[str], Path]


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

    def test_a_byte_order_mark_and_the_line_end_of_windows_are_no_part_of_a_secret(
        self, tmp_path: Path
    ) -> None:
        secret = tmp_path / "secret"
        secret.write_bytes(b"\xef\xbb\xbfcorrect horse\r\n")

        loaded = load(None, {"PARLOUR__STORAGE__MYSQL__PASSWORD_FILE": str(secret)}, {})

        assert loaded.settings.storage.mysql.password.reveal() == "correct horse"

    def test_an_address_may_be_in_a_file_too(self, tmp_path: Path) -> None:
        secret = _secret(tmp_path, "redis://:correct-horse@127.0.0.1/3")

        loaded = load(None, {"PARLOUR__REDIS__URL_FILE": str(secret)}, {})

        assert Url("redis://:correct-horse@127.0.0.1/3") == loaded.settings.redis.url

    def test_a_world_readable_file_is_warned_of(self, tmp_path: Path) -> None:
        secret = _secret(tmp_path, "correct horse", mode=0o644)

        loaded = load(None, {"PARLOUR__STORAGE__MYSQL__PASSWORD_FILE": str(secret)}, {})

        (warning,) = loaded.warnings
        assert f"everybody on this machine can read {secret}" in warning.message

    def test_a_world_readable_configuration_with_a_secret_is_warned_of(self, write: Write) -> None:
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
        path = tmp_path / "secret"
        path.write_bytes(content)

        (problem,) = problems(environ={"PARLOUR__STORAGE__MYSQL__PASSWORD_FILE": str(path)})

        assert problem.endswith(f"password_file: the file {path} {message}")

    def test_a_missing_file_is_refused(self) -> None:
        (problem,) = problems(environ={"PARLOUR__REDIS__URL_FILE": "/nowhere/url"})

        assert problem.endswith("the file /nowhere/url cannot be read: No such file or directory")

    @pytest.mark.parametrize("order", ["password password_file", "password_file password"])
    def test_a_secret_and_its_file_in_one_source_are_refused(
        self, write: Write, order: str
    ) -> None:
        lines = "\n".join(f'{name} = "x"' for name in order.split())

        (problem,) = problems(write(f"[storage.mysql]\n{lines}\n"))

        assert "are both given: keep one" in problem

    def test_a_secret_overrides_the_file_of_a_former_source_and_vice_versa(
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
