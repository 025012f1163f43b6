"""The judgement of a history: pass, fail, or unknown where too little happened to tell."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

import attrs

from entrypoints.verify.checks import CHECKS, Fault
from entrypoints.verify.history import History, Record

NANOSECONDS = 1_000_000_000


@attrs.frozen(kw_only=True)
class Expectations:
    """What a run must have had to prove anything.

    `sends`: acknowledged messages at least. `faults`: how often the injected fault bit, None where
    none was injected. `heal`: seconds after an acknowledgement, and after the last fault had ended
    at `healed_at` nanoseconds, in which everybody connected has heard.
    """

    sends: int = 100
    faults: int | None = None
    heal: float = 60.0
    healed_at: int = 0


@attrs.frozen(kw_only=True)
class Verdict:
    """What a history shows. `lag_ms` from acknowledgement to delivery: median and 99th percent."""

    outcome: Literal["pass", "fail", "unknown"]
    faults: tuple[Fault, ...]
    doubts: tuple[str, ...]
    acked: int
    refused: int
    unknown: int
    delivered: int
    lag_ms: tuple[float, float]

    def __str__(self) -> str:
        counts = f"{self.acked} acknowledged, {self.refused} refused, {self.unknown} unknown"
        lag = f"lag {self.lag_ms[0]:.1f} ms, 99 %: {self.lag_ms[1]:.1f} ms"
        lines = [f"{self.outcome}: {counts}, {self.delivered} delivered; {lag}"]
        lines += [f"  doubt: {doubt}" for doubt in self.doubts]
        lines += [f"  {fault.property}: {fault.evidence}" for fault in self.faults[:20]]
        if len(self.faults) > 20:
            lines.append(f"  and {len(self.faults) - 20} more")
        return "\n".join(lines)


def judge(records: Iterable[Record], expected: Expectations) -> Verdict:
    """Check a history against every property."""
    history = History.of(records)
    faults = [fault for check in CHECKS for fault in check(history)]
    lags, late = _lags(history, expected)
    faults += late
    doubts = _doubts(history, expected)
    kinds = [send.kind for send in history.sends]
    outcome: Literal["pass", "fail", "unknown"] = "unknown" if doubts else "pass"
    return Verdict(
        outcome="fail" if faults else outcome,
        faults=tuple(faults),
        doubts=tuple(doubts),
        acked=kinds.count("ok"),
        refused=kinds.count("fail"),
        unknown=kinds.count("info"),
        delivered=len(history.live),
        lag_ms=(_at(lags, 0.5), _at(lags, 0.99)),
    )


def _doubts(history: History, expected: Expectations) -> list[str]:
    acked = sum(send.kind == "ok" for send in history.sends)
    doubts = []
    if acked < expected.sends:
        doubts.append(f"only {acked} of {expected.sends} messages were acknowledged")
    if not any(page.final for page in history.pages):
        doubts.append("nobody read the conversations at the end")
    if not history.live:
        doubts.append("nobody heard anything")
    if expected.faults == 0:
        doubts.append("the fault never bit")
    return doubts


def _lags(history: History, expected: Expectations) -> tuple[list[float], list[Fault]]:
    """Measure from acknowledgement to live delivery; find what was late for a connected client."""
    acked = {(send.conversation, send.seq): send for send in history.sends if send.kind == "ok"}
    heard: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for seen in history.live:
        heard[seen.socket, seen.conversation].setdefault(seen.seq, seen.at)
    lags, late = [], []
    for (socket, conversation), times in heard.items():
        for seq, at in times.items():
            send = acked.get((conversation, seq))
            if send is None or send.ended is None:
                continue
            lags.append(max(0, at - send.ended) / 1e6)
            due = max(send.ended, expected.healed_at) + expected.heal * NANOSECONDS
            if at > due:
                late.append(Fault("late", f"{socket} heard {conversation} #{seq} too late"))
    return sorted(lags), late


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0
