"""Staff pages of the asset library: all files, a campaign's files, one file with its rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Min
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from briefs import assets, rights
from briefs.models import Asset, UsageRight
from briefs.web.forms import AssetForm, AssetUploadForm, ExtendForm, RightForm
from campaigns.models import Campaign
from krm.accounts.permissions import allowed
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, ObjectFormPage, TabPage, verb_view


class AssetFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Asset.Kind.choices)
    purpose = django_filters.MultipleChoiceFilter(label=_("Purpose"), choices=Asset.Purpose.choices)
    campaign = django_filters.ModelChoiceFilter(
        label=_("Campaign"),
        queryset=lambda request: Campaign.objects.visible_to(request.user if request else None),
    )
    rights = django_filters.ChoiceFilter(
        label=_("Usage rights"),
        choices=[("running", _("Running")), ("ending", _("Ending within 14 days")), ("none", _("None"))],
        method="by_rights",
    )

    class Meta:
        model = Asset
        fields = ["kind", "purpose", "campaign", "rights"]

    def by_rights(self, queryset: Any, name: str, value: str) -> Any:
        today = timezone.localdate()
        running = UsageRight.objects.filter(ended_on=None, starts__lte=today, ends__gte=today)
        if value == "ending":
            running = running.filter(ends__lte=today + timedelta(days=14))
        matching = running.values("asset")
        return queryset.exclude(pk__in=matching) if value == "none" else queryset.filter(pk__in=matching)


class AssetList(ListPage):
    name = "briefs.assets"
    title = _("Library")
    model = Asset
    filterset_class = AssetFilter
    search_fields = ["name", "description", "campaign__name", "partnership__creator__name"]
    default_sort = "-created_at"
    empty = Empty(
        _("No files yet"),
        _("Files come in with drafts, or from a campaign's Library tab."),
        icon="photo",
    )
    columns = [
        Column(
            "name",
            _("Name"),
            link=lambda a: a.get_absolute_url(),
            sort="name",
            sub=lambda a: a.description or None,
        ),
        Column("kind", _("Kind"), kind="badge", value=lambda a: a.get_kind_display()),
        Column("purpose", _("Purpose"), value=lambda a: a.get_purpose_display()),
        Column("campaign", _("Campaign"), value=lambda a: str(a.campaign)),
        Column("creator", _("KOL"), value=lambda a: str(a.partnership.creator) if a.partnership else None),
        Column(
            "size", _("Size"), value=lambda a: filesizeformat(a.size), sort="size", export=lambda a: a.size
        ),
        Column("tags", _("Tags"), kind="tags"),
        Column("rights_until", _("Rights until"), kind="date", value="rights_until"),
        Column("created_at", _("Added"), kind="datetime", sort="created_at"),
        Column("sha256", _("SHA-256"), default=False),
    ]

    def get_queryset(self) -> Any:
        rows = Asset.objects.visible_to(self.request.user).select_related("campaign", "partnership__creator")
        return rows.annotate(rights_until=Min("rights__ends"))

    def search(self, queryset: Any, term: str) -> Any:
        return super().search(queryset, term) | queryset.filter(tags__contains=[term.lower()])


class CampaignLibrary(TabPage):
    model = Campaign
    tabset = "campaign"
    tab_key = "library"
    template_name = "briefs/campaign_library.html"

    def get_context(self) -> dict[str, Any]:
        term = self.request.GET.get("q", "").strip()[:100]
        found = Asset.objects.visible_to(self.request.user).filter(campaign=self.object)
        kind = self.request.GET.get("kind", "")
        if kind in Asset.Kind.values:
            found = found.filter(kind=kind)
        if term:
            found = found.filter(name__icontains=term) | found.filter(tags__contains=[term.lower()])
        return {
            "campaign": self.object,
            "assets": found.select_related("partnership__creator")[:120],
            "term": term,
            "kind": kind,
            "kinds": Asset.Kind.choices,
            "may_upload": allowed(self.request.user, "briefs.upload", self.object),
        }


class AssetUpload(ObjectFormPage):
    model = Campaign
    perm = "briefs.upload"
    title = _("Add a file")
    form_class = AssetUploadForm
    template_name = "briefs/asset_upload.html"
    success_message = _("File added.")
    submit_label = _("Add")

    def save(self, form: AssetUploadForm) -> Any:
        data = form.cleaned_data
        return assets.upload_file(
            data["file"],
            by=self.request.user,  # type: ignore[arg-type]
            campaign=self.object,
            purpose=data["purpose"],
        )

    def get_cancel_url(self) -> str:
        return reverse("briefs:campaign_library", args=[self.object.pk])


class AssetPage(DetailPage):
    model = Asset
    template_name = "briefs/asset.html"

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("campaign__brand", "partnership__creator", "deliverable", "uploaded_by")
        )

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        campaign = self.object.campaign
        return [(str(campaign), reverse("briefs:campaign_library", args=[campaign.pk]))]

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "rights": self.object.rights.all(),
            "drafts": self.object.drafts.select_related("deliverable"),
            "may_manage": allowed(user, "briefs.manage_assets", self.object),
            "may_right": allowed(user, "briefs.manage_rights", self.object),
        }


class AssetEdit(ObjectFormPage):
    guards = True
    model = Asset
    perm = "briefs.manage_assets"
    title = _("Change file")
    form_class = AssetForm
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        asset = self.object
        return {
            "name": asset.name,
            "description": asset.description,
            "tags": ", ".join(asset.tags),
            "share_with_creators": asset.share_with_creators,
            "share_with_client": asset.share_with_client,
        }

    def save(self, form: AssetForm) -> Any:
        return assets.describe(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


asset_remove = verb_view(
    Asset, assets.remove, perm="briefs.manage_assets", success=_("File removed."), success_url="briefs:assets"
)


class RightNew(ObjectFormPage):
    model = Asset
    perm = "briefs.manage_rights"
    title = _("Record a usage right")
    form_class = RightForm
    success_message = _("Usage right recorded.")

    def get_initial(self) -> dict[str, Any]:
        return {"starts": timezone.localdate()}

    def save(self, form: RightForm) -> Any:
        return rights.grant(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


right_extend = verb_view(
    UsageRight, rights.extend, perm="briefs.manage_rights", form=ExtendForm, title=_("Extend the usage right"),
    success=_("Usage right extended."),
)  # fmt: skip
right_end = verb_view(
    UsageRight,
    rights.end,
    perm="briefs.manage_rights",
    success=_("Ended. The owner is told to stop running it."),
)
