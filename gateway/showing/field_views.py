"""What stands on a salinan lapangan; no identity has a place on it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldPaper:
    """One case as it is taken along.

    Attributes:
        address: opens the case after a login.
        geo: opens the phone's own map; empty where no exact place is known.
        deadlines: name and last moment, in words.
        photos: JPEGs.
        more_files: what the citizen sent besides, in words; empty for nothing.
        made: who made the copy, where and when.
    """

    app: str
    government: str
    ticket: str
    title: str
    facts: str
    text: str
    place: str
    coordinates: str
    geo: str
    deadlines: Sequence[tuple[str, str]]
    address: str
    made: str
    photos: Sequence[bytes] = ()
    more_files: str = ""
