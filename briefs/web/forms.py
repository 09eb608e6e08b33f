"""Forms of this room; each field name is the name the verb uses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from briefs.files.inspect import ACCEPT
from briefs.models import Asset, Brief, Comment, ReviewSettings, UsageRight
from briefs.models.brief import MAX_PILLARS
from krm.accounts.models import User
from krm.web.forms import KrmForm, KrmModelForm


def area(rows: int = 4, placeholder: Any = "") -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "placeholder": placeholder})


class BriefForm(KrmForm):
    story = forms.CharField(
        label=_("Brand story core"),
        widget=area(4),
        required=False,
        help_text=_("What the brand stands for and why."),
    )
    narrative = forms.CharField(
        label=_("Campaign narrative"),
        widget=area(4),
        required=False,
        help_text=_("The big story this campaign tells."),
    )
    do = forms.CharField(label=_("Do"), widget=area(3), required=False, help_text=_("One a line."))
    dont = forms.CharField(
        label=_("Do not"),
        widget=area(3),
        required=False,
        help_text=_("What must not be said or shown. One a line."),
    )
    banned_words = forms.CharField(
        label=_("Words not to use"),
        widget=area(3),
        required=False,
        help_text=_("One a line. Drafts are checked for them."),
    )
    banned_claims = forms.CharField(
        label=_("Claims not to make"),
        widget=area(3),
        required=False,
        help_text=_("One a line. Drafts are checked for them."),
    )
    freedom = forms.CharField(
        label=_("Freedom framework"),
        widget=area(4),
        required=False,
        help_text=_("Where the KOL decides alone."),
    )
    hashtags = forms.CharField(
        label=_("Hashtags"), widget=area(2), required=False, help_text=_("For example #PagiSari")
    )
    mentions = forms.CharField(
        label=_("Mentions"), widget=area(2), required=False, help_text=_("For example @sarikopi")
    )
    labels = forms.CharField(
        label=_("Disclosure labels"),
        widget=area(2),
        required=False,
        help_text=_("One a line; a draft needs one of them, for example #ad."),
    )
    place = forms.ChoiceField(
        label=_("Where the label stands"),
        choices=[
            ("start", _("At the start of the caption")),
            ("anywhere", _("Anywhere in the caption")),
            ("platform", _("The platform's paid partnership label is enough")),
        ],
        initial="start",
    )
    ctas = forms.CharField(
        label=_("Calls to action"), widget=area(2), required=False, help_text=_("One a line.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, MAX_PILLARS + 1):
            needed = n <= 3
            self.fields[f"pillar_{n}"] = forms.CharField(
                label=_("Pillar %(n)s") % {"n": n}, max_length=120, required=False
            )
            self.fields[f"pillar_{n}_text"] = forms.CharField(
                label=_("What it says"), widget=area(2), required=False
            )
            self.fields[f"pillar_{n}"].widget.attrs["data-needed"] = str(needed).lower()
        self.dress()

    def pillar_fields(self) -> list[tuple[Any, Any]]:
        return [(self[f"pillar_{n}"], self[f"pillar_{n}_text"]) for n in range(1, MAX_PILLARS + 1)]

    @staticmethod
    def initial_of(brief: Brief | None) -> dict[str, Any]:
        if brief is None:
            return {}
        mandatory, disclosure = brief.mandatory, brief.mandatory.get("disclosure", {})
        values: dict[str, Any] = {part: getattr(brief, part) for part in ("story", "narrative", "freedom")}
        values |= {key: "\n".join(entries) for key, entries in brief.guardrails.items()}
        values |= {key: "\n".join(mandatory.get(key, [])) for key in ("hashtags", "mentions", "ctas")}
        values |= {
            "labels": "\n".join(disclosure.get("labels", [])),
            "place": disclosure.get("place", "start"),
        }
        for n, pillar in enumerate(brief.pillars, 1):
            values[f"pillar_{n}"], values[f"pillar_{n}_text"] = pillar["title"], pillar["text"]
        return values

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **{part: data[part] for part in ("story", "narrative", "freedom")},
            "pillars": [
                {"title": data[f"pillar_{n}"], "text": data[f"pillar_{n}_text"]}
                for n in range(1, MAX_PILLARS + 1)
            ],
            "guardrails": {key: data[key] for key in ("do", "dont", "banned_words", "banned_claims")},
            "mandatory": {
                "hashtags": data["hashtags"],
                "mentions": data["mentions"],
                "ctas": data["ctas"],
                "disclosure": {"labels": data["labels"], "place": data["place"]},
            },
        }


class PublishForm(KrmForm):
    note = forms.CharField(
        label=_("What changed"),
        max_length=300,
        required=False,
        help_text=_("KOLs read this beside the new version."),
    )


class CallForm(KrmForm):
    title = forms.CharField(label=_("Title"), max_length=160, required=False)
    starts_at = forms.DateTimeField(label=_("Starts"), widget=forms.DateTimeInput())
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480, initial=45)
    place = forms.CharField(label=_("Place or link"), max_length=300, required=False)
    partnerships: Any = forms.ModelMultipleChoiceField(
        label=_("KOLs"), queryset=None, widget=forms.CheckboxSelectMultiple()
    )
    guests = forms.CharField(label=_("Other guests"), max_length=500, required=False)
    agenda = forms.CharField(label=_("Agenda"), widget=area(3), required=False)

    def __init__(self, *args: Any, partnerships: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partnerships"]
        field.queryset = partnerships  # type: ignore[attr-defined]
        field.label_from_instance = lambda p: str(p.creator)  # type: ignore[attr-defined]


class MoveCallForm(KrmForm):
    starts_at = forms.DateTimeField(label=_("Starts"), widget=forms.DateTimeInput())
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480)
    place = forms.CharField(label=_("Place or link"), max_length=300, required=False)


class HoldCallForm(KrmForm):
    attended: Any = forms.ModelMultipleChoiceField(
        label=_("Who was there"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple()
    )
    notes = forms.CharField(label=_("Notes"), widget=area(6), required=False)

    def __init__(self, *args: Any, partnerships: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["attended"]
        field.queryset = partnerships  # type: ignore[attr-defined]
        field.label_from_instance = lambda p: str(p.creator)  # type: ignore[attr-defined]


class CommentForm(KrmForm):
    body = forms.CharField(label=_("Comment"), widget=area(3), max_length=4000)
    audience = forms.ChoiceField(label=_("Who sees it"), choices=Comment.Audience.choices, required=False)
    at_seconds = forms.DecimalField(
        max_digits=9, decimal_places=2, required=False, widget=forms.HiddenInput()
    )
    x = forms.DecimalField(max_digits=6, decimal_places=5, required=False, widget=forms.HiddenInput())
    y = forms.DecimalField(max_digits=6, decimal_places=5, required=False, widget=forms.HiddenInput())


class ReasonedForm(KrmForm):
    comment = forms.CharField(label=_("What should change"), widget=area(4), max_length=4000)


class OptionalCommentForm(KrmForm):
    comment = forms.CharField(label=_("Comment"), widget=area(3), max_length=4000, required=False)


class LinkDecisionForm(KrmForm):
    """Of a client without an account: the typed name stands for the login."""

    name = forms.CharField(
        label=_("Your name"), max_length=160, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    comment = forms.CharField(label=_("Comment"), widget=area(3), max_length=4000, required=False)


class RoundForm(KrmForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class DelegateForm(KrmForm):
    to = forms.ModelChoiceField(label=_("Hand to"), queryset=User.objects.none())
    note = forms.CharField(label=_("Note"), widget=area(2), required=False)

    def __init__(self, *args: Any, people: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(pk__in=[p.pk for p in people or []])  # type: ignore[attr-defined]


class ReviewSettingsForm(KrmModelForm):
    class Meta:
        model = ReviewSettings
        exclude = ["campaign"]

    def __init__(self, *args: Any, people: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("agency_reviewer", "legal_reviewer"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]


class ConceptForm(KrmForm):
    title = forms.CharField(label=_("Title"), max_length=160, required=False)
    body = forms.CharField(
        label=_("Idea"),
        widget=area(4),
        required=False,
        help_text=_("What happens, from first second to last."),
    )
    format = forms.CharField(label=_("Format and style"), max_length=160, required=False)
    references = forms.CharField(
        label=_("References"), widget=area(2), required=False, help_text=_("Links, one a line.")
    )

    def is_empty(self) -> bool:
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)


class DraftForm(KrmForm):
    file = forms.FileField(
        label=_("Picture or video"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT})
    )
    asset = forms.IntegerField(required=False, widget=forms.HiddenInput())
    link = forms.URLField(
        label=_("Or a link to it"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("For example Google Drive."),
    )
    caption = forms.CharField(label=_("Caption"), widget=area(7), required=False)
    uses_platform_label = forms.BooleanField(
        label=_("I will switch on the platform's paid partnership label"), required=False
    )
    note = forms.CharField(label=_("Note for the reviewer"), widget=area(2), required=False, max_length=2000)
    override_reason = forms.CharField(
        label=_("Reason to send with failed checks"),
        max_length=300,
        required=False,
        help_text=_("Only when a check fails and you want to send it anyway."),
    )


class AssetForm(KrmForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    share_with_creators = forms.BooleanField(label=_("KOLs of the campaign may see it"), required=False)
    share_with_client = forms.BooleanField(label=_("The client may see it"), required=False)

    def clean_tags(self) -> list[str]:
        return [tag for tag in self.cleaned_data["tags"].split(",") if tag.strip()]


class AssetUploadForm(KrmForm):
    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}))
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=[c for c in Asset.Purpose.choices if c[0] != Asset.Purpose.DRAFT],
        initial=Asset.Purpose.BRAND,
    )


class RightForm(KrmForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=UsageRight.Kind.choices, initial=UsageRight.Kind.BRAND)
    channel = forms.CharField(label=_("Channel"), max_length=60)
    territory = forms.CharField(label=_("Territory"), max_length=60, required=False)
    starts = forms.DateField(label=_("From"), widget=forms.DateInput())
    ends = forms.DateField(label=_("Until"), widget=forms.DateInput())
    edits_allowed = forms.BooleanField(label=_("Edits allowed"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class ExtendForm(KrmForm):
    ends = forms.DateField(label=_("Until"), widget=forms.DateInput())
