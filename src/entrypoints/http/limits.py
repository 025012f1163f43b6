"""How often somebody may ask. The buckets are those of the socket: both doors count together."""

from parlour.domain.kernel.errors import Limited, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.limits import Rate
from parlour.entrypoints.shell.service import Service


def limit_user(service: Service, user: UserId) -> None:
    """Count a request of a user; raise `Limited`."""
    _take(service, f"asks:{user.hex}", service.rates.requests)


def limit_address(service: Service, address: str) -> None:
    """Count a request of nobody known; raise `Limited`."""
    _take(service, f"address:{address}", service.rates.requests)


def limit_login(service: Service, address: str, account: str) -> None:
    """Count a try to log in, from an address and to an account, existing or not."""
    rate = service.rates.logins
    _take(service, f"login:address:{address}", rate)
    _take(service, f"login:account:{account.strip().lower()[:64]}", rate)


def limit_registration(service: Service, address: str) -> None:
    """Count a new account from an address."""
    _take(service, f"register:{address}", service.rates.logins)


def limit_password(service: Service, user: UserId) -> None:
    """Count a try to change a password: the old one could be guessed here, too."""
    _take(service, f"password:{user.hex}", service.rates.logins)


async def limit_message(service: Service, user: UserId, conversation: ConversationId) -> None:
    """Count a message, of its sender and of its conversation; raise `Limited` or `NotFound`.

    Who does not belong there must neither use up what the members may say nor learn, by being
    refused, that they say much.
    """
    _take(service, user.hex, service.rates.user)
    if not await service.run(service.use.filter_members, conversation, [user]):
        raise NotFound
    _take(service, conversation.hex, service.rates.conversation)


def _take(service: Service, key: str, rate: Rate) -> None:
    wait = service.limiter.take(key, rate)
    if wait is not None:
        raise Limited(retry_after=wait)
