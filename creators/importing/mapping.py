"""Which column is what: the fields a list may fill, the headers that mean them, and a proposal for a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Field:
    key: str
    label: Any
    headers: tuple[str, ...]
    many: bool = False  # several columns may feed it
    kind: str = "text"  # text, count, whole, list


FIELDS: tuple[Field, ...] = (
    Field("handle", _("Handle, address or key of the account"),
          ("accountname", "account", "handle", "username", "user", "link", "profile", "instagram", "tiktok", "youtube",
           "channel", "akun", "namaakun", "channelname", "usernamelink", "profilelink")),
    Field("external_id", _("Platform's id of the account"), ("externalid", "platformid", "channelid", "userid", "id")),
    Field("url", _("Address of the profile"), ("url", "profileurl", "link", "tautan")),
    Field("platform", _("Platform"), ("platform", "network", "channeltype", "media", "sosmed")),
    Field("as_of", _("Date of the figures"), ("asof", "date", "tanggal", "month", "bulan", "period")),
    Field("name", _("Name of the creator"), ("name", "nama", "fullname", "creator", "influencer", "kol", "namalengkap", "title")),
    Field("email", _("E-mail"), ("email", "mail", "surel", "emailaddress")),
    Field("phone", _("Phone"), ("phone", "whatsapp", "wa", "telepon", "nohp", "mobile", "nomorhp", "nowa")),
    Field("city", _("City"), ("city", "kota", "domisili", "location", "lokasi")),
    Field("country", _("Country"), ("audiencecountry", "country", "negara", "countrycode")),
    Field("languages", _("Languages"), ("language", "languages", "bahasa"), many=True, kind="list"),
    Field("categories", _("Categories"),
          ("category", "categories", "category1", "category2", "category3", "kategori", "niche", "topic", "topics", "genre"),
          many=True, kind="list"),
    Field("tags", _("Tags"), ("tag", "tags", "label", "labels"), many=True, kind="list"),
    Field("bio", _("Bio"), ("bio", "description", "deskripsi", "about")),
    Field("followers", _("Followers"),
          ("followers", "subscribers", "follower", "subscriber", "pengikut", "followerscount", "subs", "fans"), kind="whole"),
    Field("following", _("Following"), ("following", "follows", "mengikuti", "followingcount"), kind="whole"),
    Field("posts_count", _("Number of posts"),
          ("posts", "postscount", "uploads", "videocount", "mediacount", "jumlahpost", "videos"), kind="whole"),
    Field("views", _("Views per post"), ("views", "avgviews", "viewsavg", "averageviews", "tayangan", "viewsaverage"), kind="count"),
    Field("reach", _("Reach per post"), ("reach", "avgreach", "jangkauan"), kind="count"),
    Field("likes", _("Likes per post"), ("likes", "avglikes", "likesavg", "averagelikes", "suka"), kind="count"),
    Field("comments", _("Comments per post"), ("comments", "avgcomments", "commentsavg", "averagecomments", "komentar"), kind="count"),
    Field("shares", _("Shares per post"), ("shares", "avgshares", "sharesavg", "averageshares", "dibagikan"), kind="count"),
    Field("engagement_avg", _("Engagement per post"),
          ("engagementaverage", "engagementavg", "avgengagement", "engagement", "engagements"), kind="count"),
    Field("authentic_engagement", _("Authentic engagement per post"), ("authenticengagement", "realengagement"), kind="count"),
)  # fmt: skip


def custom_fields() -> tuple[Field, ...]:
    """The agency's own fields as targets: `custom_<key>`; recognised by label, by key, and as exports name them."""
    from creators.custom.fields import PREFIX, live_fields

    return tuple(
        Field(
            PREFIX + field.key,
            field.label,
            (plain(field.label), plain(field.key), plain(PREFIX + field.key)),
            kind="custom",
        )
        for field in live_fields()
    )


def all_fields() -> tuple[Field, ...]:
    return (*FIELDS, *custom_fields())


def by_key() -> dict[str, Field]:
    return {field.key: field for field in all_fields()}


BY_KEY = {field.key: field for field in FIELDS}
FIGURES = tuple(field.key for field in FIELDS if field.kind in ("count", "whole"))
CONTACT = ("email", "phone", "city", "bio")


def plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.casefold())


def propose(columns: list[str]) -> dict[str, str]:
    """{column: field}; the better name wins where two columns could be the same single field."""
    targets = all_fields()
    taken: dict[str, tuple[int, str]] = {}
    out: dict[str, str] = {}
    for column in columns:
        name = plain(column)
        hit = next(((f, f.headers.index(name)) for f in targets if name in f.headers), None)
        if hit is None:
            continue
        field, rank = hit
        if field.many:
            out[column] = field.key
        elif field.key not in taken or rank < taken[field.key][0]:
            if field.key in taken:
                out.pop(taken[field.key][1])
            taken[field.key] = (rank, column)
            out[column] = field.key
    if "handle" not in out.values():
        # a list may name its accounts only by address
        for column, key in list(out.items()):
            if key == "url":
                out[column] = "handle"
                break
    return out


def platform_of_columns(columns: list[str]) -> str:
    """A header that only one platform's lists have."""
    names = {plain(column) for column in columns}
    for platform in ("instagram", "tiktok", "youtube", "facebook"):
        if any(platform in name for name in names):
            return platform
    if "shares" in names and "views" in names and "authenticengagement" not in names:
        return "tiktok"
    if "authenticengagement" in names:
        return "instagram"
    return ""
