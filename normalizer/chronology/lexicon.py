"""Words of time: Indonesian, its chat forms, Riau Malay, Belitung and Sundanese bits, English."""

from normalizer.wordlists import words

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan januwari",
            "februari february feb pebruari febuari",
            "maret march mar maret",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu ags agt aug agst",
            "september sept sep",
            "oktober october okt oct",
            "november nov nopember nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
# Too short or too common to be a month without "bulan" before it or a figure beside it.
SHORT_MONTHS = words(
    "jan feb mar apr may jun jul agu ags agt aug agst sep sept okt oct nov nop des dec march"
)
WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "senin senen isnin",
            "selasa slasa",
            "rabu rebo rabo",
            "kamis khamis",
            "jumat jum'at jumaat jumat jumuah",
            "sabtu saptu",
            "ahad minggu",
        )
    )
    for name in names.split()
}
NUMBERS: dict[str, int] = {
    name: number
    for number, names in {
        1: "satu hiji sikok",
        2: "dua due duo",
        3: "tiga tige tigo tilu",
        4: "empat opat empat",
        5: "lima limak lime limo",
        6: "enam genep",
        7: "tujuh tujoh",
        8: "delapan lapan dalapan",
        9: "sembilan salapan",
        10: "sepuluh sepuloh",
        11: "sebelas",
        12: "duabelas",
    }.items()
    for name in names.split()
}
# Units of elapsed time.
UNITS: dict[str, str] = {
    name: unit
    for unit, names in {
        "minute": "menit mnt",
        "hour": "jam jm",
        "day": "hari hr malam mlm malem dinten day days ari",
        "week": "minggu mgg mg pekan minggon week weeks",
        "month": "bulan bln sasih month months",
        "year": "tahun thn th taun year years",
    }.items()
    for name in names.split()
}
# Between an amount and its unit: "10 an hari", "2 x hari".
BETWEEN = words("an x kali")
COUNTED = UNITS.keys() | BETWEEN
ONE_UNIT: dict[str, str] = {
    "sehari": "day",
    "semingguan": "week",
    "seminggu": "week",
    "sepekan": "week",
    "sebulan": "month",
    "sebulanan": "month",
    "setahun": "year",
    "sejam": "hour",
    "saminggu": "week",
    "sabulan": "month",
}
PARTS: dict[str, str] = {
    name: part
    for part, names in {
        "dawn": "subuh shubuh dini fajar sahur",
        "morning": "pagi pgi pg pagi2 enjing isuk",
        "noon": "siang siank dzuhur zuhur dhuhur lohor tengahari",
        "afternoon": "sore sor petang ashar asar sonten",
        "evening": "malam malem mlm mlam magrib maghrib isya isha wengi peting",
    }.items()
    for name in names.split()
}
YESTERDAY = words(
    "kemarin kemaren kmrn kmren kmarin kmaren kemren kemarn kemarinnya kamari kemarik kmrin "
    "yesterday"
)
LAST_NIGHT = words("semalam smlm semalem semlm smalam semalaman")
EARLIER_TODAY = words("tadi td tdi tadik")
JUST_NOW = words("barusan brusan")
NOW = words("sekarang skrg skrng skrang skg ayeuna kini now")
PAST = words("lalu lepas lampau silam kemarin kemaren kmrn kmren kmarin")
THIS = words("ini ni")
AHEAD = words("depan mendatang nanti besok esok akan")
DATE_WORDS = words("tgl tanggal tgll tg tggl")
CLOCK_WORDS = words("jam jm pukul pkl pkul")
YEAR_WORDS = words("tahun thn th taun")
MONTH_WORDS = words("bulan bln")
EDGES: dict[str, int] = {"awal": 1, "pertengahan": 15, "tengah": 15, "akhir": 25}
# Begin of a state that still lasts: the best sign of the event's time.
SINCE = words(
    "sejak sjk sejk dari dr dri mulai semenjak semnjak terhitung since bermula lepas drpd"
)
# End of a range, or a habit: what follows is no event.
UNTIL = words("sampai smpai sampe smp sampek hingga sd until ke")
HABIT = words("tiap setiap tiap2 biasanya biasa selalu sering kadang setiap2 saban unggal jadwal")
APPROXIMATE = words(
    "sekitar sekira sekitaran kira kira2 kurang lebih kurleb skitar sktr sekitaran an"
)
