"""Bahasa Indonesia of the connectors' settings and of money budgets."""

from __future__ import annotations

ID: dict[str | tuple[str, str], str] = {
    ("%(n)s post", "%(n)s posts"): "%(n)s konten",
    ("%(n)s user", "%(n)s users"): "%(n)s pengguna",
    "Access token of the agency's account": "Token akses akun agensi",
    "App-only, from the developer console of X.": "Khusus aplikasi, dari konsol pengembang X.",
    "Bearer token": "Bearer token",
    "Budget a month, US dollars": "Anggaran per bulan, dolar AS",
    "Documentation only": "Hanya berdasar dokumentasi",
    "Followers and newest videos of creators listed in TikTok One who have not connected their account. TikTok must have "
    "accepted your agency.": (
        "Pengikut dan video terbaru kreator di TikTok One yang belum menghubungkan akunnya. Agensi Anda harus sudah "
        "diterima TikTok."
    ),
    "Last 28 days, impressions (the measure before views)": "28 hari terakhir, impresi (ukuran sebelum tayangan)",
    "Money budget, this month": "Anggaran uang bulan ini",
    "Name of the fields parameter": "Nama parameter field",
    "Of each account in a campaign or shortlisted: 5 to 100. Others are read without posts.": (
        "Dari setiap akun dalam kampanye atau daftar pendek: 5 sampai 100. Akun lain dibaca tanpa konten."
    ),
    "Post lists in 15 minutes": "Daftar konten dalam 15 menit",
    "Posts a pull": "Konten per pembacaan",
    "Public Pages with Page Public Content Access; views and followers by country where the owner consented.": (
        "Halaman publik dengan Page Public Content Access; tayangan dan pengikut per negara bila pemilik memberi izin."
    ),
    "Public accounts, a hundred a call, and the newest posts of those in a campaign. X sells each answer: nothing is read "
    "until a monthly budget is set.": (
        "Akun publik, seratus per panggilan, dan konten terbaru akun yang ikut kampanye. X menjual setiap jawaban: tidak ada "
        "yang dibaca sebelum anggaran bulanan diisi."
    ),
    "Spent": "Terpakai",
    "Tested against Meta's field lists of April 2026 and Meta's own client. The names of Page metrics stand in Meta's "
    "pages only.": (
        "Diuji dengan daftar field Meta bulan April 2026 dan klien resmi Meta. Nama metrik Halaman hanya tertulis di "
        "dokumentasi Meta."
    ),
    "Tested against X's own client of 2026. Which of two field names X sends is not known; both are read.": (
        "Diuji dengan klien resmi X tahun 2026. Belum diketahui mana dari dua nama field yang dikirim X; keduanya dibaca."
    ),
    "Tested": "Teruji",
    "The number of your agency's account there.": "Nomor akun agensi Anda di sana.",
    "TikTok One account ID": "ID akun TikTok One",
    "Today": "Hari ini",
    "US dollars": "Dolar AS",
    "User look-ups in 15 minutes": "Pencarian pengguna dalam 15 menit",
    "What was read today is not paid for again. Background work may spend 70 %% of the month; the rest is for “Refresh "
    "now”.": (
        "Yang sudah dibaca hari ini tidak dibayar lagi. Pekerjaan latar boleh memakai 70 %% dari sebulan; sisanya untuk "
        "“Perbarui sekarang”."
    ),
    "With your own keys, <code>manage.py connector_probe %(key)s</code> says what differs.": (
        "Dengan kunci Anda sendiri, <code>manage.py connector_probe %(key)s</code> menunjukkan perbedaannya."
    ),
    "X charges $0.010 for a user and $0.005 for a post, each once in a UTC day. 0 reads nothing.": (
        "X menagih $0,010 per pengguna dan $0,005 per konten, masing-masing sekali per hari UTC. 0 tidak membaca apa pun."
    ),
    "X's description says post.fields, its pages say tweet.fields. Change it when X refuses the request.": (
        "Deskripsi X menyebut post.fields, halamannya menyebut tweet.fields. Ubah bila X menolak permintaan."
    ),
    "reads": "pembacaan",
    "spending": "pengeluaran",
    "spent": "terpakai",
    # what an owner's consent gives beside posts
    "Average view": "Rata-rata ditonton",
    "Followers gained": "Pengikut bertambah",
    "Followers lost": "Pengikut berkurang",
    "Minutes watched": "Menit ditonton",
    "Not known": "Tidak diketahui",
    "People engaged": "Berinteraksi",
    "People of the last 30 days. A dash means that the platform did not give it: it says nothing of fewer than a hundred people.": (
        "Orang dalam 30 hari terakhir. Tanda hubung berarti platform tidak memberinya: di bawah seratus orang, platform tidak menyebut apa pun."
    ),
    "People reached": "Dijangkau",
    "Reached and engaged, beside followers": "Yang dijangkau dan berinteraksi, di samping pengikut",
    "Tag in a post": "Ditandai di konten",
    "The last four weeks, as the owner sees them": "Empat minggu terakhir, seperti yang dilihat pemilik akun",
    "%(n)s s": "%(n)s dtk",
    "%(replies)s replies": "%(replies)s balasan",
    "active audience": "audiens aktif",
    "active audiences": "audiens aktif",
    "replies": "balasan",
    # looking for duplicates now
    "Duplicates are being looked for. Wait for it or cancel its job.": "Data ganda sedang dicari. Tunggu, atau batalkan pekerjaannya.",
    "Everybody is compared: contacts, handles, links, names, and alike names within one city. It is done every night by itself; a million creators take some minutes.": (
        "Semua dibandingkan: kontak, handle, tautan, nama, dan nama mirip dalam satu kota. Dilakukan sendiri tiap malam; sejuta kreator perlu beberapa menit."
    ),
    "Look for duplicates": "Cari data ganda",
    "Look now": "Cari sekarang",
    "See possible duplicates": "Lihat kemungkinan ganda",
    # the agency's own token
    "%(platform)s refuses the agency's token": "%(platform)s menolak token agensi",
    "A platform refuses the agency's token": "Platform menolak token agensi",
    "Public accounts are not read until a new one is entered under Connectors. Creators need not do anything.": (
        "Akun publik tidak dibaca sampai token baru dimasukkan di Konektor. Kreator tidak perlu melakukan apa pun."
    ),
    "The platform refuses the agency's own token, so public accounts are not read. Enter a new one under Settings; creators need not do anything.": (
        "Platform menolak token milik agensi, jadi akun publik tidak dibaca. Masukkan yang baru di Pengaturan; kreator tidak perlu melakukan apa pun."
    ),
    "did not give permission for this. Compare what was granted with what the settings name.": (
        "tidak memberi izin untuk ini. Bandingkan izin yang diberikan dengan yang disebut di pengaturan."
    ),
    "has no calls left today. KRM goes on by itself when there are new ones.": "tidak punya jatah panggilan lagi hari ini. KRM lanjut sendiri saat jatah baru ada.",
}
