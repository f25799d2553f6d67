"""Everything a use case needs from outside, connected once in `gateway.boot`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from channels.adapter import ChannelAdapter
from channels.message import ChannelName
from gateway.texts import Catalogue
from normalizer.tenant import Tenant
from store.crypto import KeyRing
from store.db import Transaction
from store.media_files import MediaFolder


class Nudger(Protocol):
    """Tells the workers that there is work of a kind."""

    def wake(self, kind: str) -> None:
        """Ask for one drain of `kind`; many calls may become one job. Never raises."""
        ...

    def answers(self) -> bool:
        """Whether the queue can be reached now. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens that fill up at `per_s` to `burst`; `cost` is what one part takes."""

    key: str
    per_s: float
    burst: int
    cost: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """The bucket that has too little, and after how many seconds it has enough."""

    key: str
    wait_s: float


class Throttle(Protocol):
    """Counts what leaves, so that no platform has to refuse it."""

    def take(self, buckets: Sequence[Bucket]) -> Shortage | None:
        """Take the cost from all buckets, or from none if one has too little. Never raises."""
        ...

    def now_s(self) -> float:
        """Seconds that only go forward."""
        ...

    def rest(self, seconds: float) -> None:
        """Wait."""
        ...


class Transcriber(Protocol):
    """Writes down what is said in a recording."""

    def transcribe(self, recording: bytes) -> str:
        """Return the words, "" where there are none.

        Raises:
            TranscriptionError: not this time, or never.
        """
        ...


class CardReader(Protocol):
    """Reads the text on a picture of an identity card."""

    def read(self, picture: bytes) -> list[str]:
        """Return the lines of text, from top to bottom; none for a picture without.

        Raises:
            CardReaderError: not this time.
        """
        ...


class Presence(Protocol):
    """Knows who has which case open now."""

    def beat(self, complaint_id: int, user_id: int, mode: str, now: datetime) -> None:
        """Note that this person has the case open, writes, or has left it. Never raises."""
        ...

    def others(self, complaint_id: int, user_id: int, now: datetime) -> Mapping[int, str]:
        """Return who else is there, by id, and whether they write. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Timers:
    """Waiting times of the dialogue and the worker, in seconds, and days until rows go."""

    quiet_s: int = 90
    burst_cap_s: int = 900
    media_wait_s: int = 600
    late_sibling_s: int = 120
    webhook_retention_days: int = 30
    card_photo_days: int = 7
    quiet_hours: bool = True  # officers are left alone at night and on days without work
    session_idle_s: int = 3600
    session_max_s: int = 43200


@dataclass(frozen=True, slots=True)
class OidcPerson:
    """Who somebody is at the OpenID provider.

    `login` is the address it has verified, or the name that the settings trust; `strong` whether
    it asked for more than a password.
    """

    subject: str
    login: str
    strong: bool


@dataclass(frozen=True, slots=True)
class OidcTrip:
    """What a browser carries to the provider and must bring back."""

    state: str
    nonce: str
    verifier: str


class OidcProvider(Protocol):
    """An OpenID provider at which the government's people log in."""

    name: str  # as the button says it

    def address(self, trip: OidcTrip, back: str) -> str:
        """Return where to send the browser; it comes back to `back`.

        Raises:
            OidcError: the provider cannot be reached or is not what it should be.
        """
        ...

    def person(self, trip: OidcTrip, back: str, answer: str) -> OidcPerson:
        """Return who came back with `answer`, the whole address.

        Raises:
            OidcError: the answer is not genuine, or the provider cannot be reached.
        """
        ...


@dataclass(frozen=True, slots=True)
class LoginRules:
    """How people log in: whether all need a second step, and after how many days of grace."""

    second_step: bool = False
    grace_days: int = 7
    oidc: OidcProvider | None = None


@dataclass(frozen=True)
class Profile:
    """The government as people see it.

    `kabupaten` carries its type ("Kabupaten …", "Kota …"), `region` is the bare name, `government`
    the short word before it (Pemkab, Pemkot).
    """

    app: str
    kabupaten: str
    region: str
    government: str
    timezone: str  # IANA
    zone_label: str  # WIB, WITA, WIT
    public_url: str
    emergency_number: str
    emergency_numbers: tuple[tuple[str, str], ...]  # label, number
    office_hours: str
    contact: str
    clock_preset: str
    channel_addresses: Mapping[str, str]


@dataclass(frozen=True)
class Government:
    """What Pengaturan changes while the service runs, as it stood at `version`.

    `facts` is its data in the shape of a tenant file.
    """

    version: int
    tenant: Tenant
    profile: Profile
    catalogue: Catalogue
    facts: Mapping[str, Any]


class Watch:
    """The newest version of the settings that this process has seen in the database."""

    def __init__(self) -> None:
        self.version: int | None = None

    def saw(self, version: int) -> None:
        """Note a version that some query brought along."""
        self.version = version


@dataclass(frozen=True)
class Runtime:
    """Passed to every use case. `now` returns aware UTC; tests turn it.

    It is one moment's view of the government: whoever begins a request or a job asks `renewed`.
    """

    transaction: Transaction
    channels: Mapping[ChannelName, ChannelAdapter]
    media: MediaFolder
    nudger: Nudger
    now: Callable[[], datetime]
    keys: KeyRing
    tenant: Tenant
    profile: Profile
    catalogue: Catalogue
    spool_dir: Path
    timers: Timers = Timers()
    logins: LoginRules = LoginRules()
    facts: Mapping[str, Any] | None = None
    throttle: Throttle | None = None
    card_reader: CardReader | None = None  # None: photos of cards are not read
    transcriber: Transcriber | None = None
    learning_dir: Path | None = None  # models; None: nothing is learned
    presence: Presence | None = None  # None: nobody sees who else is there
    stream_url: str | None = None  # of the event stream as browsers reach it; None: pages ask
    version: int = 0  # of the settings that are held here
    watch: Watch = field(default_factory=Watch)
    reread: Callable[[], Government | None] | None = None  # None: they never change

    def wake(self, kind: str) -> None:
        """Nudge the workers to drain `kind`, one of `gateway.jobs.DRAINS`."""
        self.nudger.wake(kind)

    def renewed(self) -> "Runtime":
        """Return this runtime, with the government read anew if the settings have changed."""
        if self.reread is None or self.watch.version in {None, self.version}:
            return self
        read = self.reread()
        if read is None:
            return self
        return replace(
            self,
            version=read.version,
            tenant=read.tenant,
            profile=read.profile,
            catalogue=read.catalogue,
            facts=read.facts,
        )
