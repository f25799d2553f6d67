"""The credentials that both sides use when nobody sets any. They open nothing but this sandbox."""

HOST = "127.0.0.1"
PORT = 8090
TARGET = "http://127.0.0.1:8080"

TWILIO_ACCOUNT_SID = "ACc0ffee00c0ffee00c0ffee00c0ffee00"
TWILIO_AUTH_TOKEN = "sandbox-twilio-token"
TWILIO_WHATSAPP_NUMBER = "whatsapp:+6281100000900"
TWILIO_SMS_NUMBER = "+12025550143"

TELEGRAM_BOT_TOKEN = "7001234567:SANDBOX-TELEGRAM-TOKEN"
TELEGRAM_SECRET = "sandbox_Telegram-Secret"

META_APP_ID = "900100200300400"
META_APP_SECRET = "sandboxmetaappsecret"
META_VERIFY_TOKEN = "sandbox-verify"
META_PAGE_ID = "104857600123456"
META_PAGE_TOKEN = "sandbox-page-token"
META_INSTAGRAM_ID = "17841400001234567"
META_INSTAGRAM_TOKEN = "sandbox-instagram-token"
META_GRAPH_VERSION = "v25.0"

X_USER_ID = "4401000000000000001"
X_CONSUMER_KEY = "sandbox-x-app"
X_CONSUMER_SECRET = "sandbox-x-app-secret"
X_ACCESS_TOKEN = "4401000000000000001-sandbox"
X_ACCESS_TOKEN_SECRET = "sandbox-x-account-secret"

# Approved WhatsApp templates: text with {{1}} {{2}}, and the quick-reply buttons below it.
TEMPLATE_NEWS = "HX5a4d0000000000000000000000000001"
TEMPLATE_QUESTION = "HX5a4d0000000000000000000000000002"
TEMPLATE_RATING = "HX5a4d0000000000000000000000000003"
TEMPLATE_PIN = "HX5a4d0000000000000000000000000004"

_NEWS = (
    "Bapak/Ibu yang terhormat, ada kabar terbaru untuk aduan nomor {{1}} yang ditangani {{2}}. "
    "Silakan tekan tombol di bawah untuk membaca jawabannya. Terima kasih."
)
_QUESTION = (
    "Bapak/Ibu yang terhormat, {{2}} memerlukan keterangan untuk aduan nomor {{1}}. Silakan tekan "
    "tombol di bawah untuk membaca pertanyaannya. Terima kasih."
)
_RATING = (
    "Bapak/Ibu yang terhormat, aduan nomor {{1}} dinyatakan selesai. Apakah masalahnya sudah "
    "teratasi? Terima kasih."
)
_PIN = (
    "Bapak/Ibu yang terhormat, PIN baru untuk aduan nomor {{1}} sudah dibuat. Silakan tekan tombol "
    "di bawah untuk menerimanya. Terima kasih."
)
TWILIO_TEMPLATES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    TEMPLATE_NEWS: (_NEWS, (("Baca jawaban", "BACA"),)),
    TEMPLATE_QUESTION: (_QUESTION, (("Baca pertanyaan", "BACA"),)),
    TEMPLATE_RATING: (
        _RATING,
        (("Sudah teratasi", "SUDAH"), ("Sebagian", "SEBAGIAN"), ("Belum", "BELUM")),
    ),
    TEMPLATE_PIN: (_PIN, (("Terima PIN", "BACA"),)),
}
