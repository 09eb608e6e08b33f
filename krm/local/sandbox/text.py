"""Words of the demo world: captions, comments and categories, in the Indonesian that creators write."""

from __future__ import annotations

CITIES = [
    ("Jakarta", 30), ("Bandung", 12), ("Surabaya", 11), ("Yogyakarta", 8), ("Medan", 7), ("Semarang", 5),
    ("Makassar", 5), ("Denpasar", 5), ("Malang", 4), ("Bekasi", 4), ("Tangerang", 4), ("Palembang", 3), ("Balikpapan", 2),
]  # fmt: skip

CATEGORIES: dict[str, dict[str, list[str]]] = {
    "beauty": {
        "subject": ["skincare pagi", "lipstik matte", "serum vitamin C", "sunscreen", "makeup kondangan", "masker wajah"],
        "tag": ["skincare", "racunskincare", "makeuptutorial", "beautyid", "glowingskin"],
    },
    "fashion": {
        "subject": ["outfit kantor", "hijab pashmina", "batik modern", "OOTD akhir pekan", "sneakers lokal", "thrift haul"],
        "tag": ["ootdindonesia", "hijabstyle", "brandlokal", "fashionid", "outfitinspo"],
    },
    "food": {
        "subject": ["seblak pedas", "kopi susu gula aren", "bakso Malang", "resep rendang", "jajanan pasar", "ayam geprek"],
        "tag": ["kulinerindonesia", "resepmasakan", "jajananviral", "foodieid", "makanenak"],
    },
    "parenting": {
        "subject": ["MPASI 6 bulan", "mainan edukasi", "tidur anak", "bekal sekolah", "cerita hamil", "jadwal imunisasi"],
        "tag": ["mpasi", "ibumuda", "parentingid", "anaksehat", "momlife"],
    },
    "technology": {
        "subject": ["HP dua jutaan", "laptop kuliah", "kamera vlog", "earbuds murah", "tips baterai awet", "smart TV"],
        "tag": ["gadgetid", "reviewhp", "teknologi", "unboxing", "tipsgadget"],
    },
    "gaming": {
        "subject": ["push rank Mythic", "gameplay terbaru", "tips hero assassin", "setup gaming", "turnamen komunitas"],
        "tag": ["mobilelegends", "gamingid", "esportsid", "pubgmobile", "gamers"],
    },
    "travel": {
        "subject": ["Labuan Bajo", "itinerary Yogyakarta", "camping di Dieng", "staycation Bandung", "kereta ke Malang"],
        "tag": ["wonderfulindonesia", "jalanjalan", "travelid", "explorebandung", "liburan"],
    },
    "fitness": {
        "subject": ["workout 15 menit", "lari pagi 5K", "menu defisit kalori", "yoga pemula", "sepeda santai"],
        "tag": ["hidupsehat", "fitnessid", "larimalam", "workoutdirumah", "dietsehat"],
    },
    "finance": {
        "subject": ["dana darurat", "reksa dana pemula", "atur gaji UMR", "investasi emas", "cicilan rumah pertama"],
        "tag": ["literasikeuangan", "investasi", "belajarsaham", "finansial", "nabungyuk"],
    },
    "comedy": {
        "subject": ["drama anak kos", "tetangga julid", "logat daerah", "mama pas nyuruh beli garam", "antre sembako"],
        "tag": ["ngakak", "komedi", "lucu", "receh", "fyp"],
    },
    "automotive": {
        "subject": ["motor matic harian", "modif tipis-tipis", "mobil listrik", "touring Jawa", "servis sendiri di rumah"],
        "tag": ["otomotif", "motorindonesia", "mobillistrik", "touring", "bikerid"],
    },
    "education": {
        "subject": ["trik matematika", "bahasa Inggris harian", "lolos beasiswa", "belajar coding", "sejarah Nusantara"],
        "tag": ["belajarbareng", "edukasi", "beasiswa", "kuliah", "tipsbelajar"],
    },
}  # fmt: skip

