"""How the consents of the demo's accounts stand: most live, some end soon, ended, were taken back, lack a permission.

The tokens are the sandbox's own, so that it agrees with what stands here; at a real platform they open nothing.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import time_machine

from campaigns.models import Partnership
from creators.consents import health, withdraw
from creators.consents.connect import SAID, TEXT_VERSION
from creators.consents.programs import program_of
from creators.models import Consent, ConsentState, Creator, CreatorAccess, SocialAccount
from krm.connectors import credentials
from krm.connectors.models import Credential, CredentialStatus, Purpose
from krm.local.demo import KOL
from krm.local.sandbox import tokens, world
from krm.local.sandbox.state import State

LIVE, ENDING, ENDED, WITHDRAWN, REMOVED, PARTIAL = (
    "live",
    "ending",
    "ended",
    "withdrawn",
    "removed",
    "partial",
)
RARE = {3: ENDING, 9: ENDED, 14: WITHDRAWN, 19: REMOVED, 24: PARTIAL}  # of every 58 accounts in turn
TURN = 58
GIVEN = {
    LIVE: (20, 60, 120, 190),
    ENDING: (54,),
    ENDED: (66,),
    WITHDRAWN: (90,),
    REMOVED: (75,),
    PARTIAL: (35,),
}  # days ago
REFRESH_LEFT = 12  # days until the owner of an ending TikTok consent is asked again
GONE = "The owner removed the authorisation."
SCOPES = {
    "instagram": ["instagram_basic", "instagram_manage_insights", "pages_show_list", "pages_read_engagement"],
    "facebook": ["pages_show_list", "pages_read_engagement", "read_insights"],
    "tiktok": ["user.info.basic", "user.info.profile", "user.info.stats", "video.list"],
    "youtube": [
        "https://www.googleapis.com/auth/youtube.readonly",
        "https://www.googleapis.com/auth/yt-analytics.readonly",
    ],
}
DENIED = {"instagram": "instagram_manage_insights", "facebook": "read_insights", "tiktok": "user.info.stats"}


def consent(
    platform: str, external_id: str, handle: str, now: float, *, flavour: str = "", standing: str = LIVE
) -> Credential:
    """The tokens an owner's consent at the sandbox gives, not yet saved."""
    program = "tiktok_business" if flavour == "business" else platform
    serial = f"{now:.0f}"
    refreshable = platform == "tiktok"
    given = access = now
    if standing in (ENDING, ENDED):
        days = GIVEN[standing][0]
        given = now - days * 86400
        if refreshable:
            given = now - tokens.REFRESH_LIFE + (REFRESH_LEFT if standing == ENDING else -days + 60) * 86400
        access = now if refreshable and standing == ENDING else given
    scopes = [
        *SCOPES[platform],
        *(["user.insights", "video.insights", "comment.list"] if flavour == "business" else []),
    ]
    if standing == PARTIAL:
        scopes.remove(DENIED[platform])
    row = Credential(
        platform=platform,
        external_account_id=external_id,
        handle=handle,
        purpose=Purpose.ACCOUNT,
        flavour=flavour,
        scopes=scopes,
        access_token=tokens.issue("act", program, external_id, issued=access, serial=serial),
        refresh_token=tokens.issue("rft", program, external_id, issued=given, serial=serial) if refreshable else "",
        expires_at=None
        if platform == "facebook"  # a Page's token has no end
        else moment(access + tokens.LIFE[program]),
        refresh_expires_at=moment(given + tokens.REFRESH_LIFE) if refreshable else None,
        status=CredentialStatus.ACTIVE,
    )  # fmt: skip
    if standing == ENDING:
        row.status = CredentialStatus.EXPIRING
    elif standing == ENDED:
        row.status, row.status_reason = CredentialStatus.EXPIRED, "The token ran out."
    elif standing in (WITHDRAWN, REMOVED):
        row.status = CredentialStatus.REVOKED
        row.status_reason = withdraw.WITHDRAWN if standing == WITHDRAWN else GONE
        row.access_token = row.refresh_token = ""
    return row


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def given_by_owners() -> list[world.DemoAccount]:
    return [a for a in world.demo_accounts() if a.platform == "tiktok" or a.consent]


