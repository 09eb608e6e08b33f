"""REST: discovery, its counts, lookalikes and overlap, and segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from creators.api.serializers import Started
from creators.finding import comparing, exporting, facets, filters, segments, similar
from creators.finding.search import SORTS, Search
from creators.models import DiscoveryRow, Segment, SocialAccount
from krm.api.pagination import KeysetPagination
from krm.api.viewsets import ReadViewSet, StaffOnly, WriteViewSet, action

SCOPES = ("creators:read", "creators:write")
PAGING = ("cursor", "page_size", "ordering", "format")
PLAIN = ("q", "about", "like", "not")


class AccountFound(serializers.ModelSerializer[Any]):
    """An account with everything that discovery knows of it; null: not known."""

    id = serializers.IntegerField(source="account_id", read_only=True)
    creator = serializers.IntegerField(source="creator_id", read_only=True, allow_null=True)
    name = serializers.SerializerMethodField()
    handle = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    matched = serializers.SerializerMethodField()
    likeness = serializers.SerializerMethodField()

    class Meta:
        model = DiscoveryRow
        fields = (
            "id", "creator", "name", "platform", "handle", "url", "followers", "tier", "is_main", "status", "state",
            "country", "city", "engagement_rate", "engagement_percentile", "er_followers", "er_views", "er_reach",
            "growth_30d", "authenticity", "audience_quality", "growth", "comment_quality", "pods", "consistency", "formats",
            "innovation", "prediction", "safety", "safety_band", "reliability", "audience_country", "audience_female",
            "audience_male", "audience_13_17", "audience_18_24", "audience_25_34", "audience_35_44", "audience_45_up",
            "price_low", "price_high", "standing", "deals", "has_email", "has_phone", "last_post_on", "figures_on",
            "refreshed_at", "matched", "likeness",
        )  # fmt: skip
        read_only_fields = fields

    def get_name(self, row: Any) -> str:
        return str(row.account.creator or row.account)

    def get_handle(self, row: Any) -> str:
        return str(row.account.handle)

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, row: Any) -> str:
        return str(row.account.profile_url)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_matched(self, row: Any) -> list[str]:
        return getattr(row, "why", [])

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_likeness(self, row: Any) -> float | None:
        return getattr(row, "likeness", None)


class Facets(serializers.Serializer[Any]):
    facets = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    exact = serializers.DictField(child=serializers.BooleanField())


class OverlapIn(serializers.Serializer[Any]):
    accounts = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=2, max_length=50)


class LikeIn(serializers.Serializer[Any]):
    accounts = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=20)
    most = serializers.IntegerField(min_value=1, max_value=200, default=50)
    filters = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class Alike(serializers.Serializer[Any]):
    account = serializers.IntegerField(source="account_id")
    score = serializers.FloatField()
    shared = serializers.ListField(child=serializers.CharField())


class SegmentOut(serializers.ModelSerializer[Any]):
    filters = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), read_only=True
    )

    class Meta:
        model = Segment
        fields = ("id", "name", "description", "filters", "shared", "owner", "created_at", "updated_at")
        read_only_fields = fields


class SegmentIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    shared = serializers.BooleanField(required=False)
    filters = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class MembersCounted(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    exact = serializers.BooleanField()


class ExportIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=exporting.KINDS, default="csv")


class DiscoveryPagination(KeysetPagination):
    """Pages as the search finds them; the order of a description is its relevance."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.ordering = self.get_ordering(request, view)
        _way, cursor = self.get_cursor(request)
        forwards = _way == "n"
        search: Search = view.search
        sort = "" if search.ranking is not None and "ordering" not in request.query_params else self.ordering
        page = search.page(
            sort,
            self.get_size(request),
            after=cursor if forwards else None,
            before=None if forwards else cursor,
        )
        self.slice = page.slice
        attach(page, request.user)
        return page.slice.rows


def attach(page: Any, user: Any) -> None:
    rows = page.slice.rows
    keys = [row.pk for row in rows]
    accounts = SocialAccount.objects.visible_to(user).select_related("creator").in_bulk(keys)
    why = page.relevance.why(keys) if page.relevance is not None else {}
    for row in rows:
        row.account = accounts[row.pk]
        if page.relevance is not None:
            row.why = why.get(row.pk, [])
            row.likeness = round(page.relevance.scores.get(row.pk, 0.0), 4)


def parameters() -> list[OpenApiParameter]:
    found = []
    for one in filters.BASE:
        for name in one.names:
            found.append(
                OpenApiParameter(
                    name, OpenApiTypes.STR, many=one.kind not in ("number",), description=str(one.label)
                )
            )
            found.append(OpenApiParameter(f"not_{name}", OpenApiTypes.STR, many=one.kind not in ("number",),
                                          description=f"The exact opposite of `{name}`."))  # fmt: skip
    found += [
        OpenApiParameter(
            "q", OpenApiTypes.STR, description="Part of a name or handle; a mistyped one is found too."
        ),
        OpenApiParameter("about", OpenApiTypes.STR, description="Describe who you need; best matches first."),
        OpenApiParameter(
            "like", OpenApiTypes.STR, description="Account ids, comma separated; most similar first."
        ),
        OpenApiParameter("not", OpenApiTypes.STR, many=True, description="Keys of filters to turn round."),
    ]
    return found


