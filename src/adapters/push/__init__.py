"""
Web Push (RFC 8030): a message for one browser, through the push service of its vendor.

Lives here: encryption (RFC 8291 over RFC 8188), authentication of the service (VAPID, RFC 8292),
and a sender that connects to public addresses only. All of it is synchronous.
"""

from parlour.adapters.push.addresses import ForbiddenAddress, resolve_public
from parlour.adapters.push.encryption import encrypt
from parlour.adapters.push.sender import WebPushSender
from parlour.adapters.push.vapid import VapidKey

__all__ = ["ForbiddenAddress", "VapidKey", "WebPushSender", "encrypt", "resolve_public"]
