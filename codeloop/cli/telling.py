"""Telling: a project's webhooks hear of an event, whatever command it happened in."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from codeloop import config
from codeloop.announce import Subscription, Surroundings, announce
from codeloop.cli.options import say
from codeloop.events import Event
from codeloop.project.schema import Webhook
from codeloop.store import Store


def tell(webhooks: Sequence[Webhook], events: Sequence[Event], store: Store) -> tuple[str, ...]:
    """Tell of each event in turn; give the lines, which are said as well, of what was not delivered."""
    names = [entry.secret_env for entry in webhooks]
    around = Surroundings(
        store=store, secret_of=config.secret, redacted=lambda text: config.redacted(text, *names), say=say
    )
    subscriptions = [
        Subscription(url=entry.url, events=entry.events, secret_env=entry.secret_env) for entry in webhooks
    ]
    return tuple(line for event in events for line in anyio.run(announce, subscriptions, event, around))
