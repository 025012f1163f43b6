"""The checker finds every bug that is planted in a service."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from parlour.domain.conversations import AddMembers
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.messages import Committed
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.shell.service import Service
from tests.support.fault_trials import Trial, run_trial
from tests.support.planted import PLANTS
from tests.support.site import serving_with

# What at least one of must be found broken; more may be.
SIGNS = {
    "ack_before_commit": {"lost", "doubled", "identity", "phantom"},
    # Who comes between the telling and the commit never hears of it: the number was told before.
    "publish_before_commit": {"identity", "doubled", "phantom", "reordered", "late"},
    "number_without_lock": {"identity", "dense", "lost", "order"},
    "no_dedupe": {"doubled"},
    "cursor_by_time": {"skipped", "late"},
    "no_head_check": {"late"},
    "no_member_check": {"leaked"},
    "out_of_order": {"reordered"},
    "told_twice": {"reordered"},
    "echo": {"echoed"},
    "marks_go_back": {"mark"},
    "late_replica": {"stale"},
    "lost_update": {"lost", "dense"},
    "talkative_refusal": {"spilled"},
    "wrong_wires": {"spilled"},
    "edit_without_revision": {"revision"},
    "edit_by_a_stranger": {"forged"},
    "reaction_counted_twice": {"count"},
    "recall_leaves_the_log": {"recall"},
    "recall_is_undone": {"recall"},
    "kinds_out_of_order": {"order"},
    "recalled_is_unread": {"unread"},
}


CHANCES = 3
"""A busy machine says little in a few seconds: a bug that did not bite gets another chance."""

# A client that comes back learns what it missed, and hears no more where it was removed.
HIDDEN_BY_COMING_BACK = {"no_head_check", "no_member_check"}


def test_every_planted_bug_names_the_properties_it_breaks() -> None:
    assert SIGNS.keys() == PLANTS.keys()


@pytest.fixture(scope="module")
def trials() -> Mapping[str, Trial | BaseException]:
    """What the checker says of each bug. The runs mostly wait, so they go side by side."""

    async def all_of_them() -> dict[str, Trial | BaseException]:
        few = asyncio.Semaphore(5)

        async def once(bug: str) -> Trial:
            async with asyncio.timeout(120), serving_with(PLANTS[bug]) as url:
                return await run_trial(
                    [url],
                    seconds=3.0,
                    rate=8.0,
                    heal=2.0,
                    reconnects=0.0 if bug in HIDDEN_BY_COMING_BACK else 0.5,
                    sends=10,
                    patience=3.0,
                )

        async def one(bug: str) -> Trial:
            async with few:
                trial, chances = await once(bug), CHANCES - 1
                while chances and not trial.broken & SIGNS[bug]:
                    trial, chances = await once(bug), chances - 1
            return trial

        with ThreadPoolExecutor(32) as threads:
            asyncio.get_running_loop().set_default_executor(threads)
            found = await asyncio.gather(*map(one, PLANTS), return_exceptions=True)
        return dict(zip(PLANTS, found, strict=True))

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("bug", PLANTS)
def test_a_planted_bug_is_found(trials: Mapping[str, Trial | BaseException], bug: str) -> None:
    trial = trials[bug]
    if isinstance(trial, BaseException):
        raise trial

    assert trial.verdict.outcome == "fail", str(trial.verdict)
    assert trial.broken & SIGNS[bug], str(trial.verdict)


async def test_the_same_service_without_a_bug_passes() -> None:
    async with serving_with(lambda _service: None) as url:
        trial = await run_trial([url], seconds=3.0, rate=8.0, reconnects=0.5, sends=20)

    assert trial.verdict.outcome == "pass", str(trial.verdict)


async def test_a_run_ends_where_the_guest_can_never_join() -> None:
    def closed(service: Service) -> None:
        execute = service.use.execute_commands

        def refuse(commands: Sequence[DurableCommand[Any]]) -> Committed:
            if any(isinstance(command, AddMembers) for command in commands):
                raise Unavailable
            return execute(commands)

        spoiled: dict[str, Any] = {"execute_commands": refuse}
        service.use = attrs.evolve(service.use, **spoiled)

    async with asyncio.timeout(90), serving_with(closed) as url:
        trial = await run_trial([url], seconds=1.0, rate=8.0, heal=1.0, sends=5, patience=1.0)

    assert trial.verdict.acked >= 5
