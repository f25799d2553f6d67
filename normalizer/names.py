"""Names of persons in a text: the reporter's own, and others that must not be published."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from normalizer.cues import matches_at, positions_of
from normalizer.memo import placed, remembered
from normalizer.numbers import Number
from normalizer.place_words import (
    DESA_LABELS,
    KECAMATAN_LABELS,
    SITE_WORDS,
    STOP,
    STREET_WORDS,
)
from normalizer.transcript import Transcript
from normalizer.wordlists import words

_TITLES = r"(?:(?:ir|drs|dra|dr|h|hj|prof|ust|ustadz|ibu|bapak|bpk|pak|bu|sdr|sdri|tn|ny)\b\.?\s+)*"
_CAPITAL_NAME = (
    rf"(?i:{_TITLES})(?P<name>[A-Z][a-zA-Z'.]+(?:[ \t]+(?:bin|binti|[A-Z][a-zA-Z'.]*)){{0,3}})"
)
_ANY_NAME = (
    rf"(?i:{_TITLES})(?P<name>[A-Za-z][A-Za-z'.]+"
    r"(?:[ \t]+(?:bin|binti|[A-Za-z][A-Za-z'.]*)){0,3})"
)
_LABEL = re.compile(
    r"\b(?i:nama(?: lengkap| pelapor)?(?: saya| sy| aku| sayo| saye)?|name|nm)(?: adalah)?"
    rf"[ \t]*(?P<sign>[:=])?[ \t]*{_ANY_NAME}"
)
# "nama saya" ends one message, the name is the next.
_LABEL_ABOVE = re.compile(
    r"\b(?i:nama(?: lengkap| pelapor)?(?: saya| sy| aku| sayo| saye)?|nm)[ \t]{0,3}[:=]?[ \t]{0,3}"
    rf"\n[ \t]{{0,3}}{_CAPITAL_NAME}[ \t]{{0,3}}(?=$|\n)"
)
_ON_BEHALF = re.compile(
    rf"(?:\b(?i:a\.n|atas nama|an)\b\.?|\b(?i:a/n)\b)[ \t]*:?[ \t]*{_CAPITAL_NAME}"
)
_ON_BEHALF_LOW = re.compile(rf"\b(?i:a/n|atas nama|a\.n\.?)[ \t]*:?[ \t]*{_ANY_NAME}")
_I_AM = re.compile(
    r"\b(?i:saya|sy|kami|aku|ak|abdi|awak|kamek|bernama|penelepon|pelapor)[ \t,]+"
    rf"(?i:bernama[ \t]+)?{_CAPITAL_NAME}"
    r"(?=[ \t]*(?:[(,.\n]|$|(?i:dari|warga|nik|ktp|tinggal|alamat|rt|ingin|mau|hp|no)\b))"
)
# In small letters only where nothing but a name can stand: "saya hasan basri mau lapor".
_I_AM_LOW = re.compile(
    r"\b(?:saya|sy|aku)[ \t,]+(?P<name>[a-z']{3,}(?:[ \t]+[a-z']{3,}){0,2}?)"
    r"(?=[ \t,]+(?:warga|rt|nik|(?:mau|ingin|hendak|izin|ijin|akan)[ \t]+(?:me|nge)?lapor\w*)\b)"
)
_MADAM_FROM = re.compile(
    r"(?:^|[.\n!])[ \t]{0,3}(?i:ibu|bapak|bpk|bu|"
    r"pak)[ \t]+(?P<name>[A-Z][a-z]+(?:[ \t][A-Z][a-z]+)?)"
    r"(?=[ \t]+(?i:dari|warga|rt|desa|dusun|kel|(?:me)?lapor\w*)\b)"
)
_THIS_IS = re.compile(
    r"\b(?i:ini(?:[ \t]+dengan)?|panggil(?:[ \t]+(?:aja|saja))?|(?:per)?kenalkan)[ \t]+"
    r"(?P<name>[A-Z][a-z']+(?:[ \t][A-Z][a-z']+){0,2})"
    r"(?=[ \t]*(?:[,.\n]|$|(?i:pak|bu|min|kak|dari|warga|mau)\b))"
)
_SIGN_OFF = re.compile(
    r"(?i:\b(?:ttd|tertanda|hormat (?:saya|kami)|salam|wassalam)\b[.,: \t\n]{1,4}|"
    r"\b(?:pelapor|pengirim)[ \t]*[:=][ \t]*|"
    r"\b(?:makasih|kasih|trims|tks|thanks|nuhun|mksh)\b[ \t]*(?:[.,]?[ \t\n]*[(~\-]|\n)[ \t]*)"
    r"(?P<name>[A-Z][A-Za-z']+(?:[ \t][A-Z][A-Za-z']+){0,3})"
)
# How the wordings above begin, so that each is tried only where it can stand.
_BEGINNINGS = {
    "name": r"\b(?:nama|name|nm)",
    "behalf": r"\b(?:a[./]n|atas nama|an\b)",
    "self": r"\b(?:saya|sy|kami|aku|ak|abdi|awak|kamek|bernama|penelepon|pelapor)[ \t,]",
    "title": r"(?:^|[.!])[ \t]{0,3}(?:ibu|bapak|bpk|bu|pak)[ \t]",
    "this": r"\b(?:ini|panggil|(?:per)?kenalkan)[ \t]",
    "end": (
        r"\b(?:ttd|tertanda|hormat (?:saya|kami)|salam|wassalam|pelapor|pengirim|"
        r"makasih|kasih|trims|tks|thanks|nuhun|mksh)\b"
    ),
}
_CUES = {name: re.compile(wording, re.IGNORECASE) for name, wording in _BEGINNINGS.items()}
_ANY_CUE = re.compile("|".join(_BEGINNINGS.values()))
# Wordings of one sureness, each with the cue that it begins with.
_WORDINGS = (
    (_LABEL_ABOVE, "name", 0.9),
    (_I_AM, "self", 0.9),
    (_MADAM_FROM, "title", 0.7),
    (_THIS_IS, "this", 0.7),
    (_SIGN_OFF, "end", 0.6),
)
_AFTER_NIK = re.compile(
    rf"[ \t]*[,(/\-]?[ \t]*(?i:nama[ \t]*:?[ \t]*)?{_CAPITAL_NAME}[ \t]*[).]*[ \t]*(?=$|\n|[,.])"
)
_BEFORE_NIK = re.compile(
    r"(?:^|[,.\n])[ \t]*(?P<name>[A-Z][a-z]+(?:[ \t][A-Z][a-z]+){0,2})[ \t,]*(?:NIK|nik|"
    r"Nik)?[ \t.:=]*$"
)
_ALONE = re.compile(r"[A-Z][a-z']+(?: [A-Z][a-z']+){0,3}")
_OTHER_PERSON = re.compile(
    r"\b(?:tetangga|anak|suami|istri|ibu|bapak|oknum|warga|pelaku|terlapor|pemilik|ketua|pegawai|"
    r"kepala|petugas|staf|dokter|kades|lurah|camat|bendahara|sekdes|adik|kakak|sopir|guru|almarhum)\b[^.\n]{0,12}$"
)
_SPOILED = re.compile(
    r"\b(?:jangan|jgn|tidak|tdk|tulis|sebut\w*|cantum\w*|samar\w*|rahasia\w*|tampil\w*|cek|tanpa|"
    r"pakai)\b[^.\n]{0,14}$"
)
_NOT_NAMES = (
    words(
        "saya sy aku kami kita jangan jgn tidak tdk tolong mohon dirahasiakan disamarkan "
        "disembunyikan anda nik ktp kk no nomor hp wa dan atau yang yg di ke dari untuk utk "
        "dicoret jalan desa dusun warga mau ingin ada sudah belum tapi tp karena agar supaya "
        "dengan pak bu bapak ibu min admin ya dong alamat rt rw kel kec tinggal guru petani "
        "nelayan pelapor sebagai adalah itu ini mereka orang terima kasih makasih selamat pagi "
        "siang sore malam lapor kota kabupaten provinsi isi anonim rahasia perihal yth jl sejak "
        "hari tanggal jam foto video lokasi oke ok test halo assalamualaikum mohon bantuan bantu "
        "segera lampu air sampah ketua kepala kantor tempat toko umur hanya saja baik benar iya "
        "sdr sdri tn ny ir drs bupati walikota gubernur sekda dulu memang cuman selaku "
        "perwakilan mewakili asli pendatang seorang masyarakat penduduk anggota mantan korban "
        "saksi telkom pln pdam bpjs "
        "tidak sudah ya makasih trims besok kemarin tadi sekarang barusan email"
    )
    | DESA_LABELS
    | KECAMATAN_LABELS
    | SITE_WORDS
    | STREET_WORDS
)
_MOST_NAME_WORDS = 4
# More are not told apart, and every one is looked for in the whole text.
_MOST_NAMES = 60


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name with its range in the transcript."""

    text: str
    start: int
    end: int
    confidence: float
    reporter: bool = True


