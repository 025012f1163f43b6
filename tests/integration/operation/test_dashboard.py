"""Dashboard, alerts and reference use the metrics that a node exposes, and no others."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from parlour.adapters import logging
from parlour.adapters.config import Settings
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.operation.metrics import NodeCollector, render
from parlour.entrypoints.operation.reference import reference_markdown
from tests.support.http_service import http_service
from tests.support.programs import ROOT

DASHBOARD = ROOT / "deploy/grafana/parlour.json"
ALERTS = ROOT / "deploy/prometheus/alerts.yml"
REFERENCE = ROOT / "docs/reference/metrics.md"

_NAME = re.compile(r"\b(?:parlour|process|python)_\w+")
_LABELS = re.compile(r"(\w+)(?:=~|!~|!=|=)\"|by \(([^)]*)\)")


@pytest.fixture
def log() -> Iterator[logging.LoggingSubsystem]:
    running = logging.start(Settings().logging, stream=StringIO())
    yield running
    running.close()


def expressions(path: Path) -> list[str]:
    """Return every expression of a dashboard or of alert rules."""
    if path.suffix == ".json":
        panels: list[dict[str, Any]] = json.loads(path.read_text())["panels"]
        return [target["expr"] for panel in panels for target in panel.get("targets", [])]
    groups: list[dict[str, Any]] = yaml.safe_load(path.read_text())["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]]


async def exposed(log: logging.LoggingSubsystem) -> tuple[set[str], set[str]]:
    """Return the names and labels of a node with all parts."""
    async with http_service() as http:
        collector = NodeCollector(http.service, logging=log, canary=Canary(http.service, every=1))
        text = render(collector).decode()
    names, labels = set[str](), {"job", "instance"}
    for family in text_string_to_metric_families(text):
        names.add(family.name)
        for sample in family.samples:
            names.add(sample.name)
            labels.update(sample.labels)
    # A storage in memory has no pools, and its workers no threads.
    return names, labels | {"pool", "workers"}


@pytest.mark.parametrize("path", [DASHBOARD, ALERTS], ids=["dashboard", "alerts"])
async def test_every_metric_and_label_that_is_named_is_exposed(
    path: Path, log: logging.LoggingSubsystem
) -> None:
    names, labels = await exposed(log)
    found = expressions(path)
    assert len(found) > 10
    for expression in found:
        for name in _NAME.findall(expression):
            assert name in names, (expression, name)
        for one, several in _LABELS.findall(expression):
            for label in filter(None, (one, *several.replace(" ", "").split(","))):
                assert label in labels, (expression, label)


def test_every_metric_is_on_the_dashboard_or_in_an_alert() -> None:
    used = {
        name
        for path in (DASHBOARD, ALERTS)
        for expression in expressions(path)
        for name in _NAME.findall(expression)
    }
    bare = {re.sub(r"_(?:total|bucket|sum|count)$", "", name) for name in used}
    current = re.sub(r"(?m)^.*Deprecated name of.*$", "", REFERENCE.read_text())
    documented = re.findall(r"^\| `(parlour_\w+)`", current, re.MULTILINE)
    unused = {re.sub(r"_total$", "", name) for name in documented} - bare
    assert unused == {
        "parlour_build_info",
        "parlour_connections_opened",
        "parlour_deliveries",
        "parlour_log_waiting",
        "parlour_presence_watched",
    }


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in panels
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(set(places)) == len(places)


def test_every_alert_has_a_summary_and_an_action() -> None:
    rules = [
        rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]
    ]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["what_to_do"]
        assert re.fullmatch(r"\d+m", rule["for"])


def test_the_reference_of_metrics_is_up_to_date(log: logging.LoggingSubsystem) -> None:
    """To renew: `python -m parlour.entrypoints.operation.reference >docs/reference/metrics.md`."""
    assert REFERENCE.read_text("utf-8") == reference_markdown(log)
