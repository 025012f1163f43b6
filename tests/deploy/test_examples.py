"""The examples of deployment use existing keys and commands, and sufficient timeouts."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from parlour.adapters.config import Settings, load
from parlour.entrypoints.cli.main import parlour
from parlour.entrypoints.server import STOP_TIMEOUT
from tests.support.http_service import http_service, ops_client
from tests.support.programs import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = DEPLOY / "docker" / "compose.yaml"
DOCKERFILE = DEPLOY / "docker" / "Dockerfile"
KUBERNETES = DEPLOY / "kubernetes" / "parlour.yaml"
UNITS = sorted((DEPLOY / "systemd").iterdir())
NGINX = DEPLOY / "nginx" / "parlour.conf"
CADDY = DEPLOY / "caddy" / "Caddyfile"
FILES = [COMPOSE, DOCKERFILE, KUBERNETES, *UNITS, NGINX, CADDY]

DEFAULTS = Settings()
QUIET = (DEFAULTS.websocket.heartbeat + DEFAULTS.websocket.heartbeat_grace).total_seconds()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with a strong password."""
    path = tmp_path / "secret"
    path.touch(0o600)
    path.write_text("a-long-and-random-word-4711\n")
    return path


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text("utf-8")))


def manifests() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load_all(KUBERNETES.read_text("utf-8"))
    return {each["kind"]: each for each in found}


def pods() -> Iterator[dict[str, Any]]:
    for kind in ("Deployment", "Job"):
        yield manifests()[kind]["spec"]["template"]["spec"]


