"""Documents as PDF: a typst template plus plain data. It fetches nothing and reads only what it is given.

Usage: `typeset("reporting/report.typ", data={...}, files={"chart.svg": b"..."})`. Templates lie in
`templates/**/*.typ`; they read their data with `#let data = json("data.json")`, so no text of a person is ever
parsed as markup. `templates/web/house.typ` holds the shared look and is importable as "house.typ".
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from krm.web import fonts


def typeset(
    template: str, *, data: dict[str, Any], files: dict[str, bytes] | None = None, fixed_date: bool = False
) -> bytes:
    """Return the PDF. With `fixed_date` equal data gives equal bytes (for documents whose hash is kept)."""
    root = Path(settings.BASE_DIR) / "templates"
    with tempfile.TemporaryDirectory(prefix="krm-pdf-") as name:
        folder = Path(name)
        (folder / "main.typ").write_bytes((root / template).read_bytes())
        (folder / "house.typ").write_bytes((root / "web" / "house.typ").read_bytes())
        (folder / "data.json").write_text(json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False))
        for file_name, content in (files or {}).items():
            if "/" in file_name or file_name.startswith("."):
                raise ValueError(f"{file_name!r} is no plain file name")
            (folder / file_name).write_bytes(content)
        options: dict[str, Any] = {"timestamp": 0} if fixed_date else {}
        house = fonts.folder()
        if house is not None:
            options["font_paths"] = [str(house)]
        document: bytes = typst.compile(str(folder / "main.typ"), root=str(folder), **options)
        return document
