"""What pages ask by themselves."""

from tests.gateway.access_rows import INBOX, PD, STAFF, Row

ROWS = (
    Row("POST", "/langsung/aduan/<ticket>", INBOX | PD, form={"cara": "buka"}),
    Row("GET", "/langsung/kirim", INBOX, query={"pesan": "1"}),
    Row("GET", "/langsung/kanal", INBOX),
    Row("GET", "/langsung/tulisan", INBOX, query={"kunci": "p1"}),
    Row("POST", "/langsung/tulisan", INBOX, form={"kunci": "p1", "teks": "Baik"}),
    Row("GET", "/langsung/pd", PD, query={"sejak": "0"}),
    Row("GET", "/langsung/sesi", STAFF),
)
