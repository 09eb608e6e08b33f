"""Banks a payee may name, with the clearing code of Bank Indonesia. Others are typed by name."""

from __future__ import annotations

BANKS: dict[str, str] = {
    "002": "BRI",
    "008": "Mandiri",
    "009": "BNI",
    "011": "Danamon",
    "013": "Permata",
    "014": "BCA",
    "016": "Maybank Indonesia",
    "019": "Panin",
    "022": "CIMB Niaga",
    "023": "UOB Indonesia",
    "028": "OCBC Indonesia",
    "031": "Citibank",
    "046": "DBS Indonesia",
    "110": "BJB",
    "111": "Bank Jakarta",
    "147": "Bank Muamalat",
    "153": "Sinarmas",
    "200": "BTN",
    "213": "SMBC Indonesia (Jenius)",
    "426": "Bank Mega",
    "451": "BSI",
    "484": "Hana Bank (LINE Bank)",
    "490": "Bank Neo Commerce",
    "501": "blu by BCA Digital",
    "503": "Nobu",
    "523": "Bank Sahabat Sampoerna",
    "535": "SeaBank",
    "536": "BCA Syariah",
    "542": "Bank Jago",
    "547": "BTPN Syariah",
    "567": "Allo Bank",
}


def bank_name(code: str) -> str:
    return BANKS.get(code, code)


def choices() -> list[tuple[str, str]]:
    return sorted(BANKS.items(), key=lambda item: item[1].casefold())
