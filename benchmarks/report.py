"""Runs cases several times, prints what they cost as a table, and keeps the figures as JSON."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.table import Table

FOLDER = Path("build/bench")
"""Where figures are kept; git ignores it."""

Figures = dict[str, Any]


@attrs.frozen(kw_only=True)
class Case:
    """One measurement: its name, one run of it, which figures to show, and what they should be.

    A goal is a bound: `(">=", 12_000)` or `("<=", 80)`. A limit names the figure of an earlier
    case that the machine itself reaches: the figure is shown as a multiple of it, too.
    """

    name: str
    run: Callable[[], Figures]
    show: tuple[str, ...]
    goals: Mapping[str, tuple[str, float]] = attrs.field(factory=dict)
    limits: Mapping[str, str] = attrs.field(factory=dict)
    runs: int = 3


@attrs.frozen
class Spread:
    """A figure over several runs."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.median)}  [{_short(self.low)}–{_short(self.high)}]"


def measure(name: str, cases: list[Case], runs: int | None) -> None:
    """Run *cases* and report; raise where a run lost or doubled a message."""
    console = Console(width=120)
    kept: list[Figures] = []
    medians: dict[str, float] = {}
    table = Table(
        "case", "figure", "median [low–high]", "of the limit", "goal", "", title=f"bench {name}"
    )
    for case in cases:
        figures = []
        for number in range(runs or case.runs):
            console.print(f"{name}: {case.name}, run {number + 1}", style="dim")
            figures.append(case.run())
            honest(figures[-1])
        spreads = {key: spread([each[key] for each in figures]) for key in case.show}
        for key, found in spreads.items():
            goal = case.goals.get(key)
            wanted = f"{goal[0]} {_short(goal[1])}" if goal else ""
            ratio = _ratio(found.median, medians.get(case.limits.get(key, "")))
            table.add_row(case.name, key, str(found), ratio, wanted, _met(found.median, goal))
        medians |= {key: found.median for key, found in spreads.items()}
        kept.append({"case": case.name, "runs": figures})
        table.add_section()
    console.print(table)
    console.print(f"kept in {_keep(name, kept)}", style="dim")


def honest(figures: Figures) -> None:
    """Raise where what is stored is not exactly what was acknowledged."""
    stored, acked = figures.get("stored"), figures.get("acked_in_all")
    seeded = figures.get("seeded", 0)
    if figures.get("error_count"):
        raise RuntimeError(f"refused: {figures['errors']}")
    if figures.get("unanswered"):
        raise RuntimeError(f"{figures['unanswered']} sends were never answered")
    if stored is not None and acked is not None and stored != acked + seeded:
        raise RuntimeError(f"{acked} messages were acknowledged, {stored - seeded} are stored")


def spread(values: list[float]) -> Spread:
    """Return median, least and greatest."""
    return Spread(statistics.median(values), min(values), max(values))


def _met(value: float, goal: tuple[str, float] | None) -> str:
    if goal is None:
        return ""
    sign, bound = goal
    return "met" if (value >= bound if sign == ">=" else value <= bound) else "missed"


def _ratio(value: float, limit: float | None) -> str:
    if not limit:
        return ""
    return f"{value / limit:.0%}" if value < limit else f"{value / limit:.1f} ×"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _keep(name: str, cases: list[Figures]) -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}-{time.strftime('%Y%m%dT%H%M%S')}.json"
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg(),
    }
    path.write_text(json.dumps({"machine": machine, "cases": cases}, indent=1))
    return path
