"""What every endpoint of a room stands on.

A view set names `model`, `serializer_class`, and where it fits `write_serializer_class` (input of create and
update), `filterset_class`, `ordering_fields`, `ordering`, `scopes`. Rows come from `model.objects.visible_to(user)`.
Create, update and delete are offered only where `perform_create`, `perform_update`, `perform_destroy` is
written, because each must go through a verb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action as drf_action
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from krm.accounts.permissions import check
from krm.api import idempotency, preconditions
from krm.api.permissions import HasScope, IsStaffMember
from krm.api.throttling import add_headers

__all__ = ["KrmAPIView", "KrmViewSet", "ReadViewSet", "StaffOnly", "WriteViewSet", "action"]

if TYPE_CHECKING:
    from krm.accounts.models import User

    class PersonalRequest(Request):
        """A request after its permission classes let it in: somebody is logged in."""

        user: User


INHERIT: Any = object()


class Guard(APIView):
    """REST framework's dispatch with idempotency around the handler and RateLimit headers on the answer."""

    request: PersonalRequest

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs = args, kwargs
        self.request = cast("PersonalRequest", self.initialize_request(request, *args, **kwargs))
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            self.refuse_method()
            response = idempotency.run(self.request, lambda: self.handle(*args, **kwargs), self.render)
        except Exception as exc:
            response = self.handle_exception(exc)
        answer: Any = response  # a replayed answer is a plain HttpResponse
        self.response = self.finalize_response(self.request, answer, *args, **kwargs)
        add_headers(request, self.response)
        return self.response

    def refuse_method(self) -> None:
        method = (self.request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(self.request.method or "")

    def handle(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        handler = getattr(self, (self.request.method or "").lower())
        return handler(self.request, *args, **kwargs)  # type: ignore[no-any-return]

    def render(self, response: HttpResponseBase) -> None:
        if isinstance(response, Response) and not response.is_rendered:
            self.finalize_response(self.request, response, *self.args, **self.kwargs)
            response.render()


class KrmAPIView(Guard):
    """For endpoints that are not about one model."""

    permission_classes: Any = [IsAuthenticated, HasScope]
    scopes: ClassVar[tuple[str, str] | None] = None


class KrmViewSet(Guard, GenericViewSet):  # type: ignore[type-arg]
    model: type[Model]
    scopes: ClassVar[tuple[str, str] | None] = None
    permission_classes: Any = [IsAuthenticated, HasScope]
    lookup_value_regex = "[0-9]{1,18}"
    write_serializer_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    # Permission of each action, asked before the body is read: a refusal must not depend on the body. Of an action
    # about one object it is asked about `permission_subject` of that object.
    perms: ClassVar[dict[str, str]] = {}
    response_serializer_class: type[BaseSerializer[Any]] | None = None
    response_status: int = 200
    ordering: str = "-id"
    ordering_fields: ClassVar[tuple[str, ...]] = ()
    require_if_match: bool = False
    http_method_names: Any = ["get", "post", "patch", "delete", "head"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        perm = self.perms.get(self.action or "")
        if perm and not self.detail:
            check(request.user, perm)

    def permission_subject(self, instance: Any) -> Any:
        """What the permission of an action is about."""
        return instance

    def get_object(self) -> Any:
        found = super().get_object()
        perm = self.perms.get(self.action or "")
        if perm:
            check(self.request.user, perm, self.permission_subject(found))
        return found

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return self.model.objects.visible_to(self.request.user)  # type: ignore[attr-defined,no-any-return]

    def get_serializer_class(self) -> Any:
        if self.write_serializer_class is not None and self.action in ("create", "update", "partial_update"):
            return self.write_serializer_class
        return self.serializer_class

    def output(self, value: Any) -> Any:
        """The answer for a model instance (or list), by the action's or the view's serializer."""
        serializer = self.response_serializer_class or type(self).serializer_class
        assert serializer is not None
        many = isinstance(value, (list, tuple, QuerySet))
        return serializer(value, many=many, context=self.get_serializer_context()).data

    def input(self, *, partial: bool = False) -> dict[str, Any]:
        """Validated data of the action's `serializer_class`."""
        serializer = self.get_serializer(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def fresh(self, instance: Any) -> Any:
        """The row again as this view reads it (annotations and joins included), if still visible."""
        found = self.get_queryset().filter(pk=instance.pk).first()
        return found if found is not None else instance

    def handle(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        unsafe = self.request.method in idempotency.UNSAFE
        if unsafe and self.detail and self.action in self.perms:
            self.get_object()
        if (
            unsafe
            and self.detail
            and preconditions.wants_match(self.request, required=self.if_match_needed())
        ):
            with transaction.atomic():
                instance = self.get_object()
                self.model._base_manager.select_for_update(of=("self",)).filter(pk=instance.pk).first()
                preconditions.check_match(self.request, self.etag(self.get_object()))
                return super().handle(*args, **kwargs)
        return super().handle(*args, **kwargs)

    def if_match_needed(self) -> bool:
        return self.require_if_match and self.action in ("update", "partial_update", "destroy")

    def etag(self, instance: Any) -> str:
        serializer = type(self).serializer_class
        assert serializer is not None
        return preconditions.etag_of(serializer(instance, context=self.get_serializer_context()).data)


class ReadViewSet(mixins.ListModelMixin, KrmViewSet):
    """List and detail."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        data = self.get_serializer(self.get_object()).data
        etag = preconditions.etag_of(data)
        if preconditions.not_modified(request, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(data, headers={"ETag": etag})


class WriteViewSet(ReadViewSet):
    """List, detail, and those writes for which the room wrote `perform_…` through a verb."""

    def perform_create(self, serializer: Any) -> None:
        raise NotImplementedError

    def perform_update(self, serializer: Any) -> None:
        raise NotImplementedError

    def perform_destroy(self, instance: Any) -> None:
        raise NotImplementedError

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        instance = self.fresh(serializer.instance)
        data = self.output(instance)
        headers = {"ETag": preconditions.etag_of(data), "Location": self.location(instance)}
        return Response(data, status=201, headers={k: v for k, v in headers.items() if v})

    def location(self, instance: Any) -> str:
        name = f"api:{self.basename}-detail"
        try:
            return self.request.build_absolute_uri(reverse(name, kwargs={**self.kwargs, "pk": instance.pk}))
        except NoReverseMatch:
            return ""

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        instance = self.get_object()
        serializer = self.get_serializer(instance, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        data = self.output(self.fresh(serializer.instance))
        return Response(data, headers={"ETag": preconditions.etag_of(data)})

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.perform_destroy(self.get_object())
        return Response(status=204)


class StaffOnly:
    """Mixin: guests get 404."""

    permission_classes: Any = [IsAuthenticated, IsStaffMember, HasScope]


def action(
    *,
    detail: bool,
    methods: list[str] | None = None,
    serializer_class: type[BaseSerializer[Any]] | None = None,
    response: Any = INHERIT,
    status: int = 200,
    many: bool = False,
    summary: str | None = None,
    schema: dict[str, Any] | None = None,
    **kwargs: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A verb of the object as an endpoint.

    `serializer_class` is its input (none: no body), `response` the serializer of its answer (default: the view's
    own; None: 204). The function may return a model instance, a list or a dict: it is serialised here. `schema`
    goes to drf-spectacular's `extend_schema` (examples, parameters, description).
    """
    status = 204 if response is None and status == 200 else status

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: KrmViewSet, request: Request, *args: Any, **kw: Any) -> HttpResponseBase:
            result = function(self, request, *args, **kw)
            if isinstance(result, HttpResponseBase):
                return result
            if result is None:
                return Response(status=204)
            if isinstance(result, dict) and self.response_serializer_class is None:
                return Response(result, status=self.response_status)
            if isinstance(result, Model) and self.response_serializer_class is None:
                result = self.fresh(result) if isinstance(result, self.model) else result
            return Response(self.output(result), status=self.response_status)

        run.__name__ = function.__name__
        run.__doc__ = function.__doc__
        run.__dict__.update(function.__dict__)
        extra: dict[str, Any] = dict(schema or {})
        if serializer_class is None and [m.lower() for m in methods or ["get"]] != ["get"]:
            extra.setdefault("request", None)
        elif serializer_class is not None:
            extra.setdefault("request", serializer_class)
        if response is None:
            extra.setdefault("responses", {status: None})
        elif response is not INHERIT:
            extra.setdefault("responses", {status: response(many=True) if many else response})
        elif "responses" not in extra:
            run.__dict__["krm_inherit"] = (status, many)  # read by krm.api.schema
        if summary:
            extra.setdefault("summary", summary)
        initkwargs: dict[str, Any] = {
            "response_serializer_class": None if response in (None, INHERIT) else response,
            "response_status": status,
            **kwargs,
        }
        if serializer_class is not None:
            initkwargs["serializer_class"] = serializer_class
        if many:  # a short list as it is; long ones belong to a list endpoint of their own
            initkwargs = {"pagination_class": None, "filter_backends": [], **initkwargs}
        # in this order: REST framework's decorator replaces what drf-spectacular's wrote before it
        return extend_schema(**extra)(drf_action(detail=detail, methods=methods, **initkwargs)(run))  # type: ignore[no-any-return,arg-type]

    return decorate
