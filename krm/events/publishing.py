"""Tell open pages at once: one Redis channel, best effort. What is missed is read again from the database."""

from __future__ import annotations

import json
import logging
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)


def channel() -> str:
    """Redis channels are not divided by database number, so the address's number is in the name."""
    return f"krm:live:{settings.REDIS_URL.rpartition('/')[2] or 0}"


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


def publish(message: dict[str, Any]) -> None:
    """Send after commit; without Redis pages simply do not move by themselves."""

    def send() -> None:
        try:
            _client().publish(channel(), json.dumps(message))
        except redis.RedisError:
            logger.info("live updates wait: Redis is unreachable")

    transaction.on_commit(send)
