"""Pengaturan: its lists, forms and history, and the form that opens an account."""

from tests.gateway.access_rows import ADMIN, PUBLIC, SUPER, Row

_KEEPERS = ADMIN | SUPER
_LIST = {"slug": "kategori"}
_ONE = {"slug": "kategori", "key": "PJU"}

ROWS = (
    Row("GET", "/pengaturan/", _KEEPERS),
    Row("GET", "/pengaturan/periksa", _KEEPERS),
    Row("POST", "/pengaturan/periksa/<step>", _KEEPERS, values={"step": "category"}),
    Row("GET", "/pengaturan/<slug>", _KEEPERS, values=_LIST),
    Row("GET", "/pengaturan/<slug>", SUPER, values={"slug": "identitas"}),
    Row("GET", "/pengaturan/<slug>", SUPER, values={"slug": "pengguna"}),
    Row("POST", "/pengaturan/<slug>", SUPER, values={"slug": "batas-waktu"}),
    Row("GET", "/pengaturan/<slug>/<key>", _KEEPERS, values=_ONE),
    Row("POST", "/pengaturan/<slug>/<key>", _KEEPERS, values=_ONE),
    Row("GET", "/pengaturan/tambah/<slug>", _KEEPERS, values=_LIST),
    Row("POST", "/pengaturan/tambah/<slug>", _KEEPERS, values=_LIST),
    Row("GET", "/pengaturan/tambah/<slug>", SUPER, values={"slug": "pengguna"}),
    Row("POST", "/pengaturan/tambah/<slug>", SUPER, values={"slug": "pengguna"}),
    Row(
        "POST",
        "/pengaturan/hapus/<slug>/<key>",
        _KEEPERS,
        values={"slug": "teks", "key": "sambutan"},
    ),
    Row("POST", "/pengaturan/versi/<int:change_id>", _KEEPERS, values={"change_id": "9"}, ok={404}),
    Row("POST", "/pengaturan/kode/<int:user_id>", _KEEPERS, values={"user_id": "999"}, ok={404}),
    Row("GET", "/pengaturan/sandi-pd", ADMIN),
    Row(
        "POST",
        "/pengaturan/langkah-kedua/<int:user_id>",
        SUPER,
        values={"user_id": "999"},
        ok={404},
    ),
    Row("POST", "/pengaturan/masuk-lain/<int:user_id>", SUPER, values={"user_id": "999"}, ok={404}),
    Row("POST", "/pengaturan/alihkan/<int:user_id>", SUPER, values={"user_id": "999"}, ok={404}),
    Row("POST", "/pengaturan/pratinjau/<key>", _KEEPERS, values={"key": "sambutan"}),
    Row("POST", "/pengaturan/isi/libur", _KEEPERS, form={"year": "2026"}),
    Row("POST", "/pengaturan/impor/libur", _KEEPERS, form={"csv": "2026-12-01,Uji"}),
    Row("GET", "/aktivasi", PUBLIC),
    Row("POST", "/aktivasi", PUBLIC),
)
