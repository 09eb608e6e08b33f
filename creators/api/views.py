"""REST endpoints of the creators room: every action a page has, through the same verbs."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import django_filters as df
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from creators import access, discovery, jobs, notes, people, rates, refresh, tagging, tiers
from creators.api import serializers as s
from creators.api.matching import MatchingActions
from creators.duplicates.merging import survivor
from creators.importing import uploads
from creators.models import (
    Creator,
    CreatorAccess,
    CreatorImport,
    Note,
    Post,
    RateCard,
    Score,
    SocialAccount,
    Tag,
    Tier,
)
from krm.accounts.models import Invitation
from krm.api.viewsets import ReadViewSet, StaffOnly, WriteViewSet, action
from krm.errors import Conflict

SCOPES = ("creators:read", "creators:write")


class CreatorApiFilter(discovery.CreatorFilter):
    search = df.CharFilter(label="Part of a name or handle", method="on_search")
    updated_since = df.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    def on_search(self, queryset: Any, name: str, value: str) -> Any:
        return discovery.search(queryset, value)


class MergedAway(serializers.Serializer[Any]):
    """The record is another's now."""

    id = serializers.IntegerField()
    merged_into = serializers.IntegerField()
    url = serializers.URLField()


class CreatorViewSet(MatchingActions, WriteViewSet):
    """Creators. Portal users see those they act for, without tags, scores and notes."""

    model = Creator
    serializer_class = s.CreatorDetail
    write_serializer_class = s.CreatorIn
    filterset_class = CreatorApiFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.change",
        "partial_update": "creators.change",
        "contact": "creators.edit_contact",
        "block": "creators.change",
        "archive": "creators.change",
        "restore": "creators.change",
        "tags": "creators.tag",
        "tag": "creators.tag",
        "accounts": "creators.change",
        "invite": "creators.grant_access",
    }
    ordering = "-id"
    ordering_fields = ("followers", "engagement_rate", "authenticity", "name", "figures_at")

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().select_related("tier").prefetch_related("tags")
        if self.action == "list":
            return rows.filter(merged_into=None).defer("bio", "search_text", "sparkline", "email", "phone")
        return rows

    @cached_property
    def found(self) -> Creator:
        creator: Creator = super().get_object()
        return creator

    def get_object(self) -> Creator:
        """A creator that was merged into another is changed no more: the one that stands for them is."""
        if self.found.merged_into_id is not None and self.request.method not in SAFE_METHODS:
            raise Conflict(
                _("%(gone)s was merged into creator %(kept)s. Use that one.")
                % {"gone": self.found, "kept": survivor(self.found).pk}
            )
        return self.found

    @extend_schema(responses={200: s.CreatorDetail, 308: MergedAway})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One creator. One that was merged into another answers 308 with the address of the other."""
        if self.found.merged_into_id is None:
            return super().retrieve(request, *args, **kwargs)
        kept = survivor(self.found)
        if not Creator.objects.visible_to(request.user).filter(pk=kept.pk).exists():  # type: ignore[arg-type]
            raise Http404
        where = request.build_absolute_uri(reverse("api:creators-detail", args=[kept.pk]))
        # a merge can be undone: nobody may keep this answer
        return Response({"id": self.found.pk, "merged_into": kept.pk, "url": where}, status=308,
                        headers={"Location": where, "Cache-Control": "no-store"})  # fmt: skip

    def get_serializer_class(self) -> Any:
        user = self.request.user if self.request else None
        if not getattr(user, "is_staff_member", True) and self.action in ("list", "retrieve"):
            return s.GuestCreator
        return s.CreatorRow if self.action == "list" else super().get_serializer_class()

    def perform_create(self, serializer: Any) -> None:
        values = {"custom": {}, **serializer.validated_data}
        serializer.instance = people.create_creator(by=self.request.user, **values)  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        values = dict(serializer.validated_data)
        tags = values.pop("tags", None)
        creator = serializer.instance
        if values:
            creator = people.update_creator(creator, by=self.request.user, **values)  # type: ignore[arg-type]
        if tags is not None:
            tagging.set_tags(creator, tags, by=self.request.user)  # type: ignore[arg-type]
        serializer.instance = creator

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.ContactIn,
        response=s.GuestCreator,
        summary="Change contact details",
    )
    def contact(self, request: Request, pk: str) -> Creator:
        """What the creator or their manager may change: display name, e-mail, phone, city, languages, bio."""
        return people.update_contact(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], serializer_class=s.ReasonIn, summary="Block")
    def block(self, request: Request, pk: str) -> Creator:
        """Nobody may book the creator; a reason is asked for."""
        return people.block(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], serializer_class=s.OptionalReasonIn, summary="Archive")
    def archive(self, request: Request, pk: str) -> Creator:
        """Out of lists; everything is kept."""
        return people.archive(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Restore")
    def restore(self, request: Request, pk: str) -> Creator:
        """Back to prospect from blocked or archived."""
        return people.restore(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], serializer_class=s.TagsIn, summary="Set the tags")
    def tags(self, request: Request, pk: str) -> Creator:
        """Exactly these tags; new ones are made."""
        return tagging.set_tags(self.get_object(), self.input()["tags"], by=request.user)  # type: ignore[arg-type]

    @action(
        detail=False,
        methods=["post"],
        serializer_class=s.BulkTagsIn,
        response=s.Counted,
        summary="Tag many creators",
    )
    def tag(self, request: Request) -> Any:
        """Add tags to up to 10,000 creators."""
        given = self.input()
        ids = list(self.get_queryset().filter(pk__in=given["creator_ids"]).values_list("pk", flat=True))
        return {"count": tagging.tag(ids, given["tags"], by=request.user)}  # type: ignore[arg-type]

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.AccountIn,
        response=s.AccountOut,
        status=201,
        summary="Add an account",
        schema={
            "examples": [
                OpenApiExample(
                    "By address", value={"handle": "https://www.tiktok.com/@rani"}, request_only=True
                )
            ]
        },
    )
    def accounts(self, request: Request, pk: str) -> SocialAccount:
        """By handle and platform, or by the profile's address."""
        return people.add_account(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.InviteIn,
        response=s.AccessOut,
        summary="Invite to the portal",
    )
    def invite(self, request: Request, pk: str) -> Any:
        """Mails an invitation (202), or grants access at once to somebody who has a portal login (200)."""
        result = access.invite(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]
        if isinstance(result, Invitation):
            return Response({"invitation_id": result.pk}, status=202)
        return result


