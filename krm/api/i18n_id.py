"""Bahasa Indonesia of the REST API."""

from __future__ import annotations

ID: dict[str | tuple[str, str], str] = {
    "There is no such parameter. Known: %(names)s.": "Parameter itu tidak ada. Yang dikenal: %(names)s.",
    "Give a value, or leave the parameter out.": "Isi nilainya, atau hilangkan parameternya.",
    "Write true or false.": "Tulis true atau false.",
    "This cursor is not valid. Start from the first page.": "Kursor ini tidak valid. Mulai dari halaman pertama.",
    "This cursor belongs to another ordering. Start from the first page.": (
        "Kursor ini milik urutan lain. Mulai dari halaman pertama."
    ),
    "Choose a whole number from 1 to %(most)s.": "Pilih bilangan bulat dari 1 sampai %(most)s.",
    "Choose one of: %(choices)s.": "Pilih salah satu: %(choices)s.",
    "There is no such address. The addresses are listed at /api/docs/.": (
        "Alamat itu tidak ada. Daftar alamat ada di /api/docs/."
    ),
    "The fault is ours and has been written down. Try again later.": (
        "Kesalahan ada pada kami dan sudah dicatat. Coba lagi nanti."
    ),
    "Idempotency-Key must have 1 to 255 printable ASCII characters; a UUID is a good one.": (
        "Idempotency-Key harus 1 sampai 255 karakter ASCII; UUID paling baik."
    ),
    "This Idempotency-Key was used for a different request. Take a new key for a new request.": (
        "Idempotency-Key ini sudah dipakai untuk permintaan lain. Pakai kunci baru untuk permintaan baru."
    ),
    "The same request is being worked on. Send it again in a moment to read its answer.": (
        "Permintaan yang sama sedang dikerjakan. Kirim lagi sebentar lagi untuk membaca jawabannya."
    ),
    "Read the object first and send its ETag as If-Match.": "Baca objeknya dulu dan kirim ETag-nya sebagai If-Match.",
    'Send If-Match as the ETag that you read, with its quotes, or "*".': (
        'Kirim If-Match berupa ETag yang Anda baca, lengkap dengan tanda kutipnya, atau "*".'
    ),
    "Other things depend on this. Take them away first.": "Masih ada yang bergantung pada ini. Singkirkan dulu.",
    "Log in again in the browser first: this asks for a login of the last five minutes.": (
        "Masuk kembali di peramban dulu: ini memerlukan login dalam lima menit terakhir."
    ),
    "Somebody changed this since you read it. Read it again and repeat your change.": (
        "Ada yang mengubah ini setelah Anda membacanya. Baca lagi lalu ulangi perubahan Anda."
    ),
    "The request cannot be understood": "Permintaan tidak dapat dipahami",
    "Sign in or send an API key": "Masuk atau kirim kunci API",
    "You may not do this": "Anda tidak boleh melakukan ini",
    "Not found": "Tidak ditemukan",
    "This method is not offered here": "Metode ini tidak tersedia di sini",
    "This API answers in JSON only": "API ini hanya menjawab dalam JSON",
    "Not possible in the present state": "Tidak mungkin pada status sekarang",
    "Somebody changed this in the meantime": "Ada yang mengubah ini sementara itu",
    "The request is too large": "Permintaan terlalu besar",
    "Send JSON": "Kirim JSON",
    "The key was used for another request": "Kunci sudah dipakai untuk permintaan lain",
    "Send If-Match": "Kirim If-Match",
    "Too many requests": "Terlalu banyak permintaan",
    "Something broke on our side": "Ada yang rusak di pihak kami",
    "Not available at the moment": "Sedang tidak tersedia",
    "Some values need correction; see errors.": "Beberapa nilai perlu diperbaiki; lihat errors.",
    "There is nothing here that you may see.": "Tidak ada yang dapat Anda lihat di sini.",
    "The same thing exists already. Load it again before you retry.": (
        "Hal yang sama sudah ada. Muat ulang sebelum mencoba lagi."
    ),
    "A value is too large or has characters that cannot be stored.": (
        "Ada nilai yang terlalu besar atau berisi karakter yang tidak dapat disimpan."
    ),
    "You may not do this.": "Anda tidak boleh melakukan ini.",
    "This API key lacks the scope %(scope)s.": "Kunci API ini tidak punya cakupan %(scope)s.",
    "Send one key: Authorization: Bearer krm_…": "Kirim satu kunci: Authorization: Bearer krm_…",
    "This API key is unknown, expired or revoked.": "Kunci API ini tidak dikenal, kedaluwarsa, atau dicabut.",
    "API reference": "Referensi API",
}
