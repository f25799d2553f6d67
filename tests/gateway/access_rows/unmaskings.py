"""Who reads how often identities were opened."""

from gateway.rules.people import Role
from tests.gateway.access_rows import ADMIN, Row

_WATCHERS = ADMIN | {Role.INSPEKTORAT}

ROWS = (
    Row("GET", "/pembukaan-identitas/", _WATCHERS),
    Row("GET", "/pembukaan-identitas/unduh", _WATCHERS),
)
