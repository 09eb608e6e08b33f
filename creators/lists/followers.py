"""`score_accounts`: does each account of a list look fake?"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from creators.lists import table
from creators.scoring.audience import followers as score

CHUNK = 20_000
OUTPUT = ("fake_probability", "audience_type", "confidence", "reasons")
# field -> headers (lower case, letters and digits only), the likeliest first
NAMES: dict[str, tuple[str, ...]] = {
    "posts": ("posts", "post", "postscount", "postcount", "numposts", "media", "mediacount", "usermediacount", "statuses",
              "statusescount", "tweets", "tweetcount", "videos", "videocount", "kiriman"),
    "following": ("following", "followings", "follows", "followingcount", "followscount", "userfollowingcount", "friends",
                  "friendscount", "numfollowing", "mengikuti", "diikuti"),
    "followers": ("followers", "follower", "followercount", "followerscount", "userfollowercount", "numfollowers",
                  "subscribers", "subscribercount", "fans", "pengikut"),
    "has_pic": ("haspic", "hasprofilepic", "profilepic", "userhasprofilpic", "userhasprofilepic", "haspicture", "picture",
                "profilepicture", "hasprofilepicture", "hasprofileimage", "fotoprofil"),
    "no_pic": ("defaultprofileimage", "nopic", "nopicture", "isdefaultpic"),
    "is_private": ("isprivate", "private", "userisprivate", "protected", "isprotected", "privat"),
    "digit_share": ("digitshare", "numslengthusername", "usernamedigitshare", "digitratio"),
    "username_len": ("usernamelen", "usernamelength", "screennamelen", "screennamelength", "handlelen", "handlelength"),
    "username_digits": ("usernamedigits", "usernamedigitcount", "screennamedigits", "handledigits", "digits", "numdigits"),
    "digit_at_end": ("digitatend", "endsindigit", "endswithdigit"),
    "bio_len": ("biolen", "biolength", "biographylength", "userbiographylength", "descriptionlength", "descriptionlen"),
    "has_bio": ("hasbio", "hasdescription", "hasbiography"),
    "age_days": ("agedays", "accountagedays", "ageofaccountindays", "accountage"),
    "has_url": ("hasurl", "externalurl", "hasexternalurl", "haslink", "haswebsite"),
    "listed": ("listed", "listedcount", "lists", "listsperuser"),
    "days_since_post": ("dayssincepost", "dayssincelastpost", "dayssincelasttweet"),
    "bio": ("bio", "biography", "description"),
    "username": ("username", "screenname", "handle", "akun"),
}  # fmt: skip
PARSE: dict[str, Callable[[str], float]] = {
    "has_pic": table.yes_no,
    "no_pic": table.no_yes,
    "is_private": table.yes_no,
    "digit_share": table.share,
    "digit_at_end": table.yes_no,
    "has_bio": table.yes_no,
    "has_url": table.yes_no,
    "bio": table.length,
}
END_DIGIT_SHARE = 0.15  # a digit at the end and nothing else known of the name

# reason: (what makes it suspicious, what speaks for it)
WORDS: dict[str, tuple[Any, Any]] = {
    "followers": (gettext_lazy("few followers"), gettext_lazy("many followers")),
    "following": (gettext_lazy("follows very many"), gettext_lazy("follows few")),
    "posts": (gettext_lazy("hardly any posts"), gettext_lazy("many posts")),
    "following_per_follower": (
        gettext_lazy("follows many more than follow it"),
        gettext_lazy("followed by more than it follows"),
    ),
    "posts_per_following": (
        gettext_lazy("few posts for how many it follows"),
        gettext_lazy("many posts for how many it follows"),
    ),
    "posts_and_followers": (
        gettext_lazy("few posts and few followers"),
        gettext_lazy("many posts and followers"),
    ),
    "private": (gettext_lazy("public account"), gettext_lazy("private account")),
    "digits": (gettext_lazy("many digits in the name"), gettext_lazy("few digits in the name")),
    "picture": (gettext_lazy("no profile picture"), gettext_lazy("has a profile picture")),
    "bio": (gettext_lazy("empty or short bio"), gettext_lazy("full bio")),
    "age": (gettext_lazy("young account"), gettext_lazy("old account")),
    "link": (gettext_lazy("no link"), gettext_lazy("has a link")),
    "lists": (gettext_lazy("in no list"), gettext_lazy("in lists")),
}


def words(reasons: str) -> str:
    """`+digits; -private` as text: `+ many digits in the name; - private account`."""
    parts = [part for part in reasons.split("; ") if part]
    return "; ".join(f"{part[0]} {WORDS[part[1:]][0 if part[0] == '+' else 1]}" for part in parts)


@dataclass(frozen=True)
class Columns:
    """Where the fields are in a list; `read` makes a frame of rows, bad cells named."""

    header: list[str]
    places: dict[str, int]

    @classmethod
    def of(cls, header: list[str]) -> Columns:
        found = table.places(header, NAMES)
        if not {"posts", "following", "followers"} & set(found):
            raise table.BadList(
                _(
                    "No column tells posts, following or followers. Name them so; the columns are: %(columns)s."
                )
                % {"columns": ", ".join(header)[:300]}
            )
        return cls(header, found)

    def read(self, rows: Sequence[table.Row], problems: table.Problems) -> tuple[pd.DataFrame, list[str]]:
        """A frame of fields, and an error text per row ("" where it reads well)."""
        count = len(rows)
        errors = [""] * count
        data: dict[str, np.ndarray] = {}
        width = len(self.header)
        for n, row in enumerate(rows):
            if len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
                errors[n] = problems.add(
                    row.line, self.header[-1], _("The row has %(found)s cells, the header %(wanted)s.")
                    % {"found": len(row.cells), "wanted": width},
                )  # fmt: skip
        for name, place in self.places.items():
            if name == "username":
                continue
            parse = PARSE.get(name, table.number)
            values = np.full(count, math.nan)
            for n, row in enumerate(rows):
                cell = row.cells[place] if place < len(row.cells) else ""
                if not cell and name != "bio":
                    continue
                try:
                    values[n] = parse(cell)
                except table.BadCell as bad:
                    errors[n] = errors[n] or problems.add(row.line, self.header[place], str(bad))
            data[name] = values
        frame = pd.DataFrame(data, index=range(count))
        self._derived(frame, rows)
        return frame, errors

    def _derived(self, frame: pd.DataFrame, rows: Sequence[table.Row]) -> None:
        if "no_pic" in frame:
            frame["has_pic"] = (
                frame["has_pic"].fillna(frame["no_pic"]) if "has_pic" in frame else frame["no_pic"]
            )
        if "bio" in frame:
            frame["bio_len"] = frame["bio_len"].fillna(frame["bio"]) if "bio_len" in frame else frame["bio"]
        if "has_bio" in frame and "bio_len" not in frame:
            frame["bio_len"] = frame["has_bio"] * 25.0
        if "username" in self.places and not {"username_digits", "digit_share"} & set(frame):
            place = self.places["username"]
            names = [row.cells[place].strip().lstrip("@") if place < len(row.cells) else "" for row in rows]
            frame["username_len"] = [float(len(name)) or math.nan for name in names]
            frame["username_digits"] = [float(sum(c.isdigit() for c in name)) for name in names]
        if "digit_at_end" in frame and not {"username_digits", "digit_share"} & set(frame):
            frame["digit_share"] = frame["digit_at_end"] * END_DIGIT_SHARE


def run(
    source: IO[str], target: IO[str], platform: str, tell: Callable[[str], None], language: str = "en"
) -> tuple[int, table.Problems]:
    """Score a list from one stream into another. Returns rows written and what could not be read."""
    problems = table.Problems(tell)
    written = 0
    with override(language):
        reader = table.Reader(source)
        columns = Columns.of(reader.header)
        kept = [place for place, title in enumerate(reader.header) if title not in OUTPUT]
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([*(reader.header[place] for place in kept), *OUTPUT])
        for rows in reader.chunks(CHUNK):
            frame, errors = columns.read(rows, problems)
            found = score.judge(frame, platform)
            told: dict[str, str] = {}
            cells = zip(
                rows, found["fake_probability"], found["audience_type"], found["confidence"], found["reasons"], errors,
                strict=True,
            )  # fmt: skip
            for row, probability, kind, confidence, reasons, error in cells:
                given = [row.cells[place] if place < len(row.cells) else "" for place in kept]
                if error:
                    writer.writerow([*given, "", "unknown", "0", error])
                    continue
                if reasons not in told:
                    told[reasons] = words(reasons)
                writer.writerow([
                    *given, "" if math.isnan(probability) else f"{probability:.6f}", kind, f"{confidence:.3f}", told[reasons],
                ])  # fmt: skip
            written += len(rows)
    return written, problems
