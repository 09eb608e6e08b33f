"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from briefs.web import brief, client, content, files, library, portal, shared

app_name = "briefs"

urlpatterns: list[URLPattern | URLResolver] = [
    path("campaigns/<int:pk>/brief/", brief.CampaignBrief.as_view(), name="campaign_brief"),
    path("campaigns/<int:pk>/brief/edit/", brief.BriefEdit.as_view(), name="brief_edit"),
    path("<int:pk>/publish/", brief.brief_publish, name="brief_publish"),
    path("versions/<int:pk>/", brief.VersionPage.as_view(), name="version"),
    path("versions/<int:pk>/brief.pdf", brief.VersionPdf.as_view(), name="version_pdf"),
    path("campaigns/<int:pk>/calls/new/", brief.CallNew.as_view(), name="call_new"),
    path("calls/<int:pk>/move/", brief.CallMove.as_view(), name="call_move"),
    path("calls/<int:pk>/hold/", brief.CallHold.as_view(), name="call_hold"),
    path("calls/<int:pk>/cancel/", brief.call_cancel, name="call_cancel"),
    path("calls/<int:pk>/invite.ics", brief.CallIcs.as_view(), name="call_ics"),
    path("campaigns/<int:pk>/content/", content.CampaignContent.as_view(), name="campaign_content"),
    path("campaigns/<int:pk>/review-settings/", content.ReviewSettingsPage.as_view(), name="review_settings"),
    path("deliverables/<int:pk>/concepts/", content.Concepts.as_view(), name="concepts"),
    path("deliverables/<int:pk>/round/", content.GrantRound.as_view(), name="grant_round"),
    path("deliverables/<int:pk>/draft/", content.DraftNew.as_view(), name="draft_new"),
    path("deliverables/<int:pk>/checks/", brief.LiveChecks.as_view(), name="live_checks"),
    path("deliverables/<int:pk>/panel/", content.DeliverablePanel.as_view(), name="deliverable_panel"),
    path("concepts/<int:pk>/choose/", content.concept_choose, name="concept_choose"),
    path("concepts/<int:pk>/changes/", content.concept_changes, name="concept_changes"),
    path("concepts/<int:pk>/reject/", content.concept_reject, name="concept_reject"),
    path("concepts/<int:pk>/comment/", content.concept_comment, name="concept_comment"),
    path("reviews/", content.Queue.as_view(), name="queue"),
    path("reviews/mine/", content.HomeReviews.as_view(), name="home_reviews"),
    path("drafts/<int:pk>/", content.DraftPage.as_view(), name="draft"),
    path("drafts/<int:pk>/decide/", content.draft_decide, name="draft_decide"),
    path("drafts/<int:pk>/delegate/", content.draft_delegate, name="draft_delegate"),
    path("drafts/<int:pk>/comment/", content.draft_comment, name="draft_comment"),
    path("drafts/<int:pk>/withdraw/", content.draft_withdraw, name="draft_withdraw"),
    path("comments/<int:pk>/resolve/", content.comment_resolve, name="comment_resolve"),
    path("library/", library.AssetList.as_view(), name="assets"),
    path("campaigns/<int:pk>/library/", library.CampaignLibrary.as_view(), name="campaign_library"),
    path("campaigns/<int:pk>/library/add/", library.AssetUpload.as_view(), name="asset_upload"),
    path("library/<int:pk>/", library.AssetPage.as_view(), name="asset"),
    path("library/<int:pk>/edit/", library.AssetEdit.as_view(), name="asset_edit"),
    path("library/<int:pk>/remove/", library.asset_remove, name="asset_remove"),
    path("library/<int:pk>/file/", files.AssetFile.as_view(), name="asset_file"),
    path("library/<int:pk>/preview/", files.AssetPreview.as_view(), name="asset_preview"),
    path("library/<int:pk>/rights/new/", library.RightNew.as_view(), name="right_new"),
    path("rights/<int:pk>/extend/", library.right_extend, name="right_extend"),
    path("rights/<int:pk>/end/", library.right_end, name="right_end"),
    path("uploads/", files.UploadStart.as_view(), name="upload_start"),
    path("uploads/<uuid:pk>/", files.UploadPart.as_view(), name="upload_part"),
]

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks/", portal.Tasks.as_view(), name="portal_tasks"),
    path("work/", portal.Content.as_view(), name="portal_content"),
    path("briefs/<int:pk>/", portal.BriefReader.as_view(), name="portal_brief"),
    path("briefs/<int:pk>/acknowledge/", portal.brief_acknowledge, name="portal_brief_acknowledge"),
    path("briefs/<int:pk>/brief.pdf", portal.BriefPdf.as_view(), name="portal_brief_pdf"),
    path("briefs/calls/<int:pk>/invite.ics", portal.PortalCallIcs.as_view(), name="portal_call_ics"),
    path("work/<int:pk>/", portal.Workspace.as_view(), name="portal_deliverable"),
    path("work/<int:pk>/panel/", portal.DeliverablePanel.as_view(), name="portal_deliverable_panel"),
    path("briefs/<int:pk>/panel/", portal.PartnershipPanel.as_view(), name="portal_partnership_panel"),
    path("work/<int:pk>/concepts/", portal.ConceptsNew.as_view(), name="portal_concepts_new"),
    path("work/<int:pk>/draft/", portal.PortalDraftNew.as_view(), name="portal_draft_new"),
    path("work/concepts/<int:pk>/revise/", portal.ConceptRevise.as_view(), name="portal_concept_revise"),
    path("work/concepts/<int:pk>/comment/", portal.concept_comment, name="portal_concept_comment"),
    path("work/drafts/<int:pk>/comment/", portal.draft_comment, name="portal_draft_comment"),
    path("work/drafts/<int:pk>/withdraw/", portal.draft_withdraw, name="portal_draft_withdraw"),
    path("files/<int:pk>/", portal.PortalAssetFile.as_view(), name="portal_asset_file"),
    path("files/<int:pk>/preview/", portal.PortalAssetPreview.as_view(), name="portal_asset_preview"),
]

client_urlpatterns: list[URLPattern | URLResolver] = [
    path("content/", client.Content.as_view(), name="client_content"),
    path("campaigns/<int:pk>/content/", client.CampaignContent.as_view(), name="client_campaign_content"),
    path("content/panel/", client.HomePanel.as_view(), name="client_home_panel"),
    path("content/<int:pk>/", client.DraftPage.as_view(), name="client_draft"),
    path("content/<int:pk>/decide/", client.draft_decide, name="client_draft_decide"),
    path("content/<int:pk>/delegate/", client.draft_delegate, name="client_draft_delegate"),
    path("content/<int:pk>/comment/", client.draft_comment, name="client_draft_comment"),
    path("files/<int:pk>/", client.ClientAssetFile.as_view(), name="client_asset_file"),
    path("files/<int:pk>/preview/", client.ClientAssetPreview.as_view(), name="client_asset_preview"),
]

public_urlpatterns: list[URLPattern | URLResolver] = [
    path("shared/<str:token>/content/", shared.SharedContent.as_view(), name="shared_content"),
    path("shared/<str:token>/content/<int:pk>/", shared.SharedDraft.as_view(), name="shared_draft"),
    path("shared/<str:token>/content/<int:pk>/file/", shared.SharedFile.as_view(), name="shared_file"),
    path(
        "shared/<str:token>/content/<int:pk>/preview/", shared.SharedPreview.as_view(), name="shared_preview"
    ),
]
