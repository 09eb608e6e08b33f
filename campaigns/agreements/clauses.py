"""The clause library: what a KOL agreement says, in English and Bahasa Indonesia side by side.

Texts are data of the document, not of the page, so they are not translated through gettext: both languages
are printed and both are signed.
"""

from __future__ import annotations

from typing import Any

CLAUSES: tuple[dict[str, str], ...] = (
    {
        "key": "scope",
        "title_en": "Scope of work",
        "title_id": "Ruang lingkup pekerjaan",
        "text_en": "The KOL makes and publishes the content listed in this agreement for {brand}, campaign “{campaign}”, "
        "on the accounts and dates given, following the brief published for the campaign.",
        "text_id": "KOL membuat dan menayangkan konten yang tercantum dalam perjanjian ini untuk {brand}, kampanye "
        "“{campaign}”, pada akun dan tanggal yang disebutkan, sesuai brief yang diterbitkan untuk kampanye ini.",
    },
    {
        "key": "approval",
        "title_en": "Review and approval",
        "title_id": "Peninjauan dan persetujuan",
        "text_en": "Content is published after approval only. The fee includes up to {rounds} rounds of revision per "
        "piece. An approval is final: it cannot be taken back after publication.",
        "text_id": "Konten hanya ditayangkan setelah disetujui. Biaya sudah termasuk paling banyak {rounds} kali revisi "
        "untuk setiap konten. Persetujuan bersifat final dan tidak dapat dicabut setelah konten tayang.",
    },
    {
        "key": "disclosure",
        "title_en": "Honest advertising",
        "title_id": "Keterbukaan iklan",
        "text_en": "The KOL labels the content as advertising as the law and the platform require, makes no claim that "
        "is not in the brief, and does not buy followers or engagement.",
        "text_id": "KOL memberi label iklan pada konten sesuai peraturan dan ketentuan platform, tidak membuat klaim di "
        "luar brief, dan tidak membeli pengikut maupun engagement.",
    },
    {
        "key": "online",
        "title_en": "Time online",
        "title_id": "Masa tayang",
        "text_en": "Posts stay public and unchanged for at least 90 days after publication; stories for their usual time. "
        "The KOL shares the platform's own statistics on request.",
        "text_id": "Unggahan tetap publik dan tidak diubah sekurang-kurangnya 90 hari sejak tayang; story selama masa "
        "tayang normalnya. KOL memberikan statistik asli dari platform bila diminta.",
    },
    {
        "key": "payment",
        "title_en": "Fee and payment",
        "title_id": "Biaya dan pembayaran",
        "text_en": "The fee is {total}, before taxes that the law tells the agency to withhold. It is paid by the "
        "milestones below, after a correct invoice.",
        "text_id": "Biaya sebesar {total}, sebelum pajak yang wajib dipotong agensi menurut peraturan. Pembayaran "
        "dilakukan sesuai termin di bawah ini setelah tagihan yang benar diterima.",
    },
    {
        "key": "usage",
        "title_en": "Usage rights",
        "title_id": "Hak penggunaan",
        "text_en": "{usage_en}",
        "text_id": "{usage_id}",
    },
    {
        "key": "exclusivity",
        "title_en": "Exclusivity",
        "title_id": "Eksklusivitas",
        "text_en": "{exclusivity_en}",
        "text_id": "{exclusivity_id}",
    },
    {
        "key": "ending",
        "title_en": "Ending the agreement",
        "title_id": "Pengakhiran perjanjian",
        "text_en": "Either side may end this agreement in writing if the other breaks it and does not mend it within 7 "
        "days. Work approved until then is paid. A published post that is taken down early is not paid.",
        "text_id": "Masing-masing pihak dapat mengakhiri perjanjian ini secara tertulis apabila pihak lain melanggarnya "
        "dan tidak memperbaikinya dalam 7 hari. Pekerjaan yang sudah disetujui tetap dibayar. Unggahan yang dihapus "
        "sebelum waktunya tidak dibayar.",
    },
    {
        "key": "law",
        "title_en": "Law and language",
        "title_id": "Hukum dan bahasa",
        "text_en": "Indonesian law applies. Both languages say the same; where they differ, Bahasa Indonesia prevails.",
        "text_id": "Perjanjian ini tunduk pada hukum Republik Indonesia. Kedua bahasa memiliki arti yang sama; apabila "
        "berbeda, naskah Bahasa Indonesia yang berlaku.",
    },
)


def standard(values: dict[str, Any]) -> list[dict[str, str]]:
    """The library with an agreement's values filled in."""
    return [
        {name: text.format(**values) if name.startswith("text_") else text for name, text in clause.items()}
        for clause in CLAUSES
    ]
