from briefs.models.assets import Asset, RightNotice, Upload, UploadChunk, UsageRight
from briefs.models.brief import (
    Brief,
    BriefContent,
    BriefingAttendance,
    BriefingCall,
    BriefReceipt,
    BriefVersion,
)
from briefs.models.concepts import Concept
from briefs.models.drafts import ChecklistResult, Draft, ExtraRound
from briefs.models.review import ApprovalStep, Review, ReviewSettings

from briefs.models.comments import Comment  # isort: skip

__all__ = [
    "ApprovalStep",
    "Asset",
    "Brief",
    "BriefContent",
    "BriefReceipt",
    "BriefVersion",
    "BriefingAttendance",
    "BriefingCall",
    "ChecklistResult",
    "Comment",
    "Concept",
    "Draft",
    "ExtraRound",
    "Review",
    "ReviewSettings",
    "RightNotice",
    "Upload",
    "UploadChunk",
    "UsageRight",
]
