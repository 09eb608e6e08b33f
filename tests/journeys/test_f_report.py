"""A report is drafted, locked and shared; its PDF and XLSX are downloaded and read by programs we did not write."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from playwright.sync_api import expect
from pypdf import PdfReader

from reporting.models import Report


def download(page: Any, name: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name, exact=True).click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def cells(file: Path) -> str:
    book = openpyxl.load_workbook(file)
    return "\n".join(
        str(value)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    )


def test_report_and_its_files(person: Any, world: Any, sees_nothing: Any, tmp_path: Path) -> None:
    world.paid()
    campaign = world.campaign
    staff = person(world.users["manager"])
    page = staff.go(f"/campaigns/{campaign.pk}/?tab=results")
    expect(page.get_by_role("heading", name="By KOL")).to_be_visible()
    staff.look()
    page.get_by_role("link", name="Draft a report").click()
    page.get_by_label("Title").fill("")
    page.get_by_label("Summary").fill("Hasilnya baik.\nLanjutkan.")
    page.locator("main form .btn-primary").click()
    expect(page.locator(".field-bad", has=page.get_by_label("Title")).locator(".field-error")).to_be_visible()
    expect(page.get_by_label("Summary")).to_have_value("Hasilnya baik.\nLanjutkan.")
    assert not Report.objects.exists()
    staff.look()
    page.get_by_label("Title").fill("Laporan akhir Rona")
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Laporan akhir Rona")
    staff.look()
    report = Report.objects.get()

    page.get_by_role("button", name="Lock numbers").click()
    page.locator("dialog[open]").get_by_role("button").last.click()
    expect(page.get_by_text("intact")).to_be_visible()
    page.get_by_role("button", name="Share with client").click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    staff.look()

    pdf, xlsx = download(page, "PDF", tmp_path), download(page, "XLSX", tmp_path)
    reader = PdfReader(pdf)
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)
    assert "Laporan akhir Rona" in text and "Kirana Putri" in text
    assert re.search(r"4[.,]000[.,]000", text), "the agency's report has the fees"
    assert "Kirana Putri" in cells(xlsx)
    for name, sheet in pd.read_excel(xlsx, sheet_name=None).items():
        assert sheet.shape[1] > 0, name
    for value in cells(xlsx).splitlines():
        assert not value.startswith(("=cmd", "#REF", "#NAME")), value
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office:
        subprocess.run(
            [office, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(xlsx)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        assert xlsx.with_suffix(".csv").stat().st_size > 0

    # The client's files: the same results, never a cost.
    client = person(world.users["client"])
    room = client.go(f"/room/reports/{report.pk}/")
    folder = tmp_path / "client"
    folder.mkdir()
    pdf, xlsx = download(room, "PDF", folder), download(room, "XLSX", folder)
    shown = "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf.read_bytes())).pages)
    assert "Laporan akhir Rona" in shown and "Kirana Putri" in shown
    for word in ("CPE", "CPM", "Rp4.000.000", "INV/1"):
        assert word not in shown, word
    assert not {"4000000", "CPE", "CPM"} & set(cells(xlsx).splitlines())

    # The KOL's own results, without the client's.
    kol = person(world.users["kol"], phone=True)
    kol.go("/portal/results/")
    assert kol.status(f"/reports/{report.pk}/pdf/") == 404
    assert kol.status(f"/room/reports/{report.pk}/") == 404

    sees_nothing(
        world.strangers,
        paths=[f"/reports/{report.pk}/", f"/reports/{report.pk}/pdf/", f"/reports/{report.pk}/xlsx/",
               f"/room/reports/{report.pk}/", f"/room/reports/{report.pk}/pdf/"],
        lists=["/room/reports/", "/portal/results/", "/reports/"],
        words=["Laporan akhir Rona"],
    )  # fmt: skip
    assert person(world.users["other_manager"]).status(f"/reports/{report.pk}/") == 404
