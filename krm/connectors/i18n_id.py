"""Bahasa Indonesia of everything about connectors, the pages that the creators room shows of them included."""

from __future__ import annotations

ID: dict[str | tuple[str, str], str] = {
    # names of things
    "expires": "berlaku sampai",
    "API key": "Kunci API",
    "Expired": "Kedaluwarsa",
    "Active": "Aktif",
    "Connectors": "Konektor",
    "raw response": "jawaban mentah",
    "outcome count": "hitungan hasil",
    "enabled": "aktif",
    "client id": "ID klien",
    "client secret": "rahasia klien",
    "webhook verify token": "token verifikasi webhook",
    "own account id": "ID akun sendiri",
    "people who use the application in a day": "orang yang memakai aplikasi dalam sehari",
    "application": "aplikasi",
    "applications": "aplikasi",
    "The agency's own account, to read public profiles": "Akun agensi sendiri, untuk membaca profil publik",
    "A creator's account, with their consent": "Akun kreator, dengan persetujuannya",
    "Expires soon": "Segera kedaluwarsa",
    "Consent withdrawn": "Persetujuan dicabut",
    "account id": "ID akun",
    "handle": "nama akun",
    "for": "untuk",
    "status": "status",
    "credential": "kredensial",
    "credentials": "kredensial",
    "New": "Baru",
    "Processed": "Diproses",
    "Parked": "Diparkir",
    "from": "dari",
    "received": "diterima",
    "state": "status",
    "inbound event": "kiriman masuk",
    "inbound events": "kiriman masuk",
    "last update": "pembaruan terakhir",
    "reason": "alasan",
    "cadence": "irama",
    "next update": "pembaruan berikutnya",
    "last attempt": "percobaan terakhir",
    "last outcome": "hasil terakhir",
    "failures in a row": "gagal berturut-turut",
    "paused because": "dijeda karena",
    "account schedule": "jadwal akun",
    "In a live campaign": "Dalam kampanye berjalan",
    "Shortlisted or contracted": "Masuk daftar pendek atau dikontrak",
    "Watched": "Dipantau",
    "In the file": "Dalam arsip",
    # refusals
    "Only an administrator may change how KRM reaches other systems.": (
        "Hanya administrator yang boleh mengubah cara KRM menjangkau sistem lain."
    ),
    "Paste the access token the platform gave you.": "Tempelkan token akses dari platform.",
    "Fill this in; the platform's developer page shows it.": "Isi ini; lihat di halaman pengembang platform.",
    "%(name)s is not set up yet. Fill in its settings first.": (
        "%(name)s belum disiapkan. Isi pengaturannya terlebih dahulu."
    ),
    "%(name)s answers: %(said)s": "%(name)s menjawab: %(said)s",
    "refused the key or token. Enter a new one.": "menolak kunci atau token. Masukkan yang baru.",
    "says consent is gone. Connect the account again.": (
        "menyatakan persetujuan sudah dicabut. Hubungkan akunnya lagi."
    ),
    "says it was asked too often. KRM waits and goes on by itself.": (
        "menyatakan terlalu sering ditanya. KRM menunggu lalu melanjutkan sendiri."
    ),
    "did not answer properly. Try again in a few minutes.": (
        "tidak menjawab dengan benar. Coba lagi beberapa menit lagi."
    ),
    "did not accept the request.": "tidak menerima permintaan.",
    "KRM does not read %(platform)s yet. Enter its figures by hand or import them.": (
        "KRM belum membaca %(platform)s. Masukkan angkanya secara manual atau impor."
    ),
    "%(platform)s is not connected. An administrator can connect it under Connectors.": (
        "%(platform)s belum terhubung. Administrator dapat menghubungkannya di Konektor."
    ),
    "This account is being refreshed just now. Wait for its result.": (
        "Akun ini sedang diperbarui. Tunggu hasilnya."
    ),
    # states of an account
    "The same account is in KRM twice. Merge the two creators.": (
        "Akun yang sama ada dua kali di KRM. Gabungkan kedua kreator."
    ),
    "Private, personal or gone: the platform does not say which.": (
        "Privat, pribadi, atau sudah tidak ada: platform tidak menyebutkan yang mana."
    ),
    "The owner withdrew consent. Ask them to connect the account again.": (
        "Pemilik mencabut persetujuan. Minta mereka menghubungkan akunnya lagi."
    ),
    "The owner has not given consent for this yet. Ask them to connect the account.": (
        "Pemilik belum memberi persetujuan untuk ini. Minta mereka menghubungkan akunnya."
    ),
    "The platform refuses our request again and again. See Connectors.": (
        "Platform berulang kali menolak permintaan kami. Lihat Konektor."
    ),
    # platforms and their settings
    "Public professional accounts by Business Discovery; reach and audience where the owner consented.": (
        "Akun profesional publik lewat Business Discovery; jangkauan dan audiens bila pemilik menyetujui."
    ),
    "Tested against Meta's field lists of April 2026 and Meta's own client.": (
        "Diuji terhadap daftar kolom Meta April 2026 dan klien resmi Meta."
    ),
    "App ID": "ID aplikasi",
    "App secret": "Rahasia aplikasi",
    "Instagram account ID of the agency": "ID akun Instagram agensi",
    "The professional account that asks. It is a number that begins with 1784.": (
        "Akun profesional yang bertanya. Berupa angka yang diawali 1784."
    ),
    "Page access token of the agency's account": "Token akses halaman dari akun agensi",
    "With instagram_basic, instagram_manage_insights and pages_read_engagement.": (
        "Dengan instagram_basic, instagram_manage_insights, dan pages_read_engagement."
    ),
    "People who use the app in a day": "Orang yang memakai aplikasi dalam sehari",
    "Meta allows 200 calls an hour for each of them; KRM plans with this number.": (
        "Meta mengizinkan 200 panggilan per jam untuk tiap orang; KRM merencanakan dengan angka ini."
    ),
    "Webhook verify token": "Token verifikasi webhook",
    "A word of your choice; enter the same at Meta. The address is /hooks/meta/.": (
        "Kata pilihan Anda; masukkan yang sama di Meta. Alamatnya /hooks/meta/."
    ),
    "Built from TikTok's documents only. TikTok publishes no description or client to test against.": (
        "Dibuat hanya dari dokumen TikTok. TikTok tidak menerbitkan deskripsi atau klien untuk pengujian."
    ),
    "Profile and videos of creators who connected their account (Display API).": (
        "Profil dan video kreator yang menghubungkan akunnya (Display API)."
    ),
    "Client key": "Kunci klien",
    "Client secret": "Rahasia klien",
    "Also checks the signature of calls to /hooks/tiktok/.": (
        "Juga memeriksa tanda tangan panggilan ke /hooks/tiktok/."
    ),
    "Reach, daily figures and audience of creators who connected a Business account.": (
        "Jangkauan, angka harian, dan audiens kreator yang menghubungkan akun Business."
    ),
    "Channels and videos, fifty a call. YouTube rounds subscribers to three figures.": (
        "Kanal dan video, lima puluh per panggilan. YouTube membulatkan pelanggan menjadi tiga angka."
    ),
    "Tested against Google's discovery document and Google's own client.": (
        "Diuji terhadap dokumen discovery Google dan klien resmi Google."
    ),
    "From the Google Cloud console, with the YouTube Data API v3 switched on.": (
        "Dari konsol Google Cloud, dengan YouTube Data API v3 diaktifkan."
    ),
    # the page
    "Token expired": "Token kedaluwarsa",
    "Permission missing": "Izin belum ada",
    "Asked too often": "Terlalu sering ditanya",
    "Day's quota spent": "Kuota hari ini habis",
    "Account not available": "Akun tidak tersedia",
    "Failed for now": "Gagal sementara",
    "Request refused": "Permintaan ditolak",
    "Calls in an hour": "Panggilan per jam",
    "Profiles in a minute": "Profil per menit",
    "Video lists in a minute": "Daftar video per menit",
    "Calls in a minute": "Panggilan per menit",
    "Units today (Pacific time)": "Unit hari ini (waktu Pasifik)",
    "How KRM reads the platforms: keys, budgets, queue and errors of the last seven days.": (
        "Cara KRM membaca platform: kunci, kuota, antrean, dan galat tujuh hari terakhir."
    ),
    "Read this platform": "Baca platform ini",
    "Stored encrypted and never shown. Leave empty to keep it.": (
        "Disimpan terenkripsi dan tidak pernah ditampilkan. Kosongkan untuk mempertahankannya."
    ),
    "Saved. Check the connection to see that the platform accepts it.": (
        "Tersimpan. Periksa koneksi untuk memastikan platform menerimanya."
    ),
    ("%(number)s parked call is tried again.", "%(number)s parked calls are tried again."): (
        "%(number)s kiriman yang diparkir dicoba lagi."
    ),
    "Secrets are stored encrypted and never shown again; leave one empty to keep it.": (
        "Rahasia disimpan terenkripsi dan tidak ditampilkan lagi; kosongkan untuk mempertahankannya."
    ),
    (
        "%(n)s call of a platform could not be processed.",
        "%(n)s calls of platforms could not be processed.",
    ): ("%(n)s kiriman dari platform tidak dapat diproses."),
    "Switched off": "Dimatikan",
    "Set up": "Siap",
    "Optional": "Opsional",
    "Not set up": "Belum disiapkan",
    "Sandbox": "Sandbox",
    "Check the connection": "Periksa koneksi",
    "Due now": "Waktunya sekarang",
    "Being read": "Sedang dibaca",
    "Next due": "Berikutnya",
    "Calls in 7 days": "Panggilan dalam 7 hari",
    "Consents": "Persetujuan",
    "%(n)s expire soon": "%(n)s segera kedaluwarsa",
    "%(n)s withdrawn": "%(n)s dicabut",
    "The rate budgets can't be read: Redis is not reachable. Nothing is asked of the platforms until it is.": (
        "Kuota tidak dapat dibaca: Redis tidak terjangkau. Platform tidak ditanya sampai Redis kembali."
    ),
    "Rate budget": "Kuota panggilan",
    "Use": "Pemakaian",
    "Limit": "Batas",
    "Stopped by the platform; goes on %(until)s": "Dihentikan oleh platform; berlanjut %(until)s",
    "The platform counts %(p)s %%": "Platform menghitung %(p)s %%",
    "%(kept)s kept for “Refresh now”": "%(kept)s disimpan untuk “Perbarui sekarang”",
    "What went wrong": "Yang bermasalah",
    "Times": "Kali",
    "Last": "Terakhir",
    "The platform's words": "Kata platform",
    "No errors in the last seven days.": "Tidak ada galat dalam tujuh hari terakhir.",
    "Accounts": "Akun",
    "Paused": "Dijeda",
    "Settings": "Pengaturan",
    "Try again": "Coba lagi",
}
