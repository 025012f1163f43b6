"""
Proof of the promise: histories of what clients saw, and what a checker finds wrong in them.

`history` is what clients write down, `checks` the properties (those of Jepsen's log checkers:
lost, doubled, reordered, skipped, leaked, stale and late messages), `verdict` the judgement,
`driver` the clients that make a history on a running service. The checker knows nothing of the
service: it reads lines and time.
"""

from entrypoints.verify.history import Record, read_history, write_record
from entrypoints.verify.verdict import Expectations, Verdict, judge

__all__ = ["Expectations", "Record", "Verdict", "judge", "read_history", "write_record"]
