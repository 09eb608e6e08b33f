"""Agreements: written from the accepted offer, typeset in two languages, signed by both sides, verifiable."""

from campaigns.agreements.drafting import draft, edit, edit_deliverable, set_milestones
from campaigns.agreements.milestones import (
    mark_invoiced,
    mark_not_invoiced,
    mark_paid,
    mark_ready,
    mark_unpaid,
    ready_due,
)
from campaigns.agreements.signing import cancel, send, sign, take_back
from campaigns.agreements.verifying import certificate, find_by_sha256, verify

__all__ = [
    "cancel",
    "certificate",
    "draft",
    "edit",
    "edit_deliverable",
    "find_by_sha256",
    "mark_invoiced",
    "mark_not_invoiced",
    "mark_paid",
    "mark_ready",
    "mark_unpaid",
    "ready_due",
    "send",
    "set_milestones",
    "sign",
    "take_back",
    "verify",
]
