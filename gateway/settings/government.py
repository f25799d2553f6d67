"""The government out of its data: what people see, what the normalizer knows, what is said."""

from collections.abc import Mapping
from typing import Any

from channels.message import ChannelName
from gateway.runtime import Government, Profile
from gateway.texts import Catalogue
from normalizer.tenant import load_tenant

_CHANNELS = {name.value for name in ChannelName}
ZONE_LABELS: Mapping[str, str] = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
_EMERGENCY_NAMES = {
    "110": "Polisi",
    "112": "Darurat",
    "113": "Pemadam kebakaran",
    "115": "SAR",
    "118": "Ambulans",
    "119": "Ambulans",
}


def make_government(
    version: int, data: Mapping[str, Any], public_url: str, originals: Catalogue
) -> Government:
    """Return the government as it stands at `version` of its settings.

    Args:
        version: of the settings that `data` was read at.
        data: in the shape of a tenant file.
        public_url: address of the public pages.
        originals: the catalogue without this government's own wordings.

    Raises:
        KeyError: `data` lacks something that people must see.
        ValueError: `data` lacks something that the normalizer must know.
    """
    profile = make_profile(data, public_url)
    return Government(
        version=version,
        tenant=load_tenant(data),
        profile=profile,
        catalogue=originals.with_own(data.get("texts", {})),
        facts=data,
    )


def make_profile(data: Mapping[str, Any], public_url: str) -> Profile:
    """Read the government as people see it out of its data."""
    identity, emergency = data["identity"], data["emergency"]
    return Profile(
        app=identity["app"],
        kabupaten=identity["name"],
        region=identity["kabupaten"],
        government="Pemkot" if identity["name"].startswith("Kota") else "Pemkab",
        timezone=identity["timezone"],
        zone_label=ZONE_LABELS.get(identity["timezone"], identity["timezone"]),
        public_url=public_url,
        emergency_number=emergency["text"],
        emergency_numbers=tuple(
            (_EMERGENCY_NAMES.get(number, "Darurat"), number) for number in emergency["numbers"]
        ),
        office_hours=data["hours"]["text"],
        contact=identity["contact"],
        clock_preset=data["clocks"]["preset"],
        channel_addresses={
            name: address for name, address in data.get("channels", {}).items() if name in _CHANNELS
        },
    )
