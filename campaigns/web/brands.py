from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import brands
from campaigns.models import Brand, ClientMember, Product
from campaigns.models.selection import Layer
from campaigns.web.forms import BrandForm, MemberForm, ProductForm, WeightsForm
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, verb_view


class BrandFilter(django_filters.FilterSet):
    category = django_filters.CharFilter(label=gettext_lazy("Category"), lookup_expr="iexact")
    is_archived = django_filters.BooleanFilter(label=gettext_lazy("Archived"))

    class Meta:
        model = Brand
        fields = ["category", "is_archived"]


class BrandList(ListPage):
    name = "campaigns.brands"
    title = gettext_lazy("Brands")
    model = Brand
    filterset_class = BrandFilter
    search_fields = ["name", "category"]
    default_sort = "name"
    columns = [
        Column(
            "name", gettext_lazy("Brand"), link=lambda b: b.get_absolute_url(), sort="name", sub="category"
        ),
        Column("team", gettext_lazy("Team"), sort="team__name"),
        Column("running", gettext_lazy("Running campaigns"), kind="number", sort="running"),
        Column("total", gettext_lazy("All campaigns"), kind="number", sort="total"),
        Column("members_count", gettext_lazy("Client users"), kind="number", default=False),
        Column("competitors", gettext_lazy("Competitors"), kind="tags", default=False),
    ]
    actions = [(gettext_lazy("New brand"), "campaigns:brand_new", "primary", "campaigns.manage_brand")]
    empty = Empty(
        gettext_lazy("No brands yet"),
        gettext_lazy("A brand is a client of the agency. Its campaigns, products and people hang on it."),
        action=(gettext_lazy("New brand"), "campaigns:brand_new"),
    )

    def get_queryset(self) -> Any:
        return (
            Brand.objects.visible_to(self.request.user)
            .select_related("team")
            .annotate(
                total=Count("campaigns", distinct=True),
                running=Count(
                    "campaigns",
                    distinct=True,
                    filter=~Q(campaigns__state__in=["closed", "cancelled", "draft"]),
                ),
                members_count=Count("members", distinct=True),
            )
        )


class BrandDetail(DetailPage):
    model = Brand
    template_name = "campaigns/brand.html"
    tabset = "brand"
    breadcrumbs = [(gettext_lazy("Brands"), "campaigns:brands")]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("team")

    def get_context(self) -> dict[str, Any]:
        brand = self.object
        return {
            "campaigns": brand.campaigns.visible_to(self.request.user).select_related("owner")[:50],
            "products": brand.products.all(),
            "members": brand.members.select_related("user"),
            "windows": brand.exclusivities.filter(released_at=None).select_related("creator")[:50],
            "weights": [(label, brand.weights.get(layer, 0)) for layer, label in Layer.choices],
            "target": [
                (label, ", ".join(str(v) for v in brand.target_audience.get(key, [])))
                for key, label in (
                    ("countries", _("Countries")),
                    ("gender", _("Gender")),
                    ("age", _("Age")),
                    ("interests", _("Interests")),
                )
                if brand.target_audience.get(key)
            ],
        }


class BrandNew(FormPage):
    form_class = BrandForm
    perm = "campaigns.manage_brand"
    title = gettext_lazy("New brand")
    cancel_url = "campaigns:brands"
    success_message = gettext_lazy("Brand created.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def save(self, form: BrandForm) -> Brand:
        return brands.create_brand(by=self.request.user, **form.values())


class BrandEdit(ObjectFormPage):
    guards = True
    model = Brand
    form_class = BrandForm
    perm = "campaigns.manage_brand"
    success_message = gettext_lazy("Saved.")

    def get_title(self) -> Any:
        return _("Edit %(name)s") % {"name": self.object}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "brand": self.object}

    def save(self, form: BrandForm) -> Brand:
        return brands.update_brand(self.object, by=self.request.user, **form.values())


class BrandWeights(ObjectFormPage):
    guards = True
    model = Brand
    form_class = WeightsForm
    perm = "campaigns.manage_brand"
    success_message = gettext_lazy("Weights saved. Assess shortlists again to use them.")
    title = gettext_lazy("Selection weights")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "brand": self.object}

    def save(self, form: WeightsForm) -> Brand:
        return brands.update_brand(self.object, by=self.request.user, weights=form.cleaned_data)


class ProductNew(ObjectFormPage):
    model = Brand
    form_class = ProductForm
    perm = "campaigns.manage_brand"
    title = gettext_lazy("New product")
    success_message = gettext_lazy("Product saved.")

    def save(self, form: ProductForm) -> Product:
        return brands.save_product(
            self.object, by=self.request.user, currency=self.object.currency, **form.cleaned_data
        )

    def get_success_url(self, obj: Any) -> str:
        return str(self.object.get_absolute_url())


class ProductEdit(ObjectFormPage):
    guards = True
    model = Product
    form_class = ProductForm
    title = gettext_lazy("Edit product")
    success_message = gettext_lazy("Product saved.")
    perm = "campaigns.manage_brand"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("name", "sku", "url", "price", "description")}

    def save(self, form: ProductForm) -> Product:
        return brands.save_product(
            self.object.brand, by=self.request.user, product=self.object, **form.cleaned_data
        )

    def get_success_url(self, obj: Any) -> str:
        return str(self.object.brand.get_absolute_url())

    def get_cancel_url(self) -> str:
        return str(self.object.brand.get_absolute_url())


class MemberNew(ObjectFormPage):
    model = Brand
    form_class = MemberForm
    perm = "campaigns.manage_members"
    title = gettext_lazy("Add client user")
    submit_label = gettext_lazy("Add")
    success_message = gettext_lazy("Client user added.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "brand": self.object}

    def save(self, form: MemberForm) -> ClientMember:
        return brands.add_member(self.object, by=self.request.user, user=form.cleaned_data["user"])

    def get_success_url(self, obj: Any) -> str:
        return str(self.object.get_absolute_url())


member_remove = verb_view(
    ClientMember,
    brands.remove_member,
    perm="campaigns.manage_members",
    success=gettext_lazy("Client user removed."),
    success_url=lambda brand: brand.get_absolute_url(),
)
brand_archive = verb_view(
    Brand,
    brands.archive_brand,
    perm="campaigns.manage_brand",
    success=lambda b: _("Brand archived.") if b.is_archived else _("Brand is back."),
)
