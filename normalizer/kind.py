"""What the citizen brings: complaint, aspiration, question, emergency, advertisement, greeting.

An emergency is danger *now*: the word alone is mostly about the past (a fire months ago, aid that
never came) or about what might happen ("rawan kecelakaan").
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from normalizer.draft import Finding, Kind, Precision, ResolvedTime

_DANGER = re.compile(
    r"\b(?:k?e?bakaran|kbkaran|kebkaran|kebakran|kbakaran|terbakar|kebakar|api (?:besar|membesar|makin)|"
    r"(?:api(?:nya)?|asap) (?:blm|belum|masih|sudah|sdh|udah|makin|tambah)|percikan api|"
    r"tenggelam|tengelam|kelelep|hanyut|terseret|kecelakaan|kecelaka?n|laka|lakalantas|tabrakan|"
    r"luka (?:parah|berat)|berdarah|sesak na[pf]as|sesek na[pf]as|(?:tidak|tdk|ga|gak|tak|dak) sadar|"
    r"pingsan|kritis|sekarat|serangan jantung|(?:perahu|kapal|sampan|pompong|speed\w*) (?:ter)?"
    r"(?:balik|tenggelam|karam|bocor)|banjir (?:besar|bandang|sedada|seleher|setinggi|sepinggang)|"
    r"(?:air|banjir) (?:\w+ ){0,2}(?:sedada|seleher|sepinggang|seatap)|terjebak|terkurung|tertimbun|"
    r"tertimpa|menimpa (?:mobil|motor|orang|rumah|warga)|parang|celurit|clurit|samurai|golok|pisau|"
    r"senjata|dikeroyok|keroyok\w*|tawuran|begal|dibegal|rampok|perampok\w*|penculikan|diculik|disekap|"
    r"gas (?:\w+ )?bocor|bocor gas|ledakan|meledak|kabel (?:\w+ ){0,2}putus|kesetrum|tersengat|"
    r"(?:mau|hendak|akan) (?:me)?lahir(?:an|kan)?|bunuh diri|gantung diri|lompat dari|"
    r"(?:ular|buaya|harimau|beruang) (?:\w+ ){0,3}(?:masuk|dalam|serang|menyerang)|"
    r"gempa|tsunami|angin (?:kencang|puting)|puting beliung|longsor|keracunan|darurat|emergency)\b"
)
_NOW = re.compile(
    r"\b(?:sekarang|skrg|skrng|skrang|skg|ayeuna|saat ini|barusan|baru (?:saja|aja|sj)|cepat(?:an)?|cpt|cepet|"
    r"capat|segera|sgera|secepat\w*|(?:lagi|sedang|sdg|tengah) (?:ke)?(?:bakar\w*|terbakar|berkelahi|"
    r"mengamuk|ngamuk\w*|tenggelam|hanyut|terjebak|tawuran)|masih (?:di ?(?:laut|dalam|atap|atas|sana|lokasi)|"
    r"terjebak|(?:me)?nyala|hidup|terbakar|berkobar|hilang|dicari|ada (?:korban|orang))|(?:minta|mohon|"
    r"butuh|perlu) (?:\w+ )?(?:bantuan|pertolongan|tolong|perahu|ambulan\w*|evakuasi)|tolong(?:in)?\b"
    r".{0,25}\b(?:ambulan\w*|damkar|pemadam|polisi|perahu|kesini|ke sini|kirim)|(?:blm|belum|lum|lom) "
    r"(?:padam|ketemu|ditemukan|dievakuasi)|(?:kirim|kirimkan|panggil|panggilkan) (?:\w+ )?(?:ambulan\w*|"
    r"damkar|pemadam|polisi|bantuan)|kesini|ke sini|sos|gawat|tulong|tulung|ngamuk\w*|malam ini|kini)\b|!!"
)
_POSSIBLE = re.compile(
    r"\b(?:rawan|sering|kerap|kalau|kalo|klo|jika|apabila|bila|takut(?:nya)?|kuatir|khawatir|"
    r"dikhawatirkan|bisa|dapat|berpotensi|supaya tidak|agar tidak|jangan sampai|jgn sampai|"
    r"sebelum ada|pernah|dulu|bekas|korban kebakaran|pasca|latihan|pelatihan|sosialisasi|simulasi|"
    r"nomor|no telp|nomer|jaga2|berjaga|lampu|pintu|tangga|jalur|posko)\b"
)
_LONG_AGO = timedelta(hours=36)
_STILL = re.compile(
    r"\b(?:belum|blm|lum) (?:padam|ketemu|ditemukan|dievakuasi)|masih (?:terjebak|nyala|menyala|"
    r"terbakar|berkobar|hilang|di atap)"
)
_NEAR_CHARS = 45

_PROBLEM = re.compile(
    r"\b(?:rusak\w*|mati\b|padam|bocor|mampet|(?:ter)?sumbat|banjir|macet|numpuk|menumpuk|bau\b|keruh|"
    r"(?:tidak|tdk|ga|gak|nggak|tak|dak|ndak|teu|belum|blm|blum|kurang) (?:pernah |ada |juga |bisa |di ?)?"
    r"(?:angkut|diangkut|dapat|dapet|keluar|masuk|aktif|mengalir|ngalir|dilayani|dibayar|bayar|jadi|jalan|"
    r"terbit|respon\w*|tanggap\w*|ditangani|diperbaiki|dibaiki|diterima|kerja|cair|datang|adil|sesuai|"
    r"ada (?:bidan|dokter|rambu|kepastian|petugas|air|pegawai)|diisi|selesai|sampai|nyala|hidup|ditebang|"
    r"dibersihkan|ditutup|lewat|tidur|belum)\w*|pungli|pungut\w*|(?:di)?minta (?:uang|rp|bayar|\d)|meminta uang|"
    r"iuran|dicoret|ditolak|dipersulit|keluhan|mengeluh|lambat|lama banget|antri\w*|kecewa|kotor|jorok|"
    r"ber?lub?ang\w*|lobang|bolong|liar|bising|berisik|ribut|dicuri|curi|hilang|tumbang|miring|ambruk|roboh|"
    r"jebol|gelap|longsor|limbah|polusi|asap|tercemar|terganggu|meresahkan|diduga|dugaan|oknum|disuruh|"
    r"dipotong|memotong|memalsukan|palsu|menjuntai|dirusak|kesulitan|susah|mahal|langka|kosong|kering|asin|"
    r"ngetem|kebanjiran|tergenang|meluap|melimpah|becek|becak|amblas|hancur|ancur|lapuk|patah|retak|reot|"
    r"jatuh|jatok|nabrak|menabrak|kekerasan|memukul|pelecehan|nonaktif|dobel|2 kali|menyerempet|nyerempet|"
    r"ngelantung|tertibkan|ditertibkan|lapor(?:kan)?|melapor\w*|pengaduan|mengadu|parah|bahaya|membahayakan|"
    r"menjual|dipakai mudik|sepi|rendah|dibawah umk|lembur|ngaduruk|bakar|dibakar|gigit|tutup terus|"
    r"telantar|terlantar|telanjang|minta dicek|tolong dicek|mohon dicek|ditindak|hama|sakit)\b"
)
_QUESTION = re.compile(
    r"\b(?:(?:mau|izin|ijin|ingin|numpang|nak|mw) (?:ber|be|me|na)?(?:tanya|nanya|nanyak|tanye)\w*|"
    r"(?:syarat|sarat)(?:nya)?|persyaratan|berapa|brp|bagaimana cara\w*|gimana cara\w*|gmn cara\w*|"
    r"cara (?:mengurus|ngurus|urus|bikin|buat|membuat|daftar|mendaftar|cek|mengajukan)|"
    r"jam (?:buka|pelayanan|kerja|berapa|operasional)|jadwal\w*|(?:mohon|minta|mnta|butuh|perlu) "
    r"(?:info|informasi|penjelasan|nomor|kontak|jadwal)\w*|apakah|apa bisa|apa benar|apa ada|adakah|"
    r"ad[ae] (?:dak|tidak|tak|gak|ga)|bisa(?:kah)? diwakilkan|kapan (?:ya |nih )?(?:\w+ ){0,4}"
    r"(?:cair|dibuka|buka|dibagikan|daftar|mulai|pendaftaran)|buka (?:hari )?(?:\w+ )?(?:ga|gak|tidak)|"
    r"nomor (?:telepon|telpon|hp|wa)|dimana (?:bisa|tempat|kantor|alamat)|di mana (?:bisa|tempat|kantor)|"
    r"(?:benar|bener|betul|hoax|hoaks) (?:gak|ga|tidak|kah|ini|apa)|hari apa|informasi publik|"
    r"permohonan informasi|biaya(?:nya)?)\b"
)
_WISH = re.compile(
    r"\b(?:usul(?:an)?|mengusulkan|ngusul\w*|saran|masukan|aspirasi|harapan|berharap|harap|semoga|"
    r"moga|alangkah|sebaiknya|seandainya|andai|kalau bisa|bagaimana kalau|"
    r"(?:mohon|tolong|minta|kiranya) (?:kiranya )?(?:di(?:buat|bangun|sedia|ada|tambah|fasilitasi)\w*)|"
    r"ditambah|tambahin|disediakan|dibangun(?:kan)?|bikin(?:kan)? (?:\w+ ){0,3}dong)\b"
)
_WISH_FIRST = re.compile(
    r"^\W*(?:(?:min|pak|bu|mau|ngasih|kasih|ada|assalamu\w*|bupati|wali ?kota|sekadar|sekedar)\W+){0,6}"
    r"(?:usul\w*|saran\w*|aspirasi|harapan|masukan|mengusulkan)\b"
)
_PRAISE = re.compile(
    r"\b(?:mantap\w*|terima ?kasih|makasih|apresiasi|salut|keren|bagus|hebat|luar biasa|top|jempol|"
    r"puas|cepat sekali|ramah|sukses)\b|\U0001f44d|\U0001f44f"
)
_ADVERT = re.compile(
    r"\b(?:pinjaman|pinjol|dana cair|cair \d+ (?:menit|jam)|tanpa (?:jaminan|bi checking|agunan)|slot|"
    r"gacor|maxwin|togel|casino|bonus|new member|deposit|hadiah|pemenang|undian|promo\w*|diskon|"
    r"investasi|profit|cuan|jual|dijual|obat kuat|peninggi|pelangsing|judi online|jackpot|scatter|"
    r"klik|kunjungi|join|gabung|grup wa|member|transfer|rekening|shopee|menang\w*|gratis ongkir|cod|"
    r"modal \d+|hub(?:ungi)? (?:wa )?#+|kredit|leasing|sebarkan|viralkan)\b|x\d{3,}\b"
)
_LINK = re.compile(r"https?://|\bwww\.|\b\w+\.(?:xyz|top|click|vip)\b")
_COURTESY = re.compile(
    r"\b(?:selamat (?:hari raya|idul|natal|tahun baru|ulang tahun|menunaikan|berpuasa|hut)\b.*|"
    r"semoga sehat(?: selalu)?|sehat selalu|mohon maaf lahir (?:dan )?batin|terima ?kasih\w*|makasih\w*|"
    r"mksh|tq|thanks|thx|hatur nuhun|nuhun|sudah ya|ok\w*|sip|siap|baik|semoga)\b"
)
_LETTERS = re.compile(r"[a-z]{2,}")


def read_kind(
    text: str,
    event: ResolvedTime | None,
    now: datetime,
    *,
    greets: bool = False,
    extra_danger: Sequence[str] = (),
) -> Finding[Kind]:
    """Classify a story.

    Args:
        text: its words in lower case, without long numbers.
        event: the time of the event, if told.
        now: when the last message was written.
        greets: `text` without its greetings is nothing but courtesy.
        extra_danger: the tenant's own words for danger.
    """
    if greets or not _LETTERS.search(_COURTESY.sub(" ", text)):
        return Finding(Kind.GREETING, 0.9)
    if is_emergency(text, event, now, extra_danger):
        return Finding(Kind.EMERGENCY, 0.9)
    problems = min(len(set(_PROBLEM.findall(text))), 5)
    questions = 2.0 * min(len(_QUESTION.findall(text)), 3) + 0.5 * ("?" in text)
    adverts = 1.5 * min(len(set(_ADVERT.findall(text))), 4) + 1.5 * bool(_LINK.search(text))
    wishes = _wishes(text, problems)
    if adverts >= 3 and not questions and adverts > problems:
        return Finding(Kind.SPAM, 0.85)
    if wishes > max(problems, questions):
        return Finding(Kind.ASPIRATION, _sure(wishes, max(problems, questions)))
    if questions > problems:
        return Finding(Kind.INFORMATION_REQUEST, _sure(questions, problems))
    return Finding(Kind.COMPLAINT, _sure(problems + 1, max(questions, wishes)))


def _wishes(text: str, problems: int) -> float:
    wishes = 1.5 * min(len(set(_WISH.findall(text))), 3)
    if _WISH_FIRST.search(text[:200]):
        wishes += 3
    if not problems:
        wishes += 1.5 * min(len(set(_PRAISE.findall(text))), 2)
    return wishes


def _sure(winner: float, other: float) -> float:
    return round(min(0.95, 0.5 + 0.15 * (winner - other)), 2)


def is_emergency(
    text: str, event: ResolvedTime | None, now: datetime, extra_danger: Sequence[str] = ()
) -> bool:
    """Whether danger to life or property is told as happening now."""
    hits = [match for match in _DANGER.finditer(text) if not _only_possible(text, match)]
    told = bool(hits) or any(word.lower() in text for word in extra_danger)
    if not told or not _NOW.search(text):
        return False
    old = event is not None and _is_old(event, now)
    return not old or _STILL.search(text) is not None


def _only_possible(text: str, match: re.Match[str]) -> bool:
    """Whether a danger is feared, named or remembered rather than told."""
    before = text[max(0, match.start() - _NEAR_CHARS) : match.start()]
    before = re.split(r"[.!?\n]", before)[-1]
    return _POSSIBLE.search(before) is not None


def _is_old(event: ResolvedTime, now: datetime) -> bool:
    if event.precision in (Precision.WEEK, Precision.MONTH, Precision.YEAR):
        return True
    return now - event.value > _LONG_AGO
