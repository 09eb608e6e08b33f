"""Numbers shown so that their owner knows them and nobody else learns them. Imports no Django."""

from __future__ import annotations


def digits(value: str | None) -> str:
    return "".join(c for c in value or "" if c.isalnum())


def last_four(value: str | None) -> str:
    text = digits(value)
    return text[-4:] if len(text) >= 6 else ""


def masked(value: str | None) -> str:
    """Dots and the last four characters; a short value shows nothing of itself."""
    if not value:
        return ""
    return f"•••• {last_four(value)}".strip()
