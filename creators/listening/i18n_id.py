"""Bahasa Indonesia of hashtags, mentions and comments."""

from __future__ import annotations

ID: dict[str | tuple[str, str], str] = {
    ("%(count)s hashtag stopped.", "%(count)s hashtags stopped."): "%(count)s tagar tidak diikuti lagi.",
    ("%(count)s hashtag is searched within minutes.", "%(count)s hashtags are searched within minutes."): (
        "%(count)s tagar dicari dalam beberapa menit."
    ),
    "%(used)s of %(limit)s different hashtags searched in the last seven days.": (
        "%(used)s dari %(limit)s tagar berbeda dicari dalam tujuh hari terakhir."
    ),
    "A creator in the file": "Kreator yang sudah tercatat",
    "Author": "Penulis",
    "Campaign number": "Nomor kampanye",
    "Figures of": "Angka per",
    "Follow": "Ikuti",
    "Follow a hashtag": "Ikuti tagar",
    "Follow a hashtag, or let Meta tell us of mentions: the webhook is on the page Connectors.": (
        "Ikuti sebuah tagar, atau biarkan Meta memberi tahu tentang mention: alamat webhook ada di halaman Konektor."
    ),
    "Followed": "Diikuti",
    "Followed hashtags": "Tagar yang diikuti",
    "Followed. The first posts come within minutes.": "Diikuti. Konten pertama masuk dalam beberapa menit.",
    "Found": "Ditemukan",
    "Found by": "Ditemukan lewat",
    "Hashtag": "Tagar",
    "Hashtags and mentions": "Tagar dan mention",
    "Instagram lets one account search %(limit)s different hashtags in seven days, and all are in use. Its turn comes on %(day)s; stopping another one does not free its place earlier.": (
        "Instagram mengizinkan satu akun mencari %(limit)s tagar berbeda dalam tujuh hari, dan semuanya terpakai. Gilirannya %(day)s; menghentikan tagar lain tidak membuka tempat lebih cepat."
    ),
    "Instagram lets us search 30 different ones in seven days; posts of the last day come in every few hours.": (
        "Instagram mengizinkan 30 tagar berbeda dalam tujuh hari; konten sehari terakhir masuk setiap beberapa jam."
    ),
    "Last outcome": "Hasil terakhir",
    "Last search": "Pencarian terakhir",
    "Mention in a comment": "Mention di komentar",
    "Mention in a post": "Mention di konten",
    "Next search": "Pencarian berikutnya",
    "No hashtag followed yet": "Belum ada tagar yang diikuti",
    "Not in the file": "Belum tercatat",
    "Nothing found yet": "Belum ada yang ditemukan",
    "One word, with or without #. Instagram only.": "Satu kata, dengan atau tanpa #. Hanya Instagram.",
    "Only Instagram lets us search hashtags. Choose Instagram.": (
        "Hanya Instagram yang mengizinkan pencarian tagar. Pilih Instagram."
    ),
    "Posts found": "Konten ditemukan",
    "Posts of others: with a hashtag you follow, or that mention an account that gave its consent.": (
        "Konten orang lain: dengan tagar yang Anda ikuti, atau yang menyebut akun yang sudah memberi izin."
    ),
    "Search now": "Cari sekarang",
    "Searched": "Sudah dicari",
    "Stop": "Hentikan",
    "Stopped": "Dihentikan",
    "This hashtag is followed already.": "Tagar ini sudah diikuti.",
    "This hashtag is not followed any more.": "Tagar ini sudah tidak diikuti.",
    "Waits for room": "Menunggu jatah",
    "Write one hashtag without spaces: letters, digits and underscores, such as #kopikita.": (
        "Tulis satu tagar tanpa spasi: huruf, angka, dan garis bawah, misalnya #kopikita."
    ),
    "author": "penulis",
    "comment": "komentar",
    "comments": "komentar",
    "followed": "diikuti",
    "found": "ditemukan",
    "found by": "ditemukan lewat",
    "found post": "konten temuan",
    "found posts": "konten temuan",
    "hashtag": "tagar",
    "hashtags": "tagar",
    "language": "bahasa",
    "last search": "pencarian terakhir",
    "last seen": "terakhir dilihat",
    "next search": "pencarian berikutnya",
    "posts found": "konten ditemukan",
    "text": "teks",
}
