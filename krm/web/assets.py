"""Third-party browser files, taken from node_modules by a checked list and served under /static/vendor/.

Nothing is copied into the repository and nothing is bundled: `npm ci` brings the files, this finder shows them
to `collectstatic` and to the development server. A file that is missing fails `manage.py check` with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

ROOT = Path(settings.BASE_DIR) / "node_modules"

# vendor/<left> is node_modules/<right>
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vega.min.js": "vega/build/vega.min.js",
    "vega-lite.min.js": "vega-lite/build/vega-lite.min.js",
    "fullcalendar.min.js": "fullcalendar/index.global.min.js",
    "fullcalendar-locales.min.js": "@fullcalendar/core/locales-all.global.min.js",
    "sortable.esm.js": "sortablejs/modular/sortable.core.esm.js",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
}
PREFIX = "vendor/"


class _Storage(FileSystemStorage):
    """Shows the listed files under their short names."""

    prefix = ""

    def path(self, name: str) -> str:
        source = FILES.get(name.removeprefix(PREFIX))
        if source is None:
            raise FileNotFoundError(name)
        return str(ROOT / source)


class NodeModulesFinder(BaseFinder):
    storage = _Storage(location=str(ROOT))

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [source for source in FILES.values() if not (ROOT / source).is_file()]
        if not missing:
            return []
        return [
            Error(
                f"{len(missing)} browser files are missing from node_modules, first {missing[0]}.",
                hint="Run `npm ci` (or `make run`, which does).",
                id="web.E001",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        source = FILES.get(path.removeprefix(PREFIX)) if path.startswith(PREFIX) else None
        found = ROOT / source if source else None
        if found is None or not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name, source in FILES.items():
            if (ROOT / source).is_file():
                yield PREFIX + name, self.storage