def standings() -> dict[str, str]:
    """How each demo account's consent stands, by platform id. Accounts in a campaign keep theirs, but for one."""
    there = set(
        SocialAccount.objects.filter(is_demo=True)
        .exclude(creator__in=Partnership.objects.values("creator_id"))
        .values_list("external_id", flat=True)
    )
    found = {}
    for place, account in enumerate(given_by_owners()):
        standing = RARE.get(place % TURN, LIVE)
        if account.platform == "facebook" and standing in (ENDING, ENDED):
            standing = PARTIAL  # a Page's token has no end
        if account.external_id in there:
            found[account.external_id] = standing
    kol = world.demo_creators()[KOL]  # the KOL login sees a connection that ends soon, and how to go on
    if SocialAccount.objects.filter(is_demo=True, creator__email=kol.email).exists():
        found |= {a.external_id: ENDING for a in kol.accounts if a.platform == "tiktok"}
    return found


def rows(now: float, standing: dict[str, str]) -> list[Credential]:
    made = []
    for account in given_by_owners():
        flavours = [""] if account.platform != "tiktok" else ["display"]
        if account.consent == "business":
            flavours.append("business")
        made += [
            consent(
                account.platform, account.external_id, account.handle, now, flavour=flavour,
                standing=standing.get(account.external_id, LIVE),
            )
            for flavour in flavours
        ]  # fmt: skip
    return made


def load(sandbox: State, now: datetime) -> None:
    """Tokens as owners gave them over the last months, the proof of each consent, and what became of some."""
    standing = standings()
    at_first = {key: LIVE if value in (WITHDRAWN, REMOVED) else value for key, value in standing.items()}
    made = rows(now.timestamp(), at_first)
    by_day: dict[int, list[Credential]] = defaultdict(list)
    for place, row in enumerate(made):
        turns = GIVEN[standing.get(row.external_account_id, LIVE)]
        by_day[turns[place % len(turns)]].append(row)
    for days, group in by_day.items():
        then = now - timedelta(days=days)
        with time_machine.travel(then, tick=True):
            Credential.objects.bulk_create(group)
            Consent.objects.bulk_create(proofs(group, then))
    ended = [row for row in made if standing.get(row.external_account_id) in (WITHDRAWN, REMOVED)]
    for place, row in enumerate(ended):
        with time_machine.travel(now - timedelta(days=3 + 2 * place), tick=True):
            if standing[row.external_account_id] == WITHDRAWN:
                withdraw.end(row, reason=withdraw.WITHDRAWN)
            else:
                credentials.revoke(row, reason=GONE)
    with sandbox.lock:
        sandbox.revoked |= {row.external_account_id for row in ended}
        sandbox.save()
    unfinished(now)
    health.remind(now)


def proofs(group: list[Credential], then: datetime) -> Iterator[Consent]:
    """What an owner's way to the platform and back leaves, for each of these tokens."""
    accounts = {
        (row.platform, row.external_id): row
        for row in SocialAccount.objects.filter(is_demo=True, creator__isnull=False)
    }
    people = dict(CreatorAccess.objects.values_list("creator_id", "user_id"))
    for row in group:
        program = program_of(row.platform, row.flavour)
        account = accounts.get((row.platform, row.external_account_id))
        if program is None or account is None or account.creator_id is None:
            continue
        yield Consent(
            creator_id=account.creator_id,
            account=account,
            user_id=people.get(account.creator_id),
            program=program.key,
            state=ConsentState.GIVEN,
            state_hash=secrets.token_hex(32),
            found=[{"id": row.external_account_id, "handle": row.handle, "name": row.handle}],
            external_id=row.external_account_id,
            scopes=row.scopes,
            missing=program.missing(row.scopes),
            text_version=TEXT_VERSION,
            answered_at=then,
        )


def unfinished(now: datetime) -> None:
    """Two ways that led to nothing: one declined at the platform, one where the platform did not answer."""
    creator = Creator.objects.filter(email=world.demo_creators()[KOL].email).first()
    access = CreatorAccess.objects.filter(creator=creator).first()
    if creator is None or access is None:
        return
    for days, program, state, said in (
        (41, "instagram", ConsentState.FAILED, "busy"), (40, "instagram", ConsentState.DENIED, ConsentState.DENIED),
    ):  # fmt: skip
        with time_machine.travel(now - timedelta(days=days), tick=True):
            Consent.objects.create(
                creator=creator, user=access.user, program=program, state=state, state_hash=secrets.token_hex(32),
                text_version=TEXT_VERSION, detail=SAID[said], answered_at=now - timedelta(days=days),
            )  # fmt: skip
