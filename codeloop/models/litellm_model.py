"""Any provider that LiteLLM speaks to, behind the model port.

LiteLLM and the provider clients under it each bring retries of their own; stacked, they multiply. All of them are off
here and tenacity alone decides what is tried again.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import anyio
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential, wait_random

from codeloop.attempts import Completion, Prompt, Usage
from codeloop.errors import ConfigError, ModelError, ModelRejected, ModelUnavailable
from codeloop.redact import redact, secrets_in
from codeloop.urls import is_loopback, without_userinfo

_NO_KEY = re.compile(r"missing [\w ]*(credentials|api key)|api_key client option must be set", re.IGNORECASE)
"""What the providers' clients say before any request; LiteLLM reports it as a server error."""
_ERROR_CHARS = 400
_REPORTED_CHARS = 200  # of a version that a provider reports: it stands in every report
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0
_TRANSIENT_4XX = frozenset({408, 409, 425, 429})

_given_keys: set[str] = set()
"""Keys that came as parameters: logging, which is one per process, must know them beside the environment's."""


class LiteLLMModel:
    """A model named as LiteLLM names it (``openai/gpt-4o-mini``, ``anthropic/…``, ``ollama/…``).

    At most ``concurrency`` requests run at once; one that waits for its next try keeps its place, so that a rate limit
    slows everything down. ``timeout_s`` bounds one try as a whole. Parameters a provider does not know (often ``seed``)
    are dropped, not refused. No text leaves here with a key in it: replies and errors are redacted.
    """

    def __init__(
        self,
        model: str,
        *,
        api_base: str | None = None,
        api_key: str | None = None,
        concurrency: int = 4,
        timeout_s: float = 120,
        max_tries: int = 5,
        identity: str | None = None,
        first_wait_s: float = _FIRST_WAIT_S,
    ) -> None:
        if concurrency < 1 or max_tries < 1 or timeout_s <= 0:
            raise ConfigError("concurrency, max_tries and timeout_s must be positive")
        self.model, self.api_base = model, api_base
        self._api_key, self._timeout_s, self._max_tries = api_key, timeout_s, max_tries
        self._identity = identity or f"{model}@{without_userinfo(api_base) if api_base else 'default'}"
        self._concurrency, self._first_wait_s = concurrency, first_wait_s
        _given_keys.update(filter(None, (api_key, urlsplit(api_base or "").password)))
        self._places: anyio.Semaphore | None = None
        self._client: Any = None

    @property
    def identity(self) -> str:
        """Name the model string and the endpoint (without user info), or what the caller gave."""
        return self._identity

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """Give nothing: what a provider runs is its own affair."""
        return ()

    async def complete(self, prompt: Prompt) -> Completion:
        """Ask, and ask again after rate limits, 5xx, time-outs and broken connections.

        Raises ModelUnavailable when ``max_tries`` tries failed, ModelRejected at once for anything else.
        """
        if self._places is None:  # made here: it belongs to the event loop that runs
            self._places = anyio.Semaphore(self._concurrency)
        wait_s = self._first_wait_s
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(ModelUnavailable),
            stop=stop_after_attempt(self._max_tries),
            wait=wait_exponential(multiplier=wait_s, max=_LONGEST_WAIT_S) + wait_random(0, wait_s),
            sleep=anyio.sleep,
            reraise=True,
        )
        async with self._places:
            completion: Completion = await retrying(self._ask, prompt)
            return completion

    async def aclose(self) -> None:
        """Close the connections this model owns; LiteLLM keeps those of hosted providers for the whole process."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _ask(self, prompt: Prompt) -> Completion:
        """Make one try. The error is raised outside ``except``, so that no raw text hangs on as its context."""
        litellm = _litellm()
        started = time.monotonic()
        failure: ModelError
        try:
            with anyio.fail_after(self._timeout_s):
                response = await litellm.acompletion(**self._arguments(prompt))
            return self._completion(response, time.monotonic() - started)
        except TimeoutError:
            failure = ModelUnavailable(f"{self.model}: no answer within {self._timeout_s:g} s")
        except Exception as error:  # noqa: BLE001 - LiteLLM lets its providers' own exceptions through
            failure = self._failure(error)
        raise failure

    def _arguments(self, prompt: Prompt) -> dict[str, Any]:
        """Build the call; what is unset is left out, since a provider may refuse ``null``."""
        optional = {"seed": prompt.seed, "api_base": self.api_base, "api_key": self._api_key}
        optional["client"] = self._own_client()
        return {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in prompt.messages],
            "temperature": prompt.temperature,
            "max_tokens": prompt.max_tokens,
            "timeout": self._timeout_s,
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def _own_client(self) -> Any:
        """Talk to this host directly: a proxy set in the environment must not get in between."""
        if self._client is None and self.model.startswith("openai/") and is_loopback(self.api_base):
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient  # whichever httpx this release is built on

            self._client = AsyncOpenAI(
                base_url=self.api_base,
                api_key=self._api_key or os.environ.get("OPENAI_API_KEY") or "none",
                max_retries=0,
                timeout=self._timeout_s,
                http_client=DefaultAsyncHttpxClient(trust_env=False),
            )
        return self._client

    def _completion(self, response: Any, latency_s: float) -> Completion:
        choice = response.choices[0]
        usage = getattr(response, "usage", None)
        return Completion(
            text=_redacted(choice.message.content or ""),
            finish_reason=_redacted(choice.finish_reason or "unknown"),
            usage=Usage(
                prompt_tokens=getattr(usage, "prompt_tokens", None),
                completion_tokens=getattr(usage, "completion_tokens", None),
            ),
            cost_usd=self._cost(response),
            latency_s=latency_s,
            answered_by=_answered_by(response),
        )

    def _cost(self, response: Any) -> float | None:
        """Price a reply in US dollars by LiteLLM's bundled map; ``None`` on this host or for an unlisted model."""
        if is_loopback(self.api_base):
            return None
        try:
            return float(_litellm().completion_cost(completion_response=response, model=self.model))
        except Exception:  # noqa: BLE001 - an unlisted model raises a bare Exception
            return None

    def _failure(self, error: Exception) -> ModelError:
        """Judge an exception by its HTTP status; one without a status (a broken answer) is worth another try."""
        status = getattr(error, "status_code", None)
        raw = str(error)
        text = f"{self.model}: {_one_line(f'{type(error).__name__}: {raw}')}"
        is_final = isinstance(status, int) and status < 500 and status not in _TRANSIENT_4XX
        if is_final or _NO_KEY.search(raw) or _has_code(error, "insufficient_quota"):
            return ModelRejected(text)
        return ModelUnavailable(text)


