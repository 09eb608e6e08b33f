"""Bahasa Indonesia of the local pages."""

ID: dict[str, str] = {
    "English": "Bahasa Inggris",
    "Bahasa Indonesia": "Bahasa Indonesia",
    "Development mail": "Surat pengembangan",
    "Messages that this installation would have sent. Nothing leaves this machine.": (
        "Pesan yang seharusnya dikirim oleh instalasi ini. Tidak ada yang keluar dari mesin ini."
    ),
    "Subject": "Perihal",
    "To": "Kepada",
    "Sent": "Terkirim",
    "No mail yet": "Belum ada surat",
    "Ask for a login link or send an invitation; the message appears here.": (
        "Minta tautan masuk atau kirim undangan; pesannya muncul di sini."
    ),
}
