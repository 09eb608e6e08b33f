"""Addresses of the creators room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from creators.web import connectors, edit, imports, lists, portal, profile, tiers, vendors

app_name = "creators"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.CreatorList.as_view(), name="list"),
    path("add/", edit.CreatorCreate.as_view(), name="create"),
    path("tiers/", tiers.TierPage.as_view(), name="tiers"),
    path("connectors/", connectors.ConnectorsPage.as_view(), name="connectors"),
    path("connectors/inbound/retry/", connectors.InboundRetry.as_view(), name="inbound_retry"),
    path("connectors/<slug:key>/", connectors.ConnectorSettings.as_view(), name="connector"),
    path("connectors/<slug:key>/check/", connectors.ConnectorCheck.as_view(), name="connector_check"),
    path("vendors/", vendors.CreditsPage.as_view(), name="vendor_credits"),
    path("vendors/<slug:vendor>/bought/", vendors.CreditsGrant.as_view(), name="vendor_grant"),
    path("vendors/<slug:vendor>/rules/", vendors.CreditsRules.as_view(), name="vendor_rules"),
    path("reports/", vendors.ReportList.as_view(), name="reports"),
    path("<int:pk>/reports/", vendors.ReportsPanel.as_view(), name="reports_panel"),
    path("accounts/<int:pk>/report/", vendors.ReportRequest.as_view(), name="report_request"),
    path("import/", imports.ImportUpload.as_view(), name="import"),
    path("import/paste/", imports.ImportPaste.as_view(), name="import_paste"),
    path("imports/", imports.ImportList.as_view(), name="imports"),
    path("imports/<int:pk>/", imports.ImportMapping.as_view(), name="import_detail"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("<int:pk>/", profile.CreatorPage.as_view(), name="detail"),
    path("<int:pk>/overview/", profile.OverviewPanel.as_view(), name="overview"),
    path("<int:pk>/accounts/", profile.AccountsTab.as_view(), name="accounts_tab"),
    path("<int:pk>/posts/", profile.PostsTab.as_view(), name="posts_tab"),
    path("<int:pk>/audience/", profile.AudienceTab.as_view(), name="audience_tab"),
    path("<int:pk>/scores/", profile.ScoresTab.as_view(), name="scores_tab"),
    path("<int:pk>/rates/", profile.RatesTab.as_view(), name="rates_tab"),
    path("<int:pk>/notes/", profile.NotesTab.as_view(), name="notes_tab"),
    path("<int:pk>/edit/", edit.CreatorEdit.as_view(), name="edit"),
    path("<int:pk>/tags/", edit.SetTags.as_view(), name="set_tags"),
    path("<int:pk>/block/", edit.block, name="block"),
    path("<int:pk>/archive/", edit.archive, name="archive"),
    path("<int:pk>/restore/", edit.restore, name="restore"),
    path("<int:pk>/accounts/add/", edit.account_add, name="account_add"),
    path("<int:pk>/notes/add/", edit.note_add, name="note_add"),
    path("<int:pk>/files/add/", edit.file_add, name="file_add"),
    path("<int:pk>/rates/add/", edit.rate_add, name="rate_add"),
    path("<int:pk>/access/add/", edit.access_add, name="access_add"),
    path("accounts/<int:pk>/", profile.AccountPage.as_view(), name="account"),
    path("accounts/<int:pk>/refresh/", edit.account_refresh, name="account_refresh"),
    path("accounts/<int:pk>/unlink/", edit.account_unlink, name="account_unlink"),
    path("accounts/<int:pk>/pause/", edit.account_pause, name="account_pause"),
    path("accounts/<int:pk>/resume/", edit.account_resume, name="account_resume"),
    path("notes/<int:pk>/edit/", edit.NoteEdit.as_view(), name="note_edit"),
    path("notes/<int:pk>/pin/", edit.note_pin, name="note_pin"),
    path("notes/<int:pk>/delete/", edit.note_delete, name="note_delete"),
    path("files/<int:pk>/", edit.FileDownload.as_view(), name="file"),
    path("files/<int:pk>/delete/", edit.file_delete, name="file_delete"),
    path("rates/<int:pk>/edit/", edit.RateEdit.as_view(), name="rate_edit"),
    path("rates/<int:pk>/delete/", edit.rate_delete, name="rate_delete"),
    path("access/<int:pk>/revoke/", edit.access_revoke, name="access_revoke"),
]

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("profile/", portal.PortalProfiles.as_view(), name="portal_profiles"),
    path("profile/<int:pk>/", portal.PortalProfile.as_view(), name="portal_profile"),
    path("profile/<int:pk>/contact/", portal.PortalContact.as_view(), name="portal_contact"),
]
