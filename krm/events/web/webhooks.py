"""Other systems that are told, and what they answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from krm.accounts.stepup import StepUp
from krm.events import webhooks
from krm.events.models import WebhookDelivery, WebhookEndpoint
from krm.web.forms import KrmForm
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, verb_view

PERM = "events.manage_webhooks"


class EndpointForm(KrmForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")
    patterns = forms.CharField(
        label=_("Events"),
        help_text=_("Names separated by commas, such as campaigns.* or payments.invoice_paid; * for all."),
        initial="*",
    )

    def clean_patterns(self) -> list[str]:
        return [part.strip() for part in self.cleaned_data["patterns"].split(",") if part.strip()]


class EndpointEditForm(EndpointForm):
    is_active = forms.BooleanField(label=_("Active"), required=False)


class Webhooks(ListPage):
    name = "events.webhooks"
    title = _("Webhooks")
    perm = PERM
    model = WebhookEndpoint
    search_fields = ("name", "url")
    columns = (
        Column("name", _("Name"), link=lambda w: reverse("events:webhook", args=[w.pk]), sort="name"),
        Column("url", _("Address"), sort="url"),
        Column("patterns", _("Events"), kind="tags"),
        Column("is_active", _("Active"), kind="bool", sort="is_active"),
        Column("failing_since", _("Failing since"), kind="ago", sort="failing_since"),
    )
    actions = ((_("New webhook"), "events:webhook_create", "primary"),)
    empty = Empty(
        _("No webhooks yet"),
        _("Tell your BI, ERP or chat what happens here."),
        action=(_("New webhook"), "events:webhook_create"),
    )


class ShowsSecret:
    def show_secret(self, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
        response: HttpResponse = self.render("events/webhook_secret.html", endpoint=endpoint, secret=secret)  # type: ignore[attr-defined]
        response.headers["Cache-Control"] = "no-store"
        return response


class WebhookCreate(ShowsSecret, FormPage):
    title = _("New webhook")
    perm = PERM
    form_class = EndpointForm
    cancel_url = "events:webhooks"

    def save(self, form: Any) -> HttpResponse:
        endpoint, secret = webhooks.create_endpoint(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
        return self.show_secret(endpoint, secret)


class WebhookPage(DetailPage):
    model = WebhookEndpoint
    perm = PERM
    template_name = "events/webhook.html"
    breadcrumbs = ((_("Webhooks"), "events:webhooks"),)

    def get_actions(self) -> list[dict[str, Any]]:
        return [
            {
                "label": gettext("Edit"),
                "url": reverse("events:webhook_edit", args=[self.object.pk]),
                "style": "",
            }
        ]

    def get_context(self) -> dict[str, Any]:
        log: QuerySet[WebhookDelivery] = self.object.deliveries.select_related("event")[:50]
        return {"log": log}


class WebhookEdit(ObjectFormPage):
    model = WebhookEndpoint
    perm = PERM
    form_class = EndpointEditForm
    success_message = _("Saved.")
    breadcrumbs = ((_("Webhooks"), "events:webhooks"),)

    def get_title(self) -> str:
        return str(self.object)

    def get_initial(self) -> dict[str, Any]:
        found = self.object
        return {
            "name": found.name,
            "url": found.url,
            "patterns": ", ".join(found.patterns),
            "is_active": found.is_active,
        }

    def save(self, form: Any) -> WebhookEndpoint:
        return webhooks.update_endpoint(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self, obj: Any) -> str:
        return reverse("events:webhook", args=[self.object.pk])


class WebhookRotate(StepUp, ShowsSecret, ObjectFormPage):
    model = WebhookEndpoint
    perm = PERM
    form_class = KrmForm
    title = _("New signing secret")
    submit_label = _("Make a new secret")
    breadcrumbs = ((_("Webhooks"), "events:webhooks"),)

    def save(self, form: Any) -> HttpResponse:
        endpoint, secret = webhooks.rotate_secret(self.object, by=self.request.user)  # type: ignore[arg-type]
        return self.show_secret(endpoint, secret)


def _page(delivery_or_endpoint: Any = None) -> str:
    endpoint = getattr(delivery_or_endpoint, "endpoint", delivery_or_endpoint)
    return reverse("events:webhook", args=[endpoint.pk])


test = verb_view(
    WebhookEndpoint,
    webhooks.send_test,
    perm=PERM,
    success=_("A test message is on its way."),
    success_url=_page,
)
delete = verb_view(
    WebhookEndpoint, webhooks.delete_endpoint, perm=PERM, success=_("Deleted."), success_url="events:webhooks"
)
retry = verb_view(
    WebhookDelivery, webhooks.retry, perm=PERM, success=_("Sent again shortly."), success_url=_page
)
