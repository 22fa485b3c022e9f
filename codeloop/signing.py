"""Signing: how a receiver knows that a message is codeloop's, unchanged and fresh. Pure: the clock's time comes in.

HMAC-SHA256 over the time, a full stop and the body's bytes: without the time an old message could be sent again for ever.
"""

from __future__ import annotations

import hashlib
import hmac

_SCHEME = "sha256="
MAX_AGE_S = 300.0
"""Seconds that sender's and receiver's clocks may differ, delivery included; the usual five minutes."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Give the value of ``X-Codeloop-Signature``: ``sha256=`` and 64 hex digits."""
    message = timestamp.encode("ascii") + b"." + body
    return _SCHEME + hmac.new(secret.encode("utf-8"), message, hashlib.sha256).hexdigest()


def verify(
    secret: str, timestamp: str, body: bytes, signature: str, *, now_s: float, max_age_s: float = MAX_AGE_S
) -> bool:
    """Say whether a message is signed with ``secret`` and at most ``max_age_s`` old, or as far ahead.

    ``timestamp`` and ``signature`` are the headers as they came, ``body`` the bytes before any parsing. No secret: never.
    """
    if not secret or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    expected = sign(secret, timestamp, body)
    is_signed = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    return is_signed and abs(now_s - int(timestamp)) <= max_age_s
