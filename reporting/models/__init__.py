from reporting.models.conversions import Conversion, PromoCode
from reporting.models.rates import EmvRate
from reporting.models.reports import Report
from reporting.models.tracking import Click, TrackingLink

__all__ = ["Click", "Conversion", "EmvRate", "PromoCode", "Report", "TrackingLink"]
