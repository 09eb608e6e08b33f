from campaigns.models.agreements import (
    Agreement,
    AgreementSignature,
    ExclusivityWaiver,
    ExclusivityWindow,
    Milestone,
)
from campaigns.models.brands import Brand, ClientMember, Product
from campaigns.models.calendar import CalendarFeed
from campaigns.models.deliverables import Deliverable
from campaigns.models.negotiation import ApprovalLimit, Offer, OfferLine, Partnership
from campaigns.models.plans import (
    BudgetLine,
    BudgetWaiver,
    Campaign,
    Kpi,
    Spend,
    TierPlan,
)
from campaigns.models.ratings import PartnershipRating
from campaigns.models.selection import Assessment, Candidate, ShareLink, ShareLinkView

__all__ = [
    "Agreement",
    "AgreementSignature",
    "ApprovalLimit",
    "Assessment",
    "Brand",
    "BudgetLine",
    "BudgetWaiver",
    "CalendarFeed",
    "Campaign",
    "Candidate",
    "ClientMember",
    "Deliverable",
    "ExclusivityWaiver",
    "ExclusivityWindow",
    "Kpi",
    "Milestone",
    "Offer",
    "OfferLine",
    "Partnership",
    "PartnershipRating",
    "Product",
    "ShareLink",
    "ShareLinkView",
    "Spend",
    "TierPlan",
]
