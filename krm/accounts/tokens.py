"""Secrets that travel by mail: 256 random bits, kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(text: str) -> str:
    """One round of SHA-256 hides 256 random bits; there is nothing to guess."""
    return hashlib.sha256(text.encode()).hexdigest()