def find_names(
    transcript: Transcript, nik: Number | None, taken: frozenset[str]
) -> tuple[Name, ...]:
    """Find names, the likeliest reporter's first.

    Args:
        transcript: the messages.
        nik: the reporter's NIK; who writes a name beside it writes their own.
        taken: folded names of areas, which are no persons.
    """
    text = transcript.text
    cues = _cues_of(text)
    found = _labelled(text, cues)
    for pattern, cue, confidence in _WORDINGS:
        if cue in cues:
            found += _plain(pattern, text, cues[cue], confidence)
    found += [*_low(text, cues.get("self", ())), *_beside_nik(transcript, nik)]
    names = [name for name in found[:_MOST_NAMES] if _is_name(name, taken)]
    reporters = sorted((name for name in names if name.reporter), key=lambda n: -n.confidence)
    return (*reporters, *(name for name in names if not name.reporter))


def _cues_of(text: str) -> dict[str, list[int]]:
    """Return the positions at which each wording may begin, of those that may."""
    cues: dict[str, list[int]] = {}
    for name, position in _cues_in(text):
        cues.setdefault(name, []).append(position)
    return cues


@placed
def _cues_in(line: str, position: int) -> tuple[tuple[str, int], ...]:
    if line.isascii() and _ANY_CUE.search(line.lower()) is None:
        return ()
    found = [
        (name, position + match.start())
        for name, cue in _CUES.items()
        for match in cue.finditer(line)
    ]
    # "Ibu Ratna dari ..." begins with the line's end before it.
    before = [
        (name, position - 1) for name, start in found if name == "title" and position == start
    ]
    return (*before, *found)


