"""What the operator decides about rules and rates, read from the settings.

All of it may change while the service runs, so whoever needs a rate asks for it when it counts.
"""

import attrs

from parlour.adapters.config.settings import Settings
from parlour.domain.access import Lifetimes
from parlour.domain.kernel.limits import Rate
from parlour.entrypoints.use_cases import Policy, UseCases


@attrs.frozen(kw_only=True)
class Rates:
    """How often somebody may ask."""

    user: Rate
    """Messages of one user."""
    conversation: Rate
    """Messages of one conversation."""
    requests: Rate
    """Requests of one user, or of one address where nobody is known."""
    logins: Rate
    """Tries to log in, from one address and to one account."""


def rates_of(settings: Settings) -> Rates:
    """Read the rates."""
    limits, tries = settings.limits, settings.access.logins_per_minute
    return Rates(
        user=Rate(limits.messages_per_second, limits.messages_burst),
        conversation=Rate(limits.conversation_per_second, limits.conversation_burst),
        requests=Rate(limits.requests_per_second, limits.requests_burst),
        logins=Rate(tries / 60, tries),
    )


def policy_of(settings: Settings) -> Policy:
    """Read the rules of the domain that an operator may set."""
    access = settings.access
    return Policy(
        lifetimes=Lifetimes(
            access=access.access_ttl, refresh=access.refresh_ttl, grace=access.refresh_grace
        ),
        is_registration_open=access.registration == "open",
        max_members=settings.limits.group_members,
        presence_lease=settings.presence.lease,
        is_pushing=settings.push.enabled,
        push_delay=settings.push.delay,
        push_plainly=settings.push.allow_private,
    )


def with_policy(use: UseCases, policy: Policy) -> UseCases:
    """Return the same use cases under other rules, of those that may change while they run."""
    most = policy.max_members
    return attrs.evolve(
        use,
        register=attrs.evolve(use.register, is_open=policy.is_registration_open),
        create_group=attrs.evolve(use.create_group, max_members=most),
        add_members=attrs.evolve(use.add_members, max_members=most),
    )
