"""The configuration is shown and compared; its reference and examples are current."""

import re
import tomllib
from pathlib import Path

import attrs
import pytest

from parlour.adapters.config import (
    ConfigError,
    Secret,
    Settings,
    Url,
    changes,
    describe,
    load,
    reference_markdown,
)
from parlour.adapters.config.keys import catalog, read, sections
from parlour.adapters.config.settings import Server

ROOT = Path(__file__).parents[3]
CONFIGS = ROOT / "configs"


class TestShow:
    def test_shows_every_key_with_its_value_and_origin(self) -> None:
        loaded = load(None, {"PARLOUR__ACCESS__ACCESS_TTL": "90m"}, {"server.port": 9})

        shown = {line.key: line for line in describe(loaded.settings, loaded.origins)}

        assert list(catalog(Settings)) == list(shown)
        assert ("9", "--port") == (shown["server.port"].value, shown["server.port"].origin)
        assert shown["access.access_ttl"].value == '"1h30m"'
        assert shown["access.access_ttl"].origin == "PARLOUR__ACCESS__ACCESS_TTL"
        assert shown["websocket.frame"].value == '"128KiB"'

    def test_masks_secrets(self) -> None:
        overrides = {
            "storage.mysql.password": "whisper",
            "redis.url": "redis://alice:whisper@127.0.0.1:6379/0",
        }
        loaded = load(None, {}, overrides)

        lines = describe(loaded.settings, loaded.origins)

        shown = {line.key: line.value for line in lines}
        assert "whisper" not in repr((loaded, lines)) + str(loaded.settings.storage)
        assert shown["storage.mysql.password"] == '"********"'
        assert shown["redis.url"] == '"redis://alice:********@127.0.0.1:6379/0"'

    def test_the_output_can_be_loaded_again(self, tmp_path: Path) -> None:
        overrides = {
            "logging.levels": {"parlour.socket": "debug", "uvicorn": "error"},
            "logging.file": "logs/ü.log",
            "server.origins": ["https://chat.example.org"],
        }
        loaded = load(None, {}, overrides)
        lines = describe(loaded.settings, loaded.origins)
        path = tmp_path / "shown.toml"
        path.write_text("\n".join(f"{line.key} = {line.value}" for line in lines))

        assert loaded.settings == load(path, {}, {}).settings


class TestValues:
    @pytest.mark.parametrize(
        ("url", "masked"),
        [
            ("redis://127.0.0.1/0", "redis://127.0.0.1/0"),
            ("redis://alice@host/0", "redis://alice@host/0"),
            ("redis://:a@b/c@host/0", "redis://:********@host/0"),
        ],
    )
    def test_an_address_hides_its_password_only(self, url: str, masked: str) -> None:
        assert masked == Url(url).masked()

    def test_a_secret_shows_only_whether_it_is_set(self) -> None:
        assert "Secret('********') Secret('')" == f"{Secret('whisper')} {Secret()!r}"

    def test_settings_made_in_code_are_checked_too(self) -> None:
        with pytest.raises(ValueError, match="port must be between 0 and 65535, not -1"):
            Server(port=-1)


class TestChanges:
    def test_tells_reloadable_keys_from_those_that_need_a_restart(self) -> None:
        old = Settings()
        new = attrs.evolve(
            old,
            server=attrs.evolve(old.server, port=1, origins=("https://chat.example.org",)),
            logging=attrs.evolve(old.logging, level="debug", queue=200),
        )

        found = changes(old, new)

        assert found.reloadable == ("server.origins", "logging.level")
        assert found.needs_restart == ("server.port", "logging.queue")
        assert changes(old, old) == changes(new, new)

    def test_levels_limits_and_origins_are_reloadable(self) -> None:
        reloadable = {name for name, key in catalog(Settings).items() if key.facts.reload}

        assert {"logging.level", "logging.levels", "server.origins"} < reloadable
        limits = {name for name in catalog(Settings) if name.startswith("limits.")}
        assert limits - reloadable == {"limits.backend"}


class TestReference:
    def test_is_current(self) -> None:
        """Write it anew with `parlour config docs > docs/reference/configuration.md`."""
        written = (ROOT / "docs/reference/configuration.md").read_text()

        assert reference_markdown() == written

    def test_every_key_has_a_meaning(self) -> None:
        for name, key in catalog(Settings).items():
            assert re.fullmatch(r"[A-Z`].{8,90}\.", key.facts.meaning), name


class TestShippedFiles:
    def test_the_default_file_is_the_default(self) -> None:
        loaded = load(CONFIGS / "default.toml", {}, {})

        assert Settings() == loaded.settings

    def test_the_local_file_uses_mysql_and_redis_on_this_machine(self) -> None:
        loaded = load(
            CONFIGS / "local.toml", {"PARLOUR__STORAGE__MYSQL__PASSWORD": "correct horse"}, {}
        )

        settings = loaded.settings
        assert settings.storage.backend == "mysql"
        assert (settings.presence.backend, settings.bus.backend) == ("redis", "redis")
        assert loaded.warnings == ()

    def test_the_production_example_names_every_key_with_its_meaning(self) -> None:
        text = (CONFIGS / "production.example.toml").read_text()

        tree = tomllib.loads(_uncommented(text))

        for name in catalog(Settings):
            value = tree
            for part in name.split("."):
                assert part in value, name
                value = value[part]
        prose = " ".join(re.sub(r"^# ", "", line) for line in text.splitlines())
        for name, key in catalog(Settings).items():
            assert key.facts.meaning in prose, name

    @pytest.mark.parametrize("uncommented", [False, True], ids=["as it is", "all of it"])
    def test_the_production_example_can_be_used(self, tmp_path: Path, uncommented: bool) -> None:
        text = (CONFIGS / "production.example.toml").read_text()
        path = tmp_path / "production.toml"
        folder = f"{tmp_path}/"
        text = (_uncommented(text) if uncommented else text).replace("/etc/parlour/", folder)
        path.write_text(text)
        for name, secret in {
            "mysql-password": "correct horse",
            "redis-url": "rediss://:correct-horse@redis.example.org:6379/0",
        }.items():
            (tmp_path / name).write_text(secret)
            (tmp_path / name).chmod(0o600)

        loaded = load(path, {}, {})

        assert loaded.settings.server.behind_tls
        assert loaded.settings.access.registration == "closed"
        assert loaded.warnings == ()

    def test_what_the_production_example_comments_out_is_the_default(self) -> None:
        text = (CONFIGS / "production.example.toml").read_text()
        as_it_is, uncommented = tomllib.loads(text), tomllib.loads(_uncommented(text))

        for section in sections(Settings):
            kept, whole = _table(as_it_is, section), _table(uncommented, section)
            overrides = {
                f"{section}.{name}": value
                for name, value in whole.items()
                if name not in kept and not isinstance(value, dict)
            }
            try:
                settings = load(None, {}, overrides).settings
            except ConfigError as error:  # pragma: no cover - the message is the report
                pytest.fail(str(error))
            for name in overrides:
                assert read(Settings(), name) == read(settings, name), name


def _uncommented(text: str) -> str:
    """Turn `#key = value` into a key; `# prose` has a space after the sign."""
    return re.sub(r"(?m)^#(?=\w+ = )", "", text)


def _table(tree: dict[str, object], section: str) -> dict[str, object]:
    for part in section.split("."):
        found = tree.get(part, {})
        assert isinstance(found, dict)
        tree = found
    return tree
