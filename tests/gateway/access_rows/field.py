"""What an officer takes along."""

from tests.gateway.access_rows import INBOX, PD, Row

ROWS = (
    Row("POST", "/lapangan/<ticket>/salinan", INBOX | PD),
    Row("POST", "/lapangan/<ticket>/ingatkan", INBOX),
)
