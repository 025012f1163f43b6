"""
Proof of the promise: histories of what clients saw, and what a checker finds wrong in them.

`records` are what clients write down, `history` the same sorted out; `checks` and `delivery` are
the properties (those of Jepsen's log checkers: lost, doubled, reordered, skipped, leaked, stale
and late messages), `verdict` is the judgement. The checker knows nothing of the service: it reads
lines and time. `driver` runs the clients that make a history on a running service.
"""

from parlour.entrypoints.verify.records import Record, read_history, write_record
from parlour.entrypoints.verify.verdict import Expectations, Verdict, judge

__all__ = ["Expectations", "Record", "Verdict", "judge", "read_history", "write_record"]
