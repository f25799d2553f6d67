"""The wordings that speak for a complaint, a question, a wish or an advertisement."""

import re
from itertools import chain
from typing import NamedTuple

from normalizer.cues import by_letter
from normalizer.memo import line_by_line, lines_of

_TROUBLE = re.compile(
    r"\b(?:"
    + by_letter(
        r"rusak\w*|mati\b|padam|bocor|mampet|(?:ter)?sumbat|banjir|macet|numpuk|menumpuk|bau\b|"
        r"keruh|"
        r"bising|berisik|ribut|dicuri|kecurian|hilang|tumbang|miring|ambruk|roboh|jebol|gelap|longsor|"
        r"limbah|"
        r"polusi|asap|tercemar|terganggu|meresahkan|diduga|dugaan|oknum|disuruh|dipotong|memotong|"
        r"memalsukan|"
        r"palsu|menjuntai|dirusak|kesulitan|susah|mahal|langka|kosong|kering|asin|ngetem|kebanjiran|"
        r"tergenang|"
        r"meluap|melimpah|becek|becak|amblas|hancur|ancur|lapuk|patah|retak|reot|jatuh|jatok|nabrak|"
        r"menabrak|"
        r"kekerasan|memukul|pelecehan|nonaktif|dobel|menyerempet|nyerempet|ngelantung|parah|bahaya|"
        r"membahayakan|menjual|dibawah umk|lembur|ngaduruk|bakar|dibakar|gigit|telantar|terlantar|"
        r"telanjang|"
        r"sakit|dicoret|ditolak|dipersulit|keluhan|mengeluh|lambat|lelet|lama banget|antri\w*|"
        r"antre\w*|kecewa|"
        r"kotor|jorok|ber?lub?ang\w*|lobang|bolong|liar|judes|kasar|marah|dibiarkan|dibiarin|"
        r"terbengkalai|"
        r"mangkrak|berkarat|keropos|pungli|pungut\w*|iuran|meminta uang|curang|zalim|dzalim|rugi|"
        r"dirugikan|"
        r"merugikan|bermasalah|kendala|error|gagal|dipakai (?:jualan|mudik|orang)|digaji|semrawut|"
        r"kumuh|ilegal|"
        r"(?:di)?minta (?:uang|rp|bayar|\d)|tutup terus|hama|sakit|lambat|longgar|nakal|mabuk|"
        r"maling|"
        r"tak beres"
    )
    + r")\b"
)
_LACK = re.compile(
    r"\b(?:tidak|tdk|ga|gak|nggak|tak|dak|ndak|teu|belum|blm|blum|kurang|tanpa|tiada) (?:pernah |"
    r"juga |jg |"
    r"bisa |di ?|ada |se\w+ )?(?:angkut|diangkut|dapat|dapet|keluar|masuk|aktif|me?ngalir|ngalir|"
    r"dilayani|"
    r"dibayar|bayar|jadi|terbit|respon\w*|tanggap\w*|ditangani|diperbaiki|dibaiki|diterima|kerja|"
    r"cair|datang|"
    r"adil|sesuai|bidan|dokter|rambu|kepastian|petugas|air|pegawai|diisi|selesai|menyala|nyala|"
    r"hidup|ditebang|"
    r"dibersihkan|ditutup|lewat|tidur|layak|merata|transparan|ramah|tersedia|berfungsi|karcis|"
    r"kwitansi|bergerak|beroperasi|maju|"
    r"beres|didata|terdaftar|satupun|satu pun|guru|obat)\w*\b"
)
_REPAIR = re.compile(
    r"\b(?:mohon|tolong|tlg|mhn|minta|harap|segera|agar|supaya|"
    r"bisa)\b[^.?!\n]{0,40}?\b(?:diperbaiki|perbaiki|"
    r"perbaikan|dipangkas|pangkas|dibersihkan|bersihkan|diangkut|angkut|ditindak\w*|tindak\w*|"
    r"ditertibkan|"
    r"tertibkan|dicek|cek|ditinjau|tinjau|ditambal|tambal|diganti|dinyalakan|nyalakan|ditebang|"
    r"tebang|"
    r"dibaiki|dikeruk|disedot|difogging|fogging|ditegur|tegur|diusut|usut|diselesaikan|ditangani|"
    r"diatasi|"
    r"ditutup|turun tangan|dievakuasi|dibantu|bantuannya|solusi\w*)\b"
)
_REPORTS = re.compile(
    r"\b(?:lapor(?:kan)?|melapor\w*|pengaduan|mengadu\w*|ngadu\w*|besadu|adukan|keluhan)\b"
)
_WHY = re.compile(
    r"\b(?:kenapa|knp|mengapa|kok|ngape|kunaon|sampai kapan|sampe kapan|mau sampai kapan)\b"
)
_QUESTION = re.compile(
    r"\b(?:(?:mau|izin|ijin|ingin|numpang|nak|mw|boleh|pengen) (?:ber|be|me|na)?(?:tanya|nanya|"
    r"nanyak|tanye|"
    r"tahu|tau)\w*|(?:syarat|sarat)(?:nya)?|persyaratan|berapa|brp|besaran|"
    r"(?:bagaimana|gimana|gmn) cara\w*|cara (?:mengurus|ngurus|urus|bikin|buat|membuat|daftar|"
    r"mendaftar|cek|"
    r"mengajukan|bayar)|jam (?:buka|pelayanan|kerja|berapa|operasional)|jadwal\w*|"
    r"(?:mohon|minta|mnta|butuh|perlu|boleh minta) (?:info|informasi|penjelasan|nomor|no|kontak|"
    r"jadwal|"
    r"petunjuk|alamat)\w*|petunjuknya|apakah|apa (?:bisa|benar|betul|ada|boleh|harus)|adakah|"
    r"bisakah|bolehkah|"
    r"ad[ae] (?:dak|tidak|tak|gak|ga)\b|ada (?:\w+ ){1,4}(?:gak|ga|tidak|dak|nggak)\b|"
    r"bisa (?:\w+ )?(?:gak|ga|tidak|nggak|diwakilkan)|kapan (?:ya |nih )?(?:\w+ ){0,4}(?:cair|"
    r"dibuka|buka|"
    r"dibagikan|daftar|mulai|pendaftaran)|buka (?:hari )?(?:\w+ )?(?:ga|gak|tidak|nggak)\b|"
    r"nomor (?:telepon|telpon|hp|wa|call center)|call center|"
    r"(?:dimana|di mana|ke mana|kemana|dmn)\b|harus (?:bawa|ke mana|kemana|pakai|apa)|bawa apa|"
    r"siapa (?:yang|yg|saja)|(?:benar|bener|betul|hoax|hoaks) (?:gak|ga|tidak|kah|ini|apa)|"
    r"hari apa|apa (?:aja|saja|sj|wae)\b|lewat (?:apa|mana)|jatuh tempo|batas (?:akhir|waktu)\w*|"
    r"lapor\w*(?: \w+){0,2} (?:kemana|ke mana|di mana|dimana)\b|"
    r"(?:kapan|gimana|bagimana|bagaimana|dimana|berapa) (?:ya|nya|sih)\b|"
    r"informasi publik|permohonan informasi|biaya(?:nya)?|alamat (?:kantor|dinas))\b"
)
_WISH = re.compile(
    r"\b(?:usul(?:an)?|mengusulkan|ngusul\w*|saran|masukan|aspirasi|ide|harapan|berharap|"
    r"harap(?:kan)?|"
    r"semoga|moga|alangkah|sebaiknya|seandainya|andai|kalau bisa|bagaimana kalau|gimana kalau|"
    r"setuju|dukung|request|rikues|"
    r"mendukung|dukungan|lanjutkan|pertahankan|dipertahankan|membutuhkan|"
    r"(?:mohon|tolong|minta|kiranya) (?:kiranya )?(?:di(?:buat|bangun|sedia|ada|tambah|"
    r"fasilitasi)\w*)|"
    r"ditambah|tambahin|menambah|disediakan|dibangun(?:kan)?|diadakan|"
    r"bikin(?:kan)? (?:\w+ ){0,3}dong)\b"
)
_PRAISE = re.compile(
    r"\b(?:mantap\w*|apresiasi|salut|keren|bagus|hebat|luar biasa|top|jempol|puas|cepat sekali|"
    r"cepat tanggap|ramah|sukses|senang|bangga|program)\b|\U0001f44d|\U0001f44f"
)
_THANKED_FOR = re.compile(
    r"\b(?:(?:terima|trima) ?kasih|makasih|mksh|nuhun|thanks)\b[^?\n]{0,60}\b(?:diaspal|diperbaiki|"
    r"perbaikan|mulus|bagus|bersih|terang|lancar|menyala|nyala|dibangun|diangkat|ditangani)\b"
)
_ADVERT = re.compile(
    r"\b(?:"
    + by_letter(
        r"pinjaman|pinjol|dana (?:cair|tunai|segar)|modal usaha|cair \d+ (?:menit|jam)|"
        r"(?:tanpa|hanya) (?:jaminan|bi checking|agunan)|slot|gacor|maxwin|togel|casino|bonus|"
        r"new member|"
        r"depo(?:sit)?|hadiah|pemenang|undian|promo\w*|diskon|investasi|profit|cuan|untung|kripto|"
        r"crypto|trading|"
        r"forex|saham|jual|dijual|harga nego|nego|minat|kavling|obat (?:kuat|herbal)|herbal|ampuh|"
        r"peninggi|"
        r"pelangsing|judi|jackpot|scatter|klik|link|kunjungi|join|gabung|grup|member|transfer|"
        r"followers|"
        r"subscribe|murah|shopee|menang\w*|gratis ongkir|ongkir|cod|order|pesan sekarang|"
        r"chat (?:admin|sekarang)|"
        r"hub(?:ungi)? (?:wa|kami|panitia)|bio|kredit|leasing|sebarkan|viralkan|broadcast|copas|"
        r"teruskan ke|diteruskan|bagikan ke|"
        r"rezeki|nomplok|kaya|"
        r"sial|"
        r"cashback|jual beli|cek ig|stok terbatas|ready|sugar baby|open bo|congratulations|"
        r"you (?:have )?won|winner|prize|lottery|click here|earn (?:money|\$)\w*|loans?|"
        r"bitcoin|btc|dollars?|usd|whatsapp me|dm me|telegram|coblos|pilih nomor|nomor urut|caleg|"
        r"terpercaya|terbukti|langsung main|minta pulsa|mama minta|kirim ke nomor|"
        r"daftar sekarang"
    )
    + r")\b|x\d{3,}\b|\d+%"
)
_LINK = re.compile(r"https?://|\bwww\.|\b\w+\.(?:xyz|top|click|vip|site|online|shop|ly|me|gg|cc)\b")
# Whom to write to for the offer; the number itself is blanked out.
_OFFER = re.compile(
    r"\b(?:wa|whatsapp|hub|hubungi|minat|call|chat|order|telp|kontak)\b[\s:.,]{0,3}#{4}|"
    r"\b(?:pt|cv)\b.{0,20}\bmenawarkan\b|\b(?:jasa|sedia|menyediakan|menerima pesanan|"
    r"ready stok\w*|"
    r"peluang usaha|kerja (?:dari rumah|online)|penghasilan|gaji \d+ ?(?:jt|juta))\b"
)
# Messages that ask to be passed on.
_CHAIN = re.compile(
    r"\bpesan berantai\b|\b(?:sebarkan|teruskan|meneruskan|kirim\w*|bagikan|share|forward)\b"
    r"[^.\n]{0,40}\b(?:\d+ (?:orang|teman|grup|group|kontak)|semua (?:grup|kontak|teman|orang)|"
    r"grup lain|sebanyak)\b|\bjangan (?:putus|berhenti) di (?:kamu|anda)\b"
)