class AccountFilter(df.FilterSet):
    class Meta:
        model = SocialAccount
        fields: ClassVar[Any] = ["creator", "platform", "handle", "external_id", "state"]


WINDOW = [
    OpenApiParameter("since", OpenApiTypes.DATE, description="First day, by default two years back."),
    OpenApiParameter("until", OpenApiTypes.DATE, description="Last day."),
]


class AccountViewSet(StaffOnly, ReadViewSet):
    """Accounts with their newest figures."""

    model = SocialAccount
    serializer_class = s.AccountOut
    filterset_class = AccountFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "refresh": "creators.refresh",
        "link": "creators.change",
        "unlink": "creators.change",
        "pause": "creators.change",
        "resume": "creators.change",
    }
    ordering_fields = ("followers", "figures_as_of")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("tier")

    @action(detail=True, response=s.SnapshotOut, many=True, pagination_class=None, filterset_class=None, summary="Snapshots",
            schema={"parameters": WINDOW})  # fmt: skip
    def snapshots(self, request: Request, pk: str) -> Any:
        """Figures by day and source, oldest first; at most 2,000."""
        rows = self.get_object().snapshots.order_by("as_of", "source")
        since, until = _day(request, "since"), _day(request, "until")
        if since:
            rows = rows.filter(as_of__gte=since)
        if until:
            rows = rows.filter(as_of__lte=until)
        return list(rows[:2000])

    @action(
        detail=True,
        response=s.PostOut,
        many=True,
        pagination_class=None,
        filterset_class=None,
        summary="Newest posts",
    )
    def posts(self, request: Request, pk: str) -> Any:
        """The newest 100; `/posts?account=` has all of them."""
        return list(Post.objects.filter(account=self.get_object()).order_by("-published_at")[:100])

    @action(
        detail=True,
        response=s.AudienceOut,
        many=True,
        pagination_class=None,
        filterset_class=None,
        summary="Audience",
    )
    def audience(self, request: Request, pk: str) -> Any:
        """Newest first."""
        return list(self.get_object().audiences.order_by("-as_of", "-pk")[:50])

    @action(
        detail=True,
        response=s.ActiveAudienceOut,
        many=True,
        pagination_class=None,
        filterset_class=None,
        url_path="active-audience",
        summary="People reached and engaged",
    )
    def active_audience(self, request: Request, pk: str) -> Any:
        """Whom the account reached and who engaged with it in a time frame, newest first; only with the owner's consent."""
        return list(self.get_object().active_audiences.order_by("-as_of", "people")[:100])

    @action(
        detail=True,
        response=s.ScoreOut,
        many=True,
        pagination_class=None,
        filterset_class=None,
        summary="Scores",
    )
    def scores(self, request: Request, pk: str) -> Any:
        """Current scores with their components; `/scores?account=` has the history."""
        return list(Score.objects.filter(account=self.get_object()).current().order_by("kind"))

    @action(detail=True, methods=["post"], response=s.Refreshing, status=202, summary="Refresh now")
    def refresh(self, request: Request, pk: str) -> Any:
        """Ask the platform now. The event `creators.accounts_pulled` says when it has answered."""
        account = self.get_object()
        refresh.refresh_now(account, by=request.user)
        return {"account": account.pk, "detail": _("The platform is being asked.")}

    @action(detail=True, methods=["post"], serializer_class=s.LinkIn, summary="Link to a creator")
    def link(self, request: Request, pk: str) -> SocialAccount:
        """Take the account from whoever has it."""
        return people.link_account(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Unlink from its creator")
    def unlink(self, request: Request, pk: str) -> SocialAccount:
        """The account keeps its history."""
        return people.unlink_account(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Pause reading")
    def pause(self, request: Request, pk: str) -> SocialAccount:
        """No pulls until resumed."""
        return people.pause_account(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Resume reading")
    def resume(self, request: Request, pk: str) -> SocialAccount:
        """Pulls go on."""
        return people.resume_account(self.get_object(), by=request.user)  # type: ignore[arg-type]


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError({name: _("Write the day as 2026-01-31.")}) from None


class PostFilter(df.FilterSet):
    published_since = df.IsoDateTimeFilter(field_name="published_at", lookup_expr="gte")

    class Meta:
        model = Post
        fields: ClassVar[Any] = ["account", "platform", "kind", "external_id"]


class PostViewSet(StaffOnly, ReadViewSet):
    """Posts with their newest figures."""

    model = Post
    serializer_class = s.PostOut
    filterset_class = PostFilter
    scopes = SCOPES
    ordering_fields = ("published_at", "views", "likes")


class RateFilter(df.FilterSet):
    class Meta:
        model = RateCard
        fields: ClassVar[Any] = ["creator", "platform", "format", "currency"]


class RateCardViewSet(WriteViewSet):
    """Rate cards; portal users read those of their creators."""

    model = RateCard
    serializer_class = s.RateOut
    write_serializer_class = s.RateIn
    filterset_class = RateFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.rates",
        "partial_update": "creators.rates",
        "destroy": "creators.rates",
    }

    def perform_create(self, serializer: Any) -> None:
        values = dict(serializer.validated_data)
        creator = _visible(self.request, values.pop("creator"))
        serializer.instance = rates.add_rate(creator, by=self.request.user, **values)  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        values = {k: v for k, v in serializer.validated_data.items() if k not in ("creator", "replace")}
        serializer.instance = rates.update_rate(serializer.instance, by=self.request.user, **values)  # type: ignore[arg-type]

    def perform_destroy(self, instance: RateCard) -> None:
        rates.delete_rate(instance, by=self.request.user)  # type: ignore[arg-type]

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.QuoteIn,
        response=s.QuoteOut,
        summary="Price with rights",
    )
    def quote(self, request: Request, pk: str) -> Any:
        """The rate with months of usage, exclusivity and whitelisting on top. Nothing is stored."""
        card = self.get_object()
        return {"price": rates.quote(card, **self.input()), "currency": card.currency}


def _visible(request: Request, creator: Creator) -> Creator:
    """The creator, if the caller may know of it; otherwise as if it did not exist."""
    found = Creator.objects.visible_to(request.user).filter(pk=creator.pk).first()
    if found is None:
        raise ValidationError({"creator": _("There is no such creator.")})
    return found


class TagViewSet(StaffOnly, WriteViewSet):
    """Tags of creators."""

    model = Tag
    serializer_class = s.TagOut
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.tag",
        "partial_update": "creators.tag",
        "destroy": "creators.tag",
    }
    ordering = "name"
    ordering_fields = ("name",)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = tagging.create_tag(by=self.request.user, **serializer.validated_data)  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        by: Any = self.request.user
        serializer.instance = tagging.rename_tag(serializer.instance, by=by, **serializer.validated_data)

    def perform_destroy(self, instance: Tag) -> None:
        tagging.delete_tag(instance, by=self.request.user)  # type: ignore[arg-type]


