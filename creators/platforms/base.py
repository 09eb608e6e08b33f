"""What a connector is. It plans requests, classifies answers and reads them; it never sleeps, retries or stores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from creators.ingest import (
    AccountReading,
    ActiveAudienceReading,
    AudienceReading,
    CommentReading,
    PostReading,
)
from creators.listening.finds import Find
from krm.connectors.budgets import Bucket
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import OK, Outcome
from krm.connectors.spending import Charge, Purse

POSTS_PER_PULL = 25


@dataclass(frozen=True)
class AccountRef:
    """An account to pull, with what we know that saves calls."""

    id: int
    handle: str
    external_id: str
    posts_count: int | None = None
    known_posts: tuple[str, ...] = ()
    known_shorts: frozenset[str] = frozenset()
    wants_audience: bool = False
    wants_comments: bool = False
    wants_stories: bool = False  # and who tags the account: of those somebody works with
    wants_posts: bool = True  # X sells each post: only of accounts somebody works with
    credential: Credential | None = None

    @property
    def name(self) -> str:
        return self.handle or self.external_id


@dataclass
class Pulled:
    """What one account's pull brought; `outcome` says how it ended, whatever else is filled."""

    account_id: int
    outcome: Outcome = OK
    external_id: str = ""
    handle: str = ""
    account: AccountReading | None = None
    posts: list[PostReading] = field(default_factory=list)
    audience: AudienceReading | None = None
    active: list[ActiveAudienceReading] = field(default_factory=list)
    tags: list[Find] = field(default_factory=list)  # posts of others in which the account is tagged
    comments: list[CommentReading] = field(default_factory=list)
    complete_since: datetime | None = None  # the listing holds every post since then
    again_before: datetime | None = None  # something of the account ends then; before, it is read once more
    extra: dict[str, Any] = field(default_factory=dict)  # the connector's own, between two of its calls
    gone_posts: list[str] = field(default_factory=list)  # asked for by id and not there


@dataclass(frozen=True)
class Request:
    endpoint: str  # name in archive, budgets and counters
    method: str
    url: str
    subject: str
    params: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None
    json: Any = None
    data: Mapping[str, Any] | None = None
    bucket: Bucket | None = None
    bucket_key: str = "app"
    cost: int = 1
    charge: Charge | None = None  # what the answer costs in money
    charged: Callable[[Any], Sequence[str]] | None = None  # ids in the answer that are paid for
    private: bool = False  # the answer holds other people's words and names: it is read, not archived


@dataclass(frozen=True)
class Usage:
    """What an answer's headers say about a budget."""

    bucket: Bucket
    key: str
    used: int | None = None
    limit: int | None = None
    percent: float | None = None


class Session(Protocol):
    """The runner's side: budgets, HTTP, archive and token renewal happen inside `call`."""

    now: datetime
    application: Application

    def call(
        self, build: Callable[[Credential | None], Request], credential: Credential | None = None
    ) -> Any:
        """Make the request `build` gives for the credential, and return its JSON. Raises `Failed`."""

    def agency(self) -> Credential | None:
        """The agency's own credential on this platform, if it has one."""


class Dialect(Protocol):
    """What a session must know of whom it talks to: how answers are read and tokens renewed."""

    platform: str

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome: ...

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]: ...

    def renew(self, session: Session, credential: Credential) -> Tokens: ...


@runtime_checkable
class Paid(Protocol):
    """A connector whose platform sells its answers."""

    price_per_account: Decimal

    def purse(self, application: Application) -> Purse: ...


class Connector(Dialect, Protocol):
    batch: int  # accounts one pull takes
    cost_per_account: float  # calls of the first bucket, to plan by

    def ready(self, application: Application | None) -> bool:
        """Whether the agency has set the platform up."""

    def buckets(self, application: Application) -> Sequence[Bucket]: ...

    def pull(self, session: Session, refs: Sequence[AccountRef]) -> list[Pulled]: ...

    def health(self, session: Session) -> str:
        """One cheap call; returns a sentence or raises `Failed`."""


def averages(posts: Sequence[PostReading], *names: str) -> dict[str, int | None]:
    """Per-post averages over the posts that give a figure; none gives it: None."""
    out: dict[str, int | None] = {}
    for name in names:
        values = [v for post in posts if (v := getattr(post, name)) is not None]
        out[name] = round(sum(values) / len(values)) if values else None
    return out


def interactions(posts: Sequence[PostReading]) -> int | None:
    """Average likes and comments of a post; a post that hides its likes says nothing."""
    totals = [p.likes + (p.comments or 0) for p in posts if p.likes is not None]
    return round(sum(totals) / len(totals)) if totals else None
