"""What the agency knows of creators: its own fields and tasks; staff only, fields are the administrators'."""

from __future__ import annotations

from datetime import timedelta

from tests.security.matrix import (
    ADMINISTRATORS,
    ANYBODY,
    MANAGERS,
    NOBODY,
    PORTAL,
    REVIEWERS,
    STAFF,
    Route,
    Side,
)


def make_objects(side: Side) -> None:
    from django.utils.timezone import now

    from creators.dossiers.content import collect
    from creators.knowing.sharing import token_hash
    from creators.models import (
        Creator,
        CreatorTask,
        CustomField,
        Dossier,
        DuplicatePair,
        MergeRecord,
        ProfileShare,
    )

    creator, author = side["creator"], side.users["administrator"]
    side["custom_field"] = CustomField.objects.create(
        key=f"field_{creator.pk}", label="Shoe size", kind="number"
    )
    side["creator_task"] = CreatorTask.objects.create(
        creator=creator, title="Call", assignee=author, created_by=author
    )

    other = Creator.objects.create(name="Twin")
    side["pair"] = DuplicatePair.objects.create(first=creator, second=other, confidence=0.9, found_at=now())
    gone = Creator.objects.create(name="Merged", merged_into=creator)
    side["merge"] = MergeRecord.objects.create(
        kept=creator, gone=gone, merged_by=author, merged_at=now(), undo_until=now() + timedelta(days=1)
    )
    side["dossier"] = Dossier.objects.create(
        creator=creator, number=f"VD-{creator.pk}", body=collect(creator), as_of=now(), created_by=author
    )
    side["share"] = ProfileShare.objects.create(
        creator=creator, label="Budi", token_hash=token_hash(f"token{creator.pk}"), created_by=author,
        expires_at=now() + timedelta(days=1),
    )  # fmt: skip


FIELDS = Route(GET=ADMINISTRATORS, sees=STAFF)
FIELD = {"obj": "custom_field", "foreign": STAFF, "sees": STAFF}
TASK = {"obj": "creator_task", "foreign": STAFF}

PAIR = {"obj": "pair", "foreign": STAFF, "sees": STAFF}
MERGE = {"obj": "merge", "foreign": STAFF, "sees": STAFF}

DOSSIER = {"obj": "dossier", "foreign": STAFF, "sees": STAFF}

