"""From text to terms, for search and lookalikes. Pure: no database, no Django.

Terms are words of at least three letters, hashtags and pairs of words that stand together; stop words of Indonesian
and English, addresses, handles and numbers are none.  A word is reduced only as far as both languages allow without a
dictionary: the Indonesian clitics -nya, -ku, -mu, -lah, -kah and the English plural.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

LONGEST = 30

INDONESIAN = """
ada adalah adanya agar akan aku anda antara apa apakah apalagi asal atas atau bagi bagaimana bagai bahkan bahwa baik
baiklah banget banyak baru bawah beberapa begini begitu belum benar berapa beri bila bisa boleh buat bukan cara cerita
coba cuma dah dalam dan dapat dari daripada dengan deh demi dia diri dong dulu enggak gak gimana gitu guys hanya harus
hari hingga hubungi ingin ini itu jadi jangan jauh jika juga kah kak kalau kali kalian kami kamu karena kasih kata
katanya kayak kan ke kecil kembali kenapa kepada ketika kita klik kok kontak kurang lagi lah lain lalu lama langsung
lebih lewat link lupa luar maka makin mana masih mau melalui melihat memang mereka meski mesti mohon mulai mungkin nah
namun nanti nggak ngga nih nya oleh orang pada padahal paling para pas pasti per perlu pernah pun punya saat saja
salah sama sampai sangat satu saya sebagai sebelum sebuah secara sedang sedikit sehari sejak sekali sekarang selalu
selama seluruh semoga semua seperti sering serta sesuai setelah setiap siapa sih silakan sini situ sudah supaya
tadi tahu tanpa tanya tapi telah teman temen tentang terhadap terima terlalu tersebut tetap tidak tiga tolong toh
tuh udah untuk waktu walau yaitu yakni yang yuk yg dgn utk krn tdk bgt aja dm wa
"""
ENGLISH = """
about above after again all also always am an and any are around as at away back be because been before being best
but by can come could day did do does doing don done down each email even every few find first follow for free from
get give go going good got great had has have having he hello her here hers hey him his how if in info into is isn it
its just know last let like link lot love make many may me more most much my need never new no nor not now of off on
one only or other our out over own part people please really say see she should so some still such take tell than
that the their them then there these they thing this those through time to today too two under until up us use very
via want was way we well were what when where which while who why will with would yes yet you your
"""
PLATFORMS = """
instagram tiktok youtube facebook twitter fyp fypシ viral trending reels shorts foryou foryoupage explore post video
konten content creator kreator influencer official subscribe channel bio kerja collab endorse endorsement inquiries
business bisnis save share komen comment repost capek xyzbca akun account followers pengikut
komentar kolom tag lihat next menurut bahas dibahas jawab tulis cobain setuju bareng
"""
STOP = frozenset(f"{INDONESIAN} {ENGLISH} {PLATFORMS}".split())

# What people say in one language and creators write in the other; the first of a line stands for all in a search.
SAME = tuple(
    tuple(line.split())
    for line in """
beauty kecantikan cantik makeup makeupartist mua kosmetik cosmetics
skincare perawatan kulit glowing
food kuliner makanan makan foodie foodies jajanan
cooking memasak masak resep recipe recipes
travel wisata traveling liburan jalanjalan staycation holiday
parenting ibu bunda mama momlife anak keluarga family
fashion busana ootd outfit hijab modest
gaming game gamer mobilelegends
tech teknologi gadget technology smartphone
fitness olahraga gym workout sehat health kesehatan
finance keuangan investasi saham reksadana investing
automotive otomotif mobil motor
comedy komedi lucu ngakak humor
music musik lagu cover
education edukasi belajar pendidikan
reading buku book books
religion islam dakwah hijrah muslim
photography fotografi foto
coffee kopi cafe
pets hewan kucing anjing cat dog
home rumah dekorasi interior
football bola sepakbola soccer
""".strip().splitlines()
)
_FAMILY: dict[str, tuple[str, ...]] = {word: line for line in SAME for word in line}

_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|@[\w.]+")
_WORD = re.compile(r"#?[^\W\d_](?:[^\W_]|(?<=[^\W_])['’-](?=[^\W\d_]))*")
_BREAK = re.compile(r"[.,;:!?()\[\]|/•·\n\r\t—–]+|(?=#)")
_CLITIC = re.compile(r"^(\w{4,}?)(nya|lah|kah)$")


def plain(text: str) -> str:
    """Lower case, compatibility forms folded, stretched letters (bagusss) shortened."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"([^\W\d_])\1{2,}", r"\1", text)


