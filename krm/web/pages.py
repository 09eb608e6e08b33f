"""Pages: `Page` shows a template, `FormPage` runs a verb from a form, `DetailPage` shows one object with tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.forms.models import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from krm.accounts.permissions import allowed, check
from krm.errors import Conflict, Denied
from krm.web import editing, once
from krm.web.access import AccessMixin, Base
from krm.web.forms import REFUSALS, add_refusal, refusal_text
from krm.web.tabs import ShownTab, tabs_for

if TYPE_CHECKING:
    from krm.web.access import PersonalRequest


def resolve(target: Any, obj: Any = None) -> str:
    """An address from a URL name, a path or a callable of the object."""
    if callable(target):
        return str(target(obj) if obj is not None else target())
    text = str(target)
    if text.startswith(("/", "http", "?", "#")):
        return text
    return reverse(text)


def redirect(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect a browser, or an htmx request (which must not swallow the next page into a fragment)."""
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return HttpResponseRedirect(url)


def back(request: HttpRequest, fallback: str = "/") -> str:
    """Where the person came from: `next`, then the page htmx was on, then the referrer; this host only."""
    htmx = getattr(request, "htmx", None)
    for candidate in (
        request.POST.get("next"),
        request.GET.get("next"),
        getattr(htmx, "current_url", None),
        request.headers.get("referer"),
    ):
        if candidate and url_has_allowed_host_and_scheme(
            candidate, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return candidate
    return fallback


class Page(AccessMixin, View):
    """A template with a title. Rooms override `get_context`."""

    template_name: str = ""
    title: Any = ""
    subtitle: Any = ""
    actions: ClassVar[Any] = ()  # (label, url name | path | callable, "primary" | "")
    breadcrumbs: ClassVar[Any] = ()  # (label, url)
    kwargs: dict[str, Any]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(**self.get_context())

    def get_title(self) -> Any:
        return self.title

    def get_actions(self) -> list[dict[str, Any]]:
        return shown_actions(self.actions, self.request.user)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(label, resolve(url)) for label, url in self.breadcrumbs]

    def get_context(self) -> dict[str, Any]:
        return {}

    def base_context(self) -> dict[str, Any]:
        return {
            "view": self,
            "area": self.area,
            "title": self.get_title(),
            "subtitle": self.subtitle,
            "page_actions": self.get_actions(),
            "breadcrumbs": self.get_breadcrumbs(),
        }

    def render(self, template: str | None = None, status: int = 200, **context: Any) -> TemplateResponse:
        return TemplateResponse(
            self.request, template or self.template_name, {**self.base_context(), **context}, status=status
        )


def shown_actions(actions: Any, user: Any, obj: Any = None) -> list[dict[str, Any]]:
    """Buttons a person may use: (label, target[, style[, perm]])."""
    shown = []
    for action in actions:
        label, target, *rest = action
        style = rest[0] if rest else ""
        perm = rest[1] if len(rest) > 1 else None
        if perm and not allowed(user, perm, obj):
            continue
        shown.append({"label": label, "url": resolve(target, obj), "style": style})
    return shown