ROUTES = {
    "creators:timeline_tab": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "creators:client_tab": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "creators:client_pdf": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "creators:share": Route(GET=MANAGERS, POST=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF),
    "creators:share_revoke": Route(POST=MANAGERS, obj="share", foreign=STAFF, sees=STAFF),
    "creators:shared_profile": Route(
        GET=ANYBODY,
        kwargs=lambda side: {"token": f"token{side['creator'].pk}"},
        foreign=ANYBODY,
        why="the token in the address is the key",
    ),
    "creators:shared_profile_pdf": Route(
        GET=ANYBODY,
        kwargs=lambda side: {"token": f"token{side['creator'].pk}"},
        foreign=ANYBODY,
        why="the token in the address is the key",
    ),
    "creators:field_in_place": Route(
        GET=MANAGERS,
        POST=MANAGERS,
        kwargs=lambda side: {"pk": side["creator"].pk, "name": "city"},
        foreign=STAFF,
        sees=STAFF,
    ),
    "api:rate-cards-quote": Route(POST=STAFF | PORTAL, obj="rate_card", foreign=STAFF, sees=STAFF | PORTAL),
    "creators:export": Route(POST=STAFF),
    "creators:export_file": Route(
        GET=NOBODY, kwargs={"pk": 1}, foreign=NOBODY, why="only who asked for the file gets it"
    ),
    "creators:dossiers": Route(GET=STAFF),
    "creators:dossier_verify": Route(GET=STAFF, POST=STAFF),
    "creators:public_dossier_verify": Route(GET=ANYBODY, POST=ANYBODY),
    "creators:dossier": Route(GET=STAFF, **DOSSIER),
    "creators:dossier_pdf": Route(GET=STAFF, **DOSSIER),
    "creators:dossier_refresh": Route(POST=REVIEWERS, **DOSSIER),
    "creators:dossier_sign": Route(GET=MANAGERS, POST=MANAGERS, **DOSSIER),
    "creators:dossier_discard": Route(POST=REVIEWERS, **DOSSIER),
    "creators:dossier_look_again": Route(POST=REVIEWERS, **DOSSIER),
    "creators:dossier_layer": Route(
        GET=REVIEWERS,
        POST=REVIEWERS,
        kwargs=lambda side: {"pk": side["dossier"].pk, "layer": "creative"},
        foreign=STAFF,
        sees=STAFF,
    ),
    "creators:dossiers_tab": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "creators:dossier_start": Route(GET=REVIEWERS, POST=REVIEWERS, obj="creator", foreign=STAFF, sees=STAFF),
    "api:creator-dossiers-list": Route(GET=STAFF, POST=REVIEWERS, sees=STAFF),
    "api:creator-dossiers-detail": Route(GET=STAFF, DELETE=REVIEWERS, **DOSSIER),
    "api:creator-dossiers-layer": Route(POST=REVIEWERS, **DOSSIER),
    "api:creator-dossiers-sign": Route(POST=MANAGERS, **DOSSIER),
    "api:creator-dossiers-refresh": Route(POST=REVIEWERS, **DOSSIER),
    "api:creator-dossiers-look-again": Route(POST=REVIEWERS, **DOSSIER),
    "creators:duplicates": Route(GET=STAFF),
    "creators:duplicates_search": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
    "api:creator-duplicates-search": Route(POST=MANAGERS, sees=STAFF),
    "creators:duplicate_dismiss": Route(POST=MANAGERS, **PAIR),
    "creators:merges": Route(GET=STAFF),
    "creators:merge_record": Route(GET=STAFF, **MERGE),
    "creators:merge_undo": Route(POST=MANAGERS, **MERGE),
    "creators:merge": Route(GET=MANAGERS, POST=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF),
    "api:creator-duplicates-list": Route(GET=STAFF),
    "api:creator-duplicates-detail": Route(GET=STAFF, **PAIR),
    "api:creator-duplicates-dismiss": Route(POST=MANAGERS, **PAIR),
    "api:creator-merges-list": Route(GET=STAFF, POST=MANAGERS, sees=STAFF),
    "api:creator-merges-preview": Route(POST=MANAGERS, sees=STAFF),
    "api:creator-merges-detail": Route(GET=STAFF, **MERGE),
    "api:creator-merges-undo": Route(POST=MANAGERS, **MERGE),
    "creators:custom_fields": FIELDS,
    "creators:custom_field_add": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF),
    "creators:custom_field": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, **FIELD),
    "creators:custom_field_archive": Route(POST=ADMINISTRATORS, **FIELD),
    "creators:custom_field_restore": Route(POST=ADMINISTRATORS, **FIELD),
    "creators:tasks": Route(GET=STAFF),
    "creators:my_tasks": Route(GET=STAFF),
    "creators:task_edit": Route(GET=STAFF, POST=STAFF, **TASK),
    "creators:task_done": Route(POST=STAFF, **TASK),
    "creators:task_reopen": Route(POST=STAFF, **TASK),
    "creators:task_delete": Route(POST=STAFF, **TASK),
    "creators:tasks_tab": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "creators:task_add": Route(GET=STAFF, POST=STAFF, obj="creator", foreign=STAFF),
    "api:creator-fields-list": Route(GET=STAFF, POST=ADMINISTRATORS, sees=STAFF),
    "api:creator-fields-detail": Route(
        GET=STAFF, PATCH=ADMINISTRATORS, obj="custom_field", foreign=STAFF, sees=STAFF
    ),
    "api:creator-fields-archive": Route(POST=ADMINISTRATORS, **FIELD),
    "api:creator-fields-restore": Route(POST=ADMINISTRATORS, **FIELD),
    "api:creator-tasks-list": Route(GET=STAFF, POST=STAFF),
    "api:creator-tasks-detail": Route(GET=STAFF, PATCH=STAFF, DELETE=STAFF, **TASK),
    "api:creator-tasks-done": Route(POST=STAFF, **TASK),
    "api:creator-tasks-reopen": Route(POST=STAFF, **TASK),
}
