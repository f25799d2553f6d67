"""Emergencies: danger to life or property that is told as happening now.

The word alone is mostly about the past (a fire months ago, aid that never came) or about what might
happen ("rawan kecelakaan"). So a danger counts with a word for now, or when somebody in danger is
spoken of in the present; never when it is feared, remembered or asked about.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from normalizer.draft import Precision, ResolvedTime
from normalizer.memo import remembered

_DANGER = re.compile(
    r"\b(?:k?e?bakaran|kbkaran|kebkaran|kebakran|kbakaran|kebakar|terbakar|"
    r"api (?:besar|membesar|makin|menjalar|merambat)|"
    r"(?:api(?:nya)?|asap) (?:blm|belum|masih|sudah|sdh|udah|makin|tambah)|percikan api|"
    r"tenggelam|tengelam|kelelep|hanyut|terseret|kecelaka?n|kecelakaan|laka|lakalantas|tabrakan|"
    r"luka (?:parah|berat)|berdarah|sesak na[pf]as|sesek na[pf]as|"
    r"(?:tidak|tdk|ga|gak|tak|dak) (?:sadar|bernapas|bernafas)|"
    r"pingsan|kritis|sekarat|serangan jantung|kejang|overdosis|"
    r"(?:perahu|kapal|sampan|pompong|speed\w*) (?:ter)?(?:balik|tenggelam|karam|bocor)|"
    r"banjir (?:besar|bandang|sedada|seleher|setinggi|sepinggang)|"
    r"(?:air|banjir) (?:\w+ ){0,2}(?:sedada|seleher|sepinggang|seatap)|"
    r"terjebak|terkurung|tertimbun|terkepung|terperosok|tertimpa|"
    r"(?:menimpa|nimpa|timpa) (?:mobil|motor|orang|rumah|warga)|"
    r"jatuh (?:ke|dalam|masuk)(?: ke)? (?:sumur|sungai|laut|jurang|parit|got|kolam)|"
    r"parang|celurit|clurit|samurai|golok|pisau|senjata|dikeroyok|keroyok\w*|tawuran|begal|"
    r"dibegal|rampok|perampok\w*|penculikan|diculik|disekap|disandera|penyanderaan|"
    r"gas (?:\w+ )?bocor|bocor gas|ledakan|meledak|kabel (?:\w+ ){0,2}putus|kesetrum|tersengat|"
    r"(?:mau|hendak|akan) (?:me)?lahir(?:an|kan)?|bunuh diri|gantung diri|lompat dari|"
    r"(?:ular|buaya|harimau|beruang|tawon) (?:\w+ ){0,3}(?:masuk|naik|dalam|serang|menyerang)|"
    r"gempa|tsunami|angin (?:kencang|puting)|puting beliung|longsor|keracunan|darurat|emergency)\b"
)
_NOW = re.compile(
    r"\b(?:sekarang|skrg|skrng|skrang|skg|ayeuna|saat ini|barusan|baru (?:saja|aja|sj)|"
    r"cepat(?:an)?|cpt|"
    r"cepet|capat|segera|sgera|secepat\w*|buruan|"
    r"(?:lagi|sedang|sdg|tengah) (?:ke)?(?:bakar\w*|terbakar|berkelahi|mengamuk|ngamuk\w*|"
    r"tenggelam|"
    r"hanyut|terjebak|tawuran)|"
    r"masih (?:di ?(?:laut|dalam|atap|atas|sana|lokasi)|terjebak|(?:me)?nyala|hidup|terbakar|"
    r"berkobar|"
    r"hilang|dicari|ada (?:korban|orang))|"
    r"(?:minta|mohon|butuh|perlu) (?:\w+ )?(?:bantuan|pertolongan|tolong|perahu|ambulan\w*|"
    r"evakuasi)|"
    r"tolong(?:in)?\b.{0,25}\b(?:ambulan\w*|damkar|pemadam|polisi|perahu|kesini|ke sini|kirim)|"
    r"(?:ambulan\w*|damkar|pemadam|polisi) tolong|"
    r"(?:blm|belum|lum|lom) (?:padam|ketemu|ditemukan|dievakuasi|bisa (?:diangkat|keluar|"
    r"diselamatkan))|"
    r"(?:kirim|kirimkan|panggil|panggilkan) (?:\w+ )?(?:ambulan\w*|damkar|pemadam|polisi|bantuan)|"
    r"kesini|ke sini|sos|gawat|tulong|tulung|ngamuk\w*|malam ini|kini)\b|!!"
)
# Somebody or something in danger, in the present: "ada orang tenggelam di pantai".
_ACUTE = re.compile(
    r"\b(?:tolong|ada|ade|aya|rumah|kami|korban|warga|ibu|bapak|anak|istri|suami)\b"
)
_AFTERMATH = re.compile(
    r"\b(?:bantuan(?:nya)?|santunan|ganti rugi|korban kebakaran|sering|rawan|setiap|tiap|pernah|"
    r"dulu|"
    r"bekas|sisa|akibat|kemarin|kmrn|kemaren|semalam|tadi (?:malam|pagi|siang|sore)|minggu lalu|"
    r"bulan|"
    r"tahun|sejak|sudah lapor|diperbaiki|ditindaklanjuti|dipotong|dipangkas|diganti|rapuh|keropos|"
    r"\?)"
)
_POSSIBLE = re.compile(
    r"\b(?:rawan|sering|kerap|kalau|kalo|klo|jika|apabila|bila|takut(?:nya)?|kuatir|khawatir|"
    r"dikhawatirkan|bisa|dapat|berpotensi|supaya tidak|agar tidak|jangan sampai|jgn sampai|"
    r"sebelum ada|pernah|dulu|bekas|korban kebakaran|pasca|latihan|pelatihan|sosialisasi|simulasi|"
    r"nomor|no telp|nomer|jaga2|berjaga|lampu|pintu|tangga|jalur|posko|nyaris|hampir|resiko|risiko|"
    r"pemadam|dinas)\b"
)
_STILL = re.compile(
    r"\b(?:belum|blm|lum) (?:padam|ketemu|ditemukan|dievakuasi)|masih (?:terjebak|nyala|menyala|"
    r"terbakar|berkobar|hilang|di atap)"
)
_LONG_AGO = timedelta(hours=36)
_NEAR_CHARS = 40
_CLAUSE_END = re.compile(r"[.!?\n]")
_NOT_ACUTE = frozenset({"darurat", "longsor", "parang", "pisau", "angin kencang", "emergency"})


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
    hits = [hit for line in text.split("\n") for hit in _dangers(line)]
    hits += [word for word in extra_danger if word.lower() in text]
    if not hits:
        return False
    if event is not None and _is_old(event, now) and not _STILL.search(text):
        return False
    if _NOW.search(text):
        return True
    acute = any(hit not in _NOT_ACUTE for hit in hits) and _ACUTE.search(text) is not None
    return acute and _AFTERMATH.search(text) is None


@remembered
def _dangers(line: str) -> tuple[str, ...]:
    return tuple(
        match.group() for match in _DANGER.finditer(line) if not _only_possible(line, match)
    )


def _only_possible(text: str, match: re.Match[str]) -> bool:
    """Whether a danger is feared, named or remembered rather than told."""
    before = text[max(0, match.start() - _NEAR_CHARS) : match.start()]
    clause = _CLAUSE_END.split(before)[-1].split(",")[-1]
    return _POSSIBLE.search(clause) is not None


def _is_old(event: ResolvedTime, now: datetime) -> bool:
    if event.precision in (Precision.WEEK, Precision.MONTH, Precision.YEAR):
        return True
    return now - event.value > _LONG_AGO
