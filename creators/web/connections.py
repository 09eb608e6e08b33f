"""Connecting accounts: the owner's pages in the portal, and the staff's page of consents."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect as go
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from creators.consents import connect, health, withdraw
from creators.consents.programs import PROGRAMS, open_programs, program_of
from creators.models import Consent, ConsentState, Creator, SocialAccount
from krm.connectors.models import Credential, CredentialStatus
from krm.errors import Refusal
from krm.web import furniture
from krm.web.access import AccessMixin
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectMixin

LIVE = (CredentialStatus.ACTIVE, CredentialStatus.EXPIRING)
STATES = {
    CredentialStatus.ACTIVE: (_("Connected"), "good"),
    CredentialStatus.EXPIRING: (_("Ends soon"), "warn"),
    CredentialStatus.EXPIRED: (_("Ended"), "bad"),
    CredentialStatus.REVOKED: (_("Withdrawn"), "quiet"),
}


def shown_consent(credential: Credential) -> dict[str, Any]:
    program = program_of(credential.platform, credential.flavour)
    label, tone = STATES[CredentialStatus(credential.status)]
    lacking = health.missing(credential)
    return {
        "program": program,
        "label": label,
        "tone": tone,
        "live": credential.status in LIVE,
        "ending": credential.status == CredentialStatus.EXPIRING,
        "reads": program.words_for(credential.scopes) if program else [],
        "lacks": program.words_for(lacking) if program else [],
        "ends": health.ends_at(credential),
        "since": credential.created_at,
    }


class PortalCreatorPage(DetailPage):
    area = "portal"
    model = Creator


class Connections(PortalCreatorPage):
    """Every account of the creator: connected or not, what is read, how it is ended."""

    template_name = "creators/portal/connections.html"
    title = _("Connected accounts")

    def get_context(self) -> dict[str, Any]:
        accounts = list(self.object.accounts.order_by("platform", "-followers"))
        held = connect.credentials_of(accounts)
        doors = open_programs()
        rows = []
        for account in accounts:
            consents = [shown_consent(c) for c in held.get(account.pk, [])]
            live = {
                c["program"].key
                for c in consents
                if c["program"] and c["live"] and not c["lacks"] and not c["ending"]
            }
            before = {c["program"].key for c in consents if c["program"]}
            rows.append(
                {
                    "account": account,
                    "consents": consents,
                    "live": any(c["live"] for c in consents),
                    "doors": sorted(
                        (
                            (p, p.key in before)
                            for p in doors
                            if p.platform == account.platform and p.key not in live
                        ),
                        key=lambda door: not door[1],  # what is to be given again comes first
                    ),
                }
            )
        return {"rows": rows, "doors": doors}


class ConnectPage(PortalCreatorPage):
    """The plain words before the platform's own page: what, what for, how long, how to end it."""

    template_name = "creators/portal/connect.html"

    def get_title(self) -> Any:
        return _("Connect %(platform)s") % {"platform": self.program().title}

    def program(self) -> Any:
        found = PROGRAMS.get(self.kwargs["program"])
        if found is None:
            raise Http404
        return found

    def get_context(self) -> dict[str, Any]:
        program = self.program()
        account = _account_of(self.object, self.request)
        return {
            "program": program,
            "account": account,
            "is_open": program in open_programs(),
            "onward": _with_account(
                reverse("creators:portal_connect_go", args=[self.object.pk, program.key]), account
            ),
        }


def _account_of(creator: Creator, request: HttpRequest) -> SocialAccount | None:
    raw = request.GET.get("account", "")
    if not raw:
        return None
    found = creator.accounts.filter(pk=int(raw)).first() if raw.isdigit() and len(raw) < 18 else None
    if found is None:
        raise Http404
    return found


def _with_account(url: str, account: SocialAccount | None) -> str:
    return f"{url}?account={account.pk}" if account else url


class ConnectGo(ObjectMixin, AccessMixin, View):
    """GET, because a browser does not let a form's answer lead to another site: remembers and sends on."""

    area = "portal"
    model = Creator
    perm = None

    def get(self, request: HttpRequest, pk: int, program: str) -> HttpResponse:
        creator = self.get_object()
        if program not in PROGRAMS:
            raise Http404
        account = _account_of(creator, request)
        try:
            _consent, url = connect.start(creator, program, by=request.user, account=account)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return go("creators:portal_connections", pk=creator.pk)
        answer = HttpResponseRedirect(url)
        answer["Referrer-Policy"] = "no-referrer"
        answer["Cache-Control"] = "no-store"
        return answer