def _redacted(text: str) -> str:
    return redact(text, secrets_in(os.environ, *_given_keys))


def _answered_by(response: Any) -> str:
    """Name the version that the provider reports (OpenAI's ``model`` and ``system_fingerprint``); both are its own words."""
    named, system = (getattr(response, name, None) for name in ("model", "system_fingerprint"))
    parts = [part for part in (named, system) if isinstance(part, str) and part]
    if parts and parts[0].startswith("/"):  # llama.cpp's server may name the file: no path of this machine
        parts[0] = parts[0].rsplit("/", 1)[-1]
    return " ".join(_redacted("@".join(parts)).split())[:_REPORTED_CHARS]


def _one_line(text: str) -> str:
    """Blank out every secret before cutting: a cut could leave a piece that no longer matches."""
    text = " ".join(_redacted(text).split())
    return text if len(text) <= _ERROR_CHARS else text[: _ERROR_CHARS - 1] + "…"


def _litellm() -> Any:
    """Import LiteLLM late (it takes seconds) and quietly: no price map from the network, no banners on stdout."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    _redact_logs()
    import litellm

    litellm.suppress_debug_info = True
    litellm.telemetry = False
    return litellm


def _redact_logs() -> None:
    """Keep keys out of every logger's records: LiteLLM and the clients under it log whole errors, and headers on demand.

    A record factory, since filters on a logger do not see what its children log.
    """
    make = logging.getLogRecordFactory()
    if isinstance(make, _RedactingFactory):
        return
    logging.setLogRecordFactory(_RedactingFactory(make))


class _RedactingFactory:
    """Makes log records, those with a key in their text or traceback without it."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **options: Any) -> logging.LogRecord:
        record = self._make(*args, **options)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - logging would print such a record's arguments
            message = f"{record.msg} (its arguments do not fit)"
            record.msg, record.args = _redacted(message), None
        if _redacted(message) != message:
            record.msg, record.args = _redacted(message), None
        if record.exc_info:
            trace = logging.Formatter().formatException(record.exc_info)
            if _redacted(trace) != trace:
                record.exc_info, record.exc_text = None, _redacted(trace)
        return record


def _has_code(error: BaseException | None, code: str) -> bool:
    """Look for a provider's error code along the chain of causes: LiteLLM keeps only the message."""
    seen = 0
    while error is not None and seen < 10:
        if getattr(error, "code", None) == code or code in str(error):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False
