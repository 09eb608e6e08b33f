"""Who may open a page: the area (staff, portal, client), then the permission.

A guest in the wrong area gets 404, not 403: the page is none of their business. Staff without the right get 403.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from krm.accounts.permissions import allowed
from krm.errors import Denied

if TYPE_CHECKING:
    from krm.accounts.models import User

    class PersonalRequest(HttpRequest):
        """A request after `AccessMixin` let it in: somebody is logged in."""

        user: User

    Base = View
else:
    Base = object


AREAS = ("staff", "portal", "client", "any")


def area_of(user: Any) -> str:
    """The area in which a person is at home; `plain` for somebody who is not logged in."""
    if not getattr(user, "is_authenticated", False):
        return "plain"
    if user.is_staff_member:
        return "staff"
    if user.is_portal:
        return "portal"
    if user.is_client:
        return "client"
    return "plain"


def page_before(request: HttpRequest) -> str:
    """The page of this site that the request came from."""
    referrer = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(
        referrer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return "/"
    parts = urlsplit(referrer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class AccessMixin(Base):
    """Checks area and permission before any handler runs."""

    area: ClassVar[str] = "staff"
    perm: ClassVar[str | None] = None
    request: PersonalRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refused = self.refuse(request)
        if refused is not None:
            return refused
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def refuse(self, request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated:
            # What cannot be opened again leads back to the page on which the button was.
            here = request.get_full_path() if request.method in ("GET", "HEAD") else page_before(request)
            if getattr(request, "htmx", False):
                answer = HttpResponse(status=401)
                answer["HX-Redirect"] = redirect_to_login(request.htmx.current_url_abs_path or "/").url  # type: ignore[attr-defined]
                return answer
            return redirect_to_login(here)
        if self.area != "any" and area_of(user) != self.area:
            raise Http404
        if self.perm and not self.perm_on_object() and not allowed(user, self.perm):  # type: ignore[arg-type]
            raise Denied(_("Your role does not allow this. Ask an administrator if you need it."))
        return None

    def perm_on_object(self) -> bool:
        """True where `perm` is checked against the object later instead of before it is found."""
        return False
