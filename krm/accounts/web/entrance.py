"""Ways in for people who have no session yet: invitation, login link; and confirming who one is."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.models import Login
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from krm.accounts import invitations, links, stepup
from krm.accounts.adapter import AccountAdapter
from krm.accounts.models import Invitation
from krm.accounts.web.forms import AcceptForm, LinkForm
from krm.errors import Conflict
from krm.web.access import AccessMixin
from krm.web.forms import add_refusal


def quiet(response: HttpResponse) -> HttpResponse:
    """The address holds a token: no page or server that is linked from here may learn it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def client_ip(request: HttpRequest) -> str:
    return str(AccountAdapter(request).get_client_ip(request))


def log_in(request: HttpRequest, user: Any, method: str, url: str = "") -> HttpResponse:
    """Through allauth, so that a second factor is asked for and the session is listed."""
    stepup.note_login(request, user, method)
    return perform_login(request, Login(user=user, redirect_url=url or None, email=user.email))


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class Accept(View):
    """The invited person chooses name and password and is in."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = invitations.find(token)
        if invitation is None:
            return quiet(render(request, "accounts/link_void.html", {"kind": "invitation"}, status=404))
        form = AcceptForm(optional=invitation.is_for_guest, initial={"name": invitation.name})
        return self.show(request, invitation, form)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = invitations.find(token)
        if invitation is None:
            return quiet(render(request, "accounts/link_void.html", {"kind": "invitation"}, status=404))
        form = AcceptForm(request.POST, optional=invitation.is_for_guest)
        if form.is_valid():
            try:
                user = invitations.accept(token, **form.cleaned_data)
            except (ValidationError, Conflict) as refusal:
                add_refusal(form, refusal)
            else:
                request.session.flush()
                return log_in(request, user, "invitation", "/")
        return self.show(request, invitation, form, 422)

    def show(
        self, request: HttpRequest, invitation: Invitation, form: forms.Form, status: int = 200
    ) -> HttpResponse:
        with override(invitation.language):
            context = {"invitation": invitation, "form": form}
            return quiet(render(request, "accounts/accept.html", context, status=status))


@method_decorator(never_cache, name="dispatch")
class RequestLink(View):
    """A guest asks for a login link. The answer never tells whether the address is known."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        form = LinkForm(initial={"email": request.GET.get("email", "")})
        return render(
            request, "accounts/link_request.html", {"form": form, "next": request.GET.get("next", "")}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LinkForm(request.POST)
        next_url = request.POST.get("next", "")
        if not form.is_valid():
            return render(request, "accounts/link_request.html", {"form": form, "next": next_url}, status=422)
        links.request_link(
            form.cleaned_data["email"],
            ip=client_ip(request),
            next_url=next_url,
            language=getattr(request, "LANGUAGE_CODE", ""),
        )
        return HttpResponseRedirect(reverse("accounts:link_sent"))


@require_safe
@never_cache
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_sent.html")


@method_decorator(never_cache, name="dispatch")
class OpenLink(View):
    """GET shows a button, because mail scanners open links; POST uses the link up and logs in."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = links.find(token)
        if link is None:
            return quiet(render(request, "accounts/link_void.html", {"kind": "link"}, status=404))
        return quiet(render(request, "accounts/link_open.html", {"person": link.user}))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        link = links.redeem(token)
        if link is None:
            return quiet(render(request, "accounts/link_void.html", {"kind": "link"}, status=404))
        if request.user.is_authenticated and request.user.pk == link.user_id:
            stepup.note_login(request, request.user, "login_link")
            resumed = resume_request(request)
            return resumed or HttpResponseRedirect(link.next_url or "/")
        if request.user.is_authenticated:
            request.session.flush()
        return log_in(request, link.user, "login_link", link.next_url or "/")


class Confirm(AccessMixin, View):
    """Sends a person on to the way in which they can confirm who they are."""

    area = "any"
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        methods = AccountAdapter(request).get_reauthentication_methods(request.user)
        next_url = request.GET.get("next", "")
        query = f"?{urlencode({'next': next_url})}" if links.is_ours(next_url) else ""
        return HttpResponseRedirect(methods[0]["url"] + query)


class ConfirmByMail(AccessMixin, View):
    """For guests without password: a link to their mail confirms them in this session."""

    area = "any"
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "accounts/confirm_by_mail.html", {"next": request.GET.get("next", "")})

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        sent = links.request_link(
            user.email, ip=client_ip(request), next_url=request.POST.get("next", ""), language=user.language
        )
        if sent is None:
            messages.error(request, _("Too many links were asked for. Wait a quarter of an hour."))
        else:
            messages.success(request, _("The link is on its way. Open it in this browser."))
        return render(
            request,
            "accounts/confirm_by_mail.html",
            {"next": request.POST.get("next", ""), "sent": bool(sent)},
        )
