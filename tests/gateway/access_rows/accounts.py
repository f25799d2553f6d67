"""Logging in and out, one's own account."""

from tests.gateway.access_rows import PUBLIC, STAFF, Row

ROWS = (
    Row("GET", "/masuk", PUBLIC),
    Row("POST", "/masuk", PUBLIC, ok={403}),
    Row("POST", "/keluar", PUBLIC),
    Row("GET", "/masuk/kode", PUBLIC),
    Row("POST", "/masuk/kode", PUBLIC),
    Row("GET", "/masuk/oidc/", PUBLIC, ok={404}),  # no provider is set up
    Row("GET", "/masuk/oidc/kembali", PUBLIC),
    Row("GET", "/akun", STAFF),
    Row("POST", "/akun/pintasan", STAFF),
    Row("GET", "/akun/keamanan", STAFF),
    Row("POST", "/akun/langkah-kedua/mulai", STAFF),
    Row("POST", "/akun/langkah-kedua/aktifkan", STAFF),
    Row("POST", "/akun/langkah-kedua/kode-baru", STAFF),
    Row("POST", "/akun/langkah-kedua/matikan", STAFF),
    Row("POST", "/akun/sesi/<key>/akhiri", STAFF, values={"key": "tidak-ada"}, ok={403, 404}),
    Row("POST", "/akun/sesi/akhiri-lain", STAFF),
    Row("GET", "/akun/kata-sandi", STAFF),
    Row("POST", "/akun/kata-sandi", STAFF),
    Row("GET", "/pintu", STAFF),
    Row("GET", "/inbox", STAFF),
)
