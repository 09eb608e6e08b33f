"""The nouns of talking to other systems."""

from .archive import OutcomeCount, RawResponse
from .credentials import Application, Credential, CredentialStatus, Purpose
from .inbox import InboundEvent, InboundState

__all__ = [
    "Application",
    "Credential",
    "CredentialStatus",
    "InboundEvent",
    "InboundState",
    "OutcomeCount",
    "Purpose",
    "RawResponse",
]
