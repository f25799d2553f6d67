"""Wordings of the government's own: what they may hold, and how they read on each channel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from channels.gsm7 import is_gsm7, segments
from gateway.cases.notices import tenant_values
from gateway.errors import InvalidInputError
from gateway.runtime import Runtime
from gateway.texts import Wording, placeholders

# The words of an approved WhatsApp template; changing them here would change nothing there.
FIXED: Final = frozenset({"luar_jendela"})
_EVERYWHERE: Final = frozenset({"APP", "KAB", "URL", "DARURAT", "JAM"})
# Without these the message fails its purpose, or leaves somebody in danger without a number.
_NEEDED: Final = frozenset(
    {"T", "T2", "PIN", "DARURAT", "JWB", "TANYA", "NIK4", "KONTAK", "INSTANSI", "AKHIR"}
)
_MOST_PARTS: Final = 3
_LONGEST_RICH: Final = 1024  # WhatsApp's limit for a text with buttons
_BRACES = re.compile(r"\{[A-Z][A-Z0-9]*\}")
SAMPLES: Final[Mapping[str, str]] = {
    "T": "26-00421-3",
    "T2": "26-00398-0",
    "PIN": "482913",
    "TGL": "Sel 24/11 16.00",
    "TGL2": "Kam 26/11 16.00",
    "PD": "Dinas PUPR",
    "STATUS": "Penanganan (Terbuka)",
    "MB": "16",
    "NIK4": "9103",
    "PRIVASI": "Anonim",
    "JML": "2 foto",
    "AKHIR": "001",
    "RINGKAS": "Lampu jalan mati",
    "LOK": "Depan masjid",
    "RENCANA": "Mengganti lampu",
    "TANYA": "Nomor tiang berapa?",
    "ALASAN": "Menunggu suku cadang",
    "JWB": "Lampu sudah diganti",
    "INSTANSI": "PLN",
    "KONTAK": "telepon 123",
    "NAMA": "Rina",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """How a wording reads with sample values.

    Attributes:
        sms: the short text.
        rich: the other channels' text; stars still mean bold.
        sms_length: its letters, as the network counts them.
        sms_parts: how many SMS it costs.
        sms_odd: letters that no plain SMS has.
        problems: what keeps it from being saved.
    """

    sms: str
    rich: str
    sms_length: int
    sms_parts: int
    sms_odd: str
    problems: Mapping[str, str]


def judge(original: Wording, form: Mapping[str, str]) -> dict[str, str] | None:
    """Return the wording to be stored, None where it is the original again.

    Raises:
        InvalidInputError: it is empty, too long, or fills places that do not exist here.
    """
    given = _given(form)
    problems = _problems(original, given)
    if problems:
        raise InvalidInputError(problems)
    return None if given == {"sms": original.sms, "rich": original.rich} else given


def preview(runtime: Runtime, original: Wording, form: Mapping[str, str]) -> Preview:
    """Return how the two texts of a form read now."""
    given = _given(form)
    values = samples(runtime)
    sms, rich = _filled(given["sms"], values), _filled(given["rich"], values)
    odd = "".join(dict.fromkeys(letter for letter in sms if not is_gsm7(letter)))
    return Preview(sms, rich, len(sms), segments(sms), odd, _problems(original, given))


def samples(runtime: Runtime) -> dict[str, str]:
    """Return a value for every place, this government's own where there is one."""
    return {**SAMPLES, **tenant_values(runtime)}


def allowed(original: Wording) -> list[str]:
    """Return the places that a wording of this occasion may fill."""
    return sorted((original.placeholders | _EVERYWHERE) - ({"PIN"} - original.placeholders))


def _given(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: form.get(name, "").replace("\r\n", "\n").replace("\0", "").strip()
        for name in ("sms", "rich")
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda found: values.get(found.group(0)[1:-1], found.group(0)), text)


def _problems(original: Wording, given: Mapping[str, str]) -> dict[str, str]:
    known = frozenset(allowed(original))
    found = {
        name: words
        for name, before in (("sms", original.sms), ("rich", original.rich))
        if (words := _problem(before, given[name], known))
    }
    if "sms" not in found:
        filled = _filled(given["sms"], SAMPLES)
        odd = "".join(dict.fromkeys(letter for letter in filled if not is_gsm7(letter)))
        if odd:
            found["sms"] = f"Ganti huruf yang tidak ada di SMS: {odd}"
        elif segments(filled) > _MOST_PARTS:
            found["sms"] = f"Terlalu panjang: paling banyak {_MOST_PARTS} SMS."
    if "rich" not in found and len(given["rich"]) > _LONGEST_RICH:
        found["rich"] = f"Terlalu panjang: paling banyak {_LONGEST_RICH} huruf."
    return found


def _problem(before: str, text: str, known: frozenset[str]) -> str | None:
    if not text:
        return "Teks wajib diisi."
    strange = placeholders(text) - known
    if strange:
        return f"Isian ini tidak dikenal di sini: {_named(strange)}."
    if re.search(r"[{}]", _BRACES.sub("", text)):
        return "Ada kurung kurawal yang tidak lengkap. Tulis isian seperti {APP}."
    missing = (placeholders(before) & _NEEDED) - placeholders(text)
    if missing:
        return f"Isian ini harus tetap ada: {_named(missing)}."
    return None


def _named(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