def with_secrets(environment: Mapping[str, str], secret: Path) -> dict[str, str]:
    return {
        name: str(secret) if name.endswith("_FILE") else value
        for name, value in environment.items()
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_key_of_the_configuration(path: Path, secret: Path) -> None:
    named = set(re.findall(r"\bPARLOUR__[A-Z_]+[A-Z]\b", path.read_text("utf-8")))
    values = {
        "PARLOUR__SERVER__HOST": "127.0.0.1",
        "PARLOUR__SERVER__TRUSTED_PROXIES": "10.0.0.0/8",
        "PARLOUR__SERVER__BEHIND_TLS": "true",
        "PARLOUR__STORAGE__BACKEND": "sqlite",
        "PARLOUR__STORAGE__MYSQL__ALLOW_INSECURE": "true",
        "PARLOUR__PRESENCE__BACKEND": "memory",
        "PARLOUR__BUS__BACKEND": "memory",
        "PARLOUR__REDIS__URL": "redis://127.0.0.1",
        "PARLOUR__LOGGING__FORMAT": "json",
    }
    load(None, with_secrets({name: values.get(name, "x") for name in named}, secret), {})


def called(words: list[str]) -> None:
    """Raise if *words* are not a command of the program with its options."""
    command: click.Command = parlour
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    options = {name for each in command.params for name in each.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    for line in re.findall(r"(?:bin/|-- |run --rm )parlour ([a-z][^\n'\"]*)", text):
        called(line.split())
    for line in re.findall(r"^(?:ENTRYPOINT|CMD) (\[.*\])$", text, re.MULTILINE):
        words = yaml.safe_load(line)
        if words != ["parlour"]:
            called(words)


class TestCompose:
    def test_its_configuration_is_valid(self, secret: Path) -> None:
        services = compose()["services"]
        for name in ("parlour", "upgrade"):
            environment = with_secrets(services[name]["environment"], secret)
            loaded = load(None, environment, {})
            assert loaded.settings.storage.mysql.host in services
            assert loaded.settings.redis.url.split("/")[2].split(":")[0] in services
            # Redis stands in a network of its own.
            assert [warning.where for warning in loaded.warnings] == ["PARLOUR__REDIS__URL"]
        called(services["upgrade"]["command"])

    def test_trusts_only_the_proxy(self) -> None:
        (network,) = compose()["networks"]["inside"]["ipam"]["config"]
        environment = compose()["services"]["parlour"]["environment"]

        assert environment["PARLOUR__SERVER__TRUSTED_PROXIES"] == network["subnet"]
        assert [name for name, each in compose()["services"].items() if "ports" in each] == [
            "caddy"
        ]

    def test_every_file_and_service_that_it_names_exists(self) -> None:
        services = compose()["services"]
        for service in services.values():
            assert set(service.get("depends_on", ())) <= set(services)
            assert set(service.get("secrets", ())) <= set(compose()["secrets"])
            assert set(service["networks"]) <= set(compose()["networks"])
            if "build" in service:
                context = (COMPOSE.parent / service["build"]["context"]).resolve()
                assert context / service["build"]["dockerfile"] == DOCKERFILE
            for volume in service.get("volumes", ()):
                source = volume.partition(":")[0]
                assert source in compose()["volumes"] or (COMPOSE.parent / source).exists()
        assert services["caddy"]["environment"]["PARLOUR_UPSTREAM"] == (
            f"parlour:{DEFAULTS.server.port}"
        )

    def test_waits_long_enough_for_a_node_to_stop(self) -> None:
        grace = compose()["services"]["parlour"]["stop_grace_period"]

        assert int(grace.removesuffix("s")) > STOP_TIMEOUT


class TestDockerfile:
    def test_copies_only_existing_files_that_are_not_ignored(self) -> None:
        text = DOCKERFILE.read_text("utf-8")
        ignored = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text().splitlines()
        copied = [
            word
            for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE)
            for word in line.split()
        ]

        assert len(copied) == 5
        for word in copied:
            assert (ROOT / word).exists()
            assert f"!{word}" in ignored

    def test_installs_from_the_lock_files_alone(self) -> None:
        text = DOCKERFILE.read_text("utf-8").replace("\\\n", "")
        installs = re.findall(r"pip install (.*?)(?:&&|$)", text, re.MULTILINE)

        assert len(installs) == 3
        for words in installs:
            assert "--require-hashes -r requirements/" in words or "--no-index" in words

    def test_exposes_the_ports_of_the_service(self) -> None:
        text = DOCKERFILE.read_text("utf-8")

        assert f"EXPOSE {DEFAULTS.server.port} {DEFAULTS.ops.port}" in text


class TestKubernetes:
    def test_the_configuration_of_the_nodes_is_valid(self, tmp_path: Path, secret: Path) -> None:
        text = manifests()["ConfigMap"]["data"]["parlour.toml"]
        url = tmp_path / "url"
        url.touch(0o600)
        url.write_text("redis://:a-long-and-random-word-4711@redis.example.internal:6379/0\n")
        text = text.replace("/etc/parlour/secret/mysql-password", str(secret))
        text = text.replace("/etc/parlour/secret/redis-url", str(url))
        path = tmp_path / "parlour.toml"
        path.touch(0o600)
        path.write_text(text, "utf-8")
        settings = load(path, {}, {}).settings

        assert (settings.storage.backend, settings.bus.backend) == ("mysql", "redis")
        drain = settings.server.drain.total_seconds()
        deployment, _ = pods()
        pause = int(deployment["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
        assert drain < STOP_TIMEOUT
        assert deployment["terminationGracePeriodSeconds"] > pause + STOP_TIMEOUT

    def test_mounts_the_files_of_the_configuration(self) -> None:
        text = manifests()["ConfigMap"]["data"]["parlour.toml"]
        for pod in pods():
            (container,) = pod["containers"]
            called(list(container["args"]))
            mounted = {each["mountPath"]: each["name"] for each in container["volumeMounts"]}
            assert {each["name"] for each in pod["volumes"]} == set(mounted.values())
            assert container["env"][0]["value"] in mounted
            for path in re.findall(r'"(/[^"]+)"', text):
                assert any(path.startswith(f"{place}/") for place in mounted), path

    async def test_probes_use_existing_routes(self) -> None:
        deployment, _ = pods()
        (container,) = deployment["containers"]
        ports = {each["name"]: each["containerPort"] for each in container["ports"]}
        assert ports == {"http": DEFAULTS.server.port, "ops": DEFAULTS.ops.port}
        async with http_service() as http, ops_client(http.service) as client:
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                asked = container[probe]["httpGet"]
                assert asked["port"] == "ops"
                assert (await client.get(asked["path"])).status_code == 200

    def test_runs_as_the_user_of_the_image(self) -> None:
        text = DOCKERFILE.read_text("utf-8")
        for pod in pods():
            assert f"USER {pod['securityContext']['runAsUser']}\n" in text

    def test_selectors_match_the_labels(self) -> None:
        found = manifests()
        labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
        for selected in (
            found["Deployment"]["spec"]["selector"]["matchLabels"],
            found["Service"]["spec"]["selector"],
            found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
            found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        ):
            assert selected.items() <= labels.items()
        job = found["Job"]["spec"]["template"]["metadata"]["labels"]
        assert not found["Service"]["spec"]["selector"].items() <= job.items()

    def test_idle_timeouts_are_longer_than_the_heartbeat(self) -> None:
        notes = manifests()["Ingress"]["metadata"]["annotations"]
        for name in ("read", "send"):
            assert int(notes[f"nginx.ingress.kubernetes.io/proxy-{name}-timeout"]) > QUIET


class TestProxies:
    def test_nginx_upgrades_and_has_longer_timeouts_than_the_heartbeat(self) -> None:
        text = NGINX.read_text("utf-8")
        for name in ("read", "send"):
            (seconds,) = re.findall(rf"proxy_{name}_timeout +(\d+)s;", text)
            assert int(seconds) > QUIET
        for header in ("Upgrade", "Connection", "Host", "X-Forwarded-For"):
            assert f"proxy_set_header {header} " in text
        assert "proxy_http_version 1.1;" in text
        assert f"127.0.0.1:{DEFAULTS.server.port}" in text

    def test_nginx_accepts_the_file(self) -> None:
        lines = [line.partition("#")[0].strip() for line in NGINX.read_text().splitlines()]
        depth = 0
        for line in filter(None, lines):
            assert line[-1] in "{};", line
            depth += line.count("{") - line.count("}")
            assert depth >= 0
        assert depth == 0

    def test_caddy_has_longer_timeouts_than_the_heartbeat(self) -> None:
        text = CADDY.read_text("utf-8")
        for name in ("read", "write"):
            (seconds,) = re.findall(rf"{name}_timeout (\d+)s", text)
            assert int(seconds) > QUIET
        assert text.count("{") == text.count("}")
        assert f"127.0.0.1:{DEFAULTS.server.port}" in text


class TestSystemd:
    def test_waits_long_enough_for_a_node_to_stop(self) -> None:
        text = (DEPLOY / "systemd" / "parlour.service").read_text("utf-8")
        (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)

        assert int(seconds) > STOP_TIMEOUT
        assert "ExecReload=/bin/kill -HUP $MAINPID" in text

    def test_starts_a_node_again_however_often_it_ended(self) -> None:
        text = (DEPLOY / "systemd" / "parlour.service").read_text("utf-8")

        assert "\nRestart=always\n" in text
        assert "\nStartLimitIntervalSec=0\n" in text.partition("[Service]")[0]

    def test_systemd_accepts_every_line(self, tmp_path: Path) -> None:
        for unit in UNITS:
            text = unit.read_text("utf-8")
            for line in filter(None, text.splitlines()):
                assert re.match(r"#|\[[A-Z][a-z]+\]$|[A-Za-z]+=", line), line
            # What is installed there is not here; everything else is looked at as it is.
            text = text.replace("/opt/parlour/bin/parlour", "/bin/true")
            (tmp_path / unit.name).write_text(text, "utf-8")
        judge = shutil.which("systemd-analyze")
        if judge is None:  # the forms above are all that can be checked here
            return
        found = subprocess.run(
            [judge, "verify", "--man=no", *(tmp_path / unit.name for unit in UNITS)],
            capture_output=True,
            check=False,
            text=True,
        )
        ours = [line for line in found.stderr.splitlines() if "parlour" in line]
        assert (found.returncode, ours) == (0, [])