OPENERS = [
    "Akhirnya cobain {s}, jujur di luar ekspektasi!",
    "Banyak yang tanya soal {s}, ini jawabannya ya.",
    "Tiga hal soal {s} yang jarang dibahas.",
    "POV: kamu baru kenal {s}.",
    "Part 2 {s}, sesuai janji.",
    "Review jujur {s}, tanpa endorse.",
    "Simpan dulu video {s} ini, pasti kepakai.",
    "Cerita hari ini: {s} dari pagi sampai malam.",
    "{s} versi hemat, di bawah seratus ribu!",
    "Siapa di sini yang juga suka {s}?",
]
CLOSERS = [
    "Menurut kalian gimana? Tulis di kolom komentar ya.",
    "Jangan lupa save dan share ke teman kamu.",
    "Link lengkap ada di bio.",
    "Yang setuju angkat tangan 🙋",
    "Semoga bermanfaat 💛",
    "Next mau bahas apa lagi?",
    "Tag teman yang harus lihat ini.",
    "",
]
SPONSORS = ["kopikita.id", "glowlokal", "nusantaragadget", "dapurbunda", "langkahfit", "rumahceria"]

COMMENTS = [
    "Wah keren banget kak, makasih infonya",
    "Ini yang aku cari dari kemarin",
    "Beli di mana kak?",
    "Udah coba dan emang bagus sih",
    "Kalau buat kulit sensitif aman gak ya?",
    "Lucu banget, ngakak sampai nangis 😂",
    "Kak bikin versi murahnya dong",
    "Harganya berapa kak?",
    "Setuju banget sama poin kedua",
    "Menurutku kurang cocok sih di aku",
    "Ditunggu part 3 ya kak",
    "Baru tahu ada yang kayak gini",
    "Izin share ke grup keluarga ya",
    "Hasilnya kelihatan banget bedanya",
    "Aku malah lebih suka yang lama",
    "Kak notice dong, dari Makassar nih",
    "Auto checkout 😭",
    "Suaranya kecil banget kak",
    "Akhirnya ada yang bahas ini",
    "Mahal ya ternyata, tapi worth it",
]
POD_COMMENTS = [
    "Keren banget kak! 🔥",
    "Mantap 👏👏",
    "Love it 😍",
    "Sukses terus kak 🙏",
    "Goals banget ✨",
    "🔥🔥🔥",
]
BOT_COMMENTS = ["Nice", "Good", "Wow", "👍", "Great post", "Amazing", "❤️", "cek profil aku"]
ENGLISH_COMMENTS = [
    "This is so helpful, thank you!",
    "Where did you get that?",
    "Honestly the best review I've seen this week",
    "Not convinced, the price is too high for what you get",
    "love the lighting in this one, which camera?",
    "wait this actually works?? tried it yesterday",
    "You deserve way more views",
    "Can you do a comparison next time?",
    "meh, seen this ten times already",
    "Greetings from Kuala Lumpur 🇲🇾",
]
TAGGING_COMMENTS = [
    "ini yang aku bilang kemarin",
    "wajib coba nih",
    "yuk kapan ke sini",
    "liat deh 😂",
    "cocok buat kamu",
]
SPONSORED_COMMENTS = [
    "Ini iklan ya kak?",
    "Endorse terus, kapan review jujur",
    "Udah checkout pakai kode kakak 🛒",
    "Kodenya masih berlaku kak?",
    "Gara-gara kakak aku jadi beli",
]
SPAM_COMMENTS = [
    "Modal 20rb jadi 2jt, cek bio sekarang 💰💰",
    "Situs gacor hari ini maxwin terus, link di profil",
    "Jasa tambah followers aman dan murah, DM ya",
    "Promo pinjaman cair 5 menit tanpa jaminan WA 0812xxxx",
    "FREE followers 👉 check my page",
    "Earn $500 a day from home, ask me how",
]
RUDE_COMMENTS = [
    "Norak banget sumpah",
    "Sok tau lu",
    "Gak jelas kontennya, unfollow",
    "cringe",
    "Bohong aja terus",
]
OWNER_REPLIES = [
    "makasih banyak ya 💛",
    "link ada di bio ya kak",
    "siap, ditunggu part berikutnya",
    "thank you!!",
    "betul banget",
]
