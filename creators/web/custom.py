"""The agency's own fields: the administrator's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from creators.custom import fields
from creators.models import CustomField, FieldKind
from krm.web.forms import KrmForm
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import FormPage, ObjectFormPage, verb_view

CRUMBS = [(_("Creators"), "creators:list"), (_("Fields"), "creators:custom_fields")]


def _list(*_args: Any) -> str:
    return reverse("creators:custom_fields")


class Lines(forms.CharField):
    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class FieldForm(KrmForm):
    label = forms.CharField(label=_("Name"), max_length=60)
    options = Lines(
        label=_("Choices"),
        required=False,
        help_text=_("One a line; only for fields that choose from a list."),
    )
    help = forms.CharField(
        label=_("Help"), required=False, max_length=200, help_text=_("Shown under the input.")
    )
    required = forms.BooleanField(
        label=_("Required"),
        required=False,
        help_text=_("Asked for when a creator is added or changed; imports may leave it empty."),
    )
    filterable = forms.BooleanField(label=_("Filter in lists"), required=False, initial=True)
    position = forms.IntegerField(
        label=pgettext_lazy("place in a list", "Order"), required=False, min_value=0, max_value=10_000
    )


class NewFieldForm(FieldForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=FieldKind.choices)
    key = forms.CharField(
        label=_("Key"),
        required=False,
        max_length=40,
        help_text=_("In imports, exports and the API; made from the name if empty. It never changes."),
    )
    field_order = ["label", "kind", "options", "help", "required", "filterable", "position", "key"]


class FieldList(ListPage):
    name = "creators.custom_fields"
    title = _("Fields of creators")
    subtitle = _("Facts your agency keeps about each creator, beside the usual ones.")
    model = CustomField
    perm = "creators.custom_fields"
    columns = [
        Column("label", _("Name"), width="wide", link=lambda o: reverse("creators:custom_field", args=[o.pk]), sort="label",
               sub=lambda o: o.help or None),
        Column("key", _("Key"), sort="key"),
        Column("kind", _("Kind"), value=lambda o: o.get_kind_display()),
        Column("options", _("Choices"), kind="tags", value="options"),
        Column("required", _("Required"), kind="bool"),
        Column("filterable", _("Filter"), kind="bool"),
        Column("position", pgettext_lazy("place in a list", "Order"), kind="number", sort="position"),
        Column("archived_at", _("Archived"), kind="date"),
    ]  # fmt: skip
    search_fields = ["label", "key"]
    default_sort = "position"
    exports = False
    empty = Empty(
        _("No fields of your own yet"),
        _("A shoe size, the agency's rating, a contract's end: add what you filter by."),
        action=(_("Add field"), "creators:custom_field_add"),
        icon="forms",
    )
    actions = [(_("Add field"), "creators:custom_field_add", "primary")]
    breadcrumbs = CRUMBS[:1]


class FieldCreate(FormPage):
    title = _("Add field")
    perm = "creators.custom_fields"
    form_class = NewFieldForm
    success_message = _("Field added.")
    success_url = staticmethod(_list)
    cancel_url = "creators:custom_fields"
    breadcrumbs = CRUMBS

    def save(self, form: Any) -> CustomField:
        return fields.create_field(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class FieldEdit(ObjectFormPage):
    model = CustomField
    perm = "creators.custom_fields"
    form_class = FieldForm
    template_name = "creators/custom_field.html"
    success_message = _("Saved.")
    success_url = staticmethod(_list)
    cancel_url = "creators:custom_fields"
    breadcrumbs = CRUMBS

    def get_title(self) -> Any:
        return self.object.label

    def get_initial(self) -> dict[str, Any]:
        names = ("label", "options", "help", "required", "filterable", "position")
        return {name: getattr(self.object, name) for name in names}

    def get_context(self) -> dict[str, Any]:
        return {"used": fields.used_by(self.object)}

    def save(self, form: Any) -> CustomField:
        values = dict(form.cleaned_data)
        if values["position"] is None:
            values.pop("position")
        return fields.update_field(self.object, by=self.request.user, **values)  # type: ignore[arg-type]


archive = verb_view(CustomField, fields.archive_field, perm="creators.custom_fields", success_url=_list,
                    success=lambda field: gettext("%(name)s is out of forms and filters.") % {"name": field})  # fmt: skip
restore = verb_view(CustomField, fields.restore_field, perm="creators.custom_fields", success_url=_list,
                    success=_("Field restored."))  # fmt: skip
