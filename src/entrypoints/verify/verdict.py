"""The judgement of a history: pass, fail, or unknown where too little happened."""

from collections.abc import Iterable
from typing import Literal

import attrs

from parlour.entrypoints.verify import changes, checks, delivery
from parlour.entrypoints.verify.checks import Check, Violation
from parlour.entrypoints.verify.delivery import delivered_in_time
from parlour.entrypoints.verify.history import History
from parlour.entrypoints.verify.records import Record

_SHOWN = 5
"""How many faults of each property are shown."""

CHECKS: tuple[Check, ...] = (
    checks.one_message_a_number,
    checks.nothing_lost,
    checks.no_phantoms,
    checks.dense_numbers,
    checks.real_time_order,
    checks.frame_order,
    checks.fresh_pages,
    checks.marks_move_forward,
    delivery.delivered_in_order,
    delivery.not_echoed,
    delivery.delivered_completely,
    delivery.nothing_leaked,
    delivery.nothing_spilled,
    changes.one_text_a_revision,
    changes.revisions_move_forward,
    changes.no_edit_lost,
    changes.edits_are_of_the_sender,
    changes.nothing_recalled_comes_back,
    changes.reactions_are_counted_once,
    changes.unread_counts_are_right,
)


@attrs.frozen(kw_only=True)
class Expectations:
    """What a run must have had to prove anything.

    `sends`: the least number of acknowledged messages. `faults`: how often the injected fault had
    an effect, None where none was injected. `heal`: seconds after an acknowledgement, and after
    the last fault ended at `healed_at` nanoseconds, in which all connected clients must have
    received a message. `doubts`: other reasons why the run proves nothing.
    """

    sends: int = 100
    faults: int | None = None
    heal: float = 60.0
    healed_at: int = 0
    doubts: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Verdict:
    """What a history shows; `lag_ms` is the median and p99 from acknowledgement to delivery."""

    outcome: Literal["pass", "fail", "unknown"]
    faults: tuple[Violation, ...]
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
        for name in dict.fromkeys(fault.property for fault in self.faults):
            found = [fault.evidence for fault in self.faults if fault.property == name]
            lines += [f"  {name}: {evidence}" for evidence in found[:_SHOWN]]
            if len(found) > _SHOWN:
                lines.append(f"  {name}: and {len(found) - _SHOWN} more")
        return "\n".join(lines)


def judge(records: Iterable[Record], expected: Expectations) -> Verdict:
    """Check a history against every property."""
    history = History.of(records)
    faults = [fault for check in CHECKS for fault in check(history)]
    faults += delivered_in_time(history, expected.heal, expected.healed_at)
    lags = _lags(history)
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
    doubts = list(expected.doubts)
    if acked < expected.sends:
        doubts.append(f"only {acked} of {expected.sends} messages were acknowledged")
    if not any(page.final for page in history.pages):
        doubts.append("nobody read the conversations at the end")
    if not history.live:
        doubts.append("nobody received anything")
    if history.canaries and not history.bytes:
        doubts.append("nobody searched the bytes that came in")
    if expected.faults == 0:
        doubts.append("the injected fault had no effect")
    return doubts


def _lags(history: History) -> list[float]:
    """Measure from acknowledgement to live delivery, in milliseconds, in order."""
    acked = {(send.conversation, send.seq): send.ended for send in history.acked}
    lags = []
    for seen in history.live:
        ended = acked.get((seen.conversation, seen.seq))
        if ended is not None and seen.via == "live":
            lags.append(max(0, seen.at - ended) / 1e6)
    return sorted(lags)


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0
