"""What people write under the posts of the demo world: fans, friends, spam, pods and bots, in Indonesian and English.

A pure function of the post.  Fans come back to the same creator, and some follow several of a city; a pod is the same
fourteen people under each post within the hour; bought accounts write once and never again.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from krm.local.sandbox import text

FIRST = [
    "dewi", "rizky", "putri", "agus", "sari", "bayu", "intan", "fajar", "nadia", "yoga", "maya", "dimas", "tasya", "ilham",
    "citra", "reza",
]  # fmt: skip


@dataclass(frozen=True)
class DemoComment:
    id: str
    user: str
    user_id: str
    text: str
    at: datetime
    likes: int
    parent: str = ""  # the comment it answers
    by_owner: bool = False


def user_id(user: str) -> str:
    return str(int.from_bytes(hashlib.sha256(f"sandbox user {user}".encode()).digest()[:7], "big"))


def _rng(*parts: object) -> random.Random:
    digest = hashlib.sha256("|".join(map(str, ("talk", *parts))).encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def _fan(account: Any, r: random.Random) -> str:
    """Mostly somebody who was here before; now and then somebody who follows others of the city."""
    if r.random() < 0.3:
        return f"{account.city.lower().replace(' ', '')}_{r.choice(FIRST)}{r.randrange(60)}"
    crowd = max(30, min(900, account.target // 60))
    return f"{r.choice(FIRST)}.{account.external_id[-4:].lower()}{r.randrange(crowd)}"


def _words(account: Any, post: Any, r: random.Random) -> str:
    roll = r.random()
    if roll < 0.035:
        return r.choice(text.SPAM_COMMENTS)
    if roll < 0.06:
        return r.choice(text.RUDE_COMMENTS)
    if roll < 0.18:
        return r.choice(text.ENGLISH_COMMENTS)
    if roll < 0.26:
        return f"@{r.choice(FIRST)}{r.randrange(900)} {r.choice(text.TAGGING_COMMENTS)}"
    if post.sponsored and roll < 0.38:
        return r.choice(text.SPONSORED_COMMENTS)
    return r.choice(text.COMMENTS)


def under(post: Any, at: datetime, limit: int) -> list[DemoComment]:
    account = post.account
    total = min(post.counts(at).comments, limit)
    r = _rng(account.external_id, post.external_id)
    found: list[DemoComment] = []
    for n in range(total):
        after = r.expovariate(1 / 18.0)
        if account.story == "pod" and r.random() < 0.75:
            words, user, after = (
                r.choice(text.POD_COMMENTS),
                f"pod_member_{r.randrange(14)}",
                r.uniform(0.02, 0.9),
            )
        elif account.story == "bought" and r.random() < 0.6:
            words, user = r.choice(text.BOT_COMMENTS), f"user{r.randrange(10**8):08d}"
        else:
            words, user = _words(account, post, r), _fan(account, r)
        likes = int(r.paretovariate(1.6)) - 1
        answered = r.random() < 0.08
        when = post.published_at + timedelta(hours=after)
        if when > at:
            continue
        first = DemoComment(f"{post.external_id}_{n:04d}", user, user_id(user), words, when, likes)
        found.append(first)
        answer_at = when + timedelta(minutes=r.uniform(4, 300))
        if answered and answer_at <= at:
            found.append(
                DemoComment(
                    f"{post.external_id}_{n:04d}r", account.handle, account.external_id,
                    f"@{user} {r.choice(text.OWNER_REPLIES)}", answer_at, int(r.random() < 0.4), first.id, True,
                )
            )  # fmt: skip
    found.sort(key=lambda c: c.at)
    return found
