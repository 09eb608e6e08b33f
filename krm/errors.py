"""What a verb raises when it says no.

`django.core.exceptions.ValidationError({"field": "message"})` is for bad input; the two classes here are for
the rest. Pages show them as a flash message or a form error, the API as RFC 9457 problems (403 and 409).
"""

from __future__ import annotations


class Refusal(Exception):
    """A verb refused; `str()` is a sentence for the person who asked."""

    def __init__(self, reason: object) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class Denied(Refusal):
    """The person may see the object but may not do this. 403."""


class Conflict(Refusal):
    """The object is not in a state in which this can be done, or somebody was first. 409."""
