"""Pushes are sent to push services at public addresses only."""

from datetime import timedelta
from uuid import UUID

import pytest

from parlour.adapters.push import ForbiddenAddress, VapidKey, WebPushSender, resolve_public
from parlour.domain.notifications import (
    DeliveryStatus,
    PushKeys,
    PushRequest,
    Subscription,
    SubscriptionId,
)
from tests.support import builders as b
from tests.support.fakes import START, ManualClock
from tests.support.push_service import PushReceiver, PushService


def push_request(browser: PushReceiver, endpoint: str) -> PushRequest:
    subscription = Subscription(
        id=SubscriptionId(UUID(int=1)),
        user=b.ALICE,
        device=b.PHONE,
        endpoint=endpoint,
        keys=PushKeys(browser.point, browser.secret),
        preview=False,
        created_at=START,
    )
    return PushRequest(subscription, b"hello", "topic")


def sender(*, allow_private: bool = True, timeout: float = 5) -> WebPushSender:
    return WebPushSender(
        VapidKey.load(VapidKey.make()),
        clock=ManualClock(),
        timeout=timedelta(seconds=timeout),
        allow_private=allow_private,
    )


def test_a_push_arrives_and_only_the_browser_can_read_it() -> None:
    browser, ours = PushReceiver.new(), sender()
    with PushService() as service:
        assert ours.send(push_request(browser, service.url("/send/1?x=1"))) is DeliveryStatus.DONE

        (got,) = service.got
        assert (got.path, browser.read(got.body)) == ("/send/1?x=1", b"hello")
        assert got.headers["content-encoding"] == "aes128gcm"
        assert got.headers["ttl"] == "86400"
        assert got.headers["topic"] == "topic"
        assert got.headers["authorization"].endswith(f"k={ours.public_key}")


@pytest.mark.parametrize(
    ("status", "carried"),
    [
        (201, DeliveryStatus.DONE),
        (404, DeliveryStatus.GONE),
        (410, DeliveryStatus.GONE),
        (403, DeliveryStatus.REFUSED),
        (413, DeliveryStatus.REFUSED),
        (429, DeliveryStatus.LATER),
        (503, DeliveryStatus.LATER),
        (302, DeliveryStatus.REFUSED),
    ],
)
def test_the_status_says_whether_to_try_again(status: int, carried: DeliveryStatus) -> None:
    with PushService(status) as service:
        assert sender().send(push_request(PushReceiver.new(), service.url())) is carried
        assert len(service.got) == 1  # a redirect is not followed


def test_a_push_service_that_does_not_answer_is_tried_later() -> None:
    with PushService() as service:
        url = service.url()
    assert sender().send(push_request(PushReceiver.new(), url)) is DeliveryStatus.LATER
    with PushService(stalls=True) as service:
        slow = sender(timeout=0.2).send(push_request(PushReceiver.new(), service.url()))
        assert slow is DeliveryStatus.LATER


def test_an_invalid_key_is_given_up_without_a_request() -> None:
    with PushService() as service:
        wrong = push_request(PushReceiver.new(), service.url())
        broken = PushRequest(
            Subscription(
                id=wrong.subscription.id,
                user=b.ALICE,
                device=b.PHONE,
                endpoint=wrong.subscription.endpoint,
                keys=PushKeys(b"\x04" + bytes(64), bytes(16)),
                preview=False,
                created_at=START,
            ),
            b"hello",
            "topic",
        )
        assert sender().send(broken) is DeliveryStatus.GONE
        assert service.got == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_request_is_sent_to_this_machine(scheme: str) -> None:
    with PushService() as service:
        url = service.url().replace("http", scheme, 1)
        assert (
            sender(allow_private=False).send(push_request(PushReceiver.new(), url))
            is DeliveryStatus.GONE
        )
        assert service.got == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.1", "224.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1",
        "2002:7f00:1::",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_forbidden(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        resolve_public(address, 443)
    assert resolve_public(address, 443, allow_private=True) == [address]


def test_public_addresses_are_allowed() -> None:
    assert resolve_public("8.8.8.8", 443) == ["8.8.8.8"]
