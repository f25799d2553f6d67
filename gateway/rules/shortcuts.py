"""The keys of the staff pages: one list for the pages, the help behind `?` and the account.

What a key does stands at the link, button or field that carries it (``data-key``); what belongs to
no single element is in ``static/keys.js``. Product page, section 2.0.8.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One key.

    Attributes:
        key: what is pressed; it is also the name of the shortcut in templates and in the account.
        words: what it does, for people.
        single: a letter or sign alone, which people may switch off or change (WCAG 2.1.4).
    """

    key: str
    words: str
    single: bool = True


SHORTCUTS = (
    Shortcut("j", "Baris berikut"),
    Shortcut("k", "Baris sebelumnya"),
    Shortcut("o", "Buka (juga Enter)"),
    Shortcut("Escape", "Tutup, kembali ke daftar", single=False),
    Shortcut("[", "Antrean sebelumnya"),
    Shortcut("]", "Antrean berikut"),
    Shortcut("x", "Pilih baris (dengan Shift: sampai sini)"),
    Shortcut("d", "Disposisi"),
    Shortcut("a", "Terima disposisi; ambil aduan"),
    Shortcut("s", "Ubah status"),
    Shortcut("p", "Prioritas"),
    Shortcut("b", "Bukan aduan"),
    Shortcut("r", "Balas, tulis draf"),
    Shortcut("n", "Catatan"),
    Shortcut("t", "Sisipkan templat"),
    Shortcut("e", "Makro"),
    Shortcut("f", "Hanya pesan aduan ini"),
    Shortcut("m", "Pindahkan pesan ke aduan lain"),
    Shortcut("h", "Riwayat"),
    Shortcut("i", "Rincian"),
    Shortcut("z", "Urungkan"),
    Shortcut("u", "Muat pembaruan"),
    Shortcut("c", "Catat aduan"),
    Shortcut("/", "Cari"),
    Shortcut("g m", "Ke Kotak Masuk", single=False),
    Shortcut("g a", "Ke daftar Aduan", single=False),
    Shortcut("g l", "Ke Monitor", single=False),
    Shortcut("Ctrl+Enter", "Kirim, simpan", single=False),
    Shortcut("Ctrl+Shift+Enter", "Kirim, lalu buka yang berikut", single=False),
    Shortcut("Ctrl+K", "Cari perintah", single=False),
    Shortcut("?", "Daftar pintasan"),
)
PREFIX = "g"


def own_keys(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the keys that somebody wants instead of the usual ones, by the usual key.

    Args:
        chosen: what was typed for each single key; missing or empty means the usual one.

    Raises:
        InvalidInputError: more than one sign, a capital or blank, or the same key twice.
    """
    problems: dict[str, str] = {}
    used = {PREFIX: "awalan untuk pindah halaman"}
    own: dict[str, str] = {}
    for shortcut in SHORTCUTS:
        if not shortcut.single:
            continue
        typed = chosen.get(shortcut.key, "").strip() or shortcut.key
        if len(typed) != 1 or not "!" <= typed <= "~" or typed.isupper():
            problems[shortcut.key] = "Isi satu huruf kecil atau satu tanda."
        elif typed in used:
            problems[shortcut.key] = f"Tombol {typed} sudah dipakai: {used[typed]}."
        else:
            used[typed] = shortcut.words
            if typed != shortcut.key:
                own[shortcut.key] = typed
    if problems:
        raise InvalidInputError(problems)
    return own
