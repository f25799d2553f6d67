"""The desa and kecamatan of one government, found in text however they are written.

"Selatbaru" is Selat Baru, "tg uban kota" is Tanjung Uban Kota, "Aik Merbau" is Air Merbau: names
are compared without spaces, with short forms written out and dialect spellings evened.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from normalizer.tenant import Desa, Tenant
from normalizer.wordlists import words

_SHORT_FORMS = {
    "tg": "tanjung",
    "tj": "tanjung",
    "tjg": "tanjung",
    "tanjong": "tanjung",
    "sei": "sungai",
    "sui": "sungai",
    "sungei": "sungai",
    "tlk": "teluk",
    "telok": "teluk",
    "aik": "air",
    "ayer": "air",
    "kp": "kampung",
    "kampong": "kampung",
    "kmpung": "kampung",
    "kmpg": "kampung",
    "kampng": "kampung",
    "tnjung": "tanjung",
    "tanjng": "tanjung",
    "sngai": "sungai",
    "sunge": "sungai",
    "seri": "sri",
    "puteri": "putri",
    "bathin": "batin",
    "pulo": "pulau",
    "pasa": "pasar",
}
# Names of desa that are ordinary words too: they count only with "desa" or "kelurahan" before them.
_ORDINARY = words(
    "kota parit damai petani langkat pinggir terong merdeka garuda beringin temiang ledeng "
    "caringin babakan wates arjuna ancol citarum pasteur busung sepotong kotabaru harapanbaru"
)
# Short or ambiguous names: a capital or "di", "warga" ... before them is enough.
_SHY = words(
    "kawal kelong malabar kukup jamika braga kopo petaling deluk sekodi badau maleber binong "
    "mapur numbing ibul kadur melibur dungun pangkil penaga muntai perpat isola dago garuda "
    "pamesi lassar"
)
# "Bintim" is Bintan Timur: spoken short forms of the quarters of the wind.
_QUARTERS = {"timur": "tim", "barat": "bar", "utara": "ut", "selatan": "sel", "tengah": "teng"}
_PARTS_OF_TOWN = words("kota utara selatan timur barat tengah")
_MOST_WORDS = 4
_FUZZY_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Area:
    """A name of the tenant: a desa, a kecamatan, or both.

    `ordinary`: only "desa" before it makes it a place; `shy`: a capital or "di" does.
    """

    name: str
    desa: Desa | None
    kecamatan: str | None
    ordinary: bool = False
    shy: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A name found: how many words it takes, and whether a letter was wrong."""

    area: Area
    words: int
    exact: bool


def fold_name(name: str) -> str:
    """Write a name without spaces, in the evened spelling."""
    cleaned = "".join(char if char.isalnum() else " " for char in name.lower())
    return "".join(_SHORT_FORMS.get(word, word) for word in cleaned.split())


class Gazetteer:
    """Names of one tenant, ready for look-up.

    `own_names` holds the kabupaten's name, its short forms: they say where the government is, not
    where the trouble is.
    """

    def __init__(self, tenant: Tenant) -> None:
        self.own_names = frozenset(
            fold_name(name) for name in (tenant.kabupaten, tenant.name, *tenant.aliases)
        )
        self._areas: dict[str, Area] = {}
        for kecamatan in tenant.kecamatan:
            area = Area(kecamatan, None, kecamatan)
            self._areas |= dict.fromkeys((fold_name(kecamatan), *_contractions(kecamatan)), area)
        for desa in tenant.desa:
            for name in (desa.name, *desa.aliases):
                self._add(desa, fold_name(name))
        # "Tanjung Uban" and "Duri" are towns of several desa: they end a landmark's name.
        self.towns = frozenset(
            fold_name(" ".join(desa.name.split()[:-1]))
            for desa in tenant.desa
            if desa.name.split()[-1].lower() in _PARTS_OF_TOWN and " " in desa.name
        )
        self.desa_keys = frozenset(fold_name(desa.name) for desa in tenant.desa)
        self._prefixes = frozenset(
            key[:length] for key in self._areas for length in range(1, len(key) + 1)
        )
        self.area_keys = self.desa_keys | {
            fold_name(name) for name in (*tenant.kecamatan, tenant.kabupaten)
        }
        self._near: dict[str, str] = {}
        for key in self._areas:
            if len(key) >= _FUZZY_LENGTH:
                for near in _without_one(key):
                    self._near.setdefault(near, key)

    def is_town(self, words: list[str]) -> bool:
        """Whether folded words begin with a town of several desa: "Duri", "Tanjung Uban"."""
        return bool(words) and (words[0] in self.towns or "".join(words[:2]) in self.towns)

    def _add(self, desa: Desa, key: str) -> None:
        known = self._areas.get(key)
        if known is not None and known.desa is not None:
            return
        self._areas[key] = Area(
            desa.name,
            desa,
            known.kecamatan if known else None,
            ordinary=key in _ORDINARY,
            shy=key in _SHY,
        )

    def beginnings(self, words: Sequence[str]) -> list[int]:
        """Return where a name may begin among folded words: a quick look before `match`."""
        prefixes, areas = self._prefixes, self._areas
        return [
            index
            for index, word in enumerate(words)
            if word in prefixes
            and (word in areas or index + 1 == len(words) or word + words[index + 1] in prefixes)
        ]

    def match(self, words: list[str], *, fuzzy: bool = False) -> Match | None:
        """Return the longest name with which a list of words begins.

        Args:
            words: folded words (`fold_word`) from the position on.
            fuzzy: allow one wrong letter.
        """
        best: Match | None = None
        key = ""
        for count, word in enumerate(words[:_MOST_WORDS], start=1):
            key += word
            if key not in self._prefixes and not fuzzy:
                return best
            area = self._areas.get(key)
            if area is not None:
                best = Match(area, count, exact=True)
            elif fuzzy and best is None and len(key) >= _FUZZY_LENGTH:
                best = self._guess(key, count)
        return best

    def _guess(self, key: str, count: int) -> Match | None:
        for near in (key, *_without_one(key)):
            found = self._near.get(near) or (near if near in self._areas else None)
            if found is not None:
                return Match(self._areas[found], count, exact=False)
        return None


def _contractions(name: str) -> list[str]:
    """Return the spoken short form of "Bintan Timur": "bintim"."""
    first, _, last = name.lower().partition(" ")
    ending = _QUARTERS.get(last)
    return [first[:3] + ending] if ending else []


def fold_word(word: str) -> str:
    """Even the spelling of one word of a name."""
    return _SHORT_FORMS.get(word, word)


def _without_one(key: str) -> list[str]:
    return [key[:i] + key[i + 1 :] for i in range(len(key))]


_built: dict[int, tuple[Tenant, Gazetteer]] = {}
_MOST_TENANTS = 16


def gazetteer_of(tenant: Tenant) -> Gazetteer:
    """Return the tenant's gazetteer, built once per tenant object.

    Hashing a tenant would cost more than reading a message, so identity is the key.
    """
    known = _built.get(id(tenant))
    if known is not None and known[0] is tenant:
        return known[1]
    if len(_built) >= _MOST_TENANTS:
        _built.clear()
    gazetteer = Gazetteer(tenant)
    _built[id(tenant)] = (tenant, gazetteer)
    return gazetteer
