"""Creators for tests, in named states."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import factory
from django.utils.timezone import now

from creators.models import AccountSnapshot, Creator, Post, RateCard, SocialAccount


class CreatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Creator

    name = factory.Sequence(lambda n: f"Rani {n}")
    country = "ID"
    search_text = factory.LazyAttribute(lambda o: o.name.lower())

    @classmethod
    def blocked(cls, **fields: Any) -> Creator:
        return cls(status="blocked", status_reason="Did not deliver.", **fields)


class SocialAccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SocialAccount

    creator = factory.SubFactory(CreatorFactory)
    platform = "instagram"
    handle = factory.Sequence(lambda n: f"rani{n}")
    followers = 20_000

    @classmethod
    def with_history(
        cls, counts: list[int], *, first: date = date(2026, 9, 1), step: int = 1, **fields: Any
    ) -> SocialAccount:
        account = cls(**fields)
        for place, count in enumerate(counts):
            SnapshotFactory(account=account, as_of=first + timedelta(days=step * place), followers=count)
        return account


class SnapshotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AccountSnapshot

    account = factory.SubFactory(SocialAccountFactory)
    source = "platform_public"
    as_of = date(2026, 11, 1)
    observed_at = factory.LazyFunction(now)
    followers = 20_000


class PostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Post

    account = factory.SubFactory(SocialAccountFactory)
    platform = factory.SelfAttribute("account.platform")
    external_id = factory.Sequence(lambda n: f"post{n}")
    kind = "image"
    published_at: datetime = factory.LazyFunction(lambda: now() - timedelta(days=10))
    likes = 600
    comments = 20


class RateCardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RateCard

    creator = factory.SubFactory(CreatorFactory)
    platform = "instagram"
    format = "reel"
    price = 1_500_000
    currency = "IDR"
    valid_from = date(2026, 1, 1)
