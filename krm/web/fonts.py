"""The house typeface for typeset documents.

The package ships Inter for browsers (WOFF); typst reads TrueType, so the files are unpacked once into a cache folder.
Without the package documents are set in typst's own serif; nothing fails.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

WEIGHTS = (400, 500, 600)


@cache
def folder() -> Path | None:
    """A folder with Inter as TrueType, or None where the package is not installed."""
    source = Path(settings.BASE_DIR) / "node_modules" / "@fontsource" / "inter" / "files"
    if not source.is_dir():
        return None
    target = Path(tempfile.gettempdir()) / f"krm-fonts-{Path.home().name or 'user'}"
    try:
        target.mkdir(mode=0o700, exist_ok=True)
        for weight in WEIGHTS:
            name = f"inter-latin-{weight}-normal"
            made = target / f"{name}.ttf"
            if not made.exists():
                font = TTFont(source / f"{name}.woff")
                font.flavor = None
                part = made.with_suffix(f".{id(font)}.part")
                font.save(part)
                part.replace(made)  # two processes may do this at once; both write the same
    except OSError:
        return None
    return target
