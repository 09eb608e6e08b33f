"""Forms and buttons of one creator: each runs one verb."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from creators import access, notes, people, rates, refresh, tagging
from creators.models import Creator, CreatorAccess, CreatorFile, Note, RateCard, SocialAccount
from creators.web import forms
from krm.accounts.models import Invitation
from krm.web.access import AccessMixin
from krm.web.pages import FormPage, ObjectFormPage, ObjectMixin, verb_view


def tab_url(key: str) -> Any:
    """The creator's page with one tab open, from the creator or anything that belongs to one."""

    def url(obj: Any) -> str:
        pk = obj.pk if isinstance(obj, Creator) else getattr(obj, "creator_id", None)
        return f"{reverse('creators:detail', args=[pk])}?tab={key}" if pk else reverse("creators:list")

    return url


class CreatorCreate(FormPage):
    title = _("Add creator")
    perm = "creators.change"
    form_class = forms.CreatorCreateForm
    cancel_url = "creators:list"
    success_message = _("Creator added.")
    breadcrumbs = [(_("Creators"), "creators:list")]

    def save(self, form: Any) -> Creator:
        from django.db import transaction

        values = dict(form.cleaned_data)
        account, platform = values.pop("account"), values.pop("platform")
        with transaction.atomic():
            creator = people.create_creator(by=self.request.user, **values)  # type: ignore[arg-type]
            if account:
                try:
                    people.add_account(creator, by=self.request.user, handle=account, platform=platform)  # type: ignore[arg-type]
                except people.ValidationError as error:
                    found = error.message_dict
                    raise people.ValidationError(
                        {"account" if k == "handle" else k: v for k, v in found.items()}
                    ) from None
        return creator


class CreatorEdit(ObjectFormPage):
    model = Creator
    perm = "creators.change"
    guards = True
    form_class = forms.CreatorEditForm
    success_message = _("Saved.")

    def get_title(self) -> Any:
        return gettext("Edit %(name)s") % {"name": self.object}

    def get_initial(self) -> dict[str, Any]:
        names = [*(name for name in forms.CreatorEditForm.base_fields if name != "owner"), "custom"]
        return {**{name: getattr(self.object, name) for name in names}, "owner": self.object.owner_id}

    def save(self, form: Any) -> Creator:
        return people.update_creator(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class SetTags(ObjectFormPage):
    model = Creator
    perm = "creators.tag"
    form_class = forms.SetTagsForm
    title = _("Tags")
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"names": list(self.object.tags.values_list("name", flat=True))}

    def save(self, form: Any) -> Creator:
        return tagging.set_tags(self.object, form.cleaned_data["names"], by=self.request.user)  # type: ignore[arg-type]


class RateEdit(ObjectFormPage):
    guards = True
    model = RateCard
    perm = "creators.rates"
    form_class = forms.RateForm
    title = _("Edit rate")
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in rates.FIELDS}

    def get_cancel_url(self) -> str:
        return str(tab_url("rates")(self.object))

    def get_success_url(self, obj: Any) -> str:
        return str(tab_url("rates")(obj))

    def save(self, form: Any) -> RateCard:
        return rates.update_rate(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class NoteEdit(ObjectFormPage):
    model = Note
    perm = "creators.note"
    form_class = forms.NoteForm
    title = _("Edit note")
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"body": self.object.body, "pinned": self.object.pinned}

    def get_cancel_url(self) -> str:
        return str(tab_url("notes")(self.object))

    def get_success_url(self, obj: Any) -> str:
        return str(tab_url("notes")(obj))

    def save(self, form: Any) -> Note:
        return notes.edit_note(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class FileDownload(ObjectMixin, AccessMixin, View):
    model = CreatorFile
    perm = "creators.view"
    area = "staff"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_object()
        # always a download: what people upload is never shown by our own origin
        answer = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)
        answer["X-Content-Type-Options"] = "nosniff"
        return answer  # type: ignore[return-value]


def _removed(verb: Any) -> Any:
    """Run a verb that deletes, and answer with its creator, so that the page knows where to go."""

    def run(obj: Any, *, by: Any) -> Creator:
        creator: Creator = obj.creator
        verb(obj, by=by)
        return creator

    return run


def _unlink(account: SocialAccount, *, by: Any) -> Creator | None:
    creator = account.creator
    people.unlink_account(account, by=by)
    return creator


def _invited(result: Any) -> str:
    return gettext("Invitation sent.") if isinstance(result, Invitation) else gettext("Access granted.")


block = verb_view(Creator, people.block, perm="creators.change", form=forms.ReasonForm, title=_("Block creator"),
                  submit_label=_("Block"), success=_("Creator blocked."))  # fmt: skip
archive = verb_view(Creator, people.archive, perm="creators.change", form=forms.OptionalReasonForm, title=_("Archive creator"),
                    submit_label=_("Archive"), success=_("Creator archived."))  # fmt: skip
restore = verb_view(Creator, people.restore, perm="creators.change", success=_("Creator restored."))
account_add = verb_view(Creator, people.add_account, perm="creators.change", form=forms.AccountForm, title=_("Add account"),
                        submit_label=_("Add"), success=_("Account added."), success_url=tab_url("accounts"))  # fmt: skip
account_unlink = verb_view(
    SocialAccount,
    _unlink,
    perm="creators.change",
    success=_("Account unlinked."),
    success_url=tab_url("accounts"),
)
account_pause = verb_view(
    SocialAccount,
    people.pause_account,
    perm="creators.change",
    success=_("Account paused."),
    success_url=tab_url("accounts"),
)
account_resume = verb_view(
    SocialAccount,
    people.resume_account,
    perm="creators.change",
    success=_("Account resumed."),
    success_url=tab_url("accounts"),
)
account_refresh = verb_view(SocialAccount, refresh.refresh_now, perm="creators.refresh",
                            success=_("Asking the platform now. The figures here change when it answers."))  # fmt: skip
note_add = verb_view(Creator, notes.add_note, perm="creators.note", form=forms.NoteForm, title=_("Add note"),
                     submit_label=_("Add"), success=_("Note added."), success_url=tab_url("notes"))  # fmt: skip
note_pin = verb_view(Note, notes.toggle_pin, perm="creators.note", success_url=tab_url("notes"))
note_delete = verb_view(
    Note,
    _removed(notes.delete_note),
    perm="creators.note",
    success=_("Note deleted."),
    success_url=tab_url("notes"),
)
file_add = verb_view(Creator, notes.add_file, perm="creators.change", form=forms.FileForm, title=_("Add file"),
                     submit_label=_("Upload"), success=_("File added."), success_url=tab_url("notes"))  # fmt: skip
file_delete = verb_view(
    CreatorFile,
    _removed(notes.delete_file),
    perm="creators.change",
    success=_("File deleted."),
    success_url=tab_url("notes"),
)
rate_add = verb_view(Creator, rates.add_rate, perm="creators.rates", form=forms.NewRateForm, title=_("Add rate"),
                     submit_label=_("Add"), success=_("Rate added."), success_url=tab_url("rates"))  # fmt: skip
rate_delete = verb_view(
    RateCard,
    _removed(rates.delete_rate),
    perm="creators.rates",
    success=_("Rate deleted."),
    success_url=tab_url("rates"),
)
access_add = verb_view(Creator, access.invite, perm="creators.grant_access", form=forms.AccessForm, title=_("Invite to the portal"),
                       submit_label=_("Invite"), success=_invited)  # fmt: skip
access_revoke = verb_view(
    CreatorAccess,
    access.revoke,
    perm="creators.grant_access",
    success=_("Access revoked."),
    success_url=tab_url("accounts"),
)