class TierViewSet(StaffOnly, ReadViewSet):
    """The ladder of size bands."""

    model = Tier
    serializer_class = s.TierOut
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {"ladder": "creators.tiers"}
    ordering = "-floor"
    ordering_fields = ("floor",)

    def get_queryset(self) -> QuerySet[Any]:
        return Tier.objects.all()

    @action(
        detail=False,
        methods=["post"],
        serializer_class=s.LadderIn,
        response=s.TierOut,
        many=True,
        pagination_class=None,
        summary="Replace the ladder",
        schema={
            "examples": [
                OpenApiExample(
                    "Four bands",
                    value={"steps": [{"name": "Mega", "floor": 500000}, {"name": "Mid", "floor": 50000}]},
                    request_only=True,
                )
            ]
        },
    )
    def ladder(self, request: Request) -> Any:
        """Each band ends where the next one begins; accounts are sorted anew in the background."""
        return tiers.set_ladder(self.input()["steps"], by=request.user)  # type: ignore[arg-type]


class NoteFilter(df.FilterSet):
    class Meta:
        model = Note
        fields: ClassVar[Any] = ["creator", "author", "pinned"]


class NoteViewSet(StaffOnly, WriteViewSet):
    """Internal notes about creators."""

    model = Note
    serializer_class = s.NoteOut
    write_serializer_class = s.NoteIn
    filterset_class = NoteFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.note",
        "partial_update": "creators.note",
        "destroy": "creators.note",
    }

    def perform_create(self, serializer: Any) -> None:
        values = dict(serializer.validated_data)
        creator = _visible(self.request, values.pop("creator"))
        serializer.instance = notes.add_note(creator, by=self.request.user, **values)  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        values = {k: v for k, v in serializer.validated_data.items() if k != "creator"}
        serializer.instance = notes.edit_note(serializer.instance, by=self.request.user, **values)  # type: ignore[arg-type]

    def perform_destroy(self, instance: Note) -> None:
        notes.delete_note(instance, by=self.request.user)  # type: ignore[arg-type]