class ConnectAnswer(AccessMixin, View):
    """Where the platform sends the browser back."""

    area = "portal"

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        if program not in PROGRAMS:
            raise Http404
        given = request.GET
        try:
            consent = connect.answer(
                program,
                by=request.user,
                state=given.get("state", "")[:200],
                code=(given.get("code") or given.get("auth_code") or "")[:4000],
                error=given.get("error", "")[:100],
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return go("creators:portal_profiles")
        if consent.state == ConsentState.CHOOSE:
            return go("creators:portal_connect_choose", pk=consent.pk)
        say(request, consent)
        return go("creators:portal_connections", pk=consent.creator_id)


def say(request: HttpRequest, consent: Consent) -> None:
    """What came of it, in a sentence."""
    program = PROGRAMS[consent.program]
    if consent.state == ConsentState.GIVEN:
        if consent.missing:
            words = ", ".join(str(w) for w in program.words_for(consent.missing))
            messages.warning(
                request,
                gettext(
                    "%(account)s is connected, but without: %(words)s. Connect again and leave the boxes ticked."
                )
                % {"account": consent.account, "words": words},
            )
        else:
            messages.success(
                request,
                gettext("%(account)s is connected. Your figures appear within minutes.")
                % {"account": consent.account},
            )
    else:
        messages.warning(
            request, gettext(consent.detail) if consent.detail else gettext("Nothing was connected.")
        )


class ChooseForm(forms.Form):
    external_id = forms.CharField(max_length=128)


class ConnectChoose(ObjectMixin, FormPage):
    """The platform offered another account than the one that was meant, or several."""

    area = "portal"
    model = Consent
    template_name = "creators/portal/choose.html"
    title = _("Which account?")
    form_class = ChooseForm

    def get_queryset(self) -> Any:
        return (
            Consent.objects.visible_to(self.request.user)
            .filter(user=self.request.user)
            .select_related("creator", "account")
        )

    def prepare(self) -> None:
        self.object = self.get_object()

    def get_context(self) -> dict[str, Any]:
        return {
            "consent": self.object,
            "program": PROGRAMS[self.object.program],
            "again": _with_account(
                reverse("creators:portal_connect", args=[self.object.creator_id, self.object.program]),
                self.object.account,
            ),
            "over": self.object.state != ConsentState.CHOOSE,
        }

    def get_cancel_url(self) -> str:
        return reverse("creators:portal_connections", args=[self.object.creator_id])

    def save(self, form: Any) -> Any:
        consent = connect.choose(
            self.object, by=self.request.user, external_id=form.cleaned_data["external_id"]
        )
        say(self.request, consent)
        return None

    def get_success_url(self, obj: Any) -> str:
        return self.get_cancel_url()


class ConnectDiscard(ObjectMixin, AccessMixin, View):
    area = "portal"
    model = Consent
    perm = None

    def get_queryset(self) -> Any:
        return Consent.objects.visible_to(self.request.user).filter(user=self.request.user)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        consent = self.get_object()
        try:
            connect.discard(consent, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, gettext("Nothing was connected, and what the platform sent is deleted.")
            )
        return go("creators:portal_connections", pk=consent.creator_id)


class ConnectWithdraw(ObjectMixin, AccessMixin, View):
    """POST: end every consent of an account."""

    area = "portal"
    model = SocialAccount
    perm = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self.get_object()
        try:
            confirmed = withdraw.withdraw(account, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            if confirmed:
                messages.success(
                    request,
                    gettext("Withdrawn. We no longer read this account, and our keys to it are deleted."),
                )
            else:
                messages.warning(
                    request,
                    gettext(
                        "Our keys to this account are deleted and we no longer read it. The platform did not confirm it; "
                        "to be sure, also remove the app in its settings."
                    ),
                )
        return go("creators:portal_connections", pk=account.creator_id)


class ConnectionsPanel(PortalCreatorPage):
    """On the profile: how many accounts are connected, and whether something needs the owner."""

    template_name = "creators/portal/connections_panel.html"

    def get_context(self) -> dict[str, Any]:
        accounts = list(self.object.accounts.all())
        held = connect.credentials_of(accounts)
        rows = [(a, held.get(a.pk, [])) for a in accounts]
        live = [a for a, consents in rows if any(c.status in LIVE for c in consents)]
        asks = [
            a
            for a, consents in rows
            if (consents and not any(c.status == CredentialStatus.ACTIVE for c in consents))
            or any(health.missing(c) for c in consents if c.status in LIVE)
        ]
        return {"live": len(live), "total": len(accounts), "asks": asks, "can": bool(open_programs())}


# -- staff


class ConsentFilter(df.FilterSet):
    platform = df.ChoiceFilter(
        label=_("Platform"),
        choices=[
            ("instagram", "Instagram"),
            ("tiktok", "TikTok"),
            ("youtube", "YouTube"),
            ("x", "X"),
            ("facebook", "Facebook"),
        ],
    )
    status = df.ChoiceFilter(
        label=_("State"), choices=[(s.value, label) for s, (label, _tone) in STATES.items()]
    )
    lacks = df.BooleanFilter(label=_("Lacks a permission"), method="on_lacks")

    class Meta:
        model = Credential
        fields: tuple[str, ...] = ()

    def on_lacks(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.filter(health.lacking()) if value else queryset.exclude(health.lacking())


def ask_again(request: HttpRequest, chosen: Any, form: Any = None) -> str:
    by: Any = request.user
    count = health.ask_again(list(chosen.values_list("pk", flat=True)[:1000]), by=by)
    return ngettext("%(count)s creator was asked.", "%(count)s creators were asked.", count) % {
        "count": count
    }


def end(request: HttpRequest, chosen: Any, form: Any = None) -> str:
    """At the owner's word, by a person of the agency."""
    by: Any = request.user
    accounts = SocialAccount.objects.filter(pk__in=[row.account_id for row in chosen[:100] if row.account_id])
    count = 0
    for account in accounts.select_related("creator"):
        withdraw.withdraw(account, by=by)
        count += 1
    return ngettext(
        "%(count)s connection ended; its keys are deleted.",
        "%(count)s connections ended; their keys are deleted.",
        count,
    ) % {"count": count}


def lacks(credential: Credential) -> str | None:
    """In the words the owner read; the export names the platform's own."""
    program, names = program_of(credential.platform, credential.flavour), health.missing(credential)
    return "; ".join(str(word) for word in program.words_for(names)) if program and names else None


class ConsentList(ListPage):
    name = "creators.consents"
    title = _("Consents")
    subtitle = _("Which creators connected their accounts, which connections end soon, and which ended.")
    model = Credential
    perm = "creators.view"
    filterset_class = ConsentFilter
    default_sort = "ends"
    columns = [
        Column("account", _("Account"), width="wide", value=lambda o: f"@{o.handle}" if o.handle else o.external_account_id,
               link=lambda o: reverse("creators:account", args=[o.account_id]) if o.account_id else None,
               sub=lambda o: o.creator_name),
        Column("program", _("Connected through"), value=lambda o: p.title if (p := program_of(o.platform, o.flavour)) else o.platform),
        Column("status", _("State"), kind="html", sort="status", export=lambda o: str(STATES[CredentialStatus(o.status)][0]),
               value=lambda o: furniture.badge("", *STATES[CredentialStatus(o.status)])),
        Column("lacks", _("Lacks"), value=lacks, export=lambda o: ", ".join(health.missing(o))),
        Column("ends", _("Ends"), kind="date", value=health.ends_at, sort=health.ENDS),
        Column("renewed", _("Renewed"), kind="datetime", value="last_refresh_at", default=False),
        Column("since", _("Connected"), kind="date", value="created_at", sort="created_at"),
        Column("reason", _("Reason"), value=lambda o: gettext(o.status_reason) if o.status_reason else None),
    ]  # fmt: skip
    search_fields = ["handle"]
    search_label = _("Handle")
    bulk_actions = [
        BulkAction("ask", _("Ask to connect again"), ask_again, perm="creators.change", icon="bell"),
        BulkAction("end", _("End the connection"), end, perm="creators.withdraw_consent", danger=True,
                   confirm=_("End these connections? The keys to the accounts are deleted.")),
    ]  # fmt: skip
    empty = Empty(
        _("No consents yet"),
        _("Creators connect their accounts in the portal: invite them there."),
        icon="plug-connected",
    )
    breadcrumbs = [(_("Connectors"), "creators:connectors")]

    def get_queryset(self) -> Any:
        account = SocialAccount.objects.filter(
            platform=OuterRef("platform"), external_id=OuterRef("external_account_id")
        )
        return health.consents().annotate(
            account_id=Subquery(account.values("pk")[:1]),
            creator_name=Subquery(account.values("creator__name")[:1]),
        )
