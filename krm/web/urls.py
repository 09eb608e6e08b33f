"""Addresses of the page furniture."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from krm.web.views import history, home, jobs, palette, preferences, style

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.Home.as_view(), name="home"),
    path("history/<slug:app>/<slug:model>/<int:pk>/", history.History.as_view(), name="history"),
    path("jobs/", jobs.JobList.as_view(), name="jobs"),
    path("jobs/<int:pk>/", jobs.JobPage.as_view(), name="job"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/errors.csv", jobs.JobErrors.as_view(), name="job_errors"),
    path("palette/", palette.Palette.as_view(), name="palette"),
    path(
        "portal/",
        RedirectView.as_view(pattern_name="web:home", http_method_names=["get", "head"]),
        name="portal_root",
    ),
    path(
        "room/",
        RedirectView.as_view(pattern_name="web:home", http_method_names=["get", "head"]),
        name="room_root",
    ),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/language/", preferences.language, name="language"),
    path("style/", style.Style.as_view(), name="style"),
    path("style/dialog/", style.StyleDialog.as_view(), name="style_dialog"),
    path("style/board/", style.MoveCard.as_view(), name="style_board"),
    path("style/calendar/", style.CalendarEvents.as_view(), name="style_calendar"),
    path("style/calendar/move/", style.MoveEvent.as_view(), name="style_calendar_move"),
    path("style/panel/<slug:kind>/", style.StylePanel.as_view(), name="style_panel"),
]
