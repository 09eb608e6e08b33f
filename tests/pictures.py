# ruff: noqa: T201 - a tool that reports on the terminal
"""Pictures of the README from the demo agency: `make screenshots` (once `make run` has made the agency).

Starts its own web server on the local database, photographs seven pages and stops it again.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's sync API runs inside an event loop
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def pages() -> list[tuple[str, str, str, dict[str, int]]]:
    """(file, login, address, window) of each picture, found by what they show, not by number."""
    from briefs.models import Draft
    from campaigns.models import Campaign, Partnership
    from creators.models import Creator

    demo = Campaign.objects.filter(is_demo=True)
    creator = Creator.objects.filter(is_demo=True, accounts__posts__isnull=False).order_by(
        "-accounts__followers"
    )[0]
    busy, reported = demo.get(state="active", name__startswith="Sunscreen"), demo.get(state="reporting")
    draft = Draft.objects.filter(state="agency_changes").first() or Draft.objects.latest("pk")
    kol = Partnership.objects.filter(creator__access__user__email="kol@demo.krm.example").latest("pk")
    return [
        ("creators", "admin", "/creators/", WIDE),
        ("find", "admin", "/creators/find/?about=kuliner+Bandung&platform=instagram", WIDE),
        ("creator", "admin", creator.get_absolute_url(), WIDE),
        ("campaign", "admin", f"/campaigns/{busy.pk}/tracker/", WIDE),
        ("review", "admin", f"/briefs/drafts/{draft.pk}/", WIDE),
        ("results", "admin", f"/reports/campaign/{reported.pk}/results/", WIDE),
        ("portal-home", "talent", "/", PHONE),
        ("portal-campaign", "kol", f"/portal/campaigns/{kol.pk}/", PHONE),
    ]


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from krm.accounts.models import User
    from krm.local import browser as chromium
    from tests import browser as tools

    out = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    out.mkdir(parents=True, exist_ok=True)
    port, log = tools._free_port(), Path(tempfile.mkdtemp()) / "web.log"
    base = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "krm.asgi:application",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    server = tools.start(command, log, {**os.environ, "KRM_SITE_URL": base})
    try:
        tools.wait_for(f"{base}/healthz", server, log)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("KRM_CHROMIUM") or next(iter(chromium.candidates()), None),
                args=["--no-sandbox", "--disable-quic", "--disable-background-networking"],
            )
            for name, login, address, window in pages():
                user = User.objects.get(email=f"{login}@demo.krm.example")
                User.objects.filter(pk=user.pk).update(
                    language="id" if window is PHONE else "en", theme="light"
                )
                context = browser.new_context(
                    viewport=window, reduced_motion="reduce", timezone_id="Asia/Jakarta"
                )
                context.add_cookies(
                    [{"name": settings.SESSION_COOKIE_NAME, "value": tools.session_of(user), "url": base}]
                )
                shoot(context.new_page(), base + address, out / f"{name}.png")
                context.close()
            browser.close()
    finally:
        tools.stop(server)


def shoot(page: Any, url: str, file: Path) -> None:
    page.goto(url, wait_until="load")
    page.wait_for_timeout(2500)  # panels and charts come by themselves
    page.screenshot(path=str(file))
    if file.stat().st_size > 300_000:
        from PIL import Image

        with Image.open(file) as picture:
            picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=256).save(file, optimize=True)
    print(file, f"{file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