def searched(request: Request, user: Any) -> Search:
    """The search of a request; a parameter that means nothing is an error, not silence."""
    given = {k: request.query_params.getlist(k) for k in request.query_params if k not in PAGING}
    search = Search(given, user)
    names = {name for one in filters.all_filters(search.known) for name in one.names} if any(
        k.removeprefix("not_").startswith("own_") for k in given) else {name for one in filters.BASE for name in one.names}  # fmt: skip
    wrong = {
        name: _("There is no such parameter. Known: %(names)s.")
        % {"names": ", ".join(sorted({*names, *PLAIN}))}
        for name in given
        if name not in PLAIN and name.removeprefix("not_") not in names
    }
    search.condition  # noqa: B018  reading it finds the errors
    wrong |= search.errors
    if wrong:
        raise exceptions.ValidationError(wrong)
    return search


class DiscoveryViewSet(StaffOnly, ReadViewSet):
    """Accounts by anything that is known of them: every filter can be combined with every other and turned round."""

    model = DiscoveryRow
    serializer_class = AccountFound
    scopes = SCOPES
    pagination_class = DiscoveryPagination
    filter_backends: Sequence[Any] = []
    ordering = "-followers"
    ordering_fields = SORTS
    perms: ClassVar[dict[str, str]] = {
        "list": "creators.view", "facets": "creators.view", "similar": "creators.view", "overlap": "creators.view",
    }  # fmt: skip
    search: Search

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("account__creator")

    @extend_schema(parameters=parameters())
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of accounts, largest first unless `ordering` says otherwise; `about` and `like` rank by themselves."""
        self.search = searched(request, request.user)
        rows = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @action(
        detail=False,
        methods=["get"],
        response=Facets,
        summary="Counts per value",
        schema={"parameters": parameters()},
        pagination_class=None,
    )
    def facets(self, request: Request) -> Any:
        """How many accounts each value of a filter would leave; `exact` says where the number is estimated."""
        counted = facets.counts(searched(request, request.user))
        return {
            "facets": {key: facet.counts for key, facet in counted.items()},
            "exact": {key: facet.exact for key, facet in counted.items()},
        }

    @action(
        detail=False,
        methods=["post"],
        serializer_class=LikeIn,
        response=Alike,
        many=True,
        summary="Lookalikes",
        schema={
            "examples": [
                OpenApiExample(
                    "Like two accounts", value={"accounts": [12, 40], "most": 20}, request_only=True
                )
            ]
        },
    )
    def similar(self, request: Request) -> Any:
        """Accounts nearest to the centroid of these, with the terms they share. `filters` are those of the list."""
        given = self.input()
        search = Search(given.get("filters", {}), request.user)
        rows = search.queryset
        if search.errors:
            raise exceptions.ValidationError({"filters": search.errors})
        return similar.lookalikes(given["accounts"], rows, most=given["most"])

    @action(
        detail=False,
        methods=["post"],
        serializer_class=OverlapIn,
        response=OpenApiTypes.OBJECT,
        summary="Audience overlap and reach without doubles",
        schema={
            "responses": {200: OpenApiTypes.OBJECT},
            "examples": [OpenApiExample("Two accounts", value={"accounts": [12, 40]}, request_only=True)],
        },
    )
    def overlap(self, request: Request) -> Any:
        """Of up to fifty accounts: people in common by pair, the union, each one's own share; intervals are 95 %."""
        return Response(comparing.overlap_of(self.input()["accounts"], self.request.user))


class SegmentViewSet(StaffOnly, WriteViewSet):
    """Saved searches as live lists: own ones, and those that colleagues share."""

    model = Segment
    serializer_class = SegmentOut
    write_serializer_class = SegmentIn
    scopes = SCOPES
    ordering = "name"
    ordering_fields = ("name", "created_at")
    perms: ClassVar[dict[str, str]] = {"create": "creators.segment"}

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = segments.create(by=self.request.user, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = segments.update(
            serializer.instance, by=self.request.user, **serializer.validated_data
        )

    def perform_destroy(self, instance: Segment) -> None:
        segments.delete(instance, by=self.request.user)

    @extend_schema(responses=AccountFound(many=True), summary="Members")
    @action(detail=True, methods=["get"], response=AccountFound, summary="Members", pagination_class=DiscoveryPagination,
            ordering="-followers", ordering_fields=SORTS)  # fmt: skip
    def members(self, request: Request, pk: str) -> Any:
        """Who matches now, in pages like discovery."""
        self.search = segments.search_of(self.get_object(), self.request.user)  # type: ignore[attr-defined]
        rows = self.paginate_queryset(DiscoveryRow.objects.none())
        return self.get_paginated_response(
            AccountFound(rows, many=True, context=self.get_serializer_context()).data
        )

    @action(detail=True, methods=["get"], response=MembersCounted, summary="Number of members")
    def count(self, request: Request, pk: str) -> Any:
        """Exact up to 10,000; above that estimated from statistics, and `exact` says so."""
        found = segments.search_of(self.get_object(), self.request.user).counted()
        return {"count": found.number, "exact": str(found).replace(",", "").replace(".", "").isdigit()}

    @action(
        detail=True,
        methods=["post"],
        serializer_class=ExportIn,
        response=Started,
        status=202,
        summary="Export the members",
    )
    def export(self, request: Request, pk: str) -> Any:
        """Begins the job; follow `/jobs/{job_id}`, whose result has the file's address. `kind` is csv or xlsx."""
        kind = self.input()["kind"]
        return {"job_id": exporting.start(self.get_object(), by=request.user, kind=kind).pk}  # type: ignore[arg-type]
