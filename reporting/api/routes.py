"""Addresses of this room's endpoints."""

from krm.api.router import register
from reporting.api import views

register("tracking-links", views.TrackingLinkViewSet)
register("promo-codes", views.PromoCodeViewSet)
register("conversions", views.ConversionViewSet)
register("emv-rates", views.EmvRateViewSet)
register("reports", views.ReportViewSet)
register("results", views.ResultsViewSet)
