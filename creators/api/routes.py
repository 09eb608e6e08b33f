"""Addresses of this room's REST endpoints."""

from __future__ import annotations

from creators.api import safety, views
from creators.api.connectors import ConnectorViewSet
from creators.api.consents import ConsentViewSet
from creators.api.finding import DiscoveryViewSet, SegmentViewSet
from creators.api.know import CustomFieldViewSet, DossierViewSet, DuplicateViewSet, MergeViewSet, TaskViewSet
from creators.api.listening import FoundPostViewSet, HashtagViewSet
from creators.api.samples import FollowerSampleViewSet
from creators.api.scores import DefinitionViewSet, ScoreViewSet
from creators.api.updates import UpdatesViewSet
from creators.api.vendors import AudienceReportViewSet, VendorBudgetViewSet, VendorCreditViewSet
from krm.api.router import register

register("creator-fields", CustomFieldViewSet)
register("creator-dossiers", DossierViewSet)
register("creator-duplicates", DuplicateViewSet)
register("creator-merges", MergeViewSet)
register("creator-tasks", TaskViewSet)
register("creators", views.CreatorViewSet)
register("accounts", views.AccountViewSet)
register("posts", views.PostViewSet)
register("scores", ScoreViewSet)
register("score-definitions", DefinitionViewSet, basename="score-definitions")
register("rate-cards", views.RateCardViewSet)
register("tags", views.TagViewSet)
register("tiers", views.TierViewSet)
register("notes", views.NoteViewSet)
register("creator-access", views.AccessViewSet)
register("creator-imports", views.ImportViewSet)
register("follower-samples", FollowerSampleViewSet)
register("connectors", ConnectorViewSet)
register("audience-reports", AudienceReportViewSet)
register("vendor-budgets", VendorBudgetViewSet)
register("vendor-credits", VendorCreditViewSet)
register("hashtags", HashtagViewSet)
register("found-posts", FoundPostViewSet)
register("updates", UpdatesViewSet, basename="updates")
register("discovery", DiscoveryViewSet)
register("segments", SegmentViewSet)
register("safety-flags", safety.SafetyFlagViewSet)
register("safety-packs", safety.SafetyPackViewSet)
register("brand-mentions", safety.BrandMentionViewSet)
register("post-texts", safety.PostTextViewSet)
register("texts", safety.TextViewSet)
register("consents", ConsentViewSet)
