"""Where things lie on a developer's machine, and the one exception that is shown as a sentence."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = Path(os.environ.get("KRM_LOCAL_DIR") or ROOT / ".local")
LOGINS = LOCAL / "run" / "logins.txt"  # written by `prepare`, shown when everything has started


class Failure(Exception):
    """Something the person at the keyboard can mend: the message says what is wrong and what to do."""


def outside(local: Path = LOCAL) -> Path:
    """A folder for what belongs into `local` where that cannot be used: the servers' account may not enter it."""
    mark = hashlib.sha256(str(local).encode()).hexdigest()[:10]
    return Path("/var/lib/krm-local") / mark
