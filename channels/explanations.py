"""What an officer reads when a message did not arrive: one Indonesian sentence for each cause."""

from collections.abc import Mapping

from channels.message import ChannelName, ErrorClass

_TWILIO: Mapping[str, str] = {
    "20003": "Twilio menolak kata sandi akun; administrator perlu memperbarui token.",
    "20429": "Twilio sedang membatasi jumlah kiriman; pesan dikirim lagi otomatis.",
    "21211": "Nomor tujuan tidak sah sebagai nomor telepon.",
    "21408": "Pengiriman SMS ke negara ini belum diaktifkan di akun Twilio.",
    "21606": "Nomor pengirim kita tidak dapat mengirim ke tujuan ini; periksa pengaturan Twilio.",
    "21608": "Akun Twilio masih percobaan dan hanya dapat mengirim ke nomor terdaftar.",
    "21610": "Warga telah membalas STOP, jadi SMS ke nomor ini tidak dikirim.",
    "21611": "Antrean nomor pengirim penuh; pesan dikirim lagi otomatis.",
    "21612": "Nomor pengirim kita tidak dapat menjangkau nomor ini lewat SMS.",
    "21614": "Nomor tujuan bukan nomor ponsel.",
    "21617": "Pesan lebih panjang dari 1600 karakter.",
    "21620": "Alamat lampiran tidak dapat dipakai oleh Twilio.",
    "21655": "Templat WhatsApp tidak dikenal; periksa pengaturan templat.",
    "21656": "Isian templat WhatsApp tidak sah.",
    "30001": "Antrean Twilio penuh; pesan dikirim lagi otomatis.",
    "30002": "Akun Twilio ditangguhkan; hubungi administrator.",
    "30003": "Ponsel warga tidak aktif atau di luar jangkauan; pesan dicoba lagi.",
    "30004": "Pesan diblokir oleh nomor tujuan atau operatornya.",
    "30005": "Nomor tujuan tidak dikenal atau sudah tidak aktif.",
    "30006": "Nomor tujuan adalah telepon rumah atau operatornya tidak terjangkau.",
    "30007": "Operator menyaring pesan ini sebagai spam; ubah kata-katanya.",
    "30008": "SMS gagal tanpa sebab yang disebutkan operator; pesan dicoba lagi.",
    "63001": "Sambungan Twilio ke WhatsApp ditolak; administrator perlu memeriksanya.",
    "63003": "Nomor ini tidak terdaftar di WhatsApp.",
    "63005": "WhatsApp menolak isi pesan ini.",
    "63007": "Nomor pengirim WhatsApp belum terdaftar di akun Twilio.",
    "63012": "WhatsApp sedang bermasalah; pesan dikirim lagi otomatis.",
    "63013": "WhatsApp menolak pesan karena melanggar kebijakannya.",
    "63014": "Warga memblokir nomor WhatsApp kita.",
    "63015": "Nomor ini belum bergabung ke WhatsApp uji coba Twilio.",
    "63016": "Sudah lewat 24 jam sejak pesan terakhir warga; kirim templat atau tunggu ia menulis.",
    "63017": "Akun Twilio mengirim terlalu cepat; pesan dikirim lagi otomatis.",
    "63018": "WhatsApp sedang membatasi jumlah kiriman; pesan dikirim lagi otomatis.",
    "63019": "WhatsApp tidak dapat mengambil lampiran.",
    "63020": "Ada masalah pada akun WhatsApp Business; administrator perlu memeriksanya.",
    "63021": "Isi pesan tidak sah menurut WhatsApp.",
    "63022": "Nama tampilan WhatsApp bermasalah; administrator perlu memeriksanya.",
    "63024": "Nomor tujuan tidak sah di WhatsApp.",
    "63032": "WhatsApp sedang tidak meneruskan pesan kita ke warga ini.",
    "63033": "Warga menolak pesan dari akun bisnis di WhatsApp.",
    "63034": "Lampiran terlalu besar untuk WhatsApp.",
    "63038": "Batas kiriman harian akun sudah tercapai; pesan dikirim besok.",
    "63041": "Templat WhatsApp dijeda oleh Meta; pakai templat lain.",
}
_TELEGRAM: Mapping[str, str] = {
    "403-blocked": "Warga memblokir bot Telegram kita.",
    "403-deactivated": "Akun Telegram warga sudah dihapus.",
    "403-not-started": "Warga belum pernah memulai percakapan dengan bot Telegram kita.",
    "400-chat-not-found": "Percakapan Telegram dengan warga ini tidak ditemukan.",
    "400-too-long": "Pesan terlalu panjang untuk Telegram.",
    "400-empty": "Pesan kosong tidak dapat dikirim.",
    "400-markup": "Telegram tidak dapat membaca format pesan ini.",
    "400-reply-gone": "Pesan yang dibalas sudah tidak ada.",
    "400-migrated": "Percakapan ini adalah grup yang sudah dipindahkan.",
    "400-file-too-big": "Lampiran terlalu besar untuk Telegram.",
    "401": "Token bot Telegram ditolak; administrator perlu memperbaruinya.",
    "404": "Token bot Telegram salah; administrator perlu memperbaruinya.",
    "409": "Bot Telegram ini sedang dipakai program lain; administrator perlu memeriksanya.",
}
_META: Mapping[str, str] = {
    "10/2018278": "Sudah lewat batas waktu balas Messenger; tunggu warga menulis lagi.",
    "10/2018300": "Percakapan dipegang aplikasi lain atau kotak masuk Halaman; jawab dari sana.",
    "10/2018065": "Sudah lewat batas waktu balas Messenger; tunggu warga menulis lagi.",
    "10/2534022": "Sudah lewat batas waktu balas Instagram; tunggu warga menulis lagi.",
    "10/1893063": "Halaman kita sedang dibatasi oleh Meta.",
    "10": "Aplikasi kita belum mendapat izin Meta untuk mengirim pesan ini.",
    "100/1893061": "Tanda pesan ini sudah tidak diterima Meta.",
    "100/2018001": "Warga ini tidak dikenal oleh halaman kita.",
    "100/2018047": "Meta tidak dapat mengambil atau mengolah lampiran.",
    "551": "Warga memblokir halaman kita atau akunnya tidak aktif.",
    "200/1545041": "Warga memblokir halaman kita atau akunnya tidak aktif.",
    "200": "Izin mengirim pesan dari halaman kita dicabut; administrator perlu memeriksanya.",
    "190": "Token halaman kedaluwarsa; administrator perlu masuk ulang ke Meta.",
    "131047": "Sudah lewat 24 jam sejak pesan terakhir warga; kirim templat.",
    "131026": "Warga tidak memakai WhatsApp atau tidak dapat dijangkau.",
    "132001": "Templat WhatsApp tidak dikenal atau belum disetujui; pakai templat lain.",
    "132000": "Isian templat WhatsApp kurang atau lebih; periksa templatnya.",
    "132005": "Templat WhatsApp terlalu panjang setelah diisi.",
    "132007": "Templat WhatsApp melanggar aturan Meta; pakai templat lain.",
    "132012": "Isian templat WhatsApp tidak sah.",
    "132015": "Templat WhatsApp dijeda oleh Meta; pakai templat lain.",
    "132016": "Templat WhatsApp dimatikan oleh Meta; pakai templat lain.",
}
_KANNEL: Mapping[str, str] = {
    "auth": "Kannel menolak nama pengguna atau kata sandi kita; administrator perlu memeriksanya.",
    "no-route": "Tidak ada sambungan SMS yang melayani nomor ini.",
    "denied": "Nomor tujuan diblokir di Kannel atau bukan nomor telepon.",
    "charset": "Kannel tidak dapat membaca huruf dalam pesan ini.",
    "sender": "Nomor pengirim belum diatur di Kannel; administrator perlu memeriksanya.",
    "dlr-url": "Alamat laporan pengiriman salah; administrator perlu memeriksanya.",
    "queue-full": "Antrean Kannel penuh; pesan dikirim lagi otomatis.",
    "EXPIRED": "Ponsel warga tidak aktif sampai batas waktu kirim; pesan dicoba lagi.",
    "UNDELIV": "Operator tidak dapat mengantarkan SMS ke nomor ini.",
    "REJECTD": "Operator menolak SMS ini.",
    "DELETED": "Operator menghapus SMS ini sebelum sampai.",
    "UNKNOWN": "Operator tidak tahu apakah SMS ini sampai.",
    "undelivered": "SMS tidak sampai ke ponsel warga.",
    "rejected": "Operator menolak SMS ini.",
    "smpp-10": "Operator tidak mengizinkan nomor pengirim kita; administrator perlu memeriksanya.",
    "smpp-11": "Nomor tujuan tidak dikenal operator.",
    "smpp-13": "Operator menolak sambungan Kannel; administrator perlu memeriksanya.",
    "smpp-14": "Kata sandi Kannel ditolak operator; administrator perlu memperbaruinya.",
    "smpp-20": "Antrean operator penuh; pesan dikirim lagi otomatis.",
    "smpp-69": "Operator gagal mengirim SMS ini.",
    "smpp-88": "Operator membatasi jumlah SMS; pesan dikirim lagi otomatis.",
}
_X: Mapping[str, str] = {
    "403-closed": "Warga tidak menerima pesan langsung dari akun X kita.",
    "349": "Warga tidak menerima pesan langsung dari akun X kita.",
    "150": "Warga tidak mengikuti akun X kita dan menutup pesan langsungnya.",
    "50": "Akun X warga tidak ditemukan.",
    "63": "Akun X warga ditangguhkan.",
    "64": "Akun X kita ditangguhkan; hubungi administrator.",
    "326": "Akun X kita dikunci sementara; administrator perlu membukanya.",
    "93": "Aplikasi X kita belum boleh mengirim pesan langsung; administrator perlu memeriksanya.",
    "187": "X menolak pesan yang sama persis dengan sebelumnya.",
    "226": "X menganggap pesan ini otomatis; ubah kata-katanya.",
    "354": "Pesan terlalu panjang untuk X.",
    "credits": "Saldo akses X habis; administrator perlu mengisinya.",
    "usage-capped": "Jatah bulanan akses X habis; administrator perlu memeriksanya.",
    "client-forbidden": "Paket akses X kita tidak mencakup pesan langsung.",
    "oauth1-permissions": "Aplikasi X kita hanya boleh membaca; administrator perlu memeriksanya.",
}
_OURS: Mapping[str, str] = {
    "transport": "Penyedia layanan tidak dapat dihubungi; pesan dikirim lagi otomatis.",
    "no-url": "Lampiran belum punya alamat yang dapat diambil penyedia layanan.",
    "empty": "Pesan kosong tidak dapat dikirim.",
    "text-only": "Saluran ini hanya dapat mengirim teks.",
    "withdrawn": "Warga tidak mau lagi dikabari lewat saluran ini.",
    "recipient": "Alamat tujuan tidak sah di saluran ini.",
    "caption": "Teks dan lampiran harus dikirim terpisah di saluran ini.",
}
_CLASSES: Mapping[ErrorClass, str] = {
    ErrorClass.RETRY: "Gangguan sementara pada penyedia layanan; pesan dikirim lagi otomatis.",
    ErrorClass.RETRY_AFTER: "Penyedia layanan membatasi kiriman; pesan dikirim lagi otomatis.",
    ErrorClass.PERMANENT: "Penyedia layanan menolak pesan ini.",
    ErrorClass.RECIPIENT_GONE: "Warga tidak dapat dihubungi lewat saluran ini.",
    ErrorClass.WINDOW_CLOSED: "Batas waktu balas sudah lewat; tunggu warga menulis lagi.",
    ErrorClass.REAUTH: "Kata sandi saluran ditolak; administrator perlu memperbaruinya.",
    ErrorClass.CONFIG: "Pengaturan saluran belum benar; administrator perlu memeriksanya.",
    ErrorClass.AMBIGUOUS: "Tidak pasti apakah pesan terkirim; periksa dulu sebelum mengulang.",
}
_TABLES: Mapping[ChannelName, Mapping[str, str]] = {
    ChannelName.WHATSAPP: _TWILIO,
    ChannelName.SMS: {**_TWILIO, **_KANNEL},
    ChannelName.X: _X,
    ChannelName.VOICE: _TWILIO,
    ChannelName.TELEGRAM: _TELEGRAM,
    ChannelName.MESSENGER: _META,
    ChannelName.INSTAGRAM: _META,
    ChannelName.WHATSAPP_CLOUD: _META,
}


def explain(channel: ChannelName, code: str | None, error_class: ErrorClass | None) -> str:
    """Return why a message did not arrive, as one sentence for the officer.

    Args:
        channel: by which it was sent.
        code: as in `SendError.code` or `DeliveryReceipt.error_code`; a Meta code with a subcode
            that has no sentence is explained by the code alone.
        error_class: explains a code that has no sentence.
    """
    if error_class is ErrorClass.AMBIGUOUS:
        # An unclear outcome outweighs its cause: whoever reads "sent again" would not look.
        return _CLASSES[error_class]
    table, known = _TABLES.get(channel, {}), code or ""
    sentence = table.get(known) or table.get(known.partition("/")[0]) or _OURS.get(known)
    return sentence or _CLASSES[error_class or ErrorClass.PERMANENT]
