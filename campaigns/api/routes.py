"""Addresses of this room's endpoints."""

from __future__ import annotations

from campaigns.api import views
from krm.api.router import register

register("brands", views.BrandViewSet)
register("products", views.ProductViewSet)
register("campaigns", views.CampaignViewSet)
register("share-links", views.ShareLinkViewSet)
register("candidates", views.CandidateViewSet)
register("partnerships", views.PartnershipViewSet)
register("offers", views.OfferViewSet)
register("agreements", views.AgreementViewSet)
register("deliverables", views.DeliverableViewSet)
