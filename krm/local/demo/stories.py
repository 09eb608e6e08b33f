"""What the demo brands want: goals, budgets, briefs. Plain data, all invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class DemoBrand:
    key: str
    name: str
    team: str
    category: str
    competitors: tuple[str, ...]
    handle: str
    products: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class DemoCampaign:
    key: str
    brand: str
    manager: str
    name: str
    objective: str
    begin: int  # days before (negative: after) today on which planning begins
    starts: int
    ends: int
    budget: int
    hashtag: str
    categories: tuple[str, ...]
    kols: int
    stages: tuple[str, ...]  # how far each KOL has come; repeated to the number of KOLs
    final: str  # state of the campaign
    summary: str
    codes: bool = False
    sizes: tuple[str, ...] = ("mid", "micro", "mega", "mid", "micro")
    brief: dict[str, Any] = field(default_factory=dict)


BRANDS = (
    DemoBrand("rona", "Rona Skincare (demo)", "Beauty and home", "beauty", ("Cerah Beauty", "Kulit Kita"), "ronaskincare.demo",
              (("Serum Rona 20 ml", 129_000), ("Sunscreen Rona SPF 50", 89_000))),
    DemoBrand("lumbung", "Lumbung Kopi (demo)", "Food and technology", "food", ("Kopi Senja", "Teman Ngopi"), "lumbungkopi.demo",
              (("Kopi susu literan", 75_000),)),
    DemoBrand("griya", "Griya Bersih (demo)", "Beauty and home", "home", ("Rumah Wangi",), "griyabersih.demo",
              (("Sabun cuci piring 800 ml", 21_000),)),
    DemoBrand("pintar", "Pintar Pay (demo)", "Food and technology", "finance", ("Dompet Cepat",), "pintarpay.demo",
              (("Aplikasi Pintar Pay", 0),)),
)  # fmt: skip

DONE, REPORTED = "paid", "published"
CAMPAIGNS = (
    DemoCampaign("serum", "rona", "manager", "Peluncuran Serum Rona", "awareness", 105, 88, 40, 120_000_000, "SerumRona",
                 ("beauty", "fashion", "lifestyle"), 7, ("paid",), "closed",
                 "Memperkenalkan serum baru kepada perempuan 18–34 di kota besar.", codes=True),
    DemoCampaign("kopi", "lumbung", "manager2", "Ngopi Bareng Lumbung", "conversion", 70, 52, 2, 90_000_000, "NgopiLumbung",
                 ("food", "travel", "lifestyle", "comedy"), 9,
                 ("approved", "paid", "paid", "matched", "mismatch", "rejected", "drafted", "published", "accepted"), "reporting",
                 "Penjualan kopi literan lewat kode promo KOL.", codes=True),
    DemoCampaign("sunscreen", "rona", "manager", "Sunscreen Tiap Hari", "engagement", 34, 16, -24, 150_000_000, "SunscreenTiapHari",
                 ("beauty", "sports", "parenting", "lifestyle"), 11,
                 ("published", "accepted", "matched", "published", "accepted", "approved_content",
                  "client_review", "draft", "chosen", "concepts", "briefed"), "active",
                 "Membuat pemakaian tabir surya harian jadi kebiasaan.", codes=True),
    DemoCampaign("dapur", "griya", "manager", "Dapur Bersih Akhir Tahun", "awareness", 14, -8, -40, 80_000_000, "DapurBersih",
                 ("home", "parenting", "food", "lifestyle"), 6, ("countered", "sent", "agreement", "declined", "accepted_offer", "invited"), "active",
                 "Kebiasaan membersihkan dapur menjelang liburan."),
    DemoCampaign("promo1212", "pintar", "manager2", "Pintar Pay 12.12", "conversion", 8, -15, -45, 200_000_000, "PintarPay1212",
                 ("finance", "technology", "gaming", "comedy"), 8, ("shortlist",), "client_review",
                 "Pengguna baru pada festival belanja 12.12."),
    DemoCampaign("ramadan", "lumbung", "manager2", "Ramadan Bersama Lumbung", "loyalty", 3, -75, -110, 110_000_000, "RamadanLumbung",
                 ("food", "parenting", "travel"), 0, (), "planning",
                 "Menemani sahur dan buka puasa pelanggan setia."),
)  # fmt: skip


def brief_of(campaign: DemoCampaign, brand: DemoBrand) -> dict[str, Any]:
    """A brief with all six parts."""
    product = brand.products[0][0]
    return {
        "story": f"{brand.name.removesuffix(' (demo)')} dibuat oleh orang yang memakai sendiri produknya. Jujur, hangat, dan tidak menggurui.",
        "narrative": f"{campaign.summary} Ceritakan keseharianmu, lalu tunjukkan kapan {product} masuk ke dalamnya.",
        "pillars": [
            "Pengalaman sendiri lebih penting dari skrip",
            f"{product} dipakai, bukan dipajang",
            "Satu alasan yang bisa diingat penonton",
        ],
        "guardrails": {
            "do": ["Tunjukkan produk dengan jelas paling sedikit tiga detik", "Pakai bahasa sehari-hari"],
            "dont": ["Tidak menyebut merek pesaing", "Tidak menjanjikan hasil"],
            "banned_words": ["paling ampuh", "dijamin", *brand.competitors],
        },
        "freedom": "Gaya, tempat, musik, dan pembukaan sepenuhnya pilihanmu.",
        "mandatory": {
            "hashtags": [f"#{campaign.hashtag}"],
            "mentions": [f"@{brand.handle}"],
            "disclosure": {"labels": ["#ad", "#kerjasama"], "place": "start"},
            "ctas": ["Cek tautan di bio"],
        },
    }
