"""The rules of the domain that operators may configure."""

import attrs

from parlour.adapters.config.json_schema import load_kinds
from parlour.adapters.config.settings import Settings
from parlour.domain.access import Lifetimes
from parlour.domain.conversations import Limits
from parlour.entrypoints.use_cases import Policy, UseCases


def policy_from(settings: Settings) -> Policy:
    """Return the configurable rules of the domain."""
    access = settings.access
    return Policy(
        lifetimes=Lifetimes(
            access=access.access_ttl, refresh=access.refresh_ttl, grace=access.refresh_grace
        ),
        is_registration_open=access.registration == "open",
        limits=Limits(
            group_members=settings.limits.group_members,
            edit_window=settings.messages.edit_window,
            recall_window=settings.messages.recall_window,
        ),
        presence_lease=settings.presence.lease,
        is_pushing=settings.push.enabled,
        push_delay=settings.push.delay,
        push_plainly=settings.push.allow_private,
        kinds=load_kinds(settings.messages.kinds),
    )


def with_policy(use: UseCases, policy: Policy) -> UseCases:
    """Return the use cases with those rules of *policy* that may change at run time."""
    limits = policy.limits
    return attrs.evolve(
        use,
        register=attrs.evolve(use.register, is_open=policy.is_registration_open),
        create_group=attrs.evolve(use.create_group, max_members=limits.group_members),
        execute_commands=attrs.evolve(use.execute_commands, limits=limits),
    )
