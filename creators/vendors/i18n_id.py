"""Bahasa Indonesia of vendor reports and credits."""

from __future__ import annotations

ID: dict[str | tuple[str, str], str] = {
    "%(vendor)s does not report on %(platform)s.": "%(vendor)s tidak membuat laporan untuk %(platform)s.",
    "%(vendor)s is not set up. An administrator can do it under Connectors.": (
        "%(vendor)s belum diatur. Administrator dapat mengaturnya di Konektor."
    ),
    "%(vendor)s: %(cost)s credits a report, %(left)s left": (
        "%(vendor)s: %(cost)s kredit per laporan, tersisa %(left)s"
    ),
    (
        "%(vendor)s: %(cost)s credit, %(left)s left",
        "%(vendor)s: %(cost)s credits, %(left)s left",
    ): "%(vendor)s: %(cost)s kredit, tersisa %(left)s",
    "%(vendor)s: asked for already, on its way; costs nothing more": (
        "%(vendor)s: sudah diminta dan sedang dibuat; tanpa biaya tambahan"
    ),
    "%(vendor)s: the report of %(day)s is used again and costs nothing": (
        "%(vendor)s: laporan tanggal %(day)s dipakai lagi tanpa biaya"
    ),
    (
        "A job asks for the report on %(count)s account. You are told when each is there.",
        "A job asks for reports on %(count)s accounts. You are told when each is there.",
    ): "Laporan untuk %(count)s akun sedang diminta. Anda diberi tahu saat masing-masing tersedia.",
    "A report costs": "Biaya per laporan",
    "A report costs %(cost)s credits and %(vendor)s has %(left)s left. Buy credits first.": (
        "Satu laporan berbiaya %(cost)s kredit, sedangkan di %(vendor)s tersisa %(left)s. Beli kredit dahulu."
    ),
    "A report now costs %(cost)s credits. Look at the price again and confirm it.": (
        "Biaya laporan sekarang %(cost)s kredit. Periksa lagi harganya lalu setujui."
    ),
    "A report younger than this is shown again and costs nothing.": (
        "Laporan yang lebih baru dari ini ditampilkan lagi tanpa biaya."
    ),
    "A vendor answered about an audience": "Vendor menjawab tentang audiens",
    "API token": "Token API",
    "Add credits": "Tambah kredit",
    "Ask for a report": "Minta laporan",
    "Ask for the report": "Minta laporan ini",
    "Asked for": "Diminta",
    "Asked. The vendor takes minutes to hours; you are told when the report is there.": (
        "Sudah diminta. Vendor butuh beberapa menit hingga jam; Anda diberi tahu saat laporan tersedia."
    ),
    "Audience quality reports, bought one by one when somebody asks for them.": (
        "Laporan kualitas audiens, dibeli satu per satu saat ada yang meminta."
    ),
    "Audience report on %(account)s": "Laporan audiens %(account)s",
    "Audience reports": "Laporan audiens",
    "Audience reports from %(vendor)s": "Laporan audiens dari %(vendor)s",
    "Audience reports with a credibility share, bought one by one when somebody asks for them.": (
        "Laporan audiens dengan angka kredibilitas, dibeli satu per satu saat ada yang meminta."
    ),
    "Auth ID": "ID autentikasi",
    "Auth token": "Token autentikasi",
    "Bought": "Dibeli",
    "Calls in a second": "Panggilan per detik",
    "Choose a vendor from the list.": "Pilih vendor dari daftar.",
    "Confirm that the credits may be spent.": "Setujui dahulu pemakaian kredit ini.",
    "Credibility": "Kredibilitas",
    "Credits": "Kredit",
    "Credits a month": "Kredit per bulan",
    "Credits a report": "Kredit per laporan",
    "Credits bought": "Kredit dibeli",
    "Credits bought from %(vendor)s": "Kredit yang dibeli dari %(vendor)s",
    "Credits spent by month": "Kredit terpakai per bulan",
    "Credits. The job stops before it would spend more; young reports are used again and cost nothing.": (
        "Kredit. Proses berhenti sebelum memakai lebih banyak; laporan yang masih baru dipakai lagi tanpa biaya."
    ),
    "Days a report is used again": "Lama laporan dipakai lagi (hari)",
    (
        "Documentation only: HypeAuditor publishes no description or client to test against."
        " Try it with one report first."
    ): (
        "Hanya dari dokumentasi: HypeAuditor tidak menerbitkan deskripsi atau klien untuk pengujian."
        " Coba dahulu dengan satu laporan."
    ),
    "Documentation only: Modash publishes no description or client to test against. Try it with one report first.": (
        "Hanya dari dokumentasi: Modash tidak menerbitkan deskripsi atau klien untuk pengujian."
        " Coba dahulu dengan satu laporan."
    ),
    "Enter how many credits were bought: more than 0.": "Isi jumlah kredit yang dibeli: lebih dari 0.",
    "Fake followers": "Pengikut palsu",
    "Given back": "Dikembalikan",
    "Influencers": "Influencer",
    "It changes when the password of your HypeAuditor account changes; enter the new one then.": (
        "Token berubah saat kata sandi akun HypeAuditor diganti; isi lagi yang baru."
    ),
    "Mass followers": "Pengikut massal",
    "No account on a platform that a vendor covers.": "Tidak ada akun di platform yang dicakup vendor.",
    "No audience report came": "Laporan audiens tidak diterima",
    "No more than this is spent in a calendar month. Empty: no limit.": (
        "Pemakaian dalam satu bulan kalender tidak melebihi ini. Kosong: tanpa batas."
    ),
    "No report yet.": "Belum ada laporan.",
    "No vendor is set up. An administrator can connect HypeAuditor or Modash under Connectors.": (
        "Belum ada vendor yang diatur. Administrator dapat menghubungkan HypeAuditor atau Modash di Konektor."
    ),
    "No vendor that covers this platform is set up. An administrator can do it under Connectors.": (
        "Belum ada vendor untuk platform ini. Administrator dapat mengaturnya di Konektor."
    ),
    "None of these creators has an account on a platform that %(vendor)s covers.": (
        "Tidak satu pun kreator ini punya akun di platform yang dicakup %(vendor)s."
    ),
    "Not asked: the most you allowed is spent.": "Tidak diminta: batas yang Anda izinkan sudah terpakai.",
    "Open a creator's audience, or choose creators in the list, and ask a vendor.": (
        "Buka audiens seorang kreator, atau pilih beberapa kreator di daftar, lalu minta ke vendor."
    ),
    "Order or invoice number of the vendor.": "Nomor pesanan atau tagihan vendor.",
    "Ready": "Siap",
    "Real people": "Orang sungguhan",
    "Reports from vendors": "Laporan dari vendor",
    "Rules": "Aturan",
    "Rules for %(vendor)s": "Aturan untuk %(vendor)s",
    "See the reports": "Lihat laporan",
    "Set aside": "Dicadangkan",
    "Spend at most": "Pakai paling banyak",
    "Spend these credits": "Pakai kredit ini",
    "Spent this month": "Terpakai bulan ini",
    "Suspicious accounts": "Akun mencurigakan",
    "The audience report is ready": "Laporan audiens sudah siap",
    "The vendor did not accept the request. See Connectors.": "Vendor menolak permintaan. Lihat Konektor.",
    "The vendor did not deliver within three days. Nothing was spent; ask again.": (
        "Vendor tidak mengirim laporan dalam tiga hari. Kredit tidak terpakai; minta lagi."
    ),
    "The vendor has nothing on this account: private, too small or gone.": (
        "Vendor tidak punya data akun ini: privat, terlalu kecil, atau sudah tidak ada."
    ),
    "The vendor itself calls this report of low confidence.": (
        "Vendor sendiri menyatakan laporan ini kurang meyakinkan."
    ),
    "The vendor refuses the key. Enter a new one under Connectors.": (
        "Vendor menolak kunci. Isi yang baru di Konektor."
    ),
    "The vendor says your credits there are used up. Buy more, then ask again.": (
        "Menurut vendor, kredit Anda di sana habis. Beli lagi, lalu minta ulang."
    ),
    "They are set aside now, spent when the report comes, and given back if it does not.": (
        "Kredit dicadangkan sekarang, terpakai saat laporan datang, dan dikembalikan jika tidak."
    ),
    "This account has neither a handle nor a platform id. Add its handle first.": (
        "Akun ini belum punya nama pengguna maupun ID platform. Isi nama penggunanya dahulu."
    ),
    "This month's limit for %(vendor)s is reached. Raise it under vendor credits, or wait.": (
        "Batas bulan ini untuk %(vendor)s sudah tercapai. Naikkan di kredit vendor, atau tunggu."
    ),
    "Used again for": "Dipakai lagi selama",
    "Vendor": "Vendor",
    "Vendor credits": "Kredit vendor",
    "Vendor credits belong to finance and administrators. Ask one of them.": (
        "Kredit vendor diurus bagian keuangan dan administrator. Hubungi salah satunya."
    ),
    "Vendor's score": "Skor vendor",
    "What": "Apa",
    "What is left at each vendor, what was spent, and what may be spent in a month.": (
        "Sisa kredit di tiap vendor, yang sudah terpakai, dan batas pemakaian per bulan."
    ),
    "What your contract with the vendor says one report costs.": "Biaya satu laporan menurut kontrak Anda dengan vendor.",
    "Your contract with the vendor does not cover this report.": "Kontrak Anda dengan vendor tidak mencakup laporan ini.",
    "asked for": "diminta",
    "asked for by": "diminta oleh",
    "at": "pada",
    "audience": "audiens",
    "audience report": "laporan audiens",
    "audience reports": "laporan audiens",
    "by": "oleh",
    "credit movement": "mutasi kredit",
    "credit movements": "mutasi kredit",
    "credits": "kredit",
    "credits a month": "kredit per bulan",
    "credits a report": "kredit per laporan",
    "credits left": "sisa kredit",
    "days a report is used again": "lama laporan dipakai lagi (hari)",
    "of %(limit)s": "dari %(limit)s",
    "quality": "kualitas",
    "ready": "siap",
    "set aside": "dicadangkan",
    "vendor": "vendor",
    "vendor credits": "kredit vendor",
    "Demo: no vendor was asked": "Demo: vendor tidak dihubungi",
    "The newest movements. What each report cost is in the list of audience reports.": (
        "Mutasi terbaru. Biaya tiap laporan ada di daftar laporan audiens."
    ),
    "%(vendor)s is not set up, so no report can be bought there.": (
        "%(vendor)s belum diatur, jadi laporan belum bisa dibeli di sana."
    ),
    "Enter the key of your contract first, then the credits you bought.": (
        "Masukkan dulu kunci dari kontrak Anda, lalu kredit yang dibeli."
    ),
    "An administrator can do it under Connectors.": "Administrator dapat mengaturnya di Konektor.",
    "Set up %(vendor)s": "Atur %(vendor)s",
    "No credits yet, so no report can be asked for.": "Belum ada kredit, jadi laporan belum bisa diminta.",
    "Enter what you bought from the vendor; every report is paid from there. Then open a creator's audience and ask.": (
        "Masukkan kredit yang dibeli dari vendor; setiap laporan dibayar dari situ. Lalu buka audiens kreator dan minta laporannya."
    ),
    "Enter credits bought": "Masukkan kredit yang dibeli",
    "An administrator enters what was bought from the vendor.": (
        "Administrator memasukkan kredit yang dibeli dari vendor."
    ),
}  # fmt: skip
