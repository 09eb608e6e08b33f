"""The demo agency: an invented agency with some 300 invented creators, 4 brands and 6 campaigns at different stages.

It is made by the same verbs people use, each at its moment in the past, so that its history is real history. Every
row hangs on objects marked `is_demo`; `manage.py demo_remove` takes all of it away. No real person is in it.
"""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "demo-agency-2026"  # noqa: S105 - printed at start, for a machine of one's own
DOMAIN = "demo.krm.example"
TAG = "Demo"
KOL = 4  # number of the creator that the KOL login belongs to


@dataclass(frozen=True)
class Login:
    key: str
    name: str
    role: str
    language: str = "en"
    team: str = ""
    all_teams: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


LOGINS = (
    Login("admin", "Ayu Administrator", "administrator", all_teams=True),
    Login("manager", "Bima Manajer", "campaign_manager", team="Beauty and home"),
    Login("manager2", "Citra Manajer", "campaign_manager", "id", team="Food and technology"),
    Login("reviewer", "Dewi Peninjau", "reviewer", team="Beauty and home"),
    Login("finance", "Eka Keuangan", "finance", all_teams=True),
    Login("finance2", "Fajar Keuangan", "finance", "id", all_teams=True),
    Login("viewer", "Gita Direktur", "viewer", all_teams=True),
    Login("client", "Hana Klien", "client_approver"),
    Login("client2", "Indra Klien", "client_viewer", "id"),
    Login("kol", "", "creator", "id"),
    Login("talent", "Joko Manajer Talenta", "talent_manager", "id"),
)
