"""Words by which places are told, and words at which the name of a street or a landmark ends."""

from normalizer.wordlists import words

DESA_LABELS = words(
    "desa ds kel kelurahan klurahan kelurahn lurah kades sekdes desanya kelurahannya"
)
KECAMATAN_LABELS = words(
    "kec kecamatan kecamatn camat kcmtn kcamatan kecmatan kecamtan kecamatanya kecamatannya "
    "kecam kc"
)
STREET_WORDS = words("jl jln jalan jln2 jlan")
LANE_WORDS = words("gg gang lorong lrg")
# A street's name goes on behind these.
STREET_GENERIC = words(
    "raya lintas poros terusan lingkar utama pantai simpang besar lama baru sultan"
)
NEAR_WORDS = words(
    "depan dpn dpan depn didepan didpn didekat dideket disebelah disamping dibelakang dblkg "
    "diseberang disebrang dipinggir dekat dkt deket dekt sebelah seblah sblh samping smping "
    "belakang blkg blakang blkng seberang sebrang sebrg sbrg seberangnya pinggir"
)
# Nouns that name a place together with what follows.
SITE_WORDS = words(
    "simpang sp perempatan pertigaan bundaran pasar psr masjid mesjid mushola musholla surau "
    "gereja vihara klenteng pura sd sdn smp smpn sma sman smk smkn slb tk paud mts man mda "
    "sekolah rsud rs igd puskesmas pkm pustu posyandu kantor pelabuhan terminal dermaga "
    "perumahan perum komplek kompleks griya cluster kampung kp kampong dusun dsn pantai taman "
    "lapangan jembatan spbu spbun tps tpa hotel resort kawasan bandara stadion gor museum "
    "disdukcapil dukcapil capil dinsos dinkes disdik samsat dpmptsp mpp bpn parit sungai das "
    "disnaker disperindag dispora disbudpar disparbud diskominfo dlh dlhk pupr dpupr bkpsdm bkd "
    "bappeda bpbd bapenda bpkad imigrasi kua dkp dpmd disdag distan "
    "danau tugu makam tpu roro halte jpo gerbang pelantar pabrik kebun pangkalan bank dishub "
    "toko warung waduk muara hutan balai posko alun pom parkiran stasiun apotek apotik klinik "
    "flyover underpass mall plaza alfamart indomaret yomart gedung gudang bengkel pesantren "
    "ponpes kampus universitas univ rusun rusunawa asrama polsek polres koramil kodim pendopo "
    "kolam embung bendungan situ curug tikungan tanjakan turunan pos rm ruko portal menara "
    "stopan bangjo halteu tower panti vila villa cafe kafe supermarket minimarket swalayan "
    "koperasi puskesos sanggar perumnas btn komp"
)
# Offices: in a sentence they are mostly the one complained about, not the place.
AGENCY_WORDS = words(
    "disdukcapil dukcapil capil dinsos dinkes disdik samsat dpmptsp mpp bpn dishub disnaker "
    "disperindag dispora disbudpar disparbud diskominfo dlh dlhk pupr dpupr bkpsdm bkd bappeda "
    "bpbd bapenda bpkad imigrasi kua dkp dpmd disdag distan"
)
# Ranks and titles before a street's namesake: "Jl. Jend. Sudirman".
TITLES = words("komp jend jenderal letjen mayjen brigjen letkol kolonel kapt kapten prof pang drs")
# "Dusun Baru" is a name, "pasar baru saja dibuka" is none.
NOT_NEW = words("saja aja sj sekali banget bgt ini itu kemarin tadi selesai jadi mulai")
NEW_SITES = words(
    "dusun dsn kampung kp kampong pasar simpang terminal dermaga pelabuhan jembatan parit pantai "
    "kantor lapangan perumahan"
)
# "Antrean sampai depan kantor pos" tells where the queue ends, not where the trouble is.
REACHING = words("sampai sampe smpe hingga smpai")
BEFORE_PLACE = words("di ke kat dari warga daerah nelayan wilayah sekitar")
# What nature made carries names that are no desa: Pantai Tanjung Tinggi lies elsewhere.
NATURE_WORDS = words("pantai sungai danau gunung pulau tugu das")
AT_WORDS = words("di ke kat lewat pada melalui loket kantor pd depan dpn dekat dkt")
# These describe the trouble more often than its place, unless "depan" stands before them.
ONLY_NEAR = words(
    "toko warung pabrik kebun sekolah hutan bank pangkalan alfamart indomaret yomart gudang "
    "bengkel rm pos tower menara portal kafe cafe koperasi kolam situ kampus asrama gedung "
    "ruko panti supermarket minimarket swalayan klinik tikungan tanjakan turunan pesantren polsek "
    "polres koramil kodim sanggar villa vila"
)
# Two words that name one kind of site, though the second alone would end a name or begin another.
SITE_PAIRS = {
    "pasar": words("pagi malam senin selasa rabu kamis jumat sabtu minggu ikan induk baru lama"),
    "kantor": words("pos desa kelurahan lurah kecamatan camat bupati walikota dinas polisi"),
    "pos": words("ronda jaga polisi kamling satpam siskamling"),
    "rumah": words("sakit makan makam potong susun dinas adat ibadah kopi"),
    "fly": words("over"),
    "jembatan": words("layang gantung besi kayu penyeberangan"),
    "kolam": words("renang retensi ikan"),
    "bank": words("sampah bri bni mandiri"),
    "kebun": words("binatang raya"),
    "taman": words("kota bermain lansia makam"),
    "lapangan": words("bola voli futsal tenis sepak"),
    "pom": words("bensin"),
    "pondok": words("pesantren"),
    "simpang": words("tiga empat lima enam"),
    "menara": words("air masjid"),
}
PAIR_IS_TIME = words("lalu ini kemarin kmrn tadi jam itu depan")
# Words that end a name everywhere but right behind these nouns: "Dusun Air Kundur".
NAME_BEGINS = words("air kampung jalan parit mati minggu lama panjang")
NAME_BEARERS = words(
    "dusun dsn kampung kp kampong perum perumahan perumnas btn komp komplek kompleks griya pantai "
    "sungai simpang sp "
    "parit jl jln jalan gang gg lorong pulau gunung bukit"
)
# A number belongs to their names: "pantai trikora 3", "gang Melati 3".
NUMBERED_NAMES = words("pantai gang gg perumahan perum komplek kompleks griya loket")
NUMBERED_SITES = words("simpang sp jembatan tps")
# An estate's blocks belong to its name.
ESTATES = words(
    "perumnas btn komp perum perumahan komplek kompleks griya cluster rusun rusunawa ruko pasar"
)
SCHOOLS = words("sd sdn smp smpn sma sman smk smkn slb tk mts man")
# Too general to place anything without a name behind them.
_BARE_USELESS = (
    "pasar parit sungai jembatan pabrik kebun sekolah kantor hutan pangkalan toko warung"
)
BARE_USELESS = words(
    _BARE_USELESS
    + " perumnas btn komp kampung kp perumahan perum simpang sp pantai kawasan dusun dsn masjid "
    "sd smp "
    "tk bank taman lapangan komplek kompleks rs hotel man mda tpu tps balai pom alun posko muara "
    "griya cluster lorong gang gg apotek apotik mall plaza curug bendungan embung rusun rusunawa "
    "universitas univ ponpes"
)
# The road through a desa, not one named after it: "jalan utama Sungai Alam".
MAIN_ROADS = words("utama poros")
# A quarter or an estate begins here, however the name of the street before it is written.
QUARTER_BEGINS = words("kampung kp kampong dusun dsn perumahan perum komplek kompleks komp griya")
# Before the name of a person, to whom a stall, a lane or a house belongs.
ADDRESSES = words(
    "pak pk bapak bu bk ibu haji hj mbok mbak mbah mas mang kang teh abah aki emak mak makcik "
    "pakcik wak tok datuk bang abang kak kakak cik ci koh ko ustad ustadz kyai tante om uwa ceu "
    "bude pakde ayah nenek nek pakde pak long uda uni bli gus tuan encik"
)
OFFICE_HOLDERS = words("rt rw lurah camat kades kadus imam haji guru dokter bidan")
# Whom a citizen addresses: "depan pasar, Pak Bupati".
READERS = words(
    "admin min mimin bupati wabup wakil walikota wali gubernur kadis presiden diskominfo"
)
# Who belongs to somebody: only behind these a form of address in small letters goes on.
OWNED_SITES = words(
    "warung rumah bengkel toko kedai kios tukang tambak kolam empang sawah kebun ruko konter "
    "depot bakso kontrakan kost kos pangkalan gudang lapak penjual jualan kandang kilang ladang "
    "salon bidan dokter tempat pempek soto nasi fotokopi laundry pabrik parit surau mushola"
)
# The name of a place ends before these, though they may stand before its first word.
AFTER_NAME = words(
    "nyaris hampir masi gitu gini sempit rimbun semak rumput lebat ngompreng semrawut padat "
    "lancar jorok bangkai kontainer truk mobil angkot kendaraan pengendara warga pedagang "
    "jukir preman pemuda pelajar siswa ibuibu kambing sapi anjing monyet biawak ular tikus nyamuk "
    "goyang doyong mleyot copot keropos amblong ambles jebol ambrol njeblug gompal terendam "
    "kerendam gundukan tumpukan genangan selokan drainase got gorong saluran trotoar plang rambu "
    "papan baliho spanduk kabel pipa tiang pohon dahan ranting dibawah diatas tolongin benerin "
    "sempet udh msih uda dpt dapat kayak mirip beserta berikut yakni yaitu ialah si nan nang "
    "trus trs abis bekas sisa setelahnya tadinya dulunya dulu barusan mendadak tiba ngadat "
    "nyetrum konslet korslet meleleh menganga retakan kebuka ketutup mandek mandeg macem macam "
    "malas males sembarangan sembarang leluasa bebas gratis mahal kali2 belakangan akhir2"
)
# Parts of a named place or street, written small behind its capital: "simpang Kelapapati tengah".
QUARTERS = words("utara selatan timur barat tengah dalam hilir hulu ujung kaler kidul")
# Without a name "kader posyandu" tells who, not where.
PEOPLE = words(
    "kader guru siswa murid pegawai petugas dokter bidan kepala kepsek staf staff oknum ketua "
    "pengurus bendahara honor gaji perawat satpam penjaga pengelola karyawan panitia anggota"
)
STOP = words(
    "di kat ke dari dr dri sejak sjk mulai yang yg dan dn atau ada ade aya adalah karena krn "
    "karna tiap setiap sampai sampe hingga sudah sdh udah udh dah lah la belum blm tidak tdk "
    "tak ga gak nggak dak ndak teu mati padam rusak hancur ancur gelap banjir macet penuh "
    "bolong amblas becek becak licin longsor putus roboh tumbang miring tolong tlg mohon mhn "
    "min pak bu bapak ibu nih ini itu tu ni tadi td kemarin kmrn kemaren semalam hari jam tgl "
    "tanggal bulan tahun kondisi sangat parah menuju arah lagi terus masih msh banyak bau "
    "tersumbat mampet meluap kotor sekarang skrg menumpuk numpuk dengan dgn oleh untuk utk "
    "saat waktu pas jadi jd saya sy kami warga nik nama hp tapi tp kalau kalo malam mlm malem "
    "pagi siang sore rt rw kec kecamatan kel kelurahan desa ds kab kabupaten depan dpn dekat "
    "dkt deket sebelah samping belakang seberang sebrang seblah blakang sebrg sekitar "
    "tepatnya bahaya padahal sama sm juga jg bukan kok knp kenapa agar supaya biar lepas kena "
    "bawa minta buka tutup air lampu pju orang org urang sering seperti kayak setelah habis "
    "abis baru cepat segera berisik ribut musik rawan tanpa sudh sepanjang tuh dong sih ya ko "
    "koq lg pd pada buat bs bisa para akibat menyebabkan jalan gimana kapan apa bagaimana "
    "siapa sapa ha do pun kali banget bgt sekali akan mau hendak nak wib dalam dlm keruh "
    "kering lapuk pecah patah retak mampat kumuh semua anak rumah liar km2 punya kecil siaga "
    "asap api parkir kejadian sebab nya mengalir hilang lobang lubang berlubang gang gg jl "
    "jln simpang sedang lapor terjadi takut selalu susah hitam coklat busuk sdr tuh kapok "
    "bocor terbakar ambruk minggu senin selasa rabu kamis jumat sabtu ahad hr sp sd sebagai "
    "begitu antri antre rame ramai sepi nyala hidup lewat masuk keluar luka the and is very "
    "with on at ambil buang bikin bayar pergi pulang datang pakai pake lihat liat dengar makin "
    "semakin tambah terlalu cuma hanya mana sana sini banyakan ternyata katanya sedikit bagian "
    "tempat dimana kemana lalu kemudian malah justru bahkan walau meski namun selama supaye "
    "ngga nda endak kagak tiada ingin butuh perlu mulus jelek buruk bersih aman ramah lambat "
    "lama2 bertahun terbengkalai ada2 saja aja sj doang wae pisan bgtt soalnya"
)
# The road is meant as a verb behind these: "kapal tidak jalan 3 hari".
NOT_MOVING = words("tidak tdk ga gak nggak ngga dak ndak tak blm belum bisa masih mulai cara pada")
# A number before these counts something and belongs to no name.
COUNTED = words(
    "hari hr jam minggu mgg bulan bln tahun thn menit kali titik tiang lubang lobang orang org "
    "rumah meter mtr km unit buah mobil motor kk malam mlm x"
)
TIME_UNITS = words("hari hr jam minggu mgg bulan bln tahun thn menit kali")
# "jalan ..." followed by one of these names no street.
NOT_A_STREET = words(
    "kampung umum tanah aspal setapak semenisasi rabat paving usaha produksi tembus "
    "tol nasional provinsi kabupaten kota kaki raya poros "
    "utama tikus lingkungan besar kecil kami saya bersama terus lagi nya desa an an2 jalan "
    "keluar masuk pintas alternatif lintas lobang santai pulang cor beton semen"
)
VERB_PREFIXES = ("ber", "ter", "meng", "meny", "mem", "men", "ke", "di", "nge", "ng")
NAMES_LIKE_VERBS = words(
    "diponegoro dipatiukur dipati teratai merdeka merpati melati melur mentari beringin "
    "berlian bermuda mendalo meranti kenanga kemuning kelapa kenari kelapapati ketapang kebon "
    "kembang kemang kerinci kesuma kemala kelud kedondong kecapi terusan ternate menteng "
    "dieng kelayang keciput kembiri kerikil kelurahan ketam kelemantan kelebuk kembung ketok "
    "keramat ketupat kejaksaan kelong kesumbo kebun kepulauan kerta kebayoran kencana kemiri "
    "kedaung kenangan kesatria kesambi kebonjati kesehatan kejora berdikari bersatu "
    "bermartabat kebersihan kependudukan kecamatan disdukcapil dinsos dinkes dishub disdik "
    "dinas diskominfo kerajinan ngamplang"
)
