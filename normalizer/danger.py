"""Emergencies: danger to life or property that is told as happening now.

The word alone is mostly about the past (a fire months ago, aid that never came) or about what might
happen ("rawan kecelakaan"). So a danger counts with a word for now, or when somebody in danger is
spoken of in the present; never when it is feared, remembered or asked about.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain

from normalizer.cues import by_letter
from normalizer.draft import Precision, ResolvedTime
from normalizer.memo import line_by_line, lines_of

_NOT = r"(?:tidak|tdk|ga|gak|nggak|ngga|tak|dak|enggak|nda)"
_NOT_YET = r"(?:belum|blm|blum|lum|lom|tak kunjung)"
_HELP = r"(?:ambulan\w*|damkar\w*|pemadam|polisi|perahu|bantuan|pertolongan|tim|sar|evakuasi|medis)"
_WATER = r"(?:sumur|sungai|laut|jurang|parit|got|kolam|air|danau|kali|waduk|selokan)"
_FIRE = (
    r"k?e?bakaran|kbkaran|kebkaran|kebakran|kbakaran|kebakar|terbakar|percikan api|"
    r"(?:ada|semburan|kobaran) api|"
    r"api(?:nya)? (?:besar|membesar|makin|tambah|menjalar|merambat|blm|belum|masih|sudah|sdh|udah)|"
    r"asap (?:blm|belum|masih|sudah|sdh|udah|makin|tambah|keluar|tebal)|"
    r"gas (?:\w+ ){0,2}bocor|bocor gas|ledakan|meledak|"
    r"kabel (?:\w+ ){0,2}putus|(?:ke|ter)s[ea]t?rum|tersengat|(?:ke|ter)sambar"
)
_WATERS = (
    r"tenggelam|tengelam|kelelep|hanyut|terseret|(?:ke|ter)cebur\w*|nyemplung|"
    rf"(?:jatuh|masuk|terjun|loncat|lompat)\w* (?:\w+ ){{0,4}}{_WATER}|"
    r"(?:perahu|kapal|sampan|pompong|speed\w*|boat|kempang|ketek) (?:\w+ ){0,3}"
    r"(?:ter)?(?:balik|tenggelam|karam|bocor|kandas)|"
    r"banjir (?:besar|bandang|sedada|seleher|setinggi|sepinggang)|"
    r"(?:air|banjir) (?:\w+ ){0,2}(?:sedada|seleher|sepinggang|seatap)|"
    r"air bah|(?:di )?atas (?:genteng|atap)|mogok di (?:tengah )?laut|"
    r"setinggi (?:dada|leher|pinggang|atap|kepala|perut)|air (?:laut )?naik cepat|"
    r"gempa|tsunami|angin (?:kencang|puting)|puting beliung|longsor"
)
_HURT = (
    r"kecelaka?n|kecelakaan|laka|lakalantas|tabrakan|ketabrak|ditabrak|tertabrak|terlindas|"
    r"kelindas|terguling|(?:ke|ter)(?:jepit|timbun|timpa|kubur|perosok)|terjebak|kejebak|"
    r"terkurung|(?:ter|di)kepung|(?:me)?(?:nimpa|nimbun|timpa|timbun) (?:\d+ )?(?:mobil|motor|"
    r"orang|rumah|warga|anak|pekerja)|"
    r"(?:roboh|ambruk|rubuh|runtuh) (?:\w+ ){0,4}(?:orang\w*|korban|anak|warga|pekerja)|"
    r"luka (?:parah|berat|bakar)|berdarah|darah(?:nya)? (?:banyak|keluar|ngucur)|"
    r"(?:pen)?darahan|kepala(?:nya)? bocor|patah (?:kaki|tulang)|"
    r"tulang\w* (?:\w+ )?(?:keluar|patah)|"
    r"jatuh dari (?:atap|genteng|pohon|tangga|gedung|lantai|tower|tiang|ketinggian|jembatan|"
    r"tebing)|"
    rf"{_NOT} (?:sadar\w*|bernapas|bernafas|napas|nafas|gerak|bergerak|bangun2?)|"
    r"pingsan|kritis|sekarat|serangan jantung|kejang\w*|overdosis|berbusa|muntah darah|"
    r"ses[ae]k na[pf]as|tergeletak|terkapar|keracunan|(?:mau|hendak|akan) (?:me)?lahir(?:an|kan)?|"
    r"(?:bunuh|gantung) diri|(?:mau|hendak|ingin) (?:lompat|loncat|terjun)|"
    r"teriak\w* minta tolong|(?:bayi|mayat) (?:\w+ ){0,2}(?:dibuang|ditemukan)|"
    r"(?:anak|balita|bayi) (?:\w+ ){0,4}hilang"
)
_ATTACK = (
    r"parang|celurit|clurit|samurai|golok|pisau|linggis|bom|senjata|senpi|"
    r"(?:di)?(?:keroyok|bacok|tusuk|tikam|tembak|culik|sekap|sandera|rampok|begal|jambret|aniaya|"
    r"perkosa|gebuk|pukul|hajar)(?:i|in|an)?|(?:pem)?bacokan|perampok\w*|penculikan|penyanderaan|"
    r"perkelahian|berkelahi|tawuran|bentrok\w*|maling (?:\w+ ){0,3}masuk|"
    r"(?:ular|buaya|harimau|beruang|tawon|gajah|babi hutan) (?:\w+ ){0,3}(?:masuk|naik|dalam|"
    r"\w*serang|makan|terkam|gigit|lilit|ngamuk)|"
    r"(?:digigit|diterkam|dipatok|dililit|diserang|disambar|dikejar) (?:\w+ )?(?:ular|buaya|"
    r"harimau|beruang|kobra)|(?:odgj|orang gila|gangguan jiwa) (?:\w+ ){0,2}(?:me|nge)?ngamuk\w*|"
    r"(?:orang|org) (?:\w+ ){0,2}ngamuk\w*|bakar (?:motor|mobil|rumah|warung|kantor)"
)
_DANGER = re.compile(rf"\b(?:{_FIRE}|{_WATERS}|{_HURT}|{_ATTACK}|(?<!gawat )darurat|emergency)\b")
_REPAIR = r"(?!\W+(?:di|mem|me)?(?:perbaik|pasang|ganti|benah|tertib|aspal|bangun|keruk|angkut))"
_NOW = re.compile(
    r"\b(?:sekarang|skrg|skrng|skrang|skg|ayeuna|saat ini|barusan|baru (?:saja|aja|sj)|"
    rf"(?:cepat(?:an)?|cpt|cepet(?:an)?|capat|segera|sgera|secepat\w*|buruan){_REPAIR}|"
    r"(?:lagi|sedang|sdg|tengah) (?:ke)?(?:bakar\w*|terbakar|berkelahi|mengamuk|ngamuk\w*|"
    r"tenggelam|hanyut|terjebak|tawuran)|"
    r"masih (?:di ?(?:laut|dalam|atap|atas|sana|lokasi|air|tkp)|terjebak|(?:me)?nyala|hidup|"
    r"terbakar|berkobar|hilang|dicari|tergeletak|terkapar|terjepit|tertimbun|pingsan|"
    r"bern[ap]\w+|ada (?:\w+ ){0,3}(?:korban|orang|api|percikan|di dalam|didalam|dalam))|"
    rf"(?:minta|mohon|butuh|perlu|tolong) (?:\w+ ){{0,2}}{_HELP}|"
    rf"tolong(?:in)?\b.{{0,25}}\b(?:{_HELP}|kesini|ke sini|kirim)|"
    rf"{_HELP} tolong|mana (?:\w+ ){{0,2}}{_HELP}|{_HELP}(?:nya)? {_NOT_YET} (?:datang|dtg|sampai)|"
    rf"{_NOT_YET} (?:ada (?:\w+ ){{0,2}}{_HELP}|padam|ketemu|ditemukan|dievakuasi|muncul|"
    r"tertolong|ditolong|bisa (?:diangkat|keluar|dikeluarkan|diselamatkan))|"
    rf"(?:kirim|kirimkan|panggil|panggilkan) (?:\w+ )?{_HELP}|"
    r"kesini|ke sini|sos|gawat(?! darurat)|tulong|tulung|(?:me|nge)?ngamuk\w*|malam ini|kini)\b|!!"
)
# Somebody or something in danger, in the present: "ada orang tenggelam di pantai".
_ACUTE = re.compile(
    r"\b(?:tolong|ada|ade|aya|rumah|kami|korban|warga|ibu|bapak|anak|istri|suami|orang\w*|org|"
    r"penumpang|nelayan|teman|tetangga|nenek|kakek|bayi|ad[ei]k|kakak|paman|mertua|siswa|pengendara|penghuni)\b"
)
_AFTERMATH = re.compile(
    r"\b(?:bantuan(?:nya)?|santunan|ganti rugi|korban kebakaran|sering|rawan|setiap|tiap|pernah|"
    r"dulu|bekas|sisa|akibat|kemarin|kmrn|kemaren|semalam|tadi (?:malam|pagi|siang|sore)|"
    r"minggu lalu|bulan|tahun|sejak|seminggu|sudah lapor|diperbaiki|ditindaklanjuti|dipotong|"
    r"dipangkas|diganti|rapuh|keropos|untung\w*)\b|\?"
)
_POSSIBLE = re.compile(
    r"\b(?:"
    + by_letter(
        r"rawan|sering|kerap|kali|kalau|kalo|klo|jika|apabila|bila|takut(?:nya)?|kuatir|khawatir|"
        r"dikhawatirkan|bisa|dapat|berpotensi|supaya tidak|agar tidak|jangan sampai|jgn sampai|"
        r"sebelum ada|pernah|dulu|bekas|korban kebakaran|pasca|latihan|pelatihan|sosialisasi|"
        r"simulasi|"
        r"nomor|no telp|nomer|jaga2|berjaga|lampu|pintu|tangga|jalur|posko|nyaris|hampir|resiko|"
        r"risiko|"
        r"pemadam|dinas|akta|akte|ktp|kia|kartu|ijazah|harga|pencegahan|anggaran|asap dari"
    )
    + r")\b"
)
_STILL = re.compile(
    rf"\b{_NOT_YET} (?:padam|ketemu|ditemukan|dievakuasi|muncul|tertolong)|masih (?:terjebak|nyala|"
    r"menyala|terbakar|berkobar|hilang|di atap|tergeletak|terkapar|terjepit|tertimbun|di dalam)"
)
_LONG_AGO = timedelta(hours=36)
_NEAR_CHARS = 40
_CLAUSE_END = re.compile(r"[.!?\n]")
# Things and states that need a word for now beside them.
_NOT_ACUTE = re.compile(
    r"darurat|emergency|longsor|parang|pisau|linggis|senjata|angin kencang|kabel.*|tergeletak|"
    r"(?:ter|ke)perosok|berkelahi|(?:di)?(?:pukul|hajar|gebuk)\w*|.*hilang"
)
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")


def is_emergency(
    text: str, event: ResolvedTime | None, now: datetime, extra_danger: Sequence[str] = ()
) -> bool:
    """Whether danger is told as happening now.

    Args:
        text: the words in lower case, without long numbers.
        event: the time of the event, if told.
        now: when the last message was written.
        extra_danger: the tenant's own words for danger.
    """
    lines = _dangers_in(lines_of(text))
    text = "\n".join(line for line, _ in lines)
    hits = list(chain.from_iterable(dangers for _, dangers in lines if dangers))
    hits += [word for word in extra_danger if word.lower() in text]
    if not hits:
        return False
    if event is not None and _is_old(event, now) and not _STILL.search(text):
        return False
    if _NOW.search(text):
        return True
    acute = (
        any(_NOT_ACUTE.fullmatch(hit) is None for hit in hits) and _ACUTE.search(text) is not None
    )
    return acute and _AFTERMATH.search(text) is None


@line_by_line
def _dangers_in(line: str) -> tuple[str, tuple[str, ...]]:
    """Return a line with its drawn-out letters evened, and the dangers told in it."""
    line = _DRAWN_OUT.sub(r"\1", line)  # "kebakarannn", "tolooong"
    dangers = [match for match in _DANGER.finditer(line) if not _only_possible(line, match)]
    return line, tuple([match.group() for match in dangers])


def _only_possible(text: str, match: re.Match[str]) -> bool:
    """Whether a danger is feared, named or remembered rather than told."""
    before = text[max(0, match.start() - _NEAR_CHARS) : match.start()]
    clause = _CLAUSE_END.split(before)[-1].split(",")[-1]
    return _POSSIBLE.search(clause) is not None


def _is_old(event: ResolvedTime, now: datetime) -> bool:
    if event.precision in (Precision.WEEK, Precision.MONTH, Precision.YEAR):
        return True
    return now - event.value > _LONG_AGO
