"""Mail to one person, in their language, as plain text and HTML."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import override


def absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def send(to: str, template: str, context: dict[str, Any], *, language: str) -> None:
    """Render `<template>.subject.txt`, `.txt` and `.html`; an error of the mail server is the caller's."""
    with override(language):
        context = {"site_url": settings.SITE_URL, **context}
        subject = " ".join(render_to_string(f"{template}.subject.txt", context).split())
        message = EmailMultiAlternatives(
            subject, render_to_string(f"{template}.txt", context).strip() + "\n", to=[to]
        )
        message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
        message.send()