def stem(word: str) -> str:
    found = _CLITIC.match(word)
    if found:
        word = found.group(1)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "os")):
        return word[:-1]
    return word


def words(text: str) -> list[str]:
    """The words that carry meaning, in their order; hashtags lose their sign."""
    found = []
    for match in _WORD.findall(_LINK.sub(" ", plain(text))):
        word = match.lstrip("#").replace("’", "").replace("'", "")
        if 3 <= len(word) <= LONGEST and word not in STOP:
            word = stem(word)
            if len(word) >= 3 and word not in STOP:
                found.append(word)
    return found


def terms(text: str) -> list[str]:
    """Words, and pairs of neighbours that no punctuation or hashtag parts."""
    found = []
    for phrase in _BREAK.split(_LINK.sub(" | ", plain(text))):
        single = words(phrase)
        found += single
        if not phrase.startswith("#"):
            found += [f"{a} {b}" for a, b in pairwise(single) if a != b]
    return found


_BEFORE = ("menge", "peng", "meng", "meny", "peny", "pem", "mem", "pen", "men", "ber", "pe", "me", "di", "se")
_AFTER = ("an", "i", "kan")
_WHOLE = frozenset({"rumahan"})  # means something else than its root


def roots(word: str) -> tuple[str, ...]:
    """What an Indonesian word may be made of: berhijab is hijab, masakan is masak, jalan-jalan is jalanjalan."""
    if word in _WHOLE:
        return ()
    joined = word.replace("-", "")
    found = [joined] if joined != word else []
    for start in ("", *(b for b in _BEFORE if joined.startswith(b))):
        bare = joined.removeprefix(start)
        ends = ["", *(a for a in _AFTER if bare.endswith(a))]
        found += [bare.removesuffix(end) for end in ends if len(bare) - len(end) >= 4]
    return tuple(dict.fromkeys(one for one in found if one != word))


@cache
def _stemmed() -> dict[str, tuple[str, ...]]:
    return {stem(word): line for word, line in _FAMILY.items()} | _FAMILY


def familiar(word: str) -> bool:
    return word in _stemmed()


def vocabulary() -> Iterable[str]:
    """Words of which something else means the same."""
    return _FAMILY


def joined(single: list[str]) -> list[str]:
    """Two words that are one when written together: olah raga is olahraga."""
    found: list[str] = []
    for word in single:
        if found and familiar(found[-1] + word):
            found[-1] += word
        else:
            found.append(word)
    return found


def family(word: str) -> tuple[str, ...]:
    """The word and what means the same in the other language, each reduced like any word."""
    known = _stemmed()
    for given in (word, *roots(word)):
        if given in known:
            return tuple(dict.fromkeys((word, *(stem(w) for w in known[given]))))
    return tuple(dict.fromkeys((word, *(form for form in [word.replace("-", "")] if form != word))))


def count(parts: Iterable[tuple[str, float]]) -> Counter[str]:
    """How often each term occurs over texts with weights; a pair must be seen twice to count."""
    found: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for text, weight in parts:
        for term in terms(text):
            found[term] += weight  # type: ignore[assignment]
            seen[term] += 1
    return Counter({term: n for term, n in found.items() if " " not in term or seen[term] > 1})
