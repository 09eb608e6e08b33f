"""Addresses of this room's endpoints."""

from briefs.api import views
from krm.api.router import register

register("briefs", views.BriefViewSet)
register("brief-versions", views.BriefVersionViewSet)
register("brief-receipts", views.BriefReceiptViewSet)
register("briefing-calls", views.BriefingCallViewSet)
register("concepts", views.ConceptViewSet)
register("drafts", views.DraftViewSet)
register("comments", views.CommentViewSet)
register("review-settings", views.ReviewSettingsViewSet)
register("assets", views.AssetViewSet)
register("usage-rights", views.UsageRightViewSet)
register("uploads", views.UploadViewSet)
