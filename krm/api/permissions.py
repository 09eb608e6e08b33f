"""What an API key may do at most. What its user may do is asked by `visible_to` and by the verbs themselves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from krm.accounts import apikeys


class HasScope(BasePermission):
    """Each view names (read scope, write scope); a key needs the one for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        if key is None or not isinstance(key, apikeys.ApiKey):
            return True
        scopes = getattr(view, "scopes", None)
        if not scopes:
            return True
        needed = scopes[0] if request.method in SAFE_METHODS else scopes[1]
        if key.has_scope(needed):
            return True
        self.message = _("This API key lacks the scope %(scope)s.") % {"scope": needed}
        return False


class IsStaffMember(BasePermission):
    """Agency staff only; guests get the same 404 as for what does not exist."""

    def has_permission(self, request: Request, view: Any) -> bool:
        from django.http import Http404

        if request.user.is_authenticated and not getattr(request.user, "is_staff_member", False):
            raise Http404
        return bool(request.user.is_authenticated)
