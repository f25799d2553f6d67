"""Which PD a complaint is about: offices that its text names (Konflik kepentingan)."""

from collections.abc import Sequence

from gateway.runtime import Runtime
from normalizer.tenant import Agency
from store.models.complaint import Complaint

# The supervision of the region takes what is about an office itself (PP 12/2017).
INSPECTORATE = "INSPEKTORAT"
_SHORTEST_CODE = 3
_LEADING = ("dinas ", "badan ", "kantor ")


def named_agencies(runtime: Runtime, complaint: Complaint) -> list[Agency]:
    """Return our own offices that the complaint's words name, by name, short name or code."""
    text = f" {_plain(complaint.original_text)} {_plain(complaint.public_text)} "
    return [
        agency
        for agency in runtime.tenant.agencies
        if not agency.external
        and agency.code != INSPECTORATE
        and any(f" {_plain(name)} " in text for name in _names(agency))
    ]


def _names(agency: Agency) -> Sequence[str]:
    """Names in full; the code counts if it is long enough not to be a word by chance."""
    names = [agency.name]
    if len(agency.code) >= _SHORTEST_CODE:
        names.append(agency.code)
    code = agency.code.lower()
    if code.startswith("d") and len(code) > _SHORTEST_CODE + 1:
        names.append(code[1:])  # PUPR for DPUPR
    return [name for name in names if name.lower() not in _LEADING]


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
