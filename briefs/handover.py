"""What content means for the deliverable: the one place where this room moves `campaigns.tracking`."""

from __future__ import annotations
