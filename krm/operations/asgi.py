"""Django's ASGI handler with threads that stay.

Django gives every ASGI request a new thread, so its database connection is opened for one request only. Here a
request takes a thread that has finished its last one, with the connection it holds (benchmarks/web.py).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler
from django.db import connections

KEPT = 8  # idle threads of a process, each with at most one connection to the database


class WarmHandler(ASGIHandler):
    def __init__(self, kept: int = KEPT) -> None:
        super().__init__()
        self.kept = kept
        self.idle: list[ThreadPoolExecutor] = []  # only the event loop touches it; the last used goes first

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)  # raises in Django's words
            return
        thread = self.idle.pop() if self.idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            if len(self.idle) < self.kept:
                self.idle.append(thread)
            else:
                thread.submit(connections.close_all)
                thread.shutdown(wait=False)
