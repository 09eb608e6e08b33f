"""Bahasa Indonesia of events."""

from __future__ import annotations

ID: dict[str | tuple[str, str], str] = {
    "Only administrators retry parked deliveries.": "Hanya administrator yang mencoba ulang pengiriman tertahan.",
    "This delivery is %(state)s; only a parked one is tried again by hand.": (
        "Pengiriman ini %(state)s; hanya yang tertahan dapat dicoba ulang secara manual."
    ),
    "Only administrators and campaign managers connect other systems.": (
        "Hanya administrator dan manajer kampanye yang menghubungkan sistem lain."
    ),
    "Name the system that is told.": "Beri nama sistem yang diberi tahu.",
    "Choose at least one event, or * for all.": "Pilih minimal satu peristiwa, atau * untuk semua.",
    "Use a public https:// address.": "Gunakan alamat https:// publik.",
    "Write event names such as campaigns.offer_sent or campaigns.*.": (
        "Tulis nama peristiwa seperti campaigns.offer_sent atau campaigns.*."
    ),
    "This webhook is switched off. Switch it on first.": "Webhook ini nonaktif. Aktifkan dulu.",
    "This delivery is pending already; it is tried by itself.": (
        "Pengiriman ini masih menunggu; akan dicoba dengan sendirinya."
    ),
    "Webhooks": "Webhook",
    "Agency": "Agensi",
    "Parked deliveries": "Pengiriman tertahan",
    "Events": "Peristiwa",
    "Events that a part of KRM could not take in after several tries. Mend the cause, then retry.": (
        "Peristiwa yang gagal diproses bagian KRM setelah beberapa kali percobaan. Perbaiki sebabnya, lalu coba ulang."
    ),
    "%(count)s are tried again.": "%(count)s dicoba ulang.",
    "Nothing is parked": "Tidak ada yang tertahan",
    "Every event reached everybody it concerns.": "Semua peristiwa sampai ke yang berkepentingan.",
    "Tried again shortly.": "Segera dicoba ulang.",
    "Event": "Peristiwa",
    "Where": "Di mana",
    "Tries": "Percobaan",
    "Error": "Kesalahan",
    "When": "Kapan",
    "Try again": "Coba lagi",
    "New webhook": "Webhook baru",
    "Saved.": "Tersimpan.",
    "New signing secret": "Rahasia tanda tangan baru",
    "Make a new secret": "Buat rahasia baru",
    "No webhooks yet": "Belum ada webhook",
    "Tell your BI, ERP or chat what happens here.": "Beri tahu BI, ERP, atau obrolan Anda apa yang terjadi di sini.",
    "A test message is on its way.": "Pesan uji sedang dikirim.",
    "Deleted.": "Dihapus.",
    "Sent again shortly.": "Segera dikirim ulang.",
    "Name": "Nama",
    "Address": "Alamat",
    "Names separated by commas, such as campaigns.* or payments.invoice_paid; * for all.": (
        "Nama dipisahkan koma, seperti campaigns.* atau payments.invoice_paid; * untuk semua."
    ),
    "Active": "Aktif",
    "Failing since": "Gagal sejak",
    "Edit": "Ubah",
    "Notifications": "Notifikasi",
    "name": "nama",
    "address": "alamat",
    "active": "aktif",
    "failing since": "gagal sejak",
    "webhook": "webhook",
    "webhooks": "webhook",
    "state": "status",
    "attempts": "percobaan",
    "created": "dibuat",
    "sent": "terkirim",
    "answer": "jawaban",
    "error": "kesalahan",
    "webhook delivery": "pengiriman webhook",
    "webhook deliveries": "pengiriman webhook",
    "events": "peristiwa",
    "Pending": "Menunggu",
    "Done": "Selesai",
    "Parked": "Diparkir",
    "event": "peristiwa",
    "delivery": "pengiriman",
    "deliveries": "pengiriman",
    ("%(n)s unread", "%(n)s unread"): "%(n)s belum dibaca",
    "Mail comes as a digest of what you have not read here.": (
        "E-mail berisi ringkasan dari yang belum Anda baca di sini."
    ),
    "About": "Tentang",
    "In KRM": "Di KRM",
    "By mail": "Lewat e-mail",
    "Save": "Simpan",
    "Nothing to choose yet": "Belum ada yang bisa dipilih",
    "Kinds of notifications appear here when you get the first one.": (
        "Jenis notifikasi muncul di sini setelah Anda menerima yang pertama."
    ),
    "%(label)s: in KRM": "%(label)s: di KRM",
    "%(label)s: by mail": "%(label)s: lewat e-mail",
    "Mark all as read": "Tandai semua sudah dibaca",
    "Settings": "Pengaturan",
    "new": "baru",
    "Older": "Lebih lama",
    "Nothing new": "Tidak ada yang baru",
    "What concerns you appears here and, if you like, in your mail.": (
        "Hal yang menyangkut Anda muncul di sini dan, jika Anda mau, di e-mail."
    ),
    "New secret": "Rahasia baru",
    "Send a test": "Kirim uji coba",
    "Nothing is sent to this address any more, and its log goes. Delete?": (
        "Tidak ada lagi yang dikirim ke alamat ini, dan catatannya ikut terhapus. Hapus?"
    ),
    "Delete": "Hapus",
    "Sees what this person sees": "Melihat yang dilihat orang ini",
    "Deliveries": "Pengiriman",
    "State": "Status",
    "Sent": "Terkirim",
    "Actions": "Tindakan",
    "Send again": "Kirim ulang",
    "Nothing sent yet. Send a test.": "Belum ada yang dikirim. Kirim uji coba.",
    "yes,no": "ya,tidak",
    "Copy the signing secret now. It is not shown again.": (
        "Salin rahasia tanda tangan sekarang. Tidak akan ditampilkan lagi."
    ),
    "Signing secret": "Rahasia tanda tangan",
    (
        "Every message is signed with it as Standard Webhooks describes: verify webhook-signature over webhook-id,"
        " webhook-timestamp and the raw body."
    ): (
        "Setiap pesan ditandatangani dengannya sesuai Standard Webhooks: periksa webhook-signature atas webhook-id,"
        " webhook-timestamp, dan isi mentah."
    ),
    "this is new for you in KRM:": "ini yang baru untuk Anda di KRM:",
    "Choose what comes by mail": "Pilih yang dikirim lewat e-mail",
    "Hello %(name)s,": "Halo %(name)s,",
    ("and %(n)s more", "and %(n)s more"): "dan %(n)s lagi",
    "Choose what comes by mail:": "Pilih yang dikirim lewat e-mail:",
    ("KRM: %(n)s new message", "KRM: %(n)s new messages"): "KRM: %(n)s pesan baru",
    "Response": "Respons",
}
