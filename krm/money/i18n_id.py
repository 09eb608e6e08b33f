"""Bahasa Indonesia of money."""

from __future__ import annotations

ID: dict[str | tuple[str, str], str] = {
    "This source gave another rate for that day already.": "Sumber ini sudah memberi kurs lain untuk hari itu.",
    "Choose two different currencies.": "Pilih dua mata uang yang berbeda.",
    "A rate is greater than zero.": "Kurs harus lebih besar dari nol.",
    "There is no exchange rate from %(base)s to %(quote)s for %(day)s. Record one first.": (
        "Belum ada kurs dari %(base)s ke %(quote)s untuk %(day)s. Catat dulu."
    ),
    "Use a three-letter currency code such as IDR.": "Gunakan kode mata uang tiga huruf seperti IDR.",
    "from": "dari",
    "to": "ke",
    "rate": "kurs",
    "source": "sumber",
    "day": "hari",
    "written down": "dicatat",
    "exchange rate": "kurs",
    "exchange rates": "kurs",
}