# Signs of which each wording counts once.
_WORDINGS = (
    ("trouble", _TROUBLE),
    ("adverts", _ADVERT),
    ("offers", _OFFER),
    ("wishes", _WISH),
    ("praise", _PRAISE),
)
# Signs that count as often as they are given.
_TIMES = (("lacks", _LACK), ("questions", _QUESTION))
_EVERY_TIME = frozenset(name for name, _ in _TIMES)
# Signs that are there or not.
_MARKS = (
    ("asks_repair", _REPAIR),
    ("reports", _REPORTS),
    ("wonders", _WHY),
    ("link", _LINK),
    ("chain", _CHAIN),
    ("thanked", _THANKED_FOR),
)


class Signs(NamedTuple):
    """How much speaks for each kind: different wordings, or 1 for what is there at all.

    `lacks` and `questions` count every time.
    """

    trouble: int
    lacks: int
    asks_repair: int
    reports: int
    wonders: int
    questions: int
    asks: int
    adverts: int
    link: int
    offers: int
    chain: int
    wishes: int
    thanked: int
    praise: int


@line_by_line
def signs_of(line: str) -> tuple[tuple[str, str], ...]:
    """Return every sign in a line of lower case with its wording."""
    found = [(name, told) for name, pattern in _WORDINGS for told in pattern.findall(line)]
    found += [(name, told) for name, pattern in _TIMES for told in pattern.findall(line)]
    found += [(name, "") for name, pattern in _MARKS if pattern.search(line)]
    return (*found, ("asks", "")) if "?" in line else tuple(found)


def read_signs(text: str) -> Signs:
    """Read the signs line by line: no wording runs over a line's end."""
    told = list(chain.from_iterable(signs_of(lines_of(text))))
    names = [name for name, _ in set(told) if name not in _EVERY_TIME]
    names += [name for name, _ in told if name in _EVERY_TIME]
    return Signs(*map(names.count, Signs._fields))
