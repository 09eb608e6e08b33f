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
from .imports import CreatorImport, ImportRow, ImportState, ImportTemplate
from .people import Creator, CreatorAccess, CreatorFile, CreatorTag, Note, Tag, Tier
from .posts import Post
from .rates import RateCard
from .schedule import AccountSchedule, Cadence
from .scores import BenchmarkRow, PeerSample, Score, ScoreComponent
from .snapshots import AccountSnapshot, AudienceSnapshot, PostSnapshot

__all__ = [
    "PLATFORM_FORMATS",
    "AccountSchedule",
    "AccountSnapshot",
    "AccountState",
    "AudienceSnapshot",
    "BenchmarkRow",
    "Cadence",
    "Creator",
    "CreatorAccess",
    "CreatorFile",
    "CreatorImport",
    "CreatorStatus",
    "CreatorTag",
    "Definition",
    "ImportRow",
    "ImportState",
    "ImportTemplate",
    "Note",
    "PeerSample",
    "Platform",
    "Post",
    "PostKind",
    "PostSnapshot",
    "RateCard",
    "RateFormat",
    "Relation",
    "Score",
    "ScoreComponent",
    "ScoreKind",
    "SocialAccount",
    "Source",
    "Tag",
    "Tier",
]
