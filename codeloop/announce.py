"""Announce: an event is told to every webhook that asked for it, and each try stands in the store's log.

What fails here changes nothing else: the run is over and recorded, and its exit code stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from codeloop.errors import StoreError
from codeloop.events import Event, Try, body
from codeloop.store import Store
from codeloop.urls import shown
from codeloop.webhooks import Hook, Limits, deliver


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a project says of one webhook."""

    url: str
    events: tuple[str, ...]
    secret_env: str
    """Name of the variable that holds the secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an announcement needs of the machine that it runs on."""

    store: Store
    secret_of: Callable[[str], str | None]
    """The value of a variable of the environment; ``None`` or empty: not set."""
    redacted: Callable[[str], str]
    say: Callable[[str], None]
    limits: Limits = field(default_factory=Limits)


async def announce(subscriptions: Sequence[Subscription], event: Event, around: Surroundings) -> tuple[str, ...]:
    """Tell every address that asked for it of an event. Say, and give, a line for each that did not take it."""
    hooks: list[Hook] = []
    lines: list[str] = []
    for entry in subscriptions:
        if event.name not in entry.events:
            continue
        secret = around.secret_of(entry.secret_env)
        if secret:
            hooks.append(Hook(url=entry.url, secret=secret))
        else:
            lines.append(
                f"webhook {shown(entry.url)}: {entry.secret_env} is not set: put the secret that you share with the "
                f"receiver into that variable of the environment; {event.name} was not sent"
            )
    found = await deliver(hooks, event.name, body(event, around.redacted), _logged(around), around.limits)
    for delivery in found:
        if delivery.error:
            tries = "1 try" if delivery.n_tries == 1 else f"{delivery.n_tries} tries"
            text = f"webhook {delivery.url}: {event.name} was not delivered in {tries}: {delivery.error}"
            lines.append(around.redacted(text))
    for line in lines:
        around.say(line)
    return tuple(lines)


def _logged(around: Surroundings) -> Callable[[Try], None]:
    def log(tried: Try) -> None:
        try:
            around.store.record_try(replace(tried, error=around.redacted(tried.error)))
        except StoreError as exc:
            around.say(f"webhook {tried.url}: the try was not logged: {exc}")

    return log
