"""
`parlour verify`: records what clients send and receive, and checks that nothing is wrong with it.

`records` are what the clients record, `history` the same as values; `checks` and `delivery` are
the properties (those of Jepsen's checkers `set-full` and `kafka`: lost, doubled, reordered,
skipped, leaked, stale and late messages), `verdict` is the judgement. `driver` runs the `client`s
that make a history on a running service. Imports the headless client, and nothing of the service.
"""

from parlour.entrypoints.verify.records import Record, read_history, write_record
from parlour.entrypoints.verify.verdict import Expectations, Verdict, judge

__all__ = ["Expectations", "Record", "Verdict", "judge", "read_history", "write_record"]
