"""The words that always work: a command is a whole message, never a word inside a longer text.

Buttons carry the same words, so that an SMS and a pressed button are one thing.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from normalizer.ticket import looks_like_ticket, parse_ticket


class Command(StrEnum):
    """What a citizen can order."""

    ADUAN = "aduan"
    STATUS = "status"
    BANTU = "bantu"
    PETUGAS = "petugas"
    UBAH = "ubah"
    BATAL = "batal"
    LEWATI = "lewati"
    DARURAT = "darurat"
    BERHENTI = "berhenti"
    OK = "ok"
    YA = "ya"
    TIDAK = "tidak"
    LANJUT = "lanjut"
    JAWABAN = "jawaban"
    KEBERATAN = "keberatan"
    IKUT = "ikut"
    BARU = "baru"
    TAMBAH = "tambah"
    BELUM = "belum"
    SUDAH = "sudah"
    SEBAGIAN = "sebagian"
    NILAI = "nilai"
    ANONIM = "anonim"
    RAHASIA = "rahasia"
    NAMA = "nama"
    TANPA_LOKASI = "tanpa lokasi"
    TIDAK_INGAT = "tidak ingat"
    ULANG = "kirim ulang"
    MENGERTI = "mengerti"
    SALAH = "salah"
    PERBAIKI = "perbaiki"
    BUKAN_SAYA = "bukan saya"


@dataclass(frozen=True, slots=True)
class Order:
    """A command with what stands behind it: a valid ticket number, a rating, a privacy word.

    `bad_ticket` says that a number was given whose check digit is wrong.
    """

    command: Command
    ticket: str | None = None
    argument: str = ""
    bad_ticket: bool = False


_WORDS: dict[Command, str] = {
    Command.ADUAN: "aduan|adu|adua|adun|aduwan|adaun|auan|pengaduan|lapor|laporan|melapor|"
    "mau lapor|"
    "mau ngadu|mau aduan|buat aduan|buat laporan|ingin melapor|lapor pak|saya mau lapor|"
    "mau lapor pak|mau buat aduan|mau melapor|aduan baru|lapor baru",
    Command.STATUS: "status|setatus|cek|cek status|cek aduan|cek laporan|status aduan|cek tiket",
    Command.BANTU: "bantu|bantuan|help|menu|info|bntu|banu|batu|kembali ke menu|mulai|start",
    Command.PETUGAS: "petugas|operator|admin|cs|bicara dengan petugas|mau bicara petugas|"
    "hubungi petugas",
    Command.UBAH: "ubah|rubah|obah|edit|ganti|ubh",
    Command.BATAL: "batal|btl|batalkan|cancel|batl|batall|btal|gak jadi|tidak jadi|ga jadi|gajadi",
    Command.LEWATI: "lewati|lewat|skip|lwati|lewatkan|tidak punya|ga punya|gak punya|tdk punya|"
    "nggak punya|belum punya|tidak ada|gak ada|ga ada|tdk ada|tidak bawa|tidak bawa ktp|"
    "tidak membawa ktp|tidak punya ktp|tidak punya nik|tdk punya nik|tidak mau|gak mau|ga mau",
    Command.DARURAT: "darurat|emergency|sos|tolong darurat|gawat darurat",
    Command.BERHENTI: "berhenti|stop|unreg|berhenti berlangganan|henti",
    Command.OK: "ok|oke|okay|okey|ok pak|oke pak|sudah lengkap|sdh lengkap|udah lengkap|lengkap|"
    "selesai|sudah itu saja|itu saja|sekian",
    Command.YA: "ya|iya|y|iye|yes|betul|benar|ya benar|ya betul|sudah benar|kirim|ya kirim|"
    "iya benar|iya betul|yoi|ho oh|aok|muhun|leres",
    Command.TIDAK: "tidak|tdk|gak|ga|nggak|enggak|bukan|no|dak|ndak|tak|henteu",
    Command.LANJUT: "lanjut|lanjutkan|teruskan|bukan darurat|tidak darurat|lanjut tanpa berkas",
    Command.JAWABAN: "jawaban|jawab|baca|baca jawaban|lihat jawaban|baca pertanyaan|terima pin",
    Command.KEBERATAN: "keberatan|banding|tidak setuju",
    Command.IKUT: "ikut|ikuti|ikuti aduan itu|aktifkan lagi",
    Command.BARU: "baru|masalah berbeda|beda masalah",
    Command.TAMBAH: "tambah|tambah keterangan|tambahan",
    Command.BELUM: "belum|blm|blom|belom|belum selesai|belum beres|belum teratasi",
    Command.SUDAH: "sudah|sdh|udah|sudah teratasi|sudah selesai|sudah beres|sudah jelas",
    Command.SEBAGIAN: "sebagian|sebagian saja|sebagian sudah",
    Command.ANONIM: "anonim|anonym|anonimus|samarkan nama",
    Command.RAHASIA: "rahasia|rahasiakan|jangan tampilkan",
    Command.NAMA: "nama|dengan nama|pakai nama|tampilkan nama",
    Command.TANPA_LOKASI: "tanpa lokasi|tidak ada lokasi|tidak tahu lokasinya|tidak tau lokasinya",
    Command.TIDAK_INGAT: "tidak ingat|tdk ingat|gak ingat|ga ingat|nggak ingat|lupa|sudah lupa|"
    "tidak tahu|tidak tau|tdk tahu|tdk tau|gak tau|ga tau|gatau|kurang tahu|kurang tau|"
    "entah|ndak tau|dak tau|tak tau|tak ingat|duka|teu terang",
    Command.ULANG: "kirim ulang|ulang|kirim lokasi|coba lagi|kenapa nik|kenapa perlu nik",
    Command.MENGERTI: "mengerti|paham|saya mengerti",
    Command.SALAH: "salah|keliru|isinya salah|isinya keliru|isi keliru|itu salah",
    Command.PERBAIKI: "perbaiki|koreksi",
    Command.BUKAN_SAYA: "bukan saya|bukan aduan saya|bukan laporan saya|saya tidak melapor|"
    "saya tidak mengadu|saya tidak pernah melapor|saya tidak pernah mengadu",
}
_EXACT: dict[str, Command] = {
    word: command for command, words in _WORDS.items() for word in words.split("|")
}
# Only these are guessed from a typing error: long enough to be unlike other words, and none of
# them destroys anything ("Batam" must not become BATAL, nor "Bantan" BANTU).
_FUZZY = ("status", "lewati", "petugas", "darurat", "berhenti", "lanjut", "jawaban", "keberatan")
_WITH_TICKET = frozenset(
    {
        Command.STATUS,
        Command.IKUT,
        Command.BERHENTI,
        Command.TAMBAH,
        Command.JAWABAN,
        Command.BELUM,
        Command.KEBERATAN,
        Command.UBAH,
        Command.BATAL,
        Command.SALAH,
        Command.PERBAIKI,
        Command.BUKAN_SAYA,
    }
)
_PRIVACY = frozenset({Command.ANONIM, Command.RAHASIA, Command.NAMA})
_POLITE = re.compile(
    r"\b(?:pak|bu|bpk|ibu|bapak|min|mimin|kak|bang|admin|dong|ya|yaa|tolong|mohon|deh|aja|saja|"
    r"terima kasih|makasih|mksh|lah|nya)\b"
)
_NOT_WORD = re.compile(r"[^a-z0-9 ]+")
_SPACES = re.compile(r" {2,}")
_TICKET_TAIL = re.compile(r"[\d .\-/]{8,}$")
_RATING = re.compile(r"(?:nilai )?([1-5])(?: bintang)?")
# No command is longer than this, so longer messages are not looked at.
_LONGEST = 60


def read_order(text: str) -> Order | None:
    """Read a message as a command, or return None when it is anything else.

    Args:
        text: the whole message or the payload of a pressed button.
    """
    if len(text) > _LONGEST:
        return None
    folded = fold_words(text)
    if not folded:
        return None
    rating = _RATING.fullmatch(folded)
    if rating:
        return Order(Command.NILAI, argument=rating.group(1))
    return _plain(folded) or _with_argument(folded) or _with_ticket(text)


def fold_words(text: str) -> str:
    """Lower a text and leave only its words and figures, one space between them."""
    return _SPACES.sub(" ", _NOT_WORD.sub(" ", text.lower())).strip()


def _plain(folded: str) -> Order | None:
    command = _EXACT.get(folded)
    if command is None:
        bare = _SPACES.sub(" ", _POLITE.sub(" ", folded)).strip()
        command = _EXACT.get(bare) or _guess(bare)
    return None if command is None else Order(command)


def _with_argument(folded: str) -> Order | None:
    """Read "UBAH RAHASIA" and the like."""
    head, _, tail = folded.partition(" ")
    if _EXACT.get(head) is not Command.UBAH or _EXACT.get(tail) not in _PRIVACY:
        return None
    return Order(Command.UBAH, argument=_EXACT[tail].value)


def _with_ticket(text: str) -> Order | None:
    """Read "STATUS 26-00421-3"; a number alone asks for its status."""
    tail = _TICKET_TAIL.search(text.strip())
    if tail is None or not looks_like_ticket(tail.group()):
        return None
    head = fold_words(text.strip()[: tail.start()])
    command = Command.STATUS if not head else (_EXACT.get(head) or _guess(head))
    if command not in _WITH_TICKET:
        return None
    ticket = parse_ticket(tail.group())
    if ticket is None and not head:
        return None
    return Order(command, ticket=ticket, bad_ticket=ticket is None)


def _guess(word: str) -> Command | None:
    for known in _FUZZY:
        if within_one_edit(word, known):
            return _EXACT[known]
    return None


def within_one_edit(left: str, right: str) -> bool:
    """Whether two words differ by one letter: added, dropped, changed, or two swapped."""
    if left == right:
        return True
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:] and len(a) > 1)
    return a[1:] == b if len(a) > len(b) else a == b[1:]
