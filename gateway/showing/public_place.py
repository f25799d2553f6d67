"""Where a case is, as exactly as its category lets the public see (product page 2.0.4)."""

from dataclasses import dataclass
from math import cos, radians

from gateway.showing.showing import PinView, pin_view
from store.models.complaint import Complaint

EXACT, NEAR, DESA = "exact", "near", "desa"
_GRID_M = 250
_M_PER_DEG = 111_320  # of latitude


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """A place for people: desa and kecamatan, and a point where one may be shown."""

    words: str
    pin: PinView | None = None


def public_place(complaint: Complaint, exactness: str) -> PublicPlace:
    """Return the place of a case; never the landmark or street, which may be somebody's home.

    Args:
        complaint: the case.
        exactness: `EXACT`, `NEAR` (on a grid of 250 m) or `DESA`.
    """
    named = [
        f"Desa {complaint.desa}" if complaint.desa else "",
        f"Kec. {complaint.kecamatan}" if complaint.kecamatan else "",
    ]
    words = ", ".join(name for name in named if name)
    pin = None if exactness == DESA else pin_view(complaint.place)
    if pin is None:
        return PublicPlace(words)
    latitude, longitude = float(pin.latitude), float(pin.longitude)
    if exactness == EXACT:
        return PublicPlace(words, PinView(pin.latitude, pin.longitude, ""))
    latitude = _on_grid(latitude, _M_PER_DEG)
    longitude = _on_grid(longitude, _M_PER_DEG * cos(radians(latitude)))
    shown = PinView(f"{latitude:.4f}", f"{longitude:.4f}", "Dibulatkan, sekitar 250 m")
    return PublicPlace(words, shown)


def _on_grid(degrees: float, m_per_deg: float) -> float:
    """Return the middle of the field of the grid in which a coordinate lies."""
    step = _GRID_M / m_per_deg
    return (degrees // step + 0.5) * step