def _labelled(text: str, cues: Mapping[str, Sequence[int]]) -> list[Name]:
    names: list[Name] = []
    for match in matches_at(_LABEL, text, cues.get("name", ())):
        spoiled = _is_spoiled(text[max(0, match.start() - 24) : match.start()].lower())
        if spoiled and not match.group("sign"):
            continue
        others = _is_of_other(text[max(0, match.start() - 30) : match.start()].lower())
        names.append(_trimmed(match, 0.95, reporter=not others))
    for pattern in (_ON_BEHALF, _ON_BEHALF_LOW):
        for match in matches_at(pattern, text, cues.get("behalf", ())):
            before = text[max(0, match.start() - 30) : match.start()].lower()
            names.append(_trimmed(match, 0.8, reporter=not _is_of_other(before)))
    return names


@remembered
def _is_spoiled(before: str) -> bool:
    """Whether what comes is no name: "jangan sebut nama saya"."""
    return _SPOILED.search(before) is not None


@remembered
def _is_of_other(before: str) -> bool:
    """Whether the name that comes is somebody else's: "ketua RT a.n. ..."."""
    return _OTHER_PERSON.search(before) is not None


def _plain(
    pattern: re.Pattern[str], text: str, positions: Sequence[int], confidence: float
) -> list[Name]:
    return [_trimmed(match, confidence) for match in matches_at(pattern, text, positions)]


