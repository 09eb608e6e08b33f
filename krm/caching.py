"""The cache, which may go away: while Redis does not answer, each process remembers for itself.

What the cache is used for (counting logins and requests, noting sessions) must go on without it: nobody is locked out,
and guessing of passwords stays limited in every process.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)
ASK_AGAIN = 5.0  # seconds until a Redis that did not answer is asked again
GONE = (redis.ConnectionError, redis.TimeoutError)

_asked: dict[str, float] = {}  # when a server that did not answer is asked again


class SteadyCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = server
        self._spare = LocMemCache("krm-spare", {key: params[key] for key in params if key != "OPTIONS"})

    def _steady(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _asked.get(self._server, 0.0):
            try:
                return getattr(super(), name)(*args, **kwargs)
            except GONE:
                _asked[self._server] = time.monotonic() + ASK_AGAIN
                logger.warning("the cache does not answer; each process remembers for itself meanwhile")
        return getattr(self._spare, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("delete", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("incr", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("has_key", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("get_many", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._steady("delete_many", *args, **kwargs)

    def clear(self) -> Any:
        return self._steady("clear")
