"""The OpenAPI file and a page to try it on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer


class Schema(SpectacularAPIView):
    """This description, in OpenAPI 3.1."""

    permission_classes = (AllowAny,)
    authentication_classes: Any = ()
    throttle_classes: Any = ()
    renderer_classes: Any = (JSONRenderer,)
    schema = None


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "api/reference.html")