class AccessFilter(df.FilterSet):
    class Meta:
        model = CreatorAccess
        fields: ClassVar[Any] = ["creator", "user", "relation"]


class AccessViewSet(StaffOnly, ReadViewSet):
    """Who may act for creators in the portal."""

    model = CreatorAccess
    serializer_class = s.AccessOut
    filterset_class = AccessFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {"revoke": "creators.grant_access"}

    @action(detail=True, methods=["post"], summary="Revoke")
    def revoke(self, request: Request, pk: str) -> CreatorAccess:
        """From now on this login sees nothing of the creator."""
        return access.revoke(self.get_object(), by=request.user)  # type: ignore[arg-type]


class ImportViewSet(StaffOnly, WriteViewSet):
    """Imports of lists: upload, confirm the mapping, start, then follow the job."""

    model = CreatorImport
    serializer_class = s.ImportOut
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.import",
        "destroy": "creators.import",
        "paste": "creators.import",
        "configure": "creators.import",
        "start": "creators.import",
    }

    @extend_schema(request={"multipart/form-data": s.UploadIn}, responses={201: s.ImportOut})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Upload a CSV or XLSX file as `file`; nothing is imported yet."""
        given = s.UploadIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.perform_create(given)
        return Response(self.output(given.instance), status=201)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = uploads.receive(serializer.validated_data["file"], by=self.request.user)  # type: ignore[arg-type]

    def get_parsers(self) -> list[Any]:
        request = getattr(self, "request", None)
        if (
            request is not None
            and request.method == "POST"
            and not self.kwargs
            and request.path.endswith("/creator-imports")
        ):
            return [MultiPartParser()]
        return super().get_parsers()

    def perform_destroy(self, instance: CreatorImport) -> None:
        uploads.discard(instance, by=self.request.user)  # type: ignore[arg-type]

    @action(detail=False, methods=["post"], serializer_class=s.PasteIn, status=201, summary="Paste handles")
    def paste(self, request: Request) -> CreatorImport:
        """Handles or addresses, one a line or separated by commas."""
        return uploads.paste(by=request.user, **self.input())  # type: ignore[arg-type]

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.MappingIn,
        summary="Confirm how the list is read",
        schema={
            "examples": [
                OpenApiExample(
                    "A vendor's list",
                    value={
                        "mapping": {"AccountName": "handle", "Subscribers": "followers"},
                        "platform": "instagram",
                        "as_of": "2022-12-31",
                    },
                    request_only=True,
                )
            ]
        },
    )
    def configure(self, request: Request, pk: str) -> CreatorImport:
        """Columns to fields, platform, day of the figures."""
        given = self.input()
        return uploads.configure(self.get_object(), by=request.user, mapping_=given.pop("mapping"), **given)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], response=s.Started, status=202, summary="Start")
    def start(self, request: Request, pk: str) -> Any:
        """Begins the job; follow `/jobs/{job_id}`."""
        return {"job_id": jobs.start_import(self.get_object(), by=request.user).pk}  # type: ignore[arg-type]