def _low(text: str, positions: Sequence[int]) -> list[Name]:
    """Find names in small letters, where every word may be one."""
    return [
        _trimmed(match, 0.6)
        for match in matches_at(_I_AM_LOW, text, positions)
        if not any(word in STOP or word in _NOT_NAMES for word in match.group("name").split())
    ]


def _beside_nik(transcript: Transcript, nik: Number | None) -> list[Name]:
    if nik is None:
        return []
    text = transcript.text
    names: list[Name] = []
    after = _AFTER_NIK.match(text, nik.end)
    if after:
        names.append(_trimmed(after, 0.85))
    line_start = text.rfind("\n", 0, nik.start) + 1
    before = _BEFORE_NIK.search(text, max(line_start, nik.start - 60), nik.start)
    if before:
        names.append(_trimmed(before, 0.8))
    names.extend(_neighbours(transcript, nik))
    return names


def _neighbours(transcript: Transcript, nik: Number) -> list[Name]:
    """A message of its own, next to the one with nothing but the NIK, that may be a name."""
    home = transcript.index_at(nik.start)
    start, end = transcript.range_of(home)
    if end - start > nik.end - nik.start + 12:
        return []
    names: list[Name] = []
    for index in (home + 1, home - 1):
        if not 0 <= index < len(transcript.messages):
            continue
        start, end = transcript.range_of(index)
        words = transcript.text[start:end].strip()
        if _ALONE.fullmatch(words):
            offset = start + transcript.text[start:end].index(words)
            names.append(Name(words, offset, offset + len(words), 0.75))
    return names


def _trimmed(match: re.Match[str], confidence: float, *, reporter: bool = True) -> Name:
    """Keep the words of a name up to the first that is none."""
    start = match.start("name")
    kept: list[str] = []
    for word in match.group("name").split():
        bare = word.strip(".,'").lower()
        small = bool(kept) and kept[0][0].isupper() and not word[0].isupper()
        if (
            (small and bare not in {"bin", "binti"})
            or bare in _NOT_NAMES
            or len(kept) >= _MOST_NAME_WORDS
        ):
            break
        kept.append(word)
        if word.endswith(".") and len(bare) > 2:
            break
    name = " ".join(kept).rstrip(".,'")
    return Name(name, start, start + len(name), confidence, reporter)


def _is_name(name: Name, taken: frozenset[str]) -> bool:
    letters = name.text.replace(" ", "").lower()
    return len(letters) >= 3 and letters not in taken


def name_ranges(text: str, names: Sequence[Name]) -> list[tuple[int, int]]:
    """Return every place where a found name, or a capitalised word of it, stands."""
    words = {
        word
        for name in names
        for word in (name.text, *name.text.split())
        if len(word) >= 4 or word == name.text
    }
    if not words:
        return []
    found = sorted(
        (span for word in words for span in _whole_words(text, word)),
        key=lambda span: (span[0], -span[1]),
    )
    ranges: list[tuple[int, int]] = []
    for start, end in found:
        if not ranges or start >= ranges[-1][1]:
            ranges.append((start, end))
    return ranges


def _whole_words(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Yield where a word stands with no letter or figure on either side of it."""
    for start in positions_of(text, word):
        end = start + len(word)
        if not (_is_word_char(text[start - 1 : start]) or _is_word_char(text[end : end + 1])):
            yield start, end


def _is_word_char(char: str) -> bool:
    return char.isalnum() or char == "_"
