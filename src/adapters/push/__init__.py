"""
Web Push: a message for one browser, through the push service of its maker.

Lives here: encryption (RFC 8291 over RFC 8188), the service's proof of who it is (VAPID,
RFC 8292), and a sender that reaches public addresses alone. Plain functions that wait.
"""

from parlour.adapters.push.addresses import ForbiddenAddress, reachable
from parlour.adapters.push.encryption import encrypt
from parlour.adapters.push.sender import WebPushSender
from parlour.adapters.push.vapid import VapidKey

__all__ = ["ForbiddenAddress", "VapidKey", "WebPushSender", "encrypt", "reachable"]
