"""Where it happened (first cut: streets and names of desa)."""

import re

from channels.message import Location
from normalizer.draft import Finding, Place
from normalizer.tenant import Tenant
from normalizer.transcript import Transcript

_STREET = re.compile(r"\b(?:jl|jln|jalan)\b\.? (?!rusak|berlubang|di )[a-z0-9. ]{3,30}")


def read_place(
    transcript: Transcript, masked: str, tenant: Tenant, pin: Location | None
) -> Finding[Place] | None:
    """Find the place."""
    street = _STREET.search(masked)
    desa = next((d for d in tenant.desa if len(d.name) > 4 and d.name.lower() in masked), None)
    if not (street or desa or pin):
        return None
    text = street.group().strip() if street else desa.name if desa else ""
    return Finding(
        Place(
            text,
            desa=desa.name if desa else None,
            kecamatan_inferred=desa.kecamatan if desa else None,
            region_code=desa.code if desa else None,
            street=street.group().strip() if street else None,
            pin=pin,
        ),
        0.8,
        transcript.span(street.start(), street.end()) if street else None,
    )
