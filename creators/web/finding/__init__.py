"""Discovery: find accounts by anything that is known of them, compare them, keep searches as segments."""

from __future__ import annotations

from creators.web.finding.comparison import ComparePage
from creators.web.finding.page import DiscoveryFacets, DiscoveryList
from creators.web.finding.saved import SegmentCreate, SegmentEdit, SegmentFile, SegmentList, segment_delete

__all__ = [
    "ComparePage",
    "DiscoveryFacets",
    "DiscoveryList",
    "SegmentCreate",
    "SegmentEdit",
    "SegmentFile",
    "SegmentList",
    "segment_delete",
]
