"""Webhooks: a signed body is posted to addresses until each has taken it, within bounds of tries and of time.

A try has a time limit as a whole, and so have all tries together: an endpoint that hangs, or answers a byte a minute, costs
no more. Of an answer only its status is read. Redirects are not followed: they would take a signed body elsewhere.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio

from codeloop.events import Try
from codeloop.signing import sign
from codeloop.urls import is_loopback, shown

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

_TRANSIENT_4XX = frozenset({408, 425, 429})
_ERROR_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An address that is told of events."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How hard a delivery is tried; all in seconds but the first."""

    tries: int = 5
    try_s: float = 10.0
    """Of one try, name look-up and handshake included: receivers are expected to answer first and work later."""
    total_s: float = 75.0
    """Of all tries and waits: five tries of an endpoint that hangs fit, and CI waits no longer."""
    first_wait_s: float = 1.0
    """Doubles from try to try; as much again at most is added by chance, so that receivers are not hit all at once."""
    longest_wait_s: float = 20.0
    """Also of what a receiver's ``Retry-After`` may ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of an event at one address."""

    url: str
    """As it may be shown."""
    n_tries: int
    error: str = ""
    """Of the last try; empty where it was delivered."""


class _Refused(Exception):
    """A try that failed; ``is_final``: the same again would fail alike."""

    def __init__(self, error: str, status: int | None = None, *, is_final: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(error)
        self.error, self.status, self.is_final, self.wait_s = error, status, is_final, wait_s


async def deliver(
    hooks: Sequence[Hook],
    event: str,
    body: bytes,
    on_try: Callable[[Try], None],
    limits: Limits | None = None,
) -> tuple[Delivery, ...]:
    """Post ``body`` to all addresses at once; ``on_try`` gets each try as it ends. Raises nothing of a receiver's."""
    limits = limits or Limits()
    found: dict[int, Delivery] = {}

    async def one(index: int, hook: Hook) -> None:
        found[index] = await _Sender(hook=hook, event=event, body=body, on_try=on_try, limits=limits).run()

    async with anyio.create_task_group() as group:
        for index, hook in enumerate(hooks):
            group.start_soon(one, index, hook)
    return tuple(found[index] for index in range(len(hooks)))


@dataclass(slots=True, kw_only=True)
class _Sender:
    """One event on its way to one address."""

    hook: Hook
    event: str
    body: bytes
    on_try: Callable[[Try], None]
    limits: Limits
    delivery: str = field(default_factory=lambda: str(uuid.uuid4()))
    n_tries: int = 0
    error: str = "no answer"

    async def run(self) -> Delivery:
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, stop_before_delay

        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda exc: isinstance(exc, _Refused) and not exc.is_final),
            stop=stop_after_attempt(self.limits.tries) | stop_before_delay(self.limits.total_s),
            wait=self._wait_s,
            sleep=anyio.sleep,
            reraise=True,
        )
        with anyio.move_on_after(self.limits.total_s):
            try:
                await retrying(self._try)
            except _Refused as refused:
                self.error = refused.error
            except Exception as exc:  # noqa: BLE001 - whatever breaks this delivery must not cancel the others
                self.error = _reason(exc, self.hook.url)
            else:
                self.error = ""
        return Delivery(url=shown(self.hook.url), n_tries=self.n_tries, error=self.error)

    def _wait_s(self, state: RetryCallState) -> float:
        """Wait as long as the receiver asked for, within bounds, or exponentially and by chance."""
        from tenacity import wait_exponential, wait_random

        first_s, longest_s = self.limits.first_wait_s, self.limits.longest_wait_s
        usual_s = wait_exponential(multiplier=first_s, max=longest_s) + wait_random(0, first_s)
        refused = state.outcome.exception() if state.outcome else None
        asked_s = refused.wait_s if isinstance(refused, _Refused) else 0.0
        return max(float(usual_s(state)), min(asked_s, longest_s))

    async def _try(self) -> None:
        """Make one try and tell of it, cut short or not. Raises _Refused."""
        self.n_tries += 1
        number, began_s, started = self.n_tries, time.time(), time.monotonic()
        status, self.error = None, f"no answer within {self.limits.total_s:g} s"
        try:
            status = await self._post()
            self.error = ""
        except _Refused as refused:
            status, self.error = refused.status, refused.error
            raise
        finally:
            self.on_try(
                Try(
                    delivery=self.delivery,
                    event=self.event,
                    url=shown(self.hook.url),
                    number=number,
                    began_s=began_s,
                    took_s=round(time.monotonic() - started, 3),
                    status=status,
                    error=self.error,
                )
            )

    async def _post(self) -> int:
        """Post once; give the status of success. Errors are raised outside ``except``: their texts may hold the address."""
        import httpx

        failure = _Refused(f"no answer within {self.limits.try_s:g} s")
        try:
            _ = urlsplit(
                self.hook.url
            ).port  # ValueError beyond 65535: httpx takes it, and the socket overflows in a task group
            with anyio.fail_after(self.limits.try_s):
                # A proxy of the environment must not get between this host and itself.
                async with (
                    httpx.AsyncClient(timeout=None, trust_env=not is_loopback(self.hook.url)) as client,  # noqa: S113 - bounded as a whole
                    client.stream("POST", self.hook.url, content=self.body, headers=self._headers()) as response,
                ):
                    return _judged(response)
        except TimeoutError:
            pass
        except (httpx.HTTPError, OSError) as exc:
            failure = _Refused(_reason(exc, self.hook.url))
        except (httpx.InvalidURL, ValueError) as exc:  # also a name that IDNA refuses
            failure = _Refused(_reason(exc, self.hook.url), is_final=True)
        raise failure

    def _headers(self) -> dict[str, str]:
        timestamp = str(int(time.time()))  # of this try: a receiver measures the age
        return {
            "Content-Type": "application/json",
            "User-Agent": "codeloop",
            "X-Codeloop-Event": self.event,
            "X-Codeloop-Delivery": self.delivery,
            "X-Codeloop-Timestamp": timestamp,
            "X-Codeloop-Signature": sign(self.hook.secret, timestamp, self.body),
        }


def _judged(response: httpx.Response) -> int:
    """Give the status of success. Raises _Refused."""
    status = response.status_code
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise _Refused(f"HTTP {status}: redirects are not followed: give the final address", status, is_final=True)
    is_final = status < 500 and status not in _TRANSIENT_4XX
    raise _Refused(f"HTTP {status}", status, is_final=is_final, wait_s=_retry_after_s(response.headers))


def _retry_after_s(headers: httpx.Headers) -> float:
    """Read ``Retry-After``, seconds or a date (RFC 9110, section 10.2.3); 0 where there is none that can be read."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0


def _reason(exc: Exception, url: str) -> str:
    """Name an error in one line, the address in it shortened."""
    text = " ".join(f"{type(exc).__name__}: {exc}".replace(url, shown(url)).split()).removesuffix(":")
    return text if len(text) <= _ERROR_CHARS else text[: _ERROR_CHARS - 1] + "…"
