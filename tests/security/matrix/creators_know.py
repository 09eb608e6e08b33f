"""What the agency knows of creators: its own fields and tasks; staff only, fields are the administrators'."""

from __future__ import annotations

from tests.security.matrix import ADMINISTRATORS, STAFF, Route, Side


def make_objects(side: Side) -> None:
    from creators.models import CreatorTask, CustomField

    creator, author = side["creator"], side.users["administrator"]
    side["custom_field"] = CustomField.objects.create(
        key=f"field_{creator.pk}", label="Shoe size", kind="number"
    )
    side["creator_task"] = CreatorTask.objects.create(
        creator=creator, title="Call", assignee=author, created_by=author
    )


FIELDS = Route(GET=ADMINISTRATORS, sees=STAFF)
FIELD = {"obj": "custom_field", "foreign": STAFF, "sees": STAFF}
TASK = {"obj": "creator_task", "foreign": STAFF}

ROUTES = {
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
