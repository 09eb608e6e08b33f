"""The nouns of the creators room."""

from .accounts import SocialAccount
from .choices import (
    PLATFORM_FORMATS,
    AccountState,
    CreatorStatus,
    Definition,
    Platform,
    PostKind,
    RateFormat,
    Relation,
    ScoreKind,
    Source,
)
from .comments import PostComment
from .consents import Consent, ConsentState
from .custom import CustomField, FieldKind
from .dossiers import Dossier, DossierLayer, DossierState, Verdict, VettingLayer
from .feeds import ChannelFeed, FeedState
from .finding import (
    AudienceSketch,
    DiscoveryLabel,
    DiscoveryRow,
    DiscoveryTerm,
    DiscoveryText,
    LabelKind,
    SafetyBand,
    Segment,
)
from .followers import FollowerSample
from .forecasts import ForecastMetric, PostForecast
from .imports import CreatorImport, ImportRow, ImportState, ImportTemplate
from .listening import FoundBy, FoundPost, TrackedHashtag
from .merges import DuplicatePair, MergeRecord, PairState
from .people import Creator, CreatorAccess, CreatorFile, CreatorTag, Note, Tag, Tier
from .posts import Post
from .rates import RateCard
from .safety import (
    BrandMention,
    FlagOrigin,
    FlagPlace,
    FlagState,
    PostText,
    SafetyCategory,
    SafetyFlag,
    SafetyPack,
    Severity,
    Sponsored,
)
from .schedule import AccountSchedule, Cadence, PullPolicy
from .scores import BenchmarkRow, PeerSample, Score
from .shares import ProfileShare
from .snapshots import AccountSnapshot, ActiveAudience, ActivePeople, AudienceSnapshot, PostSnapshot
from .todos import CreatorTask
from .vendors import AudienceReport, CreditKind, ReportState, Vendor, VendorBudget, VendorCredit

__all__ = [
    "PLATFORM_FORMATS",
    "AccountSchedule",
    "AccountSnapshot",
    "AccountState",
    "ActiveAudience",
    "ActivePeople",
    "AudienceReport",
    "AudienceSketch",
    "AudienceSnapshot",
    "BenchmarkRow",
    "BrandMention",
    "Cadence",
    "ChannelFeed",
    "Consent",
    "ConsentState",
    "Creator",
    "CreatorAccess",
    "CreatorFile",
    "CreatorImport",
    "CreatorStatus",
    "CreatorTag",
    "CreatorTask",
    "CreditKind",
    "CustomField",
    "Definition",
    "DiscoveryLabel",
    "DiscoveryRow",
    "DiscoveryTerm",
    "DiscoveryText",
    "Dossier",
    "DossierLayer",
    "DossierState",
    "DuplicatePair",
    "FeedState",
    "FieldKind",
    "FlagOrigin",
    "FlagPlace",
    "FlagState",
    "FollowerSample",
    "ForecastMetric",
    "FoundBy",
    "FoundPost",
    "ImportRow",
    "ImportState",
    "ImportTemplate",
    "LabelKind",
    "MergeRecord",
    "Note",
    "PairState",
    "PeerSample",
    "Platform",
    "Post",
    "PostComment",
    "PostForecast",
    "PostKind",
    "PostSnapshot",
    "PostText",
    "ProfileShare",
    "PullPolicy",
    "RateCard",
    "RateFormat",
    "Relation",
    "ReportState",
    "SafetyBand",
    "SafetyCategory",
    "SafetyFlag",
    "SafetyPack",
    "Score",
    "ScoreKind",
    "Segment",
    "Severity",
    "SocialAccount",
    "Source",
    "Sponsored",
    "Tag",
    "Tier",
    "TrackedHashtag",
    "Vendor",
    "VendorBudget",
    "VendorCredit",
    "Verdict",
    "VettingLayer",
]
