"""Every page of the staff, by the rule that answers it: whose window it is opened in, and where.

A new GET route stands either in `PAGES` or in `NO_PAGE`, or
`tests/browser/test_every_page.py` fails and says which.
"""

from collections.abc import Mapping

CASE = "/kotak/aduan/{received}"
# The names in braces are what `test_every_page.py` arranges.
PAGES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "rina": {
        "/kotak/": ("/kotak/", "/kotak/?antrean=gagal"),
        "/kotak/aduan/<ticket>": (
            CASE,
            f"{CASE}?bagian=rincian",
            f"{CASE}?bagian=riwayat",
            f"{CASE}?tulis=catatan",
            "/kotak/aduan/{late}",
            "/kotak/aduan/{long}",
        ),
        "/kotak/aduan/<ticket>/<dialog>": (
            f"{CASE}/disposisi",
            f"{CASE}/bukan-aduan",
            f"{CASE}/bukan-kewenangan",
            f"{CASE}/tanya",
            f"{CASE}/identitas",
            f"{CASE}/jawab",
            f"{CASE}/sampaikan",
            f"{CASE}/perbaiki",
            "/kotak/aduan/{disposed}/konflik",
            "/kotak/aduan/{disposed}/isi-publik",
        ),
        "/kotak/aduan/<ticket>/foto": (f"{CASE}/foto",),
        "/kotak/aduan/<ticket>/foto/<kind>/<int:source_id>": (f"{CASE}/foto/warga/{{photo}}",),
        "/kotak/aduan/<ticket>/serupa/<other>": (f"{CASE}/serupa/{{disposed}}",),
        "/kotak/massal/": (
            "/kotak/massal/?aksi=disposisi&pilih={received}&pilih={long}",
            "/kotak/massal/?aksi=label&pilih={received}&saringan=",
        ),
        "/kotak/percakapan/<int:conversation_id>": ("/kotak/percakapan/{talk}",),
        "/kotak/percakapan/<int:conversation_id>/blokir": ("/kotak/percakapan/{talk}/blokir",),
        "/pembukaan-identitas/": ("/pembukaan-identitas/",),
        "/koreksi/<ticket>": ("/koreksi/{in_correction}",),
        "/catat/": ("/catat/",),
        "/catat/medsos": ("/catat/medsos",),
        "/daftar/": ("/daftar/", "/daftar/?kata=hantu"),
        "/daftar/pelapor/<search_key>": ("/daftar/pelapor/{search}",),
        "/kanal/": ("/kanal/",),
        "/pimpinan/": ("/pimpinan/",),
        "/pengaturan/sandi-pd": ("/pengaturan/sandi-pd",),
        "/templat-jawaban/": ("/templat-jawaban/",),
        "/templat-jawaban/baru": ("/templat-jawaban/baru",),
        "/templat-jawaban/<int:template_id>": ("/templat-jawaban/{template}",),
        "/makro/<ticket>": ("/makro/{received}", "/makro/{received}?makro={template}"),
        "/untuk-saya/": ("/untuk-saya/",),
        "/akun": ("/akun",),
        "/akun/keamanan": ("/akun/keamanan",),
        "/akun/kata-sandi": ("/akun/kata-sandi",),
        "/akun/pemberitahuan/": ("/akun/pemberitahuan/",),
    },
    "andi": {
        "/pd/": ("/pd/", "/pd/?antrean=selesai"),
        "/pd/aduan/<ticket>": ("/pd/aduan/{disposed}", "/pd/aduan/{in_correction}"),
        "/untuk-saya/": ("/untuk-saya/",),
    },
    "sekda": {
        "/pimpinan/": ("/pimpinan/",),
        "/daftar/": ("/daftar/",),
        "/arahan/": ("/arahan/",),
        "/arahan/baru": ("/arahan/baru", "/arahan/baru?aduan={disposed}"),
    },
    "tuti": {
        "/pengaturan/": ("/pengaturan/",),
        "/pengaturan/periksa": ("/pengaturan/periksa",),
        "/pengaturan/<slug>": (
            "/pengaturan/nomor-darurat",
            "/pengaturan/jam-kerja",
            "/pengaturan/penyimpanan",
            "/pengaturan/alamat-kanal",
            "/pengaturan/perangkat-daerah",
            "/pengaturan/kategori",
            "/pengaturan/desa",
        ),
        "/pengaturan/<slug>/<key>": (
            "/pengaturan/perangkat-daerah/DPUPR",
            "/pengaturan/pengguna/{user}",
        ),
        "/pengaturan/tambah/<slug>": ("/pengaturan/tambah/libur",),
    },
}
# What answers no page: files, news for a script, and the two doors that lead on.
NO_PAGE = frozenset(
    {
        "/inbox",
        "/pintu",
        "/kotak/pembaruan",
        "/langsung/kanal",
        "/langsung/kirim",
        "/langsung/pd",
        "/langsung/sesi",
        "/langsung/tulisan",
        "/lampiran/<int:attachment_id>/<variant>",
        "/pembukaan-identitas/unduh",
        "/lampiran/foto/<int:photo_id>/<variant>",
    }
)
