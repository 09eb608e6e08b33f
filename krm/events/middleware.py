"""Says in the audit trail who wrote, in which request. Addresses are left out: some hold the token of a link."""

from __future__ import annotations

from typing import Any

from pghistory.middleware import HistoryMiddleware as BaseHistoryMiddleware

from krm.events.context import current_request_id


class HistoryMiddleware(BaseHistoryMiddleware):  # type: ignore[misc]
    def get_context(self, request: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"user": request.user.pk if getattr(request, "user", None) else None}
        request_id = current_request_id()
        if request_id:
            found["request_id"] = request_id
        return found
