"""The nouns of talking to other systems."""

from .archive import OutcomeCount, RawResponse
from .credentials import Application, Credential, CredentialStatus, Purpose
from .inbox import InboundEvent, InboundState
from .spending import Spending

__all__ = [
    "Application",
    "Credential",
    "CredentialStatus",
    "InboundEvent",
    "InboundState",
    "OutcomeCount",
    "Purpose",
    "RawResponse",
    "Spending",
]
