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
from whitenoise.storage import CompressedManifestStaticFilesStorage

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
    "vega-interpreter.js": "vega-interpreter/build/vega-interpreter.js",
    "sortable.esm.js": "sortablejs/modular/sortable.core.esm.js",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
}
PREFIX = "vendor/"

# A module that imports a bare name cannot run in a browser without a bundler or an inline import map, which the
# CSP forbids; its one import is pointed at a small module of ours that takes the names from the vega global.
REWRITES = {"vega-interpreter.js": ("'vega-util'", "'../js/vega-util.js'")}
REWRITTEN = Path(settings.BASE_DIR) / ".local" / "assets"


def source_of(name: str) -> Path | None:
    """The file behind vendor/<name>, rewritten where it must be; None if it is not listed or not installed."""
    listed = FILES.get(name)
    source = ROOT / listed if listed else None
    if source is None or not source.is_file():
        return None
    if name not in REWRITES:
        return source
    target = REWRITTEN / name
    if not target.is_file() or target.stat().st_mtime < source.stat().st_mtime:
        old, new = REWRITES[name]
        text = source.read_text()
        if text.count(old) != 1:
            raise ValueError(f"{source} changed: expected one import of {old}; look at REWRITES")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(old, new))
    return target


class _Storage(FileSystemStorage):
    """Shows the listed files under their short names."""

    prefix = ""

    def path(self, name: str) -> str:
        source = source_of(name.removeprefix(PREFIX))
        if source is None:
            raise FileNotFoundError(name)
        return str(source)


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
        found = source_of(path.removeprefix(PREFIX)) if path.startswith(PREFIX) else None
        if found is None:
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in FILES:
            if source_of(name) is not None:
                yield PREFIX + name, self.storage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for ES modules too; source maps are not shipped, so their comments are not followed."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patterns: Any = {
            extension: [rule for rule in rules if "sourceMappingURL" not in rule[0].pattern]
            for extension, rules in self._patterns.items()
        }

    def url_converter(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Modules of packages may import bare names, which nothing here loads; only our own are followed."""
        if name.endswith(".js") and not name.startswith(("js/", PREFIX)):
            return lambda match: match.group()
        return super().url_converter(name, *args, **kwargs)
