"""`Idempotency-Key`: the same request sent twice has one effect, and both senders read the same answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from krm.api.models import IdempotencyRecord
from krm.api.problems import Problem

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("ETag", "Location")
KEPT_FOR = timedelta(hours=24)
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def fingerprint(request: Request) -> str:
    """What makes two requests the same one: method, address and body (files by their content)."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if (request.content_type or "").startswith("multipart/"):
        form: Any = request.data
        for name in sorted(form):
            for value in form.getlist(name):
                digest.update(f"{name}=".encode())
                if isinstance(value, UploadedFile):
                    digest.update((value.name or "").encode())
                    for chunk in value.chunks():
                        digest.update(chunk)
                    value.seek(0)
                else:
                    digest.update(str(value).encode())
    else:
        digest.update(request._request.body)
    return digest.hexdigest()


def check_key(key: str) -> None:
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise Problem(
            400,
            _("Idempotency-Key must have 1 to 255 printable ASCII characters; a UUID is a good one."),
            code="invalid_idempotency_key",
        )


def run(
    request: Request, handler: Callable[[], HttpResponseBase], render: Callable[[HttpResponseBase], None]
) -> HttpResponseBase:
    """Run the handler once for the key; `render` makes the answer's bytes while the row is still locked."""
    key = request.headers.get(HEADER)
    if key is None or request.method not in UNSAFE or not request.user.is_authenticated:
        return handler()
    check_key(key)
    digest = fingerprint(request)
    record, created = IdempotencyRecord.objects.get_or_create(
        user_id=request.user.pk,
        key=key,
        defaults={"method": request.method, "path": request.path[:500], "body_hash": digest},
    )
    if not created:
        refuse_other(record, digest)
    ours = False
    try:
        with transaction.atomic():
            record = lock(record)
            ours = True
            if record.status is not None:
                return replay(record)
            response = handler()
            if response.status_code < 400:
                render(response)
                keep(record, response)
            return response
    finally:
        # a refusal had no effect, so its key is free again for the corrected request
        if ours:
            IdempotencyRecord.objects.filter(pk=record.pk, status__isnull=True).delete()


def refuse_other(record: IdempotencyRecord, digest: str) -> None:
    if record.body_hash != digest:
        raise Problem(
            422, _("This Idempotency-Key was used for a different request. Take a new key for a new request.")
        )


def lock(record: IdempotencyRecord) -> IdempotencyRecord:
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.select_for_update(nowait=True).get(pk=record.pk)
    except (OperationalError, IdempotencyRecord.DoesNotExist) as exc:
        raise Problem(
            409,
            _("The same request is being worked on. Send it again in a moment to read its answer."),
            code="idempotency_in_progress",
            headers={"Retry-After": "1"},
        ) from exc


def keep(record: IdempotencyRecord, response: Any) -> None:
    record.status = response.status_code
    record.content = response.content.decode("utf-8", "replace")
    record.content_type = response.headers.get("Content-Type", "")
    record.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    record.save(update_fields=["status", "content", "content_type", "headers"])


def replay(record: IdempotencyRecord) -> HttpResponse:
    response = HttpResponse(record.content, status=record.status, content_type=record.content_type or None)
    for name, value in record.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def forget_old() -> int:
    deleted, _by_model = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
