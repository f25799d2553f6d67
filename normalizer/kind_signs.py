"""The wordings that speak for a complaint, a question, a wish or an advertisement."""

import re
from dataclasses import dataclass

from normalizer.memo import line_by_line, lines_of

_TROUBLE = re.compile(
    r"\b(?:rusak\w*|mati\b|padam|bocor|mampet|(?:ter)?sumbat|banjir|macet|numpuk|menumpuk|bau\b|"
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
    r"(?:di)?minta (?:uang|rp|bayar|\d)|tutup terus|hama|sakit|lambat|longgar|nakal|mabuk|maling|"
    r"tak beres)\b"
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
    r"\b(?:pinjaman|pinjol|dana (?:cair|tunai|segar)|modal usaha|cair \d+ (?:menit|jam)|"
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
    r"daftar sekarang)\b|x\d{3,}\b|\d+%"
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


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for each kind, in one line or in all of them."""

    trouble: frozenset[str] = frozenset()
    lacks: int = 0
    asks_repair: bool = False
    reports: bool = False
    wonders: bool = False
    questions: int = 0
    asks: bool = False
    adverts: frozenset[str] = frozenset()
    link: bool = False
    offers: frozenset[str] = frozenset()
    chain: bool = False
    wishes: frozenset[str] = frozenset()
    thanked: bool = False
    praise: frozenset[str] = frozenset()


@line_by_line
def signs_of(line: str) -> Signs | None:
    """Read the signs of a line in lower case; None where there are none."""
    signs = Signs(
        trouble=frozenset(_TROUBLE.findall(line)),
        lacks=len(_LACK.findall(line)),
        asks_repair=_REPAIR.search(line) is not None,
        reports=_REPORTS.search(line) is not None,
        wonders=_WHY.search(line) is not None,
        questions=len(_QUESTION.findall(line)),
        asks="?" in line,
        adverts=frozenset(_ADVERT.findall(line)),
        link=_LINK.search(line) is not None,
        offers=frozenset(_OFFER.findall(line)),
        chain=_CHAIN.search(line) is not None,
        wishes=frozenset(_WISH.findall(line)),
        thanked=_THANKED_FOR.search(line) is not None,
        praise=frozenset(_PRAISE.findall(line)),
    )
    return None if signs == _NO_SIGNS else signs


_NO_SIGNS = Signs()


def read_signs(text: str) -> Signs:
    """Read the signs line by line: no wording runs over a line's end."""
    lines = [signs for signs in signs_of(lines_of(text)) if signs is not None]
    return Signs(
        trouble=frozenset[str]().union(*(signs.trouble for signs in lines)),
        lacks=sum(signs.lacks for signs in lines),
        asks_repair=any(signs.asks_repair for signs in lines),
        reports=any(signs.reports for signs in lines),
        wonders=any(signs.wonders for signs in lines),
        questions=sum(signs.questions for signs in lines),
        asks=any(signs.asks for signs in lines),
        adverts=frozenset[str]().union(*(signs.adverts for signs in lines)),
        link=any(signs.link for signs in lines),
        offers=frozenset[str]().union(*(signs.offers for signs in lines)),
        chain=any(signs.chain for signs in lines),
        wishes=frozenset[str]().union(*(signs.wishes for signs in lines)),
        thanked=any(signs.thanked for signs in lines),
        praise=frozenset[str]().union(*(signs.praise for signs in lines)),
    )
