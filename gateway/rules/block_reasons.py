"""Why a sender may be blocked, and for how long (product page, H: one hour to thirty days)."""

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {
    "flood": "Pesan berulang sangat banyak",
    "advertising": "Iklan atau penipuan",
    "abuse": "Kata kasar atau ancaman",
    "false_reports": "Laporan palsu berulang",
}
HOURS: Final[Mapping[str, str]] = {
    "1": "1 jam",
    "6": "6 jam",
    "24": "1 hari",
    "72": "3 hari",
    "168": "7 hari",
    "336": "14 hari",
    "720": "30 hari",
}
