"""Quick answers below our messages. A payload is the word that an SMS citizen would type."""

_PLAIN: dict[str, tuple[tuple[str, str], ...]] = {
    "sambutan": (("Buat aduan", "ADUAN"), ("Cek status", "STATUS"), ("Bantuan", "BANTU")),
    "minta_nik": (("Lewati", "LEWATI"), ("Kenapa perlu NIK?", "KENAPA NIK")),
    "nik_salah": (("Kirim ulang", "KIRIM ULANG"), ("Lewati", "LEWATI")),
    "nik_tanggal": (("Kirim ulang", "KIRIM ULANG"), ("Lewati", "LEWATI")),
    "nik_wilayah": (("Kirim ulang", "KIRIM ULANG"), ("Lewati", "LEWATI")),
    "nik_kk": (("Lewati", "LEWATI"),),
    "nik_ganda": (("Lewati", "LEWATI"),),
    "ktp_foto": (("Lewati", "LEWATI"),),
    "ktp_konfirmasi": (("Ya, benar", "YA"), ("Bukan", "TIDAK")),
    "ktp_nama": (("Ya, KTP saya", "YA"), ("Bukan", "TIDAK")),
    "minta_kronologi": (("Sudah lengkap", "OK"), ("Batal", "BATAL")),
    "minta_lokasi": (("Kirim lokasi", "KIRIM LOKASI"), ("Tanpa lokasi", "TANPA LOKASI")),
    "minta_waktu": (("Hari ini", "HARI INI"), ("Tidak ingat", "TIDAK INGAT")),
    "lampiran_ditolak": (("Kirim ulang", "KIRIM ULANG"), ("Lanjut tanpa berkas", "LANJUT")),
    "pilih_privasi": (("Anonim", "ANONIM"), ("Rahasia", "RAHASIA"), ("Dengan nama", "NAMA")),
    "konfirmasi": (("Kirim", "YA"), ("Ubah", "UBAH"), ("Batal", "BATAL")),
    "ubah_apa": (("Sudah benar", "YA"), ("Batal", "BATAL")),
    "nilai_terima": tuple((str(value), str(value)) for value in range(1, 6)),
    "darurat": (("Bukan darurat", "LANJUT"),),
    "luar_jendela": (("Baca jawaban", "BACA"),),
    "tawar_sms": (("Ya, lewat SMS", "SMS"),),
    "belum_terkirim": (("Lanjutkan", "LANJUT"), ("Batal", "BATAL")),
    "ke_petugas": (("Kembali ke menu", "BANTU"),),
    "minta_info": (("Jawab", "TAMBAH"), ("Tidak tahu", "TIDAK TAHU")),
    "selesai_nilai": (
        ("Sudah teratasi", "SUDAH"),
        ("Sebagian", "SEBAGIAN"),
        ("Belum", "BELUM"),
    ),
    "tidak_ditemukan": (("Coba lagi", "STATUS"), ("Buat aduan", "ADUAN")),
    "masa_tanggapan_lewat": (("Buat aduan", "ADUAN"),),
    "lewat_telepon": (
        ("Sudah benar", "MENGERTI"),
        ("Perbaiki", "SALAH"),
        ("Bukan saya", "BUKAN SAYA"),
    ),
}
# These speak of one complaint, so its number travels with the word.
_TICKET: dict[str, tuple[tuple[str, str], ...]] = {
    "tiket_terbit": (("Cek status", "STATUS"), ("Tambah keterangan", "TAMBAH")),
    "diteruskan": (("Cek status", "STATUS"), ("Tambah keterangan", "TAMBAH")),
    "ditangani": (("Cek status", "STATUS"),),
    "tunda_waktu": (("Cek status", "STATUS"),),
    "tunda_catatan": (("Cek status", "STATUS"),),
    "terlambat": (("Cek status", "STATUS"),),
    "status": (("Tambah keterangan", "TAMBAH"),),
    "dibuka_kembali": (("Tambah keterangan", "TAMBAH"),),
    "dijawab": (("Sudah jelas", "MENGERTI"), ("Masih bertanya", "TAMBAH")),
    "bukan_kewenangan": (("Keberatan", "KEBERATAN"), ("Mengerti", "MENGERTI")),
    "berhenti": (("Aktifkan lagi", "IKUT"),),
    "duplikat": (("Ikuti aduan itu", "IKUT"), ("Masalah berbeda", "BARU")),
    # To officers.
    "petugas_disposisi": (("Terima", "TERIMA"), ("Draf", "DRAF")),
    "petugas_dikembalikan": (("Draf", "DRAF"),),
    "petugas_pengingat": (("Draf", "DRAF"),),
}
_WITHOUT_NUMBER = frozenset({"MENGERTI", "BARU"})


def buttons_for(key: str, ticket: str | None = None) -> tuple[tuple[str, str], ...]:
    """Return the quick answers of a catalogue key as (title, payload), or none.

    Args:
        key: a key of the message catalogue.
        ticket: the complaint that the message is about, for payloads such as ``STATUS 26-00421-3``.
    """
    if key in _PLAIN:
        return _PLAIN[key]
    return tuple(
        (title, word if ticket is None or word in _WITHOUT_NUMBER else f"{word} {ticket}")
        for title, word in _TICKET.get(key, ())
    )
