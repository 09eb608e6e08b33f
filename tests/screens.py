# ruff: noqa: T201, S108 - a tool that reports on the terminal
"""Screenshots of pages on a running server: `python tests/screens.py --port 8003 --as you@example.com / /jobs/`.

Each page at 1440 and 390 px, light and dark, English and Indonesian (choose with --only), into /tmp/screens, with
what axe-core and the console say about it.
"""

from __future__ import annotations

import argparse
import os
import sys
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--port", default="8000")
    parser.add_argument("--as", dest="email")
    parser.add_argument("--out", default="/tmp/screens")
    parser.add_argument("--only", default="", help="for example 1440-light-en,390-dark-id")
    parser.add_argument("--full", action="store_true", help="the whole page, not only the window")
    options = parser.parse_args()

    import django

    django.setup()
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from krm.accounts.models import User
    from tests.browser import _watched, session_of, violations

    out, base = Path(options.out), f"http://127.0.0.1:{options.port}"
    out.mkdir(parents=True, exist_ok=True)
    user = User.objects.get(email=options.email) if options.email else None
    wanted = set(filter(None, options.only.split(",")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking"],
        )
        for width, theme, language in product((1440, 390), ("light", "dark"), ("en", "id")):
            name = f"{width}-{theme}-{language}"
            if wanted and name not in wanted:
                continue
            context = browser.new_context(
                viewport={"width": width, "height": 900 if width > 500 else 844},
                reduced_motion="reduce",
                color_scheme=theme,
                timezone_id="Asia/Jakarta",
                device_scale_factor=1 if width > 500 else 2,
            )
            if user is not None:
                User.objects.filter(pk=user.pk).update(theme=theme, language=language)
                context.add_cookies(
                    [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": base}]
                )
            else:
                context.add_cookies(
                    [
                        {"name": "theme", "value": theme, "url": base},
                        {"name": "django_language", "value": language, "url": base},
                    ]
                )
            for path in options.paths:
                page = _watched(context.new_page())
                page.goto(base + path, wait_until="load")
                page.evaluate(
                    "for (let y = 0; y < document.body.scrollHeight; y += 400) setTimeout(() => scrollTo(0, y), y / 8)"
                )
                page.wait_for_timeout(1500)
                page.evaluate("scrollTo(0, 0)")
                file = out / f"{path.strip('/').replace('/', '_').replace('?', '_') or 'home'}-{name}.png"
                page.screenshot(path=str(file), full_page=options.full)
                problems = violations(page) + page.krm_console
                print(file, "ok" if not problems else "")
                for problem in problems:
                    print("   ", problem)
                page.close()
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