class ObjectMixin(Base):
    """Finds the object among what the user may see; anything else is 404."""

    model: ClassVar[type[models.Model]]
    pk_url_kwarg: ClassVar[str] = "pk"
    request: PersonalRequest
    kwargs: dict[str, Any]
    perm: ClassVar[str | None]

    def perm_on_object(self) -> bool:
        return True

    def get_queryset(self) -> models.QuerySet[Any]:
        return self.model.objects.visible_to(self.request.user)  # type: ignore[attr-defined,no-any-return]

    def get_object(self) -> Any:
        try:
            obj = self.get_queryset().get(pk=self.kwargs[self.pk_url_kwarg])
        except (ObjectDoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error
        if self.perm:
            check(self.request.user, self.perm, obj)
        return obj


class DetailPage(ObjectMixin, Page):
    """One object. Template extends `web/detail.html` (block `overview`); rooms above add tabs to `tabset`."""

    template_name = "web/detail.html"
    tabset: ClassVar[str] = ""
    history: ClassVar[bool | None] = None  # None: staff pages of tracked models have it
    overview_label: Any = None
    object: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        return self.render(**{**self.detail_context(), **self.get_context()})

    def get_title(self) -> Any:
        return self.title or str(self.object)

    def get_actions(self) -> list[dict[str, Any]]:
        return shown_actions(self.actions, self.request.user, self.object)

    def page_url(self) -> str:
        return self.request.path

    def has_history(self) -> bool:
        if self.history is not None:
            return self.history
        return self.area == "staff" and tracked(self.model)

    def detail_context(self) -> dict[str, Any]:
        tabs = tabs_for(self.tabset, self.object, self.request.user, self.page_url()) if self.tabset else []
        if self.has_history():
            meta = self.model._meta
            tabs.append(
                ShownTab(
                    "history",
                    _("History"),
                    reverse("web:history", args=[meta.app_label, meta.model_name, self.object.pk]),
                    f"{self.page_url()}?tab=history",
                )
            )
        wanted = self.request.GET.get("tab", "")
        open_tab = next((tab for tab in tabs if tab.key == wanted), None)
        return {
            "object": self.object,
            self.model._meta.model_name or "object": self.object,
            "tabs": tabs,
            "tab": open_tab.key if open_tab else "overview",
            "open_tab": open_tab,
            "page_url": self.page_url(),
            "overview_label": self.overview_label or _("Overview"),
        }


class TabPage(DetailPage):
    """A tab served by its own address: the fragment for htmx, the whole page with the tab bar otherwise.

    Set `model`, `tabset`, `tab_key` and a template that starts with `{% extends tab_base %}`.
    """

    tab_key: ClassVar[str] = ""
    history = False

    def page_url(self) -> str:
        if hasattr(self.object, "get_absolute_url"):
            return str(self.object.get_absolute_url())
        return self.request.path

    def detail_context(self) -> dict[str, Any]:
        context = super().detail_context()
        context["tab"] = self.tab_key
        context["open_tab"] = None
        return context


def tracked(model: type[models.Model]) -> bool:
    """Whether pghistory keeps events of this model."""
    return any(
        getattr(rel.related_model, "pgh_tracked_model", None) is model for rel in model._meta.related_objects
    )


class FormPage(Page):
    """A form whose `save` calls one verb. What the verb refuses becomes form errors; typed values stay."""

    template_name = "web/form.html"
    form_class: ClassVar[type[forms.BaseForm]]
    success_message: Any = ""
    success_url: Any = None
    submit_label: Any = None
    cancel_url: Any = None
    guards: ClassVar[bool] = False  # edits something that others may edit too: see krm.web.editing
    object: Any = None
    seal: str = ""

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = {}
        initial = self.get_initial()
        if initial:
            kwargs["initial"] = initial
        if self.request.method == "POST":
            kwargs.update(data=self.request.POST, files=self.request.FILES)
        if issubclass(self.form_class, ModelForm) and self.object is not None:
            kwargs["instance"] = self.object
        return kwargs

    def get_form(self) -> Any:
        return self.form_class(**self.get_form_kwargs())

    def save(self, form: Any) -> Any:
        raise NotImplementedError("call the verb here and return its object")

    def get_success_url(self, obj: Any) -> str:
        if self.success_url is not None:
            return resolve(self.success_url, obj)
        if obj is not None and hasattr(obj, "get_absolute_url"):
            return str(obj.get_absolute_url())
        return back(self.request)

    def get_success_message(self, obj: Any) -> str:
        return str(self.success_message)

    def prepare(self) -> None:
        """Find the object of the page, if it has one; runs before GET and POST."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return self.form_response(self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        form = self.get_form()
        self.seal = request.POST.get(editing.NAME, "") if self.guards else ""
        if self.is_valid(form) and not self.overwrites(form):
            try:
                return self.run(form)
            except REFUSALS as refusal:
                add_refusal(form, refusal)
        return self.form_response(form, status=422)

    def is_valid(self, form: Any) -> bool:
        """Whether everything that was typed can be read; pages with rows below their form read those too."""
        return bool(form.is_valid())

    def overwrites(self, form: Any) -> bool:
        """Whether it would undo unseen what somebody else saved meanwhile; then the form says so."""
        if not self.guards or not editing.stop_overwriting(form, self.seal):
            return False
        self.seal = editing.seal(form)
        return True

    def run(self, form: Any) -> HttpResponse:
        """Save once, however often the same form is sent."""
        key = None if self.guards else once.key_of(self.request)
        before = once.begin(key) if key else None
        if before == once.RUNNING:
            raise Conflict(_("This is being saved already. Wait a moment, then load the page again."))
        if before is not None:
            messages.info(self.request, _("This was saved already. Nothing was done twice."))
            return redirect(self.request, before)
        try:
            answer = self.saved(self.save(form))
        except BaseException:
            if key:
                once.forget(key)
            raise
        if key:
            url = answer.headers.get("Location") or answer.headers.get("HX-Redirect")
            once.done(key, url) if url else once.forget(key)
        return answer

    def saved(self, obj: Any) -> HttpResponse:
        if isinstance(obj, HttpResponse):
            return obj
        message = self.get_success_message(obj)
        if message:
            messages.success(self.request, message)
        return redirect(self.request, self.get_success_url(obj))

    def get_cancel_url(self) -> str:
        if self.cancel_url:
            return resolve(self.cancel_url, self.object)
        if self.object is not None and hasattr(self.object, "get_absolute_url"):
            return str(self.object.get_absolute_url())
        return back(self.request)

    def form_response(self, form: Any, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "object": self.object,
            "submit_label": self.submit_label or _("Save"),
            "cancel_url": self.get_cancel_url(),
            "krm_seen": (self.seal or editing.seal(form)) if self.guards else "",
            "dialog": bool(getattr(self.request, "htmx", False)) and self.request.htmx.target == "krm-dialog",  # type: ignore[attr-defined]
        }
        if context["dialog"]:  # the page below may hold a form with the same names
            form.auto_id = "dialog_%s"
        context.update(self.get_context())
        template = (
            "web/form_dialog.html"
            if context["dialog"] and self.template_name == FormPage.template_name
            else None
        )
        return self.render(template, status=status, **context)


class ObjectFormPage(ObjectMixin, FormPage):
    """A form about one object found among what the user may see."""

    def prepare(self) -> None:
        self.object = self.get_object()


def verb_view(
    model: type[models.Model],
    verb: Callable[..., Any],
    perm: str | None = None,
    form: type[forms.BaseForm] | None = None,
    area: str = "staff",
    success: Any = "",
    success_url: Any = None,
    title: Any = "",
    submit_label: Any = None,
) -> Callable[..., HttpResponseBase]:
    """A view that runs `verb(obj, by=user, **form.cleaned_data)` on POST and goes back with a flash message.

    With a `form`, GET shows it (in a dialog for htmx) and errors come back on it. `success` is a message, or a
    callable of the verb's result.
    """
    wanted_model, wanted_area, wanted_perm = model, area, perm

    def message_for(result: Any) -> str:
        return str(success(result)) if callable(success) else str(success)

    if form is not None:
        form_type = form

        class VerbForm(ObjectFormPage):
            model = wanted_model
            area = wanted_area
            perm = wanted_perm
            form_class = form_type

            def get_title(self) -> Any:
                return title or str(self.object)

            def save(self, form: Any) -> Any:
                return verb(self.object, by=self.request.user, **form.cleaned_data)

            def get_success_message(self, obj: Any) -> str:
                return message_for(obj)

            def get_success_url(self, obj: Any) -> str:
                if success_url is not None:
                    return resolve(success_url, obj)
                if "next" in self.request.POST or "next" in self.request.GET:
                    return back(self.request)
                home = getattr(self.object, "get_absolute_url", None)
                return (
                    back(self.request)
                    if getattr(self.request, "htmx", False) or home is None
                    else str(home())
                )

        VerbForm.submit_label = submit_label
        return VerbForm.as_view()

    class Verb(ObjectMixin, AccessMixin, View):
        model = wanted_model
        area = wanted_area
        perm = wanted_perm
        http_method_names = ["post", "options"]

        def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            obj = self.get_object()
            home = str(obj.get_absolute_url()) if hasattr(obj, "get_absolute_url") else "/"
            try:
                result = verb(obj, by=request.user)
            except Denied as refusal:
                messages.error(request, str(refusal))
                return refused(request, str(refusal), 403, back(request, home))
            except REFUSALS as refusal:
                text = refusal_text(refusal)
                messages.error(request, text)
                return refused(request, text, 409, back(request, home))
            if isinstance(result, HttpResponse):
                return result
            message = message_for(result)
            if message:
                messages.success(request, message)
            return redirect(
                request, resolve(success_url, result) if success_url is not None else back(request, home)
            )

    return Verb.as_view()


def refused(request: HttpRequest, text: str, status: int, url: str) -> HttpResponse:
    """A refusal on the way back: browsers get the page with the message, scripts the status and the sentence."""
    if "application/json" in request.headers.get("accept", ""):
        from django.http import JsonResponse

        list(messages.get_messages(request))  # said here, not again on the next page
        return JsonResponse({"detail": text}, status=status)
    return redirect(request, url)
