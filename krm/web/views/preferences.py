"""Language and theme, kept on the user (in a cookie for somebody who is not logged in)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from krm.web.pages import back, redirect

THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("theme", "")
    if wanted not in THEMES:
        return HttpResponseBadRequest("theme")
    user = request.user
    if user.is_authenticated:
        user.theme = wanted
        user.save(update_fields=["theme"])
    response = HttpResponse(status=204) if _is_script(request) else redirect(request, back(request))
    response.set_cookie("theme", wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest("language")
    user = request.user
    if user.is_authenticated:
        user.language = wanted
        user.save(update_fields=["language"])
    response = redirect(request, back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure()
    )
    return response


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("x-requested-with") == "fetch"
